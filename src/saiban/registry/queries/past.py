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
from saiban.data.dictionary import fields
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
    """What was known of a household by the end of ``on``; ``today``: the values that hold now, by field."""

    household: Household
    on: date
    values: Sequence[ValueLine]
    today: Mapping[str, Any]
    members: Sequence[MemberLine]
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
    households, _persons = resolving.profiles_of(resolving.heard([household_id], on=on))
    return PastPage(
        household=home_of(profile),
        on=on,
        values=_lines(households, actor),
        today=profile.shown,  # type: ignore[attr-defined]
        members=members,
        sources=source_names(),
        shows_names=actor.sees("personal"),
    )


def _lines(households: pa.Table, actor: Actor) -> list[ValueLine]:
    """The values of the one household that was resolved, without what the duty does not show."""
    shown = {code for code, field in fields("household").items() if actor.sees(field.sensitivity)}
    found = households.to_pylist() or [{"values": "{}", "origin": "{}", "others": "{}"}]
    told = [json.loads(found[0][name]) for name in ("values", "origin", "others")]
    values, origin, others = ({code: one[code] for code in one if code in shown} for one in told)
    return lines_of(values, origin, others)
