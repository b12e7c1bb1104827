"""What a clerk fills in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Actor
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput
from saiban.registry.values import correctable, expectation, parse_value
from saiban.ui.forms import LEAST_REASON, MOST_REASON, Form, NarrowingForm
from saiban.ui.words import field_label


class DayForm(Form):
    """Which day to look back to."""

    on = forms.DateField(
        label=_("Day"),
        help_text=_("What had come in by the end of this day. How old an answer was counts from it."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_on(self) -> date:
        """Refuse a day of which nobody can know."""
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError(gettext("This day has not come yet. Expected: today or earlier."))
        return on


class OfFieldForm(NarrowingForm):
    """Of which answer to show what was said; of all where none is chosen."""

    field = forms.ChoiceField(label=_("Answer"), required=False)

    def __init__(self, *args: Any, codes: Sequence[str], **kwargs: Any) -> None:
        """Offer the fields of which anything was said."""
        super().__init__(*args, **kwargs)
        offered = [("", gettext("all")), *((code, field_label(code)) for code in codes)]
        self.fields["field"].choices = offered  # type: ignore[attr-defined]


class FieldForm(Form):
    """Which value is to be corrected."""

    field = forms.ChoiceField(label=_("Which answer is not right?"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer what the actor may correct."""
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [(code, field_label(code)) for code in correctable(actor)]  # type: ignore[attr-defined]


class CorrectForm(Form):
    """The right value, and how one knows."""

    value = forms.CharField(label=_("What is right"))
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("What did you see, or which paper shows it? Kept with the value."),
        min_length=LEAST_REASON,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
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
            words = {"message": error.message, "expected": error.expected}
            raise forms.ValidationError(gettext("%(message)s Expected: %(expected)s.") % words) from error


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
