"""What waits for an actor, by its duty, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.core.models import Actor
from saiban.desk.queries.today import Today
from saiban.messages.queries import unread_count
from saiban.partners.models import Agreement
from saiban.programmes.queries.cycles import waiting_for_approval as cycles_waiting
from saiban.programmes.queries.proposals import waiting as proposals_waiting
from saiban.registry.correcting.queries import LATE_AFTER
from saiban.registry.erasure.queries import to_decide as erasures_to_decide
from saiban.scoring.models import Scorecard
from saiban.scoring.queries import rules_waiting
from saiban.ui import words
from saiban.ui.components import Words

MOST_ERASURES = 10  # the list has the others


@dataclass(frozen=True)
class Wait:
    """One thing to do: what, where, of what; ``days`` it has waited (None: it has no clock)."""

    label: Words
    url: str
    note: Words = ""
    days: int | None = None
    late: bool = False


Offer = Callable[[Actor, Today], Sequence[Wait]]


def waits(actor: Actor, today: Today) -> list[Wait]:
    """Return what waits for the actor: late things first, then those that have waited longest."""
    found = [wait for permission, offer in OFFERS if actor.may(permission) for wait in offer(actor, today)]
    return sorted(found, key=lambda wait: (not wait.late, -(wait.days or 0)))


def _rejected(actor: Actor, today: Today) -> list[Wait]:
    """Name the sources whose last delivery has rejected rows: a mended delivery takes its place."""
    return [
        Wait(
            ngettext("Mend %(count)s rejected row", "Mend %(count)s rejected rows", one.rejected)
            % {"count": words.number(one.rejected)},
            reverse("intake:batch", args=[one.batch_id]),
            note=str(one.source),
            days=(timezone.now() - one.last).days if one.last else None,
        )
        for one in today.sources
        if one.rejected
    ]


def _late(actor: Actor, today: Today) -> list[Wait]:
    return [
        Wait(
            _("Ask %(source)s for its delivery") % {"source": one.source},
            reverse("intake:source", args=[one.source.pk]),
            note=_("last one on %(day)s") % {"day": words.day(one.last)},
            days=one.days_late,
            late=True,
        )
        for one in today.late
    ]


def _disagreements(actor: Actor, today: Today) -> list[Wait]:
    if not today.disagreeing:
        return []
    label = ngettext(
        "%(count)s household of which sources disagree",
        "%(count)s households of which sources disagree",
        today.disagreeing,
    ) % {"count": words.number(today.disagreeing)}
    return [
        Wait(
            label,
            reverse("registry:households") + "?disagreement=yes",
            note=_("compare, and correct what is wrong"),
        )
    ]


def _agreements(actor: Actor, today: Today) -> list[Wait]:
    rows = Agreement.objects.visible_to(actor).filter(state="draft").exclude(prepared_by=actor)
    return [
        Wait(
            _("Approve the agreement %(code)s") % {"code": row.code},
            reverse("partners:agreement", args=[row.pk]),
            note=_("%(partner)s, prepared by %(name)s")
            % {"partner": row.partner, "name": row.prepared_by.display_name},
        )
        for row in rows.select_related("partner", "prepared_by")
    ]


def _scorecards(actor: Actor, today: Today) -> list[Wait]:
    rows = Scorecard.objects.visible_to(actor).filter(state="tested").exclude(author=actor)
    return [
        Wait(
            _("Approve the scorecard %(title)s") % {"title": row},
            reverse("scoring:scorecard", args=[row.pk]),
            note=_("tested, by %(name)s") % {"name": row.author.display_name},
        )
        for row in rows.select_related("author")
    ]


def _rules(actor: Actor, today: Today) -> list[Wait]:
    return [
        Wait(
            _("Approve the rule %(title)s") % {"title": row},
            reverse("scoring:rule", args=[row.pk]),
            note=_("tested, by %(name)s") % {"name": row.author.display_name},
        )
        for row in rules_waiting(actor)
    ]


def _cycles(actor: Actor, today: Today) -> list[Wait]:
    return [
        Wait(
            _("Approve the list of %(scheme)s, cycle %(number)s")
            % {"scheme": row.scheme, "number": row.number},
            reverse("programmes:cycle", args=[row.pk]),
            note=_("made by %(name)s") % {"name": row.proposed_by.display_name} if row.proposed_by else "",
            days=(timezone.now() - row.proposed_at).days if row.proposed_at else None,
        )
        for row in cycles_waiting(actor)
    ]


def _proposals(actor: Actor, today: Today) -> list[Wait]:
    count = proposals_waiting(actor)
    if not count:
        return []
    label = ngettext(
        "%(count)s beneficiary who is no longer eligible",
        "%(count)s beneficiaries who are no longer eligible",
        count,
    )
    note = _("decide: suspend, close, or leave as it is")
    return [
        Wait(label % {"count": words.number(count)}, reverse("programmes:proposals") + "?kind=leave", note)
    ]


def _corrections(actor: Actor, today: Today) -> list[Wait]:
    count, waited = today.corrections.count, today.corrections.waited
    if not count:
        return []
    label = ngettext("Approve %(count)s correction", "Approve %(count)s corrections", count)
    return [
        Wait(
            label % {"count": words.number(count)},
            reverse("registry:corrections") + "?show=for_me",
            note=_("proposed by others; nothing changes before"),
            days=waited.days,
            late=waited > LATE_AFTER,
        )
    ]


def _overlaps(actor: Actor, today: Today) -> list[Wait]:
    found = today.overlaps
    if found is None or not found.count:
        return []
    label = ngettext("Decide %(count)s double benefit", "Decide %(count)s double benefits", found.count) % {
        "count": words.number(found.count)
    }
    note = _("%(amount)s a year") % {"amount": words.rupees(found.yearly_paisa)}
    return [Wait(label, reverse("programmes:overlaps"), note)]


def _erasures(actor: Actor, today: Today) -> list[Wait]:
    return [
        Wait(
            _("Decide on the erasure of %(code)s") % {"code": row.household.code},
            reverse("registry:erasure", args=[row.pk]),
            note=_("asked by %(name)s") % {"name": row.requested_by.display_name},
            days=(timezone.now() - row.requested_at).days,
        )
        for row in erasures_to_decide(actor)[:MOST_ERASURES]
    ]


def _messages(actor: Actor, today: Today) -> list[Wait]:
    unread = unread_count(actor)
    if not unread:
        return []
    label = ngettext("%(count)s new message", "%(count)s new messages", unread)
    return [Wait(label % {"count": words.number(unread)}, reverse("messages:inbox"))]


OFFERS: Sequence[tuple[str, Offer]] = [
    ("intake.batch.receive", _late),
    ("intake.batch.download_rejected", _rejected),
    ("registry.correction.propose", _disagreements),
    ("registry.correction.approve", _corrections),
    ("partners.agreement.approve", _agreements),
    ("scoring.scorecard.approve", _scorecards),
    ("scoring.rule.approve", _rules),
    ("registry.erasure.decide", _erasures),
    ("programmes.cycle.approve", _cycles),
    ("programmes.overlap.decide", _overlaps),
    ("programmes.proposal.decide", _proposals),
    ("messages.message.view", _messages),
]
