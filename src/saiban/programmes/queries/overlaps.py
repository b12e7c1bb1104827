"""Overlaps as a work list, what they come to, and one of them with its enrolments side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Greatest, Least
from django.utils import timezone

from saiban.calc.overlap import Cap, Exclusion, shipped_policy
from saiban.core import audit
from saiban.core.foundation import own_agency
from saiban.core.services import get_visible, look
from saiban.programmes.models import Enrolment, Overlap, OverlapDecision, Scheme
from saiban.registry.queries.seen import note_whose

if TYPE_CHECKING:
    from saiban.core.models import Actor

NAMES = ("name_en", "name_ur", "father_name_en", "father_name_ur", "birth_date")
TO_DECIDE = ("open", "referred")


@dataclass(frozen=True)
class PairLine:
    """How often two schemes (one twice; ``other`` None for a cap) overlap: how many are present, how many of
    these are to be decided, and what ending one enrolment of each of those would save in a year."""

    scheme: Scheme
    other: Scheme | None
    present: int
    to_decide: int
    yearly_paisa: int


@dataclass(frozen=True)
class EnrolmentSide:
    """A side of an overlap: the scheme always, ``enrolment`` only where the duty shows the scheme's rows."""

    scheme: Scheme
    enrolment: Enrolment | None


@dataclass(frozen=True)
class OverlapPage:
    """An overlap with its sides, the entry of the policy (None for twice in one scheme), its decisions."""

    overlap: Overlap
    sides: Sequence[EnrolmentSide]
    entry: Exclusion | Cap | None
    decisions: Sequence[OverlapDecision]
    shows_names: bool

    @property
    def enrolments(self) -> list[Enrolment]:
        """The enrolments that the duty shows."""
        return [side.enrolment for side in self.sides if side.enrolment is not None]


def overlap_list(*, actor: Actor) -> QuerySet[Overlap]:
    """Overlaps that the actor sees, with both schemes and the household, for a table (1 query). Keep the look
    by ``keep_list``."""
    rows = Overlap.objects.visible_to(actor)
    related = ("left__scheme__agency", "right__scheme__agency", "household")
    shown = [field.name for field in Overlap._meta.concrete_fields]
    shown += ["household__code", "left__scheme_id", "right__scheme_id"]
    shown += [
        f"{side}__scheme__{name}" for side in ("left", "right") for name in ("code", "name_en", "name_ur")
    ]
    shown += [
        f"{side}__scheme__agency__{name}" for side in ("left", "right") for name in ("name_en", "name_ur")
    ]
    return rows.select_related(*related).only(*shown)


def by_pair(*, actor: Actor, schemes: Sequence[Scheme]) -> list[PairLine]:
    """What is present by pair of schemes, the dearest of what is to decide first (1 query)."""
    left, right = F("left__scheme"), F("right__scheme")
    to_decide = Q(state__in=TO_DECIDE)
    rows: Any = (
        Overlap.objects.visible_to(actor)
        .present()
        .order_by()
        .annotate(first=Least(left, right), second=Greatest(left, right), no_second=Q(right=None))
        .values("first", "second", "no_second")
        .annotate(
            present=Count("pk"),
            to_decide=Count("pk", filter=to_decide),
            yearly=Sum("yearly_paisa", filter=to_decide, default=0),
        )
        .order_by("-yearly", "-to_decide", "first", "second")
    )
    known = {scheme.pk: scheme for scheme in schemes}
    return [
        PairLine(
            scheme=known[row["first"]],
            other=None if row["no_second"] else known[row["second"]],
            present=row["present"],
            to_decide=row["to_decide"],
            yearly_paisa=int(row["yearly"]),
        )
        for row in rows
    ]


def to_decide(*, actor: Actor) -> QuerySet[Overlap]:
    """Overlaps that are open or referred, of those that the actor sees; to be counted."""
    return Overlap.objects.visible_to(actor).filter(state__in=TO_DECIDE)


@look("programmes.overlap.view")
def keep_list(*, actor: Actor, rows: Sequence[Overlap], query: str) -> None:
    """Keep who saw which households in the list; ``query`` holds codes of filters only."""
    _keep(rows, query)


@look("programmes.overlap.export")
def keep_export(*, actor: Actor, rows: Sequence[Overlap], query: str) -> None:
    """Keep who took which households along in a file. Raises: NotAllowed (403)."""
    _keep(rows, query)


def _keep(rows: Sequence[Overlap], query: str) -> None:
    households = [row.household_id for row in rows if row.household_id is not None]
    audit.note_set("registry.household", households, query=query, overlaps=len(rows))
    persons = {row.person_id for row in rows if row.household_id is None and row.person_id is not None}
    if persons:  # known from lists only: they live in no household
        audit.note(persons=sorted(persons))


@look("programmes.overlap.view")
def overlap_page(*, actor: Actor, overlap_id: int) -> OverlapPage:
    """One overlap (6 queries). Another department's row is not selected. Raises: NotVisible (404)."""
    rows = Overlap.objects.select_related("household", "person", "referred_to", "ending__scheme")
    hidden = () if actor.sees("personal") else tuple(f"person__{name}" for name in NAMES)
    overlap = get_visible(rows.defer(*hidden), actor=actor, pk=overlap_id)
    audit.note(subject=overlap, household=overlap.household_id, person=overlap.person_id)
    note_whose(household_id=overlap.household_id, person_id=overlap.person_id)
    decisions = overlap.decisions.select_related("decided_by", "referred_to", "ending__scheme")
    return OverlapPage(
        overlap=overlap,
        sides=_sides(actor, overlap),
        entry=_entry(overlap),
        decisions=list(decisions),
        shows_names=actor.sees("personal"),
    )


def _entry(overlap: Overlap) -> Exclusion | Cap | None:
    """The entry of the policy; None also where the policy has dropped it since."""
    return next((entry for entry in shipped_policy().entries if entry.code == overlap.policy), None)


def _sides(actor: Actor, overlap: Overlap) -> list[EnrolmentSide]:
    enrolments = {enrolment.pk: enrolment for enrolment in _shown(actor, overlap)}
    schemes = dict(_of(overlap).order_by("pk").values_list("pk", "scheme_id"))
    known = Scheme.objects.select_related("agency").in_bulk(set(schemes.values()))
    return [EnrolmentSide(known[scheme_id], enrolments.get(pk)) for pk, scheme_id in schemes.items()]


def _shown(actor: Actor, overlap: Overlap) -> QuerySet[Enrolment]:
    """The enrolments whose rows the duty shows, with whose they are and whence they are known."""
    agency = own_agency(actor)
    hidden = () if actor.sees("personal") else tuple(f"person__{name}" for name in NAMES)
    rows = _of(overlap).select_related("scheme__agency", "person", "household", "batch__source", "cycle")
    rows = rows.defer("batch__outcome", "batch__refusal", *hidden)
    return rows if agency is None else rows.filter(scheme__agency=agency)


def enrolments_of(overlap: Overlap) -> list[Enrolment]:
    """All enrolments that an overlap is about, for who decides on it (1 query)."""
    return list(_of(overlap).select_related("scheme__agency").order_by("pk"))


def _of(overlap: Overlap) -> QuerySet[Enrolment]:
    """The two of a pair; for a cap all that count towards it today, and the one that it was found by."""
    if overlap.right_id is not None:
        return Enrolment.objects.filter(pk__in=[overlap.left_id, overlap.right_id])
    entry = _entry(overlap)
    whose = Q(person=overlap.person_id) if overlap.level == "person" else Q(household=overlap.household_id)
    running = Enrolment.objects.running_on(timezone.localdate()).filter(whose)
    if entry is not None and entry.named:
        running = running.filter(scheme__code__in=entry.named)
    return Enrolment.objects.filter(Q(pk=overlap.left_id) | Q(pk__in=running.values("pk")))
