"""What a batch moved in schemes, on its page: who became eligible or ceased to be, and overlaps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.intake.queries import batch_on_page
from saiban.programmes.models import Proposal
from saiban.programmes.queries import proposals
from saiban.programmes.words import name_of
from saiban.ui import words
from saiban.ui.components import Figure, Moment
from saiban.ui.slots import Panel

FOLLOWED = (
    ("eligibility", "newly_eligible"),
    ("eligibility", "no_longer_eligible"),
    ("overlaps", "new"),
    ("overlaps", "gone"),
)


def what_followed(actor: Actor, batch_ids: Sequence[int]) -> dict[str, Any] | None:
    """How many proposals and overlaps follow from the batch, in all areas, and the newest proposals in the
    actor's sight that still wait; None where nothing followed (2 queries, one of them of the page)."""
    batch = batch_on_page(actor=actor, batch_id=batch_ids[0])
    if not any(_count(batch.outcome, *name) for name in FOLLOWED):
        return None
    waiting = proposals.made_by_batch(actor=actor, batch_id=batch.pk)
    return {"figures": _figures(batch.outcome), "moments": [_moment(one) for one in waiting]}


def _count(outcome: Mapping[str, Any], step: str, name: str) -> int:
    return int(outcome.get(step, {}).get(name, 0))


def _figures(outcome: Mapping[str, Any]) -> list[Figure]:
    figures = []
    if "eligibility" in outcome:  # a list moves no profile
        entering, leaving = (_count(outcome, *name) for name in FOLLOWED[:2])
        figures = [
            Figure(_("Became eligible"), words.number(entering), _("proposed to enter, in all areas")),
            Figure(_("No longer eligible"), words.number(leaving), _("proposed to leave, in all areas")),
        ]
    if "overlaps" in outcome:
        new, gone = (words.number(_count(outcome, *name)) for name in FOLLOWED[2:])
        figures.append(
            Figure(_("Overlaps found"), new, _("%(count)s are gone, in all areas") % {"count": gone})
        )
    return figures


def _moment(one: Any) -> Moment:
    """A proposal: of which household, which way, and what moved."""
    which = (
        _("Now eligible for %(scheme)s")
        if one.kind == Proposal.Kind.ENTER
        else _("No longer eligible for %(scheme)s")
    )
    what = "; ".join([which % {"scheme": one.scheme}, *_reasons(one)])
    return Moment(
        when=one.made_at,
        words=_("%(who)s: %(what)s") % {"who": one.household.code, "what": what},
        url=reverse("programmes:proposal-decide", args=[one.pk]),
        more=name_of(one.household.area),
    )


def _reasons(one: Any) -> list[str]:
    if one.because.get("gone"):
        return [_("The person no longer lives in a household of the registry, or has died.")]
    said = words.changes(one.changes)
    score = one.because.get("score")
    if score is not None:
        said.append(_("poverty score %(score)s") % {"score": words.score(score)})
    return said


PANELS = [
    Panel(
        "intake.batch.moved",
        "followed",
        "programmes.proposal.list",
        what_followed,
        "programmes/moved_by_batch.html",
        20,
    ),
]
