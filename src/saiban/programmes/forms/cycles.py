"""What is filled in about schemes that are run here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from saiban.core import money
from saiban.core.models import Actor, Area
from saiban.data.errors import BadInput
from saiban.programmes.models import Period, Scheme, Unit
from saiban.programmes.periods import PAYABLE
from saiban.programmes.queries.paylist import PeriodToPay
from saiban.scoring.models import Rule
from saiban.ui.forms import Form, PlaceField, ReasonForm
from saiban.ui.words import day

IN_RUPEES = {"dir": "ltr", "inputmode": "decimal"}


def a_day(label: Any, help_text: Any) -> forms.DateField:
    """A day, picked or typed."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=help_text, widget=widget)


class RupeesField(forms.CharField):
    """An amount in rupees, kept in paisa."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=24, widget=forms.TextInput(attrs=IN_RUPEES), **kwargs)

    def clean(self, value: Any) -> Any:
        """Read it, once it is there."""
        text = super().clean(value)
        return _paisa(text) if text else None


def _paisa(text: str) -> int:
    try:
        return money.paisa(text)
    except BadInput:
        raise forms.ValidationError(_("Write rupees with at most two decimals, such as 2,000.")) from None


class RuleField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """An approved rule, with whom it speaks of."""

    def label_from_instance(self, obj: Any) -> str:
        """Title, version, unit."""
        return f"{obj.title} · {obj.code} {obj.version} · {Unit(obj.unit).label}"


class SetUpForm(Form):
    """The rule and the benefit of a scheme."""

    rule_id = RuleField(
        label=_("Rule"),
        help_text=_("Only approved rules are offered; it has to be of the scheme's unit."),
        queryset=Rule.objects.none(),
    )
    unit = forms.ChoiceField(
        label=_("Whose places they are"),
        help_text=_("It cannot be changed once the scheme has places."),
        choices=Unit.choices,
    )
    benefit_paisa = RupeesField(label=_("Benefit, in rupees a period"))
    period = forms.ChoiceField(label=_("Period"), choices=[(code, Period(code).label) for code in PAYABLE])

    def __init__(self, data: Any, *, actor: Actor, scheme: Scheme) -> None:
        """Begin with what the scheme has."""
        benefit = money.rupees(scheme.benefit_paisa).removeprefix("Rs ") if scheme.benefit_paisa else ""
        begin = {
            "unit": scheme.unit,
            "period": scheme.period,
            "benefit_paisa": benefit,
            "rule_id": scheme.rule_id,
        }
        super().__init__(data, initial=begin)
        rules = Rule.objects.visible_to(actor).filter(state="approved")
        self.fields["rule_id"].queryset = rules.order_by("code", "-version")  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {**self.cleaned_data, "rule_id": self.cleaned_data["rule_id"].pk}


class CycleForm(Form):
    """Days, budget and area of a cycle."""

    starts_on = a_day(_("From"), _("The first day of the first period."))
    ends_on = a_day(_("Until"), _("The day itself is excluded: periods have to fill the days exactly."))
    budget_paisa = RupeesField(
        label=_("Budget, in rupees"),
        help_text=_("For the whole cycle; as many places as it pays for are given."),
    )
    area_code = PlaceField(
        label=_("Area"),
        queryset=Area.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("the whole area of your duty"),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        """Offer the areas of the actor."""
        super().__init__(*args, **kwargs)
        areas = Area.objects.visible_to(actor).filter(level__in=["province", "division", "district"])
        self.fields["area_code"].queryset = areas.order_by("path")  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        area = self.cleaned_data["area_code"]
        return {**self.cleaned_data, "area_code": area.code if area else ""}


class PayListForm(ReasonForm):
    """Which part of a list to pay, and why it leaves."""

    period_from = forms.ChoiceField(label=_("Period"), required=False)
    field_order = ("period_from", "reason")

    def __init__(self, *args: Any, periods: Sequence[PeriodToPay], **kwargs: Any) -> None:
        """Offer the periods of the cycle."""
        super().__init__(*args, **kwargs)
        offered = [
            (one.starts_on.isoformat(), f"{day(one.starts_on)} – {day(one.ends_on)}") for one in periods
        ]
        self.fields["period_from"].choices = [("", _("all periods")), *offered]  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """What the service takes."""
        since = self.cleaned_data["period_from"]
        day_of = date.fromisoformat(since) if since else None
        return {"reason": self.cleaned_data["reason"], "period_from": day_of}


class DecideForm(ReasonForm):
    """What becomes of a proposal."""

    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    field_order = ("decision", "reason")

    def __init__(self, *args: Any, offered: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        """Offer what the duty may do."""
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = list(offered)  # type: ignore[attr-defined]
