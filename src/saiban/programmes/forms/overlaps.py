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
    """Which place is to end, and why."""

    ending_id = forms.TypedChoiceField(
        label=_("Which place is to end?"), coerce=int, widget=forms.RadioSelect
    )
    field_order = ("ending_id", "reason")

    def __init__(self, *args: Any, places: Sequence[Enrolment], **kwargs: Any) -> None:
        """Offer these places."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ending_id"]
        field.choices = [(place.pk, _in_words(place)) for place in places]


class ReferForm(ReasonForm):
    """Which department is to look at it, and why."""

    agency_id = forms.TypedChoiceField(label=_("To which department?"), coerce=int)
    field_order = ("agency_id", "reason")

    def __init__(self, *args: Any, agencies: Sequence[Agency], **kwargs: Any) -> None:
        """Offer these departments."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["agency_id"]
        field.choices = [(agency.pk, name_of(agency)) for agency in agencies]


def _in_words(place: Enrolment) -> str:
    """A place in one line: its scheme, since when, what it gives in a year."""
    return _("%(scheme)s, since %(day)s, %(rupees)s a year") % {
        "scheme": place.scheme,
        "day": day(place.starts_on),
        "rupees": rupees(place.yearly_paisa),
    }
