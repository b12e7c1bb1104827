"""What one fills in to correct an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput
from saiban.registry.correcting.services import checked_end, usual_end
from saiban.registry.values import correctable, expectation, parse_value
from saiban.ui.forms import LEAST_REASON, MOST_REASON, Form
from saiban.ui.words import field_label


class FieldForm(Form):
    """Which value is to be corrected."""

    field = forms.ChoiceField(label=_("Which answer is not right?"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer what the actor may correct."""
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [(code, field_label(code)) for code in correctable(actor)]  # type: ignore[attr-defined]


class CorrectForm(Form):
    """The right value, how one knows, and until when it holds."""

    value = forms.CharField(label=_("What is right"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What did you see, or which paper shows it? Kept with the value."),
        min_length=LEAST_REASON,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    ends_on = forms.DateField(
        label=_("Holds until"),
        help_text=_("On this day what the sources say holds again."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        initial=usual_end,
    )

    def __init__(self, *args: Any, actor: Actor, field: DictionaryField, **kwargs: Any) -> None:
        """Ask in the form that fits the field: a choice for answers, a number otherwise."""
        super().__init__(*args, **kwargs)
        self._actor, self._field = actor, field
        self.fields["value"] = _input_of(field)

    def clean_value(self) -> Any:
        """Read the value by the dictionary."""
        try:
            return parse_value(self._field.code, self.cleaned_data["value"], actor=self._actor)
        except BadInput as error:
            raise _at_the_field(error) from error

    def clean_ends_on(self) -> date:
        """Refuse a day out of bounds."""
        try:
            return checked_end(self.cleaned_data["ends_on"])
        except BadInput as error:
            raise _at_the_field(error) from error


def _at_the_field(error: BadInput) -> forms.ValidationError:
    words = {"message": error.message, "expected": error.expected}
    return forms.ValidationError(gettext("%(message)s Expected: %(expected)s.") % words)


def _input_of(field: DictionaryField) -> forms.Field:
    from django.utils.translation import get_language

    language: Any = "ur" if get_language() == "ur" else "en"
    if field.type == "bool":
        return forms.ChoiceField(
            label=_("What is right"), choices=[("yes", _("yes")), ("no", _("no"))], widget=forms.RadioSelect
        )
    if field.answers:
        choices = [(answer, field.answer_labels[answer][language]) for answer in field.answers]
        return forms.ChoiceField(label=_("What is right"), choices=choices, widget=forms.RadioSelect)
    return forms.CharField(
        label=_("What is right"),
        help_text=expectation(field),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


def correct_url(household_id: int, field: str) -> str:
    """Where one field of a household is corrected."""
    return reverse("registry:correct-field", args=[household_id, field])
