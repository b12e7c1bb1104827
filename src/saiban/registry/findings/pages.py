"""What the pages of findings show: plain values for the templates."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.core.models import Actor
from saiban.registry.findings.queries import FindingPage, HouseholdSide
from saiban.registry.findings.tables import place_name
from saiban.registry.models import Finding, FindingDecision
from saiban.registry.transitions import FINDING_MOVES, FindingState
from saiban.ui.components import Action, Figure, Link, Moment, Page, Words
from saiban.ui.words import day, number

Context = dict[str, Any]


def trail_of(row: Finding) -> list[Link]:
    """The way from the list to a finding."""
    return [
        Link(_("What surveys found"), reverse("registry:findings")),
        Link(row.household.code, reverse("registry:finding", args=[row.pk])),
    ]


def finding(actor: Actor, found: FindingPage) -> Context:
    """The page of a finding: what it is, both households, what was decided."""
    row = found.finding
    page = Page(
        _("Is it the same household?") if row.why else row.get_kind_display(),
        identity=[row.household.code, row.get_kind_display(), place_name(row.area_path)],
        trail=[Link(_("What surveys found"), reverse("registry:findings"))],
        actions=_actions(actor, found),
    )
    sides = [_side(found.household, _("Found by this survey"))]
    if row.other_id is not None:
        sides.append(_side(found.other, _other_title(row)))
    return {
        "page": page,
        "finding": row,
        "figures": _figures(row),
        "sides": sides,
        "names": actor.sees("personal"),
        "may_see_person": actor.may("registry.person.view"),
        "moments": [_moment(decision) for decision in found.decisions],
    }


def _other_title(row: Finding) -> str:
    return {
        Finding.Kind.SPLIT: _("It came out of this one"),
        Finding.Kind.MERGED: _("It went into this one"),
    }.get(Finding.Kind(row.kind), _("Known before, as it was then"))


def _actions(actor: Actor, found: FindingPage) -> list[Action]:
    """The steps that the state and the duty allow; none where the other household is not shown."""
    if found.household is None or found.other is None or found.finding.kind != Finding.Kind.DOUBTFUL:
        return []
    steps: list[tuple[str, Words, str]] = [
        (FindingState.OPEN, _("Take the decision back"), "finding-reopen"),
        (FindingState.DIFFERENT, _("Not the same"), "finding-keep-apart"),
        (FindingState.SAME, _("The same household"), "finding-join"),
    ]
    moves = FINDING_MOVES.from_state(found.finding.state)
    return [
        Action(label, reverse(f"registry:{name}", args=[found.finding.pk]), main=to == FindingState.SAME)
        for to, label, name in steps
        if to in moves and actor.may(moves[to].permission)
    ]


def _figures(row: Finding) -> list[Figure]:
    before = ngettext("%(n)s member before", "%(n)s members before", row.members_before)
    return [
        Figure(
            _("The same people"),
            number(row.in_common),
            _("known by their numbers, or by name, sex and birth date"),
        ),
        Figure(
            _("Members now"),
            number(row.members_now),
            before % {"n": number(row.members_before)},
        ),
        Figure(_("State"), row.get_state_display(), row.get_why_display() if row.why else ""),
    ]


def _side(side: HouseholdSide | None, title: str) -> Context:
    """One household, or that it is not shown."""
    if side is None:
        return {"title": title, "shown": False}
    return {
        "title": title,
        "shown": True,
        "household": side.household,
        "place": place_name(side.household.area_path),
        "seen": day(side.household.seen_on),
        "members": side.members,
    }


def _moment(decision: FindingDecision) -> Moment:
    """One decision: what, by whom, why."""
    what = {
        FindingState.SAME: _("%(actor)s decided that it is the same household: %(reason)s"),
        FindingState.DIFFERENT: _("%(actor)s decided that it is not the same household: %(reason)s"),
        FindingState.OPEN: _("%(actor)s took the decision back: %(reason)s"),
    }[FindingState(decision.state)]
    said = what % {"actor": decision.decided_by, "reason": decision.reason}
    return Moment(decision.decided_at, said)
