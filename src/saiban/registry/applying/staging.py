"""What a batch said, laid out in two temporary tables: one row per subject, one row per number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from saiban.core import numbers
from saiban.data.errors import BadInput
from saiban.intake.queries import SpokenOf, observations_of_part
from saiban.registry import copying
from saiban.registry.models import Identifier
from saiban.registry.numbers import sealed_number, token_of

CHUNK = 5000
SAID_TABLE = """
create temporary table if not exists registry_said (
  subject_id bigint, kind text, within_id bigint, observation_id bigint, observed_on date, source text, area
  text,
  village text, address text, latitude numeric(9, 6), longitude numeric(9, 6),
  name_en text, name_ur text, father_name_en text, father_name_ur text, sex text, birth_date date,
  relation text, line_no int,
  household_id bigint, person_id bigint, fresh bool not null default false, newer bool not null default false
) on commit drop
"""
NUMBERS_TABLE = """
create temporary table if not exists registry_number_said (
  subject_id bigint, observation_id bigint, kind text, token bytea, sealed bytea, masked text, source text,
  since date,
  household_id bigint, person_id bigint, fresh bool not null default false
) on commit drop
"""
# a source that speaks of a subject twice in one batch is heard with its latest word
KEEP_LATEST = """
delete from registry_said s using (
  select subject_id, observation_id, row_number() over (partition by subject_id order by observed_on desc,
  observation_id desc) as turn
  from registry_said
) latest
where latest.turn > 1 and latest.subject_id = s.subject_id and latest.observation_id = s.observation_id
"""
# statistics of what is joined by: those of long texts take ten times as long, and nobody plans with them
KNOW_SAID = "analyze registry_said (subject_id, kind, within_id, household_id, person_id, fresh, newer)"
KNOW_NUMBERS = "analyze registry_number_said (subject_id, kind, token, household_id, person_id, fresh)"
# who was erased after their part was laid out and before it is applied; erasure holds the lock of applying
LEAVE_OUT_ERASED = """
delete from {table} s using intake_subject j where j.id = s.subject_id and j.salt is null
"""
SAID_COLUMNS = (
    "subject_id", "kind", "within_id", "observation_id", "observed_on", "source", "area",
    "village", "address", "latitude", "longitude",
    "name_en", "name_ur", "father_name_en", "father_name_ur", "sex", "birth_date", "relation", "line_no",
)  # fmt: skip
NUMBER_COLUMNS = ("subject_id", "observation_id", "kind", "token", "sealed", "masked", "source", "since")
FACTS = ("area", "sex", "relation", "line_no")
SEALED_TEXTS = ("village", "address")
NAMES = ("name_en", "name_ur", "father_name_en", "father_name_ur")
NUMBERS_OF = {
    "household": (Identifier.Kind.ELECTRICITY, Identifier.Kind.PHONE),
    "person": (Identifier.Kind.CNIC, Identifier.Kind.BFORM, Identifier.Kind.PHONE),
    "meter": (),
}
# a list gives the number by which it names a person; more is not taken of whom nobody else knows
NUMBERS_OF_LISTS = {"person": (Identifier.Kind.CNIC,)}
NumbersOf = Mapping[str, tuple[Identifier.Kind, ...]]


@dataclass(frozen=True)
class Staged:
    """What was laid out."""

    observations: int
    unreadable_numbers: int


def stage(part_id: int, advance: Callable[[int], None], *, numbers_of: NumbersOf = NUMBERS_OF) -> Staged:
    """Lay out a part of a batch, some thousand observations in memory at a time.

    Raises: nothing for a number that is none.
    """
    for statement in (SAID_TABLE, NUMBERS_TABLE):
        copying.run(statement)
    copying.run("truncate registry_said, registry_number_said")
    observations = unreadable = 0
    for chunk in copying.in_chunks(observations_of_part(part_id, fields=FACTS), CHUNK):
        copying.send_rows("registry_said", SAID_COLUMNS, map(_said, chunk))
        found = [row for spoken in chunk for row in _numbers(spoken, numbers_of)]
        copying.send_rows("registry_number_said", NUMBER_COLUMNS, [row for row in found if row is not None])
        observations += len(chunk)
        unreadable += found.count(None)
        advance(len(chunk))
    copying.run(KEEP_LATEST)
    copying.run("create index if not exists registry_said_subject on registry_said (subject_id)")
    copying.run(KNOW_SAID)
    copying.run(KNOW_NUMBERS)
    return Staged(observations, unreadable)


def leave_out_erased() -> None:
    """Forget what was laid out of whom an erasure has destroyed since; nobody is erased after this."""
    for table in ("registry_said", "registry_number_said"):
        copying.run(LEAVE_OUT_ERASED.format(table=table))


def _said(spoken: SpokenOf) -> tuple[Any, ...]:
    facts, opened = spoken.facts, spoken.hidden
    return (
        spoken.subject_id,
        spoken.kind,
        spoken.within_id,
        spoken.id,
        spoken.observed_on,
        spoken.source_code,
        facts.get("area"),
        *(opened.get(name) or "" for name in SEALED_TEXTS),
        opened.get("latitude"),
        opened.get("longitude"),
        *(opened.get(name) or "" for name in NAMES),
        facts.get("sex") or "",
        opened.get("birth_date"),
        facts.get("relation"),
        facts.get("line_no"),
    )


def _numbers(spoken: SpokenOf, numbers_of: NumbersOf) -> Iterator[tuple[Any, ...] | None]:
    """The numbers in what was said, sealed with a token; None for one that is no such number."""
    for kind in numbers_of[spoken.kind]:
        text = spoken.hidden.get(kind.value)
        if text:
            yield _number(spoken, kind.value, str(text))


def _number(spoken: SpokenOf, kind: str, text: str) -> tuple[Any, ...] | None:
    try:
        number = numbers.PARSERS[kind](text)
    except BadInput:
        return None
    return (
        spoken.subject_id,
        spoken.id,
        kind,
        token_of(kind, number),
        sealed_number(kind, number),
        numbers.mask(kind, number),
        spoken.source_code,
        spoken.observed_on,
    )
