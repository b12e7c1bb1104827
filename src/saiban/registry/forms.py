"""What one fills in to look at a household; to correct an answer, see ``correcting``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from saiban.data.dictionary import Level
from saiban.ui.forms import Form, NarrowingForm
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

    def __init__(self, *args: Any, codes: Sequence[str], level: Level, **kwargs: Any) -> None:
        """Offer the fields of which anything was said."""
        super().__init__(*args, **kwargs)
        offered = [("", gettext("all")), *((code, field_label(code, level)) for code in codes)]
        self.fields["field"].choices = offered  # type: ignore[attr-defined]
