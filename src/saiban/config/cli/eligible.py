"""``saiban eligible``: a rule over a plain file of households or persons, without a database."""

from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import duckdb

    from saiban.calc.rules import CheckedRule, Unit

MOST_BYTES = 100_000  # a rule has at most some thousand characters; anything longer is another file


@click.command()
@click.option(
    "--rule", "rule_", required=True, type=click.Path(path_type=Path), help="The rule: a text file of CEL."
)
@click.option(
    "--input",
    "input_",
    required=True,
    type=click.Path(path_type=Path),
    help="Households or persons: CSV, Parquet, XLSX or a table of the lake.",
)
@click.option("--id", "key", required=True, help="The column that names each row.")
@click.option(
    "--unit",
    type=click.Choice(["household", "person"]),
    default="household",
    show_default=True,
    help="Of whom the rule speaks; rows of persons have the columns of their households too.",
)
@click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), help="Numbers of policy of this day; without it, of today."
)
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="Where to write: CSV, Parquet or XLSX."
)
@click.option("--explain", is_flag=True, help="Add whether each clause holds, and what is not known.")
@click.option("--allow-unconfirmed", is_flag=True, help="Take numbers of policy that nobody confirmed.")
@click.option(
    "--engine",
    "engine_",
    help="duckdb, spark, or a master such as spark://host:7077; without it, what ENGINE says, else duckdb.",
)
def eligible(
    rule_: Path,
    input_: Path,
    key: str,
    unit: "Unit",
    on: datetime | None,
    out: Path,
    explain: bool,
    allow_unconfirmed: bool,
    engine_: str | None,
) -> None:
    """Ask a rule of every row of a file: eligible, not_eligible, or unknown.

    Columns are named by the codes of the field dictionary, the score by score_pmt, a person's age by age; an
    empty cell means that it is not known.
    """
    from saiban.calc import engine
    from saiban.calc.rules import answers

    rule = _rule(rule_, unit)
    policy = _policy(rule, on.date() if on else date.today(), allow_unconfirmed)  # noqa: DTZ011 operator's day
    spark, connection = engine.chosen(engine_), engine.connect()
    engine.read(connection, input_, name="file")
    _lay_rows(connection, rule, key=key, place=str(input_))
    told = partial(answers, rule, policy=policy, key=key, explain=explain)
    rows = engine.ask(connection, "typed", told, out, spark=spark, place=str(input_))
    engine.read(connection, out, name="written")
    _print_table(connection, rule, rows=rows, out=out)


def _rule(path: Path, unit: "Unit") -> "CheckedRule":
    """The checked rule of a file; a refusal names the file before the line."""
    from saiban.calc.rules import check

    if not path.is_file() or path.stat().st_size > MOST_BYTES:
        raise BadInput("there is no such rule.", place=str(path), expected="a text file of CEL")
    try:
        return check(path.read_text(encoding="utf-8"), unit=unit)
    except UnicodeDecodeError:
        raise BadInput("the file is not text in UTF-8.", place=str(path), expected="a text file") from None
    except BadInput as error:
        place = f"{path}, {error.place}"
        raise BadInput(error.message, place=place, expected=error.expected) from None


def _policy(rule: "CheckedRule", on: date, allow_unconfirmed: bool) -> dict[str, Decimal]:
    from saiban.calc.policy import NoValue, UnconfirmedValue
    from saiban.calc.rules import policy_numbers

    try:
        return policy_numbers(rule, on=on, allow_unconfirmed=allow_unconfirmed)
    except NoValue as error:
        raise BadInput(str(error), place=f"--on {on}", expected="a day with a value") from None
    except UnconfirmedValue as error:
        raise BadInput(
            str(error), place="the rule", expected="confirmed numbers, or --allow-unconfirmed"
        ) from None


def _lay_rows(connection: "duckdb.DuckDBPyConnection", rule: "CheckedRule", *, key: str, place: str) -> None:
    """Make ``typed`` of the view ``file``, typed and checked. Raises: BadInput (``calc.typed``)."""
    from saiban.calc import typed
    from saiban.calc.rules import known_fields

    known = known_fields(rule.unit)
    if key in known:
        raise BadInput("the id cannot be a field.", place=f"--id {key}", expected="another column")
    rows = typed.typed_query(connection, "file", rule.inputs, key=key, place=place, known=known)
    connection.execute(f"CREATE VIEW typed AS {rows}")


def _print_table(
    connection: "duckdb.DuckDBPyConnection", rule: "CheckedRule", *, rows: int, out: Path
) -> None:
    from rich.console import Console
    from rich.table import Table

    counts = dict(connection.execute("SELECT answer, count(*) FROM written GROUP BY answer").fetchall())
    people = {"household": "households", "person": "persons"}[rule.unit]
    table = Table(title=f"{len(rule.clauses)} clauses on {rows:,} {people}")
    table.add_column("Answer")
    table.add_column(people.capitalize(), justify="right")
    for answer in ("eligible", "not_eligible", "unknown"):
        table.add_row(answer, f"{counts.get(answer, 0):,}")
    table.caption = f"Written to {out}"
    Console().print(table)
