"""A scheme is made one that is run here: by a rule, with an exact benefit."""

from __future__ import annotations

from django.utils.translation import gettext as _

from saiban.core import audit
from saiban.core.foundation import own_agency
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.programmes import standing
from saiban.programmes.errors import CycleUnderWay, ExcludesItself, OtherAgency, RuleNotApproved
from saiban.programmes.models import Cycle, Enrolment, Period, Scheme, Unit
from saiban.programmes.periods import PAYABLE
from saiban.scoring.models import Rule
from saiban.scoring.services.scorecards import ask_area
from saiban.scoring.transitions import RuleState

MOST_PAISA = 10**12  # ten thousand million rupees a period: beyond it someone slipped


@service("programmes.scheme.set_up")
def set_up_scheme(
    *,
    actor: Actor,
    scheme_id: int,
    rule_id: int,
    benefit_paisa: int,
    period: str,
    unit: str | None = None,
) -> Scheme:
    """Choose the rule and the benefit by which a scheme is run; the next cycle freezes them.

    ``unit`` changes whose places they are, while there are none. Raises: NotVisible (404), OtherAgency,
    ProvinceNeeded (403), CycleUnderWay, RuleNotApproved, ExcludesItself (409), BadInput.
    """
    ask_area(actor)
    scheme = managed_scheme(actor, scheme_id)
    if Cycle.objects.filter(scheme=scheme, state__in=["open", "proposed"]).exists():
        raise CycleUnderWay
    if standing.excludes_itself(scheme.code):
        raise ExcludesItself
    rule = get_visible(Rule.objects.all(), actor=actor, pk=rule_id)
    if rule.state != RuleState.APPROVED:
        raise RuleNotApproved
    scheme.unit = _unit(scheme, unit or scheme.unit)
    if rule.unit != scheme.unit:
        raise BadInput(
            _("The rule speaks of another unit than the scheme."),
            place="rule_id",
            expected=str(Unit(scheme.unit).label),
        )
    _check_benefit(benefit_paisa, period)
    scheme.rule, scheme.benefit_paisa, scheme.period = rule, benefit_paisa, period
    scheme.save(update_fields=["rule", "benefit_paisa", "period", "unit"])
    audit.note(subject=scheme, rule=rule.pk, benefit_paisa=benefit_paisa, period=period, unit=scheme.unit)
    return scheme


def managed_scheme(actor: Actor, scheme_id: int) -> Scheme:
    """The scheme, locked, if the actor's department runs it. Raises: NotVisible (404), OtherAgency (403)."""
    rows = Scheme.objects.select_for_update(of=("self",))
    scheme = get_visible(rows, actor=actor, pk=scheme_id)
    ask_agency(actor, scheme)
    return scheme


def ask_agency(actor: Actor, scheme: Scheme) -> None:
    """Refuse another department's scheme. Raises: OtherAgency (403)."""
    agency = own_agency(actor)
    if agency is not None and agency != scheme.agency_id:
        raise OtherAgency


def _unit(scheme: Scheme, unit: str) -> str:
    if unit not in Unit.values:
        raise BadInput(_("There is no such unit."), place="unit", expected=", ".join(Unit.values))
    if unit != scheme.unit and Enrolment.objects.filter(scheme=scheme).exists():
        raise BadInput(
            _("The scheme has places already, so its unit stays."),
            place="unit",
            expected=str(Unit(scheme.unit).label),
        )
    return unit


def _check_benefit(benefit_paisa: int, period: str) -> None:
    if not 0 < benefit_paisa <= MOST_PAISA:
        raise BadInput(
            _("This is not a benefit."), place="benefit_paisa", expected=_("an amount of more than nothing")
        )
    if period not in PAYABLE:
        named = ", ".join(str(Period(code).label) for code in PAYABLE)
        raise BadInput(_("A benefit of this period cannot be run here."), place="period", expected=named)
