"""Bench ``province``: the files of a synthetic province, resolved and scored, some blocks at a time.

Every answer of the survey, every count of its members, every bill and every registered vehicle becomes a fact
of a household; the facts are resolved and what holds is scored, by the expressions that the registry uses.
The baseline is no resolution at all but what an expert writes by hand for these three sources alone: the
survey's wide table, joined to the feeds. It knows no ranks, ages, disagreement or origin; it proves that what
holds is right.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import duckdb

from saiban.bench import province_facts as facts
from saiban.bench.measure import Measured, peak_mb
from saiban.calc import engine
from saiban.calc.bands import band_limits
from saiban.calc.precedence import months_before, shipped_precedence
from saiban.calc.resolve import resolved
from saiban.calc.scorecard import score_sql, shipped_scorecard
from saiban.data.dictionary import DictionaryField, fields
from saiban.data.errors import BadInput

SCORECARD = "punjab-pmt-2016"
ON = date(2026, 11, 1)
SURVEY_FIRST = "dwelling_rented"  # the bill tells the occupant, the household the deed
MEMORY = "3GB"  # of DuckDB; with the tables of some blocks beside it less than 4 GB
GROUPS = 5  # row groups of the survey at a time: blocks of at most 10,000 households


def province(folder: Path, *, most: int | None = None) -> Measured:
    """Resolve and score what ``saiban synth`` wrote into a folder, or only its first ``most`` blocks."""
    files = [folder / name for name in ("survey", "electricity-2026-10", "vehicles-2026-10")]
    for path in files:
        if not path.with_suffix(".parquet").is_file():
            raise BadInput("there is no such file.", place=str(path), expected="what `saiban synth` writes")
    work, counts, processor = Work(), dict.fromkeys(COUNTS, 0), process_time()
    for tables in _blocks([path.with_suffix(".parquet") for path in files], most):
        found = work.do(tables)
        counts = {name: count + found[name] for name, count in counts.items()}
    return measured(counts, work.seconds, peak=peak_mb(), processor=process_time() - processor)


def measured(
    counts: Mapping[str, int], seconds: Mapping[str, float], *, peak: int, processor: float
) -> Measured:
    """What the bench says of all blocks together; ``processor`` is seconds of it, for all stages."""
    ours, by_hand = seconds["resolve"] + seconds["score"], seconds["by hand"]
    stages = {f"seconds_{name.replace(' ', '_')}": round(took, 1) for name, took in seconds.items()}
    return Measured(
        name="province", size=counts["households"], seconds=round(ours, 1),
        baseline="survey and feeds joined by hand, scored", baseline_seconds=round(by_hand, 1),
        ratio=round(ours / by_hand, 2), peak_mb=peak, equal=counts["differing"] == 0,
        extra={
            "facts": counts["facts"], "poor": counts["poor"], "processor_seconds": round(processor, 1),
            **stages,
        },
    )  # fmt: skip


def _blocks(paths: list[Path], most: int | None) -> Iterator[dict[str, Any]]:
    """The same row groups of the three files: each file has one for each block."""
    import pyarrow.parquet as pq

    names = ("survey", "bills", "vehicles")
    files = {name: pq.ParquetFile(path) for name, path in zip(names, paths, strict=True)}
    groups = files["survey"].num_row_groups
    for begin in range(0, groups if most is None else min(groups, most), GROUPS):
        chosen = list(range(begin, min(begin + GROUPS, groups)))
        yield {name: file.read_row_groups(chosen) for name, file in files.items()}


class Work:
    """The stages of some blocks, with the seconds that each took in all."""

    def __init__(self) -> None:
        """Open the engine and hand over the precedence."""
        self.connection = engine.connect(memory=MEMORY)
        self.connection.register("precedence", shipped_precedence().table(on=ON))
        self.seconds = dict.fromkeys(("lay out", "resolve", "score", "by hand"), 0.0)

    def do(self, tables: dict[str, Any]) -> dict[str, int]:
        """Lay out, resolve, score, and compare."""
        for name, table in tables.items():
            self.connection.register(name, table)
        self._timed(
            "lay out",
            facts.MEMBERS,
            facts.composition_sql(),
            facts.homes_sql(),
            facts.bills_sql(),
            facts.owners_sql(),
            facts.said_sql(),
        )
        self._timed("resolve", f"CREATE OR REPLACE TABLE answers AS {_wide_sql()}")
        self._timed("score", f"CREATE OR REPLACE TABLE scores AS {_scored_sql('answers')}")
        self._timed(
            "by hand", f"CREATE OR REPLACE TABLE joined AS {_joined_sql()}",
            f"CREATE OR REPLACE TABLE expected AS {_scored_sql('joined')}",
        )  # fmt: skip
        return {name: _count(self.connection, query) for name, query in COUNTS.items()}

    def _timed(self, stage: str, *statements: str) -> None:
        begun = perf_counter()
        for statement in statements:
            self.connection.execute(statement)
        self.seconds[stage] += perf_counter() - begun


COUNTS = {
    "households": "SELECT count(*) FROM scores",
    "facts": "SELECT count(*) FROM said",
    "poor": "SELECT count(*) FROM scores WHERE band = 'poor'",
    "differing": """SELECT count(*) FROM scores a FULL JOIN expected b USING (household_id)
      WHERE (a.score, a.band, a.missing) IS DISTINCT FROM (b.score, b.band, b.missing)""",
}


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


# --- resolving and scoring


@cache
def _wide_sql() -> str:
    """SQL from facts to one row per household with what holds."""
    import ibis

    said = ibis.table(
        {
            "subject_id": "int64", "field": "string", "value": "string", "source": "string",
            "self_report": "boolean", "observed_on": "date",
            "received_at": "timestamp(6)", "observation_id": "int64",
        },
        name="said",
    )  # fmt: skip
    precedence = ibis.table(
        {"field": "string", "source": "string", "rank": "int64", "oldest_on": "date", "need_when": "string"},
        name="precedence",
    )
    sql = ibis.to_sql(resolved(said, precedence, on=ON), dialect="duckdb")
    inputs = shipped_scorecard(SCORECARD).inputs
    columns = ", ".join(_held(code, fields("household")[code]) for code in inputs)
    codes = ", ".join(f"'{code}'" for code in inputs)
    holding = f"SELECT subject_id, field, value FROM ({sql}) WHERE place = 1"  # noqa: S608
    # PIVOT groups once; a FILTER per column looks at every fact as often as there are columns
    wide = f"PIVOT ({holding}) ON field IN ({codes}) USING any_value(value) GROUP BY subject_id"
    return f"SELECT subject_id AS household_id, {columns} FROM ({wide})"  # noqa: S608


def _held(code: str, field: DictionaryField) -> str:
    if field.type == "string":
        return f"trim({code}, '\"') AS {code}"
    return f"CAST({code} AS {facts.TYPES[field.type]}) AS {code}"


@cache
def _scored_sql(relation: str) -> str:
    import ibis

    scorecard = shipped_scorecard(SCORECARD)
    types = {"int": "int64", "bool": "boolean", "decimal": "decimal(12,3)", "string": "string"}
    columns = {code: types[fields("household")[code].type] for code in scorecard.inputs}
    bands = band_limits(ON, allow_unconfirmed=True)
    return score_sql(
        scorecard, ibis.schema({"household_id": "int64", **columns}), relation=relation, bands=bands
    )


def _joined_sql() -> str:
    """By hand: a bill counts before an answer, but for the deed unless that answer is too old; a vehicle that
    is registered is there.
    """
    columns = []
    old = months_before(ON, fields("household")[SURVEY_FIRST].max_age or 0)
    for code in shipped_scorecard(SCORECARD).inputs:
        if code == SURVEY_FIRST:
            young = f"CASE WHEN h.interviewed_on >= DATE '{old}' THEN h.{code} END"
            columns.append(f"coalesce({young}, b.{code}, h.{code}) AS {code}")
        elif code in facts.OF_BILLS:
            columns.append(f"coalesce(b.{code}, h.{code}) AS {code}")
        elif code in facts.CLASSES:
            columns.append(f"coalesce(nullif(o.{code}, false), h.{code}) AS {code}")
        else:
            columns.append(f"{'c' if fields('household')[code].composition else 'h'}.{code} AS {code}")
    return f"""SELECT h.household_id, {", ".join(columns)} FROM homes h JOIN counted c USING (household_id)
        LEFT JOIN billed b USING (household_id) LEFT JOIN owned o USING (household_id)"""  # noqa: S608
