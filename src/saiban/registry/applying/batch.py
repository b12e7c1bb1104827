"""The order in which a batch is applied, within the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from saiban.core.models import Actor
from saiban.registry import copying
from saiban.registry.applying import statements
from saiban.registry.applying.staging import stage

ONE_AT_A_TIME = 7240011  # advisory lock: two batches might make the same household twice
Advance = Callable[[int], None]


@dataclass(frozen=True)
class Applied:
    """What a batch became: the households to refresh, and counts for its outcome."""

    household_ids: list[int]
    counts: dict[str, int]


def apply(*, actor: Actor, batch_id: int, advance: Advance) -> Applied:
    """Make or renew the people that a batch speaks of, and link the subjects that a number names."""
    copying.rows_of("select pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    staged = stage(batch_id, advance)
    for statement in statements.APPLY_ROSTERS:
        copying.run(statement)
    copying.run(statements.NEW_LINKS, [actor.pk])
    copying.run("analyze registry_said")
    for statement in statements.APPLY_MEMBERS:
        copying.run(statement)
    undone_households, undone_persons = _link_by_numbers(actor)
    touched = copying.rows_of(statements.TOUCHED, [undone_persons, undone_households])
    counts = _counts() | {"unreadable_numbers": staged.unreadable_numbers}
    return Applied([row[0] for row in touched], counts)


def _link_by_numbers(actor: Actor) -> tuple[list[int], list[int]]:
    """Link what numbers name; return the households and persons whose link a second claimant undid."""
    copying.run(statements.NAMED_TABLE)
    copying.run("truncate registry_named")
    copying.run(statements.FIND_NAMED)
    undone = copying.rows_of(statements.UNDO_LINKS)
    copying.run(statements.LINK_BY_NUMBER, [actor.pk])
    return [row[0] for row in undone if row[0]], [row[1] for row in undone if row[1]]


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
