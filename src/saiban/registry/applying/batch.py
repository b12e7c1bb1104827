"""The order in which a batch is applied, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from saiban.core import locks, rotation
from saiban.core.models import Actor
from saiban.registry import copying
from saiban.registry.applying import lists, resurvey, statements
from saiban.registry.applying.staging import (
    KNOW_SAID,
    NUMBERS_OF,
    NUMBERS_OF_LISTS,
    NUMBERS_TABLE,
    SAID_TABLE,
    leave_out_erased,
    stage,
)

Advance = Callable[[int], None]


@dataclass(frozen=True)
class Applied:
    """What a batch became: the households to refresh, the subjects named by a number who may now be someone
    else or live elsewhere, and counts for its outcome.
    """

    household_ids: list[int]
    subject_ids: list[int]
    counts: dict[str, int]


def apply(*, actor: Actor, part_id: int, is_list: bool, advance: Advance) -> Applied:
    """Make or renew the people that a part of a batch speaks of, and link the subjects that a number names.

    A list of beneficiaries makes stubs of those whom nobody claims, and moves no household. What was said is
    laid out before the lock of applying is taken: meanwhile another part may be applied.
    """
    rotation.hold()  # tokens of numbers are written
    staged = stage(part_id, advance, numbers_of=NUMBERS_OF_LISTS if is_list else NUMBERS_OF)
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.APPLY])
    leave_out_erased()
    applied = _apply_list(actor) if is_list else _apply_people(actor, part_id)
    applied.counts["unreadable_numbers"] = staged.unreadable_numbers
    return applied


def _apply_people(actor: Actor, part_id: int) -> Applied:
    """Rosters and feeds."""
    for statement in statements.FIND_PEOPLE:
        copying.run(statement)
    resurvey.match(actor)
    for statement in statements.APPLY_ROSTERS:
        copying.run(statement)
    copying.run(statements.NEW_LINKS, [actor.pk])
    copying.run(KNOW_SAID)
    for statement in statements.APPLY_MEMBERS:
        copying.run(statement)
    if copying.rows_of(lists.HAS_STUBS)[0][0]:
        copying.run(lists.ABSORB_STUBS)
    undone_households, undone_persons = _link_by_numbers(actor, statements.FIND_NAMED)
    touched = copying.rows_of(statements.TOUCHED, [undone_persons, undone_households])
    moved = copying.rows_of(statements.MOVED_SUBJECTS)
    household_ids = {row[0] for row in touched} | set(resurvey.tell(part_id))
    return Applied(sorted(household_ids), [row[0] for row in moved], _counts())


def _apply_list(actor: Actor) -> Applied:
    """Link whom a list names; who is claimed by nobody becomes a stub."""
    copying.run(statements.FIND_KNOWN)
    _link_by_numbers(actor, statements.FIND_NAMED_BY_LIST)
    for statement in (lists.STUB_IDS, lists.NEW_STUBS, lists.STUB_NUMBERS):
        copying.run(statement)
    copying.run(lists.STUB_LINKS, [actor.pk])
    copying.run(lists.RENEW_STUBS)
    names = ("linked", "stubs_new", "stubs_known", "unclaimed", "contested")
    return Applied([], [], dict(zip(names, copying.rows_of(lists.COUNTS)[0], strict=True)))


def _link_by_numbers(actor: Actor, find_named: str) -> tuple[list[int], list[int]]:
    """Link what numbers name; return the households and persons whose link a second claimant undid."""
    copying.run(statements.NAMED_TABLE)
    copying.run("truncate registry_named")
    copying.run(find_named)
    undone = copying.rows_of(statements.UNDO_LINKS)
    copying.run(statements.LINK_BY_NUMBER, [actor.pk])
    return [row[0] for row in undone if row[0]], [row[1] for row in undone if row[1]]


def relink(actor: Actor) -> tuple[list[int], list[int]]:
    """Link anew whom the numbers in ``registry_forgotten`` mean, now that their owner has given them up.

    Returns the households whose profile may have moved, and the subjects that may be somebody else now.
    Whoever calls holds the lock of applying.
    """
    for statement in (SAID_TABLE, NUMBERS_TABLE):
        copying.run(statement)
    copying.run("truncate registry_said, registry_number_said")
    undone_households, undone_persons = _link_by_numbers(actor, statements.FIND_NAMED)
    touched = copying.rows_of(statements.TOUCHED, [undone_persons, undone_households])
    renamed = copying.rows_of("select subject_id from registry_named where not in_batch")
    return [row[0] for row in touched], [row[0] for row in renamed]


def _counts() -> dict[str, int]:
    new, known, new_persons, known_persons = copying.rows_of(statements.COUNTS)[0]
    linked, unclaimed, contested = copying.rows_of(statements.NAMED_COUNTS)[0]
    return {
        "households_new": new,
        "households_known": known,
        "persons_new": new_persons,
        "persons_known": known_persons,
        "linked": linked,
        "unclaimed": unclaimed,
        "contested": contested,
    }
