"""A household as it was known on a day that has passed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import look
from saiban.data.dictionary import Level, fields
from saiban.registry import resolving
from saiban.registry.models import Household
from saiban.registry.queries.households import (
    MemberLine,
    ValueLine,
    home_of,
    lines_of,
    members_of,
    profile_of,
    source_names,
)

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class PastPage:
    """What was known of a household by the end of ``on``; ``today``: the values that hold now, by field;
    ``of_members``: what was known of each, by person, where the duty shows persons."""

    household: Household
    on: date
    values: Sequence[ValueLine]
    today: Mapping[str, Any]
    members: Sequence[MemberLine]
    of_members: Mapping[int, Sequence[ValueLine]]
    sources: Mapping[str, str]
    shows_names: bool


@look("registry.household.view")
def household_past(*, actor: Actor, household_id: int, on: date) -> PastPage:
    """One household as it was known on a day: resolved anew from what had come in by its end, by the rules
    that hold now. Nothing of it is stored. Members are those who lived there that day, as is known today.

    Raises: NotVisible (404), Erased (410).
    """
    profile = profile_of(actor, household_id)
    members = members_of(actor, household_id, on=on)
    audit.note(subject=profile.household, on=on.isoformat())
    audit.note_set("registry.person", [member.person_id for member in members])  # who may have left since
    households, persons = resolving.profiles_of(resolving.heard([household_id], on=on))
    of_household = _lines(households, actor, "household").get(household_id, [])
    of_persons = _lines(persons, actor, "person") if actor.may("registry.person.view") else {}
    return PastPage(
        household=home_of(profile),
        on=on,
        values=of_household,
        today=profile.shown,  # type: ignore[attr-defined]
        members=members,
        of_members={one.person_id: of_persons.get(one.person_id, []) for one in members},
        sources=source_names(),
        shows_names=actor.sees("personal"),
    )


def _lines(profiles: pa.Table, actor: Actor, level: Level) -> dict[int, list[ValueLine]]:
    """The values of those who were resolved, by id, without what the duty does not show."""
    shown = {code for code, field in fields(level).items() if actor.sees(field.sensitivity)}
    found = {}
    for row in profiles.to_pylist():
        told = [json.loads(row[name]) for name in ("values", "origin", "others")]
        values, origin, others = ({code: one[code] for code in one if code in shown} for one in told)
        found[row["subject_id"]] = lines_of(values, origin, others, level)
    return found
