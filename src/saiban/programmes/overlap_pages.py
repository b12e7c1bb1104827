"""What the pages of overlaps show: plain values for the templates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from saiban.calc.overlap import Cap
from saiban.core.models import Actor
from saiban.programmes.models import Enrolment, Overlap, OverlapDecision, Unit
from saiban.programmes.queries.overlaps import EnrolmentSide, OverlapPage, PairLine
from saiban.programmes.services.overlaps import agencies_to_ask, may_end, may_keep
from saiban.programmes.tables.overlaps import place_name
from saiban.programmes.transitions import OVERLAP_MOVES, OverlapState
from saiban.programmes.words import benefit, name_of
from saiban.ui.components import Action, Figure, Link, Moment, Page, Words
from saiban.ui.words import NOTHING, day, number, rupees

Context = dict[str, Any]


MOST_PAIRS = 10


def figures_of_all(pairs: Sequence[PairLine]) -> list[Figure]:
    """The figures above the list."""
    present = sum(pair.present for pair in pairs)
    to_decide = sum(pair.to_decide for pair in pairs)
    return [
        Figure(_("Overlaps"), number(present), _("present in the area of your duty")),
        Figure(_("To decide"), number(to_decide), _("open, or referred to a department")),
        Figure(
            _("A year"),
            rupees(sum(pair.yearly_paisa for pair in pairs)),
            _("what ending the lesser enrolment of each would save; one that overlaps twice counts twice"),
        ),
    ]


def dearest(pairs: Sequence[PairLine]) -> list[PairLine]:
    """The pairs of schemes on which most is to decide."""
    return [pair for pair in pairs if pair.to_decide][:MOST_PAIRS]


def trail_of(row: Overlap) -> list[Link]:
    """The way from the list to an overlap."""
    address = reverse("programmes:overlap", args=[row.pk])
    return [Link(_("Overlaps"), reverse("programmes:overlaps")), Link(_name(row), address)]


def _name(row: Overlap) -> str:
    return row.household.code if row.household else _("not in the registry")


def overlap(actor: Actor, found: OverlapPage) -> Context:
    """The page of an overlap."""
    row = found.overlap
    schemes = [str(side.scheme) for side in found.sides]
    title = " + ".join(schemes) if row.right_id else row.get_kind_display()
    page = Page(
        title,
        identity=[_name(row), row.get_kind_display(), place_name(row.area_path)],
        trail=[Link(_("Overlaps"), reverse("programmes:overlaps"))],
        actions=_actions(actor, found),
    )
    return {
        "page": page,
        "overlap": row,
        "figures": _figures(found),
        "sides": [_side(actor, found, side) for side in found.sides],
        "policy": _policy(found),
        "moments": [_moment(decision) for decision in found.decisions],
    }


def _actions(actor: Actor, found: OverlapPage) -> list[Action]:
    """The steps that the state, the duty and the enrolments allow."""
    row = found.overlap
    if not actor.may("programmes.overlap.decide"):
        return []
    shown = found.enrolments
    allowed = {
        OverlapState.KEPT: len(shown) == len(found.sides) and may_keep(actor, shown),
        OverlapState.REFERRED: (row.state, "referred") in OVERLAP_MOVES.table
        and bool(agencies_to_ask(actor, [*shown, *_others(found)])),
        OverlapState.ENDING: any(may_end(actor, enrolment) for enrolment in shown),
    }
    steps: list[tuple[str, Words, str]] = [
        (OverlapState.KEPT, _("Keep as it is"), "overlap-keep"),
        (OverlapState.REFERRED, _("Refer to a department"), "overlap-refer"),
        (OverlapState.ENDING, _("End one of them"), "overlap-end"),
    ]
    return [
        Action(label, reverse(f"programmes:{address}", args=[row.pk]), main=to == OverlapState.ENDING)
        for to, label, address in steps
        if (row.state, to) in OVERLAP_MOVES.table and allowed[OverlapState(to)]
    ]


def _others(found: OverlapPage) -> list[Enrolment]:
    """Stand-ins for the enrolments that are not shown: their scheme only."""
    return [Enrolment(scheme=side.scheme) for side in found.sides if side.enrolment is None]


def _figures(found: OverlapPage) -> list[Figure]:
    row = found.overlap
    is_cap = isinstance(found.entry, Cap)
    why = _("above the cap") if is_cap else _("what ending the lesser enrolment would save")
    whose = _("of the same person") if row.level == Unit.PERSON else _("of the same household")
    return [
        Figure(_("A year"), rupees(row.yearly_paisa), why),
        Figure(_("Together since"), day(row.from_on), whose),
        Figure(_("State"), row.get_state_display(), _state_in_words(row)),
    ]


def _state_in_words(row: Overlap) -> Words:
    if row.state == OverlapState.ENDING and row.ending is not None:
        return _("%(scheme)s is to end") % {"scheme": row.ending.scheme}
    if row.state == OverlapState.REFERRED and row.referred_to is not None:
        return _("to %(agency)s") % {"agency": name_of(row.referred_to)}
    return ""


def _side(actor: Actor, found: OverlapPage, side: EnrolmentSide) -> Context:
    """One enrolment: what is known of it, and which list says so; only the scheme where it is not shown."""
    enrolment = side.enrolment
    if enrolment is None:
        return {"scheme": side.scheme, "agency": name_of(side.scheme.agency), "shown": False}
    return {
        "scheme": side.scheme,
        "agency": name_of(side.scheme.agency),
        "shown": True,
        "enrolment": enrolment,
        "who": _who(enrolment, found.shows_names),
        "person_url": _person_url(enrolment),
        "benefit": benefit(enrolment.amount_paisa, enrolment.period),
        "ends": found.overlap.ending_id == enrolment.pk,
        "evidence": _evidence(enrolment),
        "batch_url": _batch_url(actor, enrolment),
    }


def _who(enrolment: Enrolment, shows_names: bool) -> str:
    if enrolment.person is None:
        return _("the household") if enrolment.household_id else NOTHING
    return str(enrolment.person) if shows_names else _("a member of the household")


def _person_url(enrolment: Enrolment) -> str:
    """The person's page; whoever lives in no household that we know has none."""
    if enrolment.person_id is None or enrolment.household_id is None:
        return ""
    return reverse("registry:person", args=[enrolment.person_id])


def _evidence(enrolment: Enrolment) -> str:
    """Which list, and which of its rows, says that the enrolment is there."""
    if enrolment.cycle is not None:
        return _("Cycle %(number)s of the scheme, run here") % {"number": enrolment.cycle.number}
    words = _("Number %(number)s of the department's list") % {"number": enrolment.list_no}
    if enrolment.seen_on is None:
        return words
    return _("%(words)s, last named on %(day)s") % {"words": words, "day": day(enrolment.seen_on)}


def _batch_url(actor: Actor, enrolment: Enrolment) -> str:
    if enrolment.batch_id is None or not actor.may("intake.batch.view"):
        return ""
    return reverse("intake:batch", args=[enrolment.batch_id])


def _policy(found: OverlapPage) -> Context:
    """Why this is an overlap: in the words of the policy, with what it rests on."""
    entry = found.entry
    if entry is None:
        words = _("A scheme has one enrolment for a person, or for a household where it is for households.")
        if found.overlap.policy:
            words = _("This entry of the policy has been dropped.")
        return {"words": words}
    label = entry.label.ur if get_language() == "ur" else entry.label.en
    cap = rupees(entry.yearly_paisa) if isinstance(entry, Cap) else ""
    return {"words": label, "entry": entry, "from": entry.from_, "cap": cap}


def _moment(decision: OverlapDecision) -> Moment:
    """One decision: what, by whom, why."""
    what = {
        OverlapState.KEPT: _("%(actor)s kept it: %(reason)s"),
        OverlapState.ENDING: _("%(actor)s decided that %(scheme)s is to end: %(reason)s"),
        OverlapState.REFERRED: _("%(actor)s referred it to %(agency)s: %(reason)s"),
    }[OverlapState(decision.state)]
    words = what % {
        "actor": decision.decided_by,
        "reason": decision.reason,
        "scheme": decision.ending.scheme if decision.ending else "",
        "agency": name_of(decision.referred_to) if decision.referred_to else "",
    }
    return Moment(decision.decided_at, words)
