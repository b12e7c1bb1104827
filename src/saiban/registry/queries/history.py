"""All that was ever said of a household or a person, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone

from saiban.core import audit
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.data.dictionary import Level, fields
from saiban.registry import copying
from saiban.registry.errors import Erased
from saiban.registry.models import Household, Person, Profile
from saiban.registry.queries.households import home_of, profile_of, source_names
from saiban.registry.queries.persons import homes_of
from saiban.registry.resolving import reported

Fate = Literal["in_use", "beside", "followed", "ended"]
# of the household, its meters, and those who live there
OF_HOUSEHOLD = """
  select l.subject_id from registry_link l
  where l.household_id = %(of)s and l.undone_at is null
  union
  select l.subject_id from registry_membership m
  join registry_link l on l.person_id = m.person_id and l.undone_at is null
  where m.household_id = %(of)s and upper_inf(m.during) and not m.cancelled
"""
OF_PERSON = "select l.subject_id from registry_link l where l.person_id = %(of)s and l.undone_at is null"
# lists of beneficiaries are not heard
SAID = """
with speaking as ({speaking})
select f.key, f.value::text, s.code, o.observed_on, o.received_at, o.id,
  c.ended_at is not null or c.ends_on <= %(today)s
from speaking join intake_observation o on o.subject_id = speaking.subject_id
join intake_source s on s.id = o.source_id and s.kind <> 'beneficiaries'
cross join lateral jsonb_each(o.facts) f
left join registry_correction c on c.observation_id = o.id
where f.key = any(%(fields)s) and f.value <> 'null'
order by o.received_at desc, o.id desc, f.key
"""


@dataclass(frozen=True)
class Said:
    """One answer as one source gave it. ``fate``: ``in_use``, alone or within a window; ``beside``, the
    latest word of a source that another one goes before; ``followed`` by a later word of the same source;
    ``ended``: said by a correction that no longer holds.
    """

    field: str
    value: Any
    source: str
    observed_on: date
    received_at: datetime
    fate: Fate


@dataclass(frozen=True)
class HistoryPage:
    """What was said of a household or a person, the latest to come in first; ``fields``: all that were spoken
    of."""

    whose: Household | Person
    level: Level
    said: Sequence[Said]
    fields: Sequence[str]
    sources: Mapping[str, str]


@look("registry.household.view")
def household_history(*, actor: Actor, household_id: int, field: str = "") -> HistoryPage:
    """Every answer ever given about a household, of the fields that the duty shows; of one ``field`` or all.

    Raises: NotVisible (404), Erased (410).
    """
    profile = profile_of(actor, household_id)
    audit.note(subject=profile.household, history=field or "all")
    found = _found(actor, OF_HOUSEHOLD, household_id, "household")
    return _page(home_of(profile), profile, found, level="household", field=field)


@look("registry.person.view")
def person_history(*, actor: Actor, person_id: int, field: str = "") -> HistoryPage:
    """Every answer ever given about a person, likewise; what identifies is not among them.

    Raises: NotVisible (404), Erased (410).
    """
    person = get_visible(Person.objects.all(), actor=actor, pk=person_id)
    if person.erased_at is not None:
        raise Erased
    audit.note(subject=person, history=field or "all")
    audit.note_set("registry.household", homes_of(actor, person).values_list("household_id", flat=True))
    profile = Profile.objects.visible_to(actor).shown_to(actor).filter(person=person).first()
    found = _found(actor, OF_PERSON, person_id, "person")
    return _page(person, profile, found, level="person", field=field)


def _found(actor: Actor, speaking: str, of: int, level: Level) -> list[tuple[Any, ...]]:
    """The answers of the fields that the duty shows."""
    known = fields(level)
    shown = [code for code in reported(level) if actor.sees(known[code].sensitivity)]
    values = {"of": of, "fields": shown, "today": timezone.localdate()}
    return copying.rows_of(SAID.format(speaking=speaking), values)


def _page(
    whose: Household | Person,
    profile: Profile | None,
    found: Sequence[tuple[Any, ...]],
    *,
    level: Level,
    field: str,
) -> HistoryPage:
    occurring = {row[0] for row in found}
    whence, besides = (profile.whence, profile.besides) if profile else ({}, {})  # type: ignore[attr-defined]
    return HistoryPage(
        whose=whose,
        level=level,
        said=[_said(whence, besides, row) for row in found if field in ("", row[0])],
        fields=[code for code in reported(level) if code in occurring],
        sources=source_names(),
    )


def _said(whence: Mapping[str, Any], besides: Mapping[str, Any], row: tuple[Any, ...]) -> Said:
    code, value, source, observed_on, received_at, observation, has_ended = row
    origin = whence.get(code, {})
    fate: Fate = "followed"
    if has_ended:
        fate = "ended"
    elif origin.get("observation") == observation or _within(origin, source, observed_on):
        fate = "in_use"
    elif any(other["observation"] == observation for other in besides.get(code, ())):
        fate = "beside"
    return Said(code, json.loads(value), source, observed_on, received_at, fate)


def _within(origin: Mapping[str, Any], source: str, observed_on: date) -> bool:
    """Whether an answer was counted in a window (a mean of months) that holds now."""
    if "since" not in origin or origin["source"] != source:
        return False
    return date.fromisoformat(origin["since"]) <= observed_on <= date.fromisoformat(origin["on"])
