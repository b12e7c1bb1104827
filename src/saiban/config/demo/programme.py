"""The demo's programme: ten departments' lists, and one scheme from its rule to the list to pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from saiban.config.demo.steps import acting, take_in
from saiban.core import worker
from saiban.core.models import Actor

SCHEME = "PSPA-BHB"
# the published conditions; "no other social assistance" is a matter of the overlap policy, not of the rule
RULE = "age >= 65 && score.pmt < 20.0"
REFERENCE = "Ba-Himmat Buzurg: age 65+, poverty score below 20 (dnd 204767; thenews 841661)"
BENEFIT_PAISA, PERIOD = 2_000_00, "month"
CYCLE = (date(2026, 12, 1), date(2027, 3, 1))
ANSWERS = ("eligible", "not_eligible", "unknown")
OF_ALL = 0.7  # the budget pays for so many of those who are eligible


@dataclass(frozen=True)
class Programme:
    """What the scheme came to."""

    cycle: Any
    rule: Any
    pay_list: Path


def take_in_lists(folder: Path) -> list[Any]:
    """Take in every list of the folder, as the data manager does; the batches."""
    from saiban.data.facts import schemes

    batches = []
    for path in sorted(folder.glob("*.csv")):
        code = path.stem[: -len("-YYYY-MM")].upper()
        batches.append(take_in(path, f"{schemes()[code].agency}-list", scheme=code))
    return batches


def run(out: Path) -> Programme:
    """From the rule to the list to pay: sana prepares, tariq approves."""
    sana, tariq = acting("sana"), acting("tariq")
    rule = _rule(sana, tariq)
    cycle = _cycle(sana, tariq, rule)
    worker.work_once()
    return Programme(cycle, rule, _pay_list(sana, cycle, out))


def _rule(sana: Actor, tariq: Actor) -> Any:
    from saiban.scoring import services

    rule = services.add_rule(
        actor=sana,
        code="ba-himmat-buzurg",
        title_en="Ba-Himmat Buzurg: old and poor",
        title_ur="باہمت بزرگ: معمر اور غریب",
        unit="person",
        text=RULE,
        reference=REFERENCE,
    )
    services.test_rule(actor=sana, rule_id=rule.pk)
    return services.approve_rule(actor=tariq, rule_id=rule.pk)


def _cycle(sana: Actor, tariq: Actor, rule: Any) -> Any:
    from saiban.programmes.models import Scheme
    from saiban.programmes.services import cycles, schemes

    scheme = Scheme.objects.get(code=SCHEME)
    schemes.set_up_scheme(
        actor=sana, scheme_id=scheme.pk, rule_id=rule.pk, benefit_paisa=BENEFIT_PAISA, period=PERIOD
    )
    places = max(1, round(rule.tested["eligible"] * OF_ALL))
    cycle = cycles.open_cycle(
        actor=sana,
        scheme_id=scheme.pk,
        starts_on=CYCLE[0],
        ends_on=CYCLE[1],
        budget_paisa=places * BENEFIT_PAISA * 3,
    )
    cycles.propose_cycle(actor=sana, cycle_id=cycle.pk)
    return cycles.approve_cycle(actor=tariq, cycle_id=cycle.pk)


def _pay_list(sana: Actor, cycle: Any, out: Path) -> Path:
    """Write the list of the first month, as sana would download it."""
    from saiban.programmes.services.paylist import download_paylist

    pay_list = download_paylist(
        actor=sana, cycle_id=cycle.pk, reason="payment of the first month", period_from=CYCLE[0]
    )
    path = out / pay_list.name
    path.write_text(pay_list.text, encoding="utf-8")
    return path


def figures(programme: Programme) -> dict[str, Any]:
    """What the report says of the scheme."""
    from saiban.programmes.models import Proposal

    cycle, tested = programme.cycle, programme.rule.tested
    proposals = Proposal.objects.filter(scheme=cycle.scheme, state="open")
    return {
        "counts": {
            **{f"rule says {answer.replace('_', ' ')}": tested[answer] for answer in ANSWERS},
            **{
                f"candidates: {outcome.replace('_', ' ')}": n
                for outcome, n in cycle.figures["outcomes"].items()
            },
            "budget, rupees": cycle.budget_paisa // 100,
            "approved, rupees": cycle.figures["approved_paisa"] // 100,
            "proposed after the feeds: now eligible": proposals.filter(kind="enter").count(),
            "proposed after the feeds: no longer eligible": proposals.filter(kind="leave").count(),
        },
        "pay_list": {"path": str(programme.pay_list), "digest": cycle.digest},
    }
