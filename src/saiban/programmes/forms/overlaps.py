"""What a decision on an overlap asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from saiban.core.models import Agency
from saiban.programmes.models import Enrolment
from saiban.programmes.words import name_of
from saiban.ui.forms import ReasonForm
from saiban.ui.words import day, rupees


class EndForm(ReasonForm):
    """Which enrolment is to end, and why."""

    ending_id = forms.TypedChoiceField(
        label=_("Which enrolment is to end?"), coerce=int, widget=forms.RadioSelect
    )
    field_order = ("ending_id", "reason")

    def __init__(self, *args: Any, enrolments: Sequence[Enrolment], **kwargs: Any) -> None:
        """Offer these enrolments."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ending_id"]
        field.choices = [(enrolment.pk, _in_words(enrolment)) for enrolment in enrolments]


class ReferForm(ReasonForm):
    """Which department is to look at it, and why."""

    agency_id = forms.TypedChoiceField(label=_("To which department?"), coerce=int)
    field_order = ("agency_id", "reason")

    def __init__(self, *args: Any, agencies: Sequence[Agency], **kwargs: Any) -> None:
        """Offer these departments."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency_id"]
        field.choices = [(agency.pk, name_of(agency)) for agency in agencies]


def _in_words(enrolment: Enrolment) -> str:
    """An enrolment in one line: its scheme, since when, what it gives in a year."""
    return _("%(scheme)s, since %(day)s, %(rupees)s a year") % {
        "scheme": enrolment.scheme,
        "day": day(enrolment.starts_on),
        "rupees": rupees(enrolment.yearly_paisa),
    }
