"""Profiles through a scorecard, in chunks: the same calculation as on files and for one household."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone

from saiban.data.dictionary import fields
from saiban.registry import copying
from saiban.registry.publishing import ScoreOf
from saiban.registry.refreshing import LOCK
from saiban.scoring.models import Scorecard

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.calc.bands import BandLimits
    from saiban.calc.scorecard import Scorecard as Definition

CHUNK = 5000
SQL_TYPES = {
    "int": "bigint",
    "bool": "boolean",
    "decimal": "numeric(12, 3)",
    "string": "text",
    "date": "date",
}
SCORED_TABLE = """
create temporary table if not exists scoring_scored (
  household_id bigint, prediction numeric(9, 4), score numeric(9, 4), band text, missing text
) on commit drop
"""
# a score is appended for who has none by this version, and where an answer, the score or the band moved
APPEND = """
insert into scoring_score (household_id, scorecard_id, change_set_id, prediction, score, band, missing,
"values", origin)
select r.household_id, %s, %s, r.prediction, r.score, r.band, coalesce(string_to_array(nullif(r.missing, ''),
','), '{}'),
  p."values" - %s::text[], p.origin - %s::text[]
from scoring_scored r
join registry_profile p on p.household_id = r.household_id
left join lateral (
  select s."values", s.score, s.band from scoring_score s
  where s.household_id = r.household_id and s.scorecard_id = %s order by s.id desc limit 1
) former on true
where former.band is null
  or (former."values", former.score, former.band) is distinct from (p."values" - %s::text[], r.score, r.band)
"""


@dataclass(frozen=True)
class Computed:
    """What scoring did: households looked at, scores appended, and what moved by the scorecard that decides,
    as ``registry.publishing.Published`` counts it."""

    households: int = 0
    appended: int = 0
    down: int = 0
    up: int = 0
    newly_poor: int = 0
    no_longer_poor: int = 0
    first: int = 0
    first_poor: int = 0
    poor: int = 0
    near: int = 0
    above: int = 0
    unscored: int = 0


@lru_cache(maxsize=16)
def definition_of_text(text: str) -> Definition:
    """Read a stored scorecard; its text never changes."""
    from saiban.calc.scorecard import parse_scorecard

    return parse_scorecard(text)


def definition(scorecard: Scorecard) -> Definition:
    """The scorecard as calc knows it."""
    return definition_of_text(scorecard.text)


def limits(*, decides: bool) -> BandLimits:
    """The band limits in force today. Raises: UnconfirmedValue where they decide something and nobody
    confirmed them."""
    from saiban.calc.bands import band_limits

    return band_limits(timezone.localdate(), allow_unconfirmed=settings.SAIBAN_DEMO or not decides)


def score_households(
    scorecard: Scorecard,
    household_ids: Iterable[int],
    *,
    change_set_id: int | None,
    publish: Callable[[list[ScoreOf]], Computed],
) -> Computed:
    """Score households by one scorecard and append what is new, in the caller's transaction.

    ``publish`` gets the scores of each chunk, if this scorecard decides, and says what moved.
    """
    done = Computed()
    for chunk in copying.in_chunks(household_ids, CHUNK):
        copying.run(
            LOCK, [chunk]
        )  # nobody resolves or scores them meanwhile: answers and score are of one moment
        scored = _scored(scorecard, chunk)
        appended = _append(scorecard, scored, change_set_id)
        moved = publish(_as_scores(scored)) if scorecard.decides else Computed()
        done = added(done, replace(moved, households=len(chunk), appended=appended))
    return done


def added(one: Computed, other: Computed) -> Computed:
    """Add up two pieces of work."""
    return Computed(
        **{name: getattr(one, name) + getattr(other, name) for name in Computed.__dataclass_fields__}
    )


def _as_scores(scored: pa.Table) -> list[ScoreOf]:
    names = ("household_id", "score", "band")
    columns: list[list[int | Decimal | str | None]] = [scored[name].to_pylist() for name in names]
    return [ScoreOf(*row) for row in zip(*columns, strict=True)]


def _scored(scorecard: Scorecard, household_ids: list[int]) -> pa.Table:
    return score_profiles(definition(scorecard), household_ids, decides=scorecard.decides)


def score_profiles(card: Definition, household_ids: list[int], *, decides: bool = False) -> pa.Table:
    """One row per household that has a profile: household_id, prediction, score, band, missing (by
    commas)."""
    answers = copying.fetch(_answers_sql(card.inputs), [household_ids], _answers_schema(card.inputs))
    return score_table(card, answers, limits(decides=decides))


def score_table(card: Definition, answers: pa.Table, bands: BandLimits) -> pa.Table:
    """Score an Arrow table of households: household_id and a column for every input of the scorecard."""
    from saiban.calc import engine
    from saiban.calc.scorecard import score_sql

    connection = engine.connect(memory="1GB")
    try:
        connection.register("answers", answers)
        columns = engine.over(connection).table("answers").schema()
        result = connection.execute(score_sql(card, columns, relation="answers", bands=bands))
        table: pa.Table = result.to_arrow_table()
    finally:
        connection.close()
    return table


def _answers_sql(codes: tuple[str, ...]) -> str:
    """All answers are taken from a profile at once: one by one, it would be unpacked for each of them."""
    household = fields("household")
    columns = ", ".join(f'"{code}" {SQL_TYPES[household[code].type]}' for code in codes)
    return f"""select p.household_id, said.* from registry_profile p
      cross join lateral jsonb_to_record(p."values") as said({columns}) where p.household_id = any(%s)"""  # noqa: S608 codes of the dictionary


def _answers_schema(codes: tuple[str, ...]) -> pa.Schema:
    import pyarrow as pa

    types = {
        "int": pa.int64(),
        "bool": pa.bool_(),
        "decimal": pa.decimal128(12, 3),
        "string": pa.string(),
        "date": pa.date32(),
    }
    household = fields("household")
    return pa.schema([("household_id", pa.int64()), *((code, types[household[code].type]) for code in codes)])


def _append(scorecard: Scorecard, scored: pa.Table, change_set_id: int | None) -> int:
    copying.run(SCORED_TABLE)
    copying.run("truncate scoring_scored")
    copying.send("scoring_scored", scored.select(["household_id", "prediction", "score", "band", "missing"]))
    unused = sorted(set(fields("household")) - set(definition(scorecard).inputs))
    return copying.run(APPEND, [scorecard.pk, change_set_id, unused, unused, scorecard.pk, unused])
