"""Forms of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from saiban.core.administration import GIVEN_ROLES
from saiban.core.audit import LARGEST_ID
from saiban.core.models import Actor, Agency, Area, Audit
from saiban.desk import words
from saiban.registry.models import Person
from saiban.ui.forms import Form, NarrowingForm, PlaceField

LONGEST_QUERY, OLDEST = 120, 130


class LogInForm(Form):
    """Whom a new log-in is for."""

    username = forms.RegexField(
        r"^[a-z][a-z0-9._-]{2,59}$",
        label=_("Log-in name"),
        max_length=60,
        help_text=_("Small roman letters and figures, such as ayesha.malik"),
    )
    name_en = forms.CharField(label=_("Name in roman letters"), max_length=120)
    name_ur = forms.CharField(label=_("Name in Urdu"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the pages"), choices=settings.LANGUAGES)


class DutyForm(Form):
    """A duty to give: what, where, for which agency, why, from when until when."""

    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in GIVEN_ROLES])
    area = PlaceField(label=_("Area"), queryset=Area.objects.none())
    agency = PlaceField(label=_("Agency"), queryset=Agency.objects.none())
    purpose = forms.CharField(
        label=_("Purpose"), max_length=200, help_text=_("Kept with everything that is done under this duty.")
    )
    starts_on = forms.DateField(label=_("From"), help_text=_("Day, month, year: 14/11/2026"))
    ends_on = forms.DateField(
        label=_("Until"),
        required=False,
        help_text=_("The first day on which it no longer holds; empty: open."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the one who gives."""
        super().__init__(*args, **kwargs)
        area, agency = self.fields["area"], self.fields["agency"]
        area.queryset = Area.objects.visible_to(actor).valid_on(timezone.localdate()).order_by("path")  # type: ignore[attr-defined]
        agency.queryset = Agency.objects.all()  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = timezone.localdate()


class SearchForm(Form):
    """The one box."""

    q = forms.CharField(
        label=_("Number, name, phone or household"),
        max_length=LONGEST_QUERY,
        help_text=_(
            "A CNIC, B-Form or mobile number, an electricity reference, the survey's number or code of a "
            "household; or a name, in Urdu or roman letters, with the father's name or village after it."
        ),
    )


class PeopleForm(Form):
    """Looking for somebody of whom several things are known."""

    name = forms.CharField(label=_("Name"), required=False, max_length=LONGEST_QUERY)
    father = forms.CharField(label=_("Father's or husband's name"), required=False, max_length=LONGEST_QUERY)
    village = forms.CharField(label=_("Village or mohalla"), required=False, max_length=LONGEST_QUERY)
    area = PlaceField(label=_("Area"), required=False, queryset=Area.objects.none(), empty_label="—")
    sex = forms.ChoiceField(label=_("Sex"), required=False, choices=[("", "—"), *Person.Sex.choices])
    age = forms.IntegerField(
        label=_("Age, about"), required=False, min_value=0, max_value=OLDEST,
        help_text=_("Some years more or less do not matter."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas within that of the actor's duty."""
        super().__init__(*args, **kwargs)
        seen = Area.objects.visible_to(actor).valid_on(timezone.localdate())
        self.fields["area"].queryset = seen.order_by("path")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Ask for a word to look for: area, sex and age alone fit too many."""
        given = super().clean() or self.cleaned_data
        if not self.errors and not any(given.get(field) for field in ("name", "father", "village")):
            raise forms.ValidationError(_("Give a name, a father's name or a village."), code="nothing")
        return given


class TrailForm(NarrowingForm):
    """What is asked of the audit."""

    actor = forms.CharField(label=_("Log-in name"), required=False, max_length=60)
    action = forms.ChoiceField(label=_("What"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", "—"), *Audit.Kind.choices])
    first = forms.DateField(label=_("From"), required=False)
    last = forms.DateField(label=_("Until"), required=False)
    household = forms.CharField(label=_("Household"), required=False, max_length=20)
    person = forms.IntegerField(
        label=_("Person"),
        required=False,
        min_value=1,
        max_value=LARGEST_ID - 1,
        help_text=_("The number after # in this list, and in the address of the person's page."),
    )

    def __init__(self, *args: Any, actions: Sequence[str], **kwargs: Any) -> None:
        """Offer the acts that are on record."""
        super().__init__(*args, **kwargs)
        named = [(name, words.action(name)) for name in actions]
        self.fields["action"].choices = [("", "—"), *named]  # type: ignore[attr-defined]
