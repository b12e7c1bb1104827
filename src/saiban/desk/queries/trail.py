"""The audit as people ask it: who did or saw what, on whom, when; and how far it is chained."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, QuerySet

from saiban.core import audit
from saiban.core.days import midnight
from saiban.core.models import Actor, Audit, AuditCheckpoint, AuditLink, AuditPending
from saiban.core.services import look
from saiban.registry.models import Household
from saiban.registry.queries import about_person

if TYPE_CHECKING:
    from collections.abc import Iterable

HOUSEHOLD = "registry.household"


@dataclass(frozen=True)
class Asked:
    """What is asked of the audit; what is empty is not asked."""

    actor: str = ""
    action: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None
    household: str = ""
    person: int | None = None

    @property
    def words(self) -> dict[str, Any]:
        """The questions that were asked, for the audit of the audit."""
        return {name: str(value) for name, value in vars(self).items() if value}


@look("core.audit.view")
def trail(*, actor: Actor, asked: Asked) -> QuerySet[Audit]:
    """Return the audit rows that fit, newest first; that one has looked is itself on record."""
    audit.note(**asked.words)
    return _rows(actor, asked)


@look("core.audit.export")
def trail_to_take_along(*, actor: Actor, asked: Asked) -> QuerySet[Audit]:
    """Return the rows that fit, for a file."""
    audit.note(**asked.words)
    return _rows(actor, asked)


def _rows(actor: Actor, asked: Asked) -> QuerySet[Audit]:
    rows = (
        Audit.objects.visible_to(actor)
        .select_related("actor", "duty__area")
        .annotate(chained=F("link__seq"))
        .order_by("-pk")
    )
    if asked.household:
        rows = rows.about(HOUSEHOLD, _household_id(asked.household))
    plain = {
        "actor__username__iexact": asked.actor,
        "action": asked.action,
        "kind": asked.kind,
        "at__gte": midnight(asked.first) if asked.first else None,
        "at__lt": midnight(asked.last + timedelta(days=1)) if asked.last else None,
    }
    found: QuerySet[Audit] = rows.filter(**{name: value for name, value in plain.items() if value})
    return about_person(found, asked.person) if asked.person else found


def _household_id(code: str) -> int:
    """Return the id behind a code, of any household: who may read the audit asks about all, and learns no
    more of it.
    """
    return Household.objects.filter(code__iexact=code.strip()).values_list("pk", flat=True).first() or 0


def codes_of(rows: Iterable[Audit]) -> dict[int, str]:
    """Return the codes of the households that these rows are about: a code says where, not who."""
    ids = {row.subject_id for row in rows if row.subject_kind == HOUSEHOLD and row.subject_id}
    return dict(Household.objects.filter(pk__in=ids).values_list("pk", "code")) if ids else {}


def actions() -> list[str]:
    """Return the names of all acts that are on record."""
    return list(Audit.objects.order_by("action").values_list("action", flat=True).distinct())


@dataclass(frozen=True)
class ChainState:
    """How far the audit is chained: links, rows that wait for the worker, the last signed checkpoint."""

    links: int
    waiting: int
    signed_seq: int
    signed_at: datetime | None


def chain_state() -> ChainState:
    """Return how far the chain goes; whether it is whole, ``saiban doctor`` finds by walking it."""
    links = AuditLink.objects.aggregate(last=Max("seq"))["last"] or 0
    waiting = AuditPending.objects.aggregate(count=Count("pk"))["count"]
    mark = AuditCheckpoint.objects.order_by("-seq").first()
    return ChainState(links, waiting, mark.seq if mark else 0, mark.at if mark else None)
