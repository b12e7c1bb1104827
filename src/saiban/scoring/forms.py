"""What is filled in about scorecards and rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.core import money
from saiban.data.errors import BadInput
from saiban.scoring import computing, judging
from saiban.scoring.models import Rule
from saiban.scoring.services.rules import plain
from saiban.ui.forms import Form

MOST_TEXT = 200_000
MOST_COST = 10**9  # paisa a month


class ScorecardForm(Form):
    """A scorecard version as YAML text."""

    text = forms.CharField(
        label=_("Scorecard"),
        help_text=_("The YAML text of one version, as docs/algorithms/scorecard.md describes it."),
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 20, "class": "code", "dir": "ltr", "spellcheck": "false"}),
    )

    def clean_text(self) -> str:
        """Read it, to name the line that is not right."""
        text: str = self.cleaned_data["text"]
        try:
            computing.definition_of_text(text)
        except BadInput as error:
            raise forms.ValidationError(in_a_sentence(error)) from error
        return text


class ApproveForm(Form):
    """Whether bands come from this scorecard from now on."""

    decides = forms.BooleanField(
        label=_("It decides: bands come from this scorecard from now on"),
        help_text=_("Another one that decides now will be kept for comparison."),
        required=False,
    )


AS_YOU_TYPE = {
    "hx-post": reverse_lazy("scoring:rule-preview"),
    "hx-trigger": "input changed delay:800ms",
    "hx-target": "#preview",
    "hx-sync": "this:replace",
}


class PreviewForm(Form):
    """A rule whose effect is looked at; ``fault`` is what is wrong with its text, at its character."""

    unit = forms.ChoiceField(label=_("It speaks of"), choices=Rule.Unit.choices)
    text = forms.CharField(
        label=_("Rule"),
        help_text=_("Conditions on answers, joined by && (and), || (or) and ! (not)."),
        max_length=MOST_TEXT,
        required=False,  # an empty rule is refused like any other, at its first character
        widget=forms.Textarea(
            attrs={"rows": 8, "class": "code", "dir": "ltr", "spellcheck": "false", **AS_YOU_TYPE}
        ),
    )
    cost = forms.CharField(
        label=_("Benefit for each, rupees a month"),
        help_text=_("Only for the preview: what it would cost. It is not kept with the rule."),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"}),
    )
    fault: BadInput | None = None

    def clean_cost(self) -> int | None:
        """Read rupees; the form gives paisa, or None where nothing was filled in."""
        text: str = self.cleaned_data["cost"]
        if not text.strip():
            return None
        try:
            amount = money.paisa(text)
        except BadInput:
            amount = -1
        if not 0 <= amount < MOST_COST:
            raise forms.ValidationError(gettext("Rupees with at most two decimals, under ten million."))
        return amount

    def clean(self) -> dict[str, Any]:
        """Check the rule, to name the character that is not right."""
        text, unit = plain(self.cleaned_data.get("text", "")), self.cleaned_data.get("unit")
        if unit and "text" not in self.errors:
            try:
                judging.checked(Rule(text=text, unit=unit))
            except BadInput as error:
                self.fault = error
                self.add_error("text", in_a_sentence(error))
        return self.cleaned_data | {"text": text}


class RuleForm(PreviewForm):
    """A new rule, or a new version of one."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_(
            "Small Latin letters, digits and hyphens. A code that is there already gets its next version."
        ),
        max_length=60,
        widget=forms.TextInput(attrs={"dir": "ltr", "spellcheck": "false"}),
    )
    title_en = forms.CharField(
        label=_("Title in English"),
        max_length=200,
        widget=forms.TextInput(attrs={"dir": "ltr", "lang": "en"}),
    )
    title_ur = forms.CharField(
        label=_("Title in Urdu"), max_length=200, widget=forms.TextInput(attrs={"dir": "rtl", "lang": "ur"})
    )
    reference = forms.CharField(
        label=_("Reference"),
        help_text=_("The decision, notification or minutes that it follows."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    field_order = ("text", "unit", "cost", "code", "title_en", "title_ur", "reference")


class SeenForm(Form):
    """Asked before a rule that selects nobody or nearly everybody goes on."""

    asked = forms.CharField(widget=forms.HiddenInput, initial="yes", required=False)
    seen = forms.BooleanField(label="")

    def __init__(self, *args: Any, nobody: bool, **kwargs: Any) -> None:
        """Name what was to be seen."""
        super().__init__(*args, **kwargs)
        self.fields["seen"].label = (
            gettext("I have seen that it selects nobody.")
            if nobody
            else gettext("I have seen that it selects nearly everybody.")
        )


def in_a_sentence(error: BadInput) -> str:
    """What is wrong, where, and what would be right."""
    words = {"place": error.place, "message": error.message, "expected": error.expected}
    return gettext("%(place)s: %(message)s Expected: %(expected)s.") % words
