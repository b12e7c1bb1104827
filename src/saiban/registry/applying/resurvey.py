"""A survey that comes again under other household numbers: whom of it we know already, and what it found.

``match`` works between finding who is known by the source's own number and making who is not; whom it finds
is linked, and everything after it goes on as if the source had used the old number. ``tell`` keeps what was
found once everybody lives where the roster says.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import timezone

from saiban.calc.resurvey import Terms
from saiban.calc.resurvey import terms as terms_of
from saiban.core.models import Actor
from saiban.registry import copying
from saiban.registry.applying import resurvey_statements as statements
from saiban.registry.applying.statements import FORGOTTEN_TABLE
from saiban.registry.correcting.ending import end_joined

HAS_ROSTERS = "select exists (select from registry_said where kind = 'household')"
KNOWN_ONE = "select exists (select from registry_met) or exists (select from registry_before)"
BATCH_OF = "select batch_id from intake_part where id = %s"


def terms() -> Terms:
    """The terms of today; numbers that nobody confirmed ask a person, except in the demo."""
    return terms_of(on=timezone.localdate(), allow_unconfirmed=settings.SAIBAN_DEMO)


def match(actor: Actor) -> None:
    """Link households and persons of the staged rosters that are known by their members' numbers.

    Where nobody is known by a number, one statement finds that out.
    """
    for statement in statements.TABLES:
        copying.run(statement)
    if not copying.rows_of(HAS_ROSTERS)[0][0]:
        return
    values = asdict(terms())
    copying.run(statements.KNOWN_BEFORE, values)
    if not copying.run(statements.FIND_CLAIMS):
        return
    copying.run("analyze registry_claim")
    copying.run(statements.FIND_MET, values)
    copying.run("analyze registry_met")
    copying.run(statements.FIND_PAIRS, values)
    copying.run("analyze registry_pair")
    for statement in (statements.MATCH_HOUSEHOLDS, statements.MATCHED_BEFORE):
        copying.run(statement, values)
    for statement in (statements.MATCH_PERSONS, statements.MATCH_BY_NAME):
        copying.run(statement, values)
    copying.run(statements.KEEP_LINKS, [actor.pk])


def tell(part_id: int) -> list[int]:
    """Keep what the part found; return the households whose members it has moved."""
    if not copying.rows_of(HAS_ROSTERS)[0][0]:
        return []
    values: dict[str, Any] = asdict(terms()) | {"batch": copying.rows_of(BATCH_OF, [part_id])[0][0]}
    if copying.rows_of(KNOWN_ONE)[0][0]:
        copying.run(statements.LIST_MEMBERS)
        for name in ("listed", "before", "pair"):
            copying.run(f"analyze registry_{name}")
        for statement in (statements.TELL_CONTINUED, statements.TELL_MERGED, statements.TELL_FRESH):
            copying.run(statement, values)
    copying.run(statements.TELL_NEW, values)
    copying.run(statements.FOUND_LATER, values)
    return [row[0] for row in copying.rows_of(statements.TOUCHED)]


def close(actor: Actor, *, batch_id: int, since: date) -> list[int]:
    """Tell of the households that a batch, observed from ``since`` on, did not find where it went; hand over
    what was said of those that went wholly into another, and return both. The numbers that nobody claims any
    more stand in ``registry_forgotten``.
    """
    values = asdict(terms()) | {"batch": batch_id, "since": since}
    copying.run("drop table if exists registry_left, registry_merged")
    for statement in statements.CLOSE:
        copying.run(statement, values)
    copying.run(FORGOTTEN_TABLE)
    copying.run("truncate registry_forgotten")
    copying.run(statements.MERGED, values)
    end_joined("select household_id from registry_merged")
    copying.run(statements.HAND_LINKS_OVER, [actor.pk])
    copying.run(statements.GIVE_NUMBERS_UP)
    return [row[0] for row in copying.rows_of(statements.MERGED_ONES)]
