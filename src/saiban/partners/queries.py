"""Questions about agreements; what has no agreement in force does not pass."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from saiban.core.models import Actor, Audit
from saiban.core.services import get_visible
from saiban.partners.models import Agreement, Partner
from saiban.partners.transitions import AGREEMENT_MOVES


def may_pass(*, source: str, field: str, area_path: str | None, purpose: str, on: date) -> bool:
    """Say whether an agreement in force on that day lets this field of a source pass, for a purpose and area.

    Without ``area_path`` the area is not asked (a feed that names no area).
    """
    found = Agreement.objects.in_force_on(on).filter(source=source, purpose=purpose, fields__contains=[field])
    return (found if area_path is None else found.filter(area__path__above=area_path)).exists()


def passing_fields(*, source: str, purpose: str, on: date) -> frozenset[str]:
    """Return all fields of a source that may pass on that day for that purpose; none without an agreement."""
    rows = (
        Agreement.objects.in_force_on(on)
        .filter(source=source, purpose=purpose)
        .values_list("fields", flat=True)
    )
    return frozenset(field for fields in rows for field in fields)


def agreement_in_force(*, source: str, on: date) -> Agreement | None:
    """Return the one agreement that lets a source's data pass on a day."""
    return Agreement.objects.in_force_on(on).filter(source=source).select_related("area", "partner").first()


def partners(*, actor: Actor) -> QuerySet[Partner]:
    """Partners that the actor may see, by ``name`` in the reader's language.

    ``in_force`` counts their agreements that hold today, ``drafts`` those that nobody has approved.
    """
    holds_today = Q(agreements__state="in_force", agreements__during__contains=today())
    counted = Partner.objects.visible_to(actor).annotate(
        name=F("name_ur" if get_language() == "ur" else "name_en"),
        in_force=Count("agreements", filter=holds_today),
        drafts=Count("agreements", filter=Q(agreements__state="draft")),
    )
    return counted.order_by("name")


def agreements_of(*, actor: Actor, partner: Partner) -> QuerySet[Agreement]:
    """The agreements of one partner, with the area of each."""
    return Agreement.objects.visible_to(actor).filter(partner=partner).select_related("area")


def agreements_to_approve(*, actor: Actor) -> QuerySet[Agreement]:
    """Drafts that wait for this actor: those that another person prepared; none for who may not approve."""
    drafts = Agreement.objects.visible_to(actor).filter(state="draft").exclude(prepared_by=actor)
    return drafts if actor.may("partners.agreement.approve") else drafts.none()


def agreement_page(*, actor: Actor, agreement_id: int) -> Agreement:
    """Return an agreement with what its page tells of it. Raises: NotVisible (404)."""
    rows = Agreement.objects.select_related("partner", "area", "prepared_by")
    return get_visible(rows, actor=actor, pk=agreement_id)


def moves_open_to(*, actor: Actor, agreement: Agreement) -> set[str]:
    """States into which this actor may bring the agreement now."""
    return {
        state
        for state, move in AGREEMENT_MOVES.from_state(agreement.state).items()
        if actor.may(move.permission) and not (move.second_person and agreement.prepared_by_id == actor.pk)
    }


def in_the_way(*, actor: Actor, agreement: Agreement) -> Agreement | None:
    """Return an agreement of the same source that is in force on some of the same days."""
    others = Agreement.objects.visible_to(actor).exclude(pk=agreement.pk).filter(state="in_force")
    return others.filter(source=agreement.source, during__overlap=agreement.during).first()


def history(*, actor: Actor, agreement: Agreement) -> QuerySet[Audit]:
    """Who prepared, approved and ended an agreement, latest first: for all who may see the agreement."""
    rows = Audit.objects.about(agreement._meta.label_lower, agreement.pk).filter(kind=Audit.Kind.WRITE)
    may_see = Agreement.objects.visible_to(actor).filter(pk=agreement.pk).exists()
    return rows.select_related("actor") if may_see else rows.none()


def written_before(*, actor: Actor, name: str) -> tuple[str, ...]:
    """What agreements have in one of their columns of words, each once."""
    rows = Agreement.objects.visible_to(actor).order_by(name).values_list(name, flat=True)
    return tuple(rows.distinct())


def is_code_taken(*, actor: Actor, code: str) -> bool:
    """Say whether an agreement that is more than a draft has this code."""
    return Agreement.objects.visible_to(actor).exclude(state="draft").filter(code=code).exists()


def today() -> date:
    """The day on which a page is asked, in the province."""
    return timezone.localdate()
