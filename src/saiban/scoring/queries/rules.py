"""Reads of rules: the versions, and whom a rule would select among those whom a duty covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.scoring import judging, rule_trial
from saiban.scoring.models import Rule
from saiban.scoring.queries.scorecards import covers_province


@dataclass(frozen=True)
class Preview:
    """Whom a rule selects on a day in the area of a duty: ``counts`` as ``rule_trial.counted`` makes them."""

    rule: Rule
    on: date
    counts: Mapping[str, Any]


@dataclass(frozen=True)
class RulePage:
    """A version of a rule, all versions of its code (the newest first), and the one before it."""

    rule: Rule
    versions: Sequence[Rule]
    former: Rule | None


def rules(*, actor: Actor) -> list[Rule]:
    """All versions of all rules, by code, the newest first."""
    return list(Rule.objects.visible_to(actor).select_related("author", "approver"))


def rule(*, actor: Actor, rule_id: int) -> Rule:
    """One version. Raises: NotVisible (404)."""
    return get_visible(Rule.objects.select_related("author", "approver"), actor=actor, pk=rule_id)


def rule_page(*, actor: Actor, rule_id: int) -> RulePage:
    """One version among its versions (2 queries). Raises: NotVisible (404)."""
    row = rule(actor=actor, rule_id=rule_id)
    of_code = Rule.objects.visible_to(actor).filter(code=row.code).select_related("author", "approver")
    versions = list(of_code.order_by("-version"))
    former = next((one for one in versions if one.version < row.version), None)
    return RulePage(row, versions, former)


@look("scoring.rule.preview")
def preview_rule(*, actor: Actor, rule: Rule) -> Preview:
    """Count whom a rule, kept or not yet kept, selects today in the area of the actor's duty.

    Raises: BadInput at the character of a rule that is none.
    """
    on = timezone.localdate()
    ids = judging.households(actor.area_path) if actor.area_path else []
    counts = rule_trial.counted(rule, ids, on=on)
    if rule.pk is not None:
        audit.note(subject=rule)
    audit.note(unit=rule.unit, judged=counts["judged"])
    return Preview(rule, on, counts)


def is_quickly_counted(actor: Actor) -> bool:
    """Whether the households of the actor's area are few enough to be counted while a page is made."""
    return judging.how_many(actor.area_path or "") <= judging.QUICKLY


def rules_waiting(actor: Actor) -> list[Rule]:
    """Tested rules of others that the actor may approve (1 query)."""
    if not (actor.may("scoring.rule.approve") and covers_province(actor)):
        return []
    rows = Rule.objects.visible_to(actor).filter(state="tested").exclude(author=actor)
    return list(rows.select_related("author"))
