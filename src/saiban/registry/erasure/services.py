"""The steps of an erasure: asked for, decided by another person, carried out by the worker."""

from __future__ import annotations

import re
from functools import partial
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from saiban.calc import names
from saiban.core import audit, changes, outbox
from saiban.core.errors import IllegalMove, ReasonMissing, Refused
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.intake.rejecting import LONG_NUMBER
from saiban.registry import refreshing
from saiban.registry.erasure import forgetting, holds
from saiban.registry.erasure.forgetting import Forgotten, Whom
from saiban.registry.errors import Erased
from saiban.registry.models import Erasure, Household, Membership, Person
from saiban.registry.transitions import ERASURE_MOVES, ErasureState

LEAST_REASON = 5
CODE = re.compile(r"HH-\d{5}-\d+", re.IGNORECASE)
DECISIONS = {
    "approve": ErasureState.APPROVED,
    "refuse": ErasureState.REFUSED,
    "hold": ErasureState.HELD,
    "release": ErasureState.REQUESTED,
}


class Named(Refused):
    """The same erasure waits already."""

    code = "registry.erasure_waits"


class Wanted(NamedTuple):
    """Whose erasure is asked for."""

    household: Household
    person: Person | None


@service("registry.erasure.request")
def request_erasure(
    *, actor: Actor, basis: str, reason: str, household_id: int | None = None, person_id: int | None = None
) -> Erasure:
    """Ask that a person, or a household with all who live there, be erased; another person decides.

    Raises: NotVisible (404), Erased (410), ReasonMissing (422), BadInput for a reason that names somebody (it
    is kept for good), Refused (409) where the same waits already.
    """
    wanted = _wanted(actor, household_id, person_id)
    if basis not in Erasure.Basis.values:
        raise BadInput(_("There is no such basis."), place=basis, expected=", ".join(Erasure.Basis.values))
    erasure = Erasure(
        household=wanted.household,
        person=wanted.person,
        area_path=wanted.household.area_path,
        basis=basis,
        reason=reason.strip(),
        requested_by=actor,
    )
    _check_reason(erasure, reason)
    try:
        with transaction.atomic():
            erasure.save()
    except IntegrityError:
        raise Named(_("This erasure was asked for already and is not decided yet.")) from None
    audit.note(subject=erasure, household=wanted.household.pk, person=person_id, basis=basis)
    return erasure


def _wanted(actor: Actor, household_id: int | None, person_id: int | None) -> Wanted:
    person = None
    if person_id is not None:
        person = get_visible(Person.objects.all(), actor=actor, pk=person_id)
        homes = Membership.objects.filter(person=person, during__upper_inf=True, cancelled=False)
        household_id = homes.values_list("household_id", flat=True).get()
    household = get_visible(Household.objects.all(), actor=actor, pk=household_id)
    if (person or household).erased_at is not None:
        raise Erased
    return Wanted(household, person)


def _check_reason(erasure: Erasure, text: str) -> None:
    """A reason is kept when all else is gone: it may not name whom it is about.

    Raises: ReasonMissing (422), BadInput.
    """
    if len(text.strip()) < LEAST_REASON:
        raise ReasonMissing
    told = set(names.words(text))
    people = Person.objects.filter(pk__in=forgetting.meant(erasure).persons)
    own = people.values_list("name_en", "name_ur")
    called = {word for row in own for name in row for word in names.words(name) if len(word) > 2}
    if told & called or LONG_NUMBER.search(CODE.sub("", text)):
        raise BadInput(
            _("The reason is kept for good: it may name nobody and hold no number of anyone."),
            place="reason",
            expected=_("why, without names and numbers"),
        )


@service("registry.erasure.decide")
def decide_erasure(*, actor: Actor, erasure_id: int, decision: str, reason: str) -> Erasure:
    """Decide on an erasure: ``approve`` (another person than who asked), ``refuse``, ``hold``, ``release``.

    What is approved is carried out by the worker within a moment.

    Raises: NotVisible (404), SecondPersonNeeded (403), ReasonMissing (422), BadInput for a reason that names
    somebody, IllegalMove, Held (409) where something stands against it.
    """
    erasure = get_visible(Erasure.objects.select_for_update(of=("self",)), actor=actor, pk=erasure_id)
    if decision not in DECISIONS:
        raise IllegalMove
    before, to = erasure.state, DECISIONS[decision]
    ERASURE_MOVES.move(erasure, to=to, actor=actor, reason=reason, prepared_by=erasure.requested_by_id)
    _check_reason(erasure, reason)
    whom = forgetting.meant(erasure)
    if to == ErasureState.APPROVED and (held := holds.against(whom.households, whom.persons)):
        raise holds.Held.by(held)
    erasure.decided_by, erasure.decision = actor, reason.strip()
    erasure.save(update_fields=["state", "decided_by", "decision"])
    Erasure.objects.filter(pk=erasure.pk).update(decided_at=Now())
    audit.note(subject=erasure, before=before, after=str(to))
    if to == ErasureState.APPROVED:
        steps = Erasure.objects.filter(pk=erasure.pk).values_list("decided_at", flat=True).get()
        key = f"erasure:{erasure.pk}:approved:{steps.isoformat() if steps else ''}"
        outbox.announce("registry.erasure.approved", key=key, erasure_id=erasure.pk)
    return erasure


@service("registry.erasure.carry_out")
def carry_out(*, actor: Actor, erasure_id: int) -> Erasure:
    """Destroy all that says who is meant, in one transaction. Told twice, it does nothing the second time.

    Where something stands against it by now, it goes back to be decided anew, with the words of what it is.
    """
    erasure = Erasure.objects.select_for_update(of=("self",)).get(pk=erasure_id)
    if erasure.state != ErasureState.APPROVED:
        return erasure
    whom = forgetting.locked(erasure)
    held = holds.against(whom.households, whom.persons)
    audit.note(subject=erasure, household=whom.home, person=erasure.person_id, rows=whom.persons)
    audit.note_set("registry.household", {whom.home, *whom.households})
    if held:
        ERASURE_MOVES.move(erasure, to=ErasureState.REQUESTED, actor=actor)
        erasure.decision = holds.Held.by(held).args[0][:500]
        erasure.save(update_fields=["state", "decision"])
        return erasure
    forgotten = forgetting.forget(actor, whom)
    ERASURE_MOVES.move(erasure, to=ErasureState.CARRIED_OUT, actor=actor)
    erasure.counts = forgotten.counts
    erasure.carried_out_at = Now()
    erasure.save(update_fields=["state", "counts", "carried_out_at"])
    _follow(actor, erasure, whom, forgotten)
    erasure.refresh_from_db()
    return erasure


def _follow(actor: Actor, erasure: Erasure, whom: Whom, forgotten: Forgotten) -> None:
    """Refresh who was touched, keep which subjects are of nobody now, and tell the rooms downstream."""
    made = partial(
        changes.change_set,
        actor=actor,
        reason="registry.erasure.carry_out",
        source_kind="registry.erasure",
        source_id=erasure.pk,
    )
    touched = {*forgotten.touched, whom.home} - set(whom.households)
    refreshing.refresh(
        actor=actor,
        household_ids=touched,
        reason="registry.erasure.carry_out",
        source_kind="registry.erasure",
        source_id=erasure.pk,
    )
    made(kind="intake.subject", ids=forgotten.subject_ids)
    if forgotten.renamed:
        moved = made(kind="intake.subject", ids=forgotten.renamed)
        outbox.announce("registry.link.moved", key=f"change_set:{moved.pk}", change_set_id=moved.pk)
    change_set = made(kind="registry.household", ids={whom.home, *whom.households})
    outbox.announce(
        "registry.erasure.carried_out", key=f"erasure:{erasure.pk}:carried_out", change_set_id=change_set.pk
    )
