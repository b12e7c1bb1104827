# mypy: disable-error-code="misc"
# (django-filter has no types: its classes are Any to mypy)
"""Asking for an erasure, deciding on one, and narrowing the list."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from saiban.registry.models import Erasure
from saiban.registry.transitions import ErasureState
from saiban.ui.filters import Filters
from saiban.ui.forms import LEAST_REASON, MOST_REASON, Form

CHOICES: dict[str, list[tuple[str, Promise]]] = {
    ErasureState.REQUESTED: [
        ("approve", _("Erase: it cannot be undone")),
        ("refuse", _("Refuse")),
        ("hold", _("Hold: a law or a court forbids it for now")),
    ],
    ErasureState.HELD: [
        ("release", _("Nothing forbids it any more: decide anew")),
        ("refuse", _("Refuse")),
    ],
}


def _reason(help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Reason"),
        help_text=help_text,
        min_length=LEAST_REASON,
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AskForm(Form):
    """Why somebody is to be erased."""

    basis = forms.ChoiceField(label=_("Legal basis"), choices=Erasure.Basis.choices, widget=forms.RadioSelect)
    reason = _reason(
        _("Which letter, order or mistake? Kept for good: write no name and no number of anyone.")
    )


class DecideForm(Form):
    """What is decided, and why."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = _reason(_("Kept for good: write no name and no number of anyone."))

    def __init__(self, *args: Any, state: str, is_own: bool, **kwargs: Any) -> None:
        """Offer the steps from a state; nobody approves what they asked for."""
        super().__init__(*args, **kwargs)
        offered = [pair for pair in CHOICES[state] if not (is_own and pair[0] == "approve")]
        self.fields["decision"].choices = offered  # type: ignore[attr-defined]


class ErasureFilters(Filters):
    """By state and basis."""

    state = django_filters.ChoiceFilter(label=_("State"), choices=ErasureState.choices, empty_label=_("all"))
    basis = django_filters.ChoiceFilter(
        label=_("Legal basis"), choices=Erasure.Basis.choices, empty_label=_("all")
    )
