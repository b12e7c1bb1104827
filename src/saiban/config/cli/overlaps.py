"""``saiban overlaps``: who is twice in a scheme, in two that exclude each other, or above a cap; on files."""

from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    from datetime import datetime

    import duckdb

    from saiban.calc.overlap import OverlapPolicy

KINDS = {
    "twice": "more than once in one scheme",
    "exclusive": "in two schemes that exclude each other",
    "cap": "above the most of a year",
}

ORDER = "kind, level, policy, left_id, right_id"


@click.command()
@click.option(
    "--enrolments",
    type=click.Path(path_type=Path),
    required=True,
    help="One row per enrolment: CSV, Parquet or XLSX.",
)
@click.option(
    "--policy",
    "policy_",
    type=click.Path(path_type=Path),
    help="Exclusive schemes and caps (YAML); without it, the policy that comes with saiban.",
)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="The day to ask about, YYYY-MM-DD; without it, today."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Where to write the overlaps: CSV, Parquet or XLSX.",
)
@click.option(
    "--engine",
    "engine_",
    help="duckdb, spark, or a master such as spark://host:7077; without it, what ENGINE says, else duckdb.",
)
def overlaps(
    enrolments: Path, policy_: Path | None, on: "datetime | None", out: Path, engine_: str | None
) -> None:
    """Find overlaps in a file of enrolments: who, which two, by which policy, since when, what a year costs.

    Columns: enrolment_id, scheme, person_id and/or household_id, starts_on; and, where known, unit (person or
    household), ends_on (the first day on which it is closed) and yearly_paisa. An empty person or household
    is not known, and overlaps with nobody. Only enrolments that are open on the day count.
    """
    from saiban.calc import engine
    from saiban.calc.overlap import overlaps as find

    policy = _policy(policy_)
    day = on.date() if on else date.today()  # noqa: DTZ011 the operator's own day
    spark, connection = engine.chosen(engine_), engine.connect()
    engine.read(connection, enrolments, name="file")
    schemes = _schemes(connection, enrolments)
    _say_strangers(schemes, policy_, policy)
    found = partial(find, policy=policy, on=day, schemes=schemes)
    place = str(enrolments)
    rows = engine.ask(connection, "enrolments", found, out, spark=spark, place=place, order_by=ORDER)
    engine.read(connection, out, name="written")
    _print_table(connection, policy, rows=rows, day=day, out=out)


def _policy(path: Path | None) -> "OverlapPolicy":
    from saiban.calc.overlap import parse_policy, shipped_policy

    if path is None:
        return shipped_policy()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        expected = "a policy in YAML, UTF-8"
        raise BadInput("the file cannot be read.", place=str(path), expected=expected) from None
    return parse_policy(text, place=str(path))


def _say_strangers(schemes: list[str], given: Path | None, policy: "OverlapPolicy") -> None:
    """Say which schemes of one's own policy no enrolment names; a misspelt code would find nothing."""
    strangers = sorted(set(policy.named) - set(schemes))
    if given and strangers:
        click.echo(f"No enrolment names these schemes of the policy: {', '.join(strangers)}.", err=True)


def _schemes(connection: "duckdb.DuckDBPyConnection", enrolments: Path) -> list[str]:
    """Make ``enrolments`` of the view ``file``, typed and checked; return the schemes that it names."""
    from saiban.calc.overlap.files import enrolments_query

    typed = enrolments_query(connection, "file", place=str(enrolments))
    connection.execute(f"CREATE VIEW enrolments AS {typed}")
    return [row[0] for row in connection.execute("SELECT DISTINCT scheme FROM enrolments").fetchall()]


def _print_table(
    connection: "duckdb.DuckDBPyConnection", policy: "OverlapPolicy", *, rows: int, day: date, out: Path
) -> None:
    from rich.console import Console
    from rich.table import Table

    found = connection.execute("""
        SELECT kind, level, coalesce(policy, ''), count(*),
               CAST(sum(CAST(yearly_paisa AS BIGINT)) // 100 AS BIGINT)
        FROM written GROUP BY ALL ORDER BY 1 DESC, 2, 3""").fetchall()
    table = Table(title=f"{rows:,} overlaps on {day}")
    for heading in ("Kind", "Of a", "Policy"):
        table.add_column(heading)
    table.add_column("Overlaps", justify="right")
    table.add_column("Rupees a year", justify="right")
    for kind, level, code, count, rupees in found:
        words = policy.entry(code).label.en if code else ""
        table.add_row(KINDS[kind], level, words, f"{count:,}", f"{rupees:,}")
    table.caption = f"Written to {out}"
    Console().print(table)
