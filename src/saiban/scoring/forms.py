"""What is filled in about scorecards."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.data.errors import BadInput
from saiban.scoring import computing
from saiban.ui.forms import Form

MOST_TEXT = 200_000


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
            words = {"place": error.place, "message": error.message, "expected": error.expected}
            raise forms.ValidationError(
                gettext("%(place)s: %(message)s Expected: %(expected)s.") % words
            ) from error
        return text


class ApproveForm(Form):
    """Whether bands come from this scorecard from now on."""

    decides = forms.BooleanField(
        label=_("It decides: bands come from this scorecard from now on"),
        help_text=_("Another one that decides now will be kept for comparison."),
        required=False,
    )
