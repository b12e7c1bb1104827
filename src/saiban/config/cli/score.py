"""``saiban score``: a scorecard over a plain file of households, without a database."""

from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import duckdb

    from saiban.calc.bands import BandLimits
    from saiban.calc.scorecard import Scorecard


@click.command()
@click.option("--scorecard", "scorecard_", help="A scorecard file (YAML), or the code of a shipped one.")
@click.option(
    "--input",
    "input_",
    type=click.Path(path_type=Path),
    help="Households: CSV, Parquet, XLSX or a table of the lake; without it, the registry is scored.",
)
@click.option("--id", "key", help="The column that names each household.")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write: CSV, Parquet or XLSX.")
@click.option("--explain", is_flag=True, help="Add the points of each indicator.")
@click.option(
    "--cutoff", type=Decimal, help="Poor at or below this score; without it, the policy value of today."
)
@click.option(
    "--near", type=Decimal, help="Width above the cut-off that counts as near; without it, the policy value."
)
@click.option(
    "--engine",
    "engine_",
    help="duckdb, spark, or a master such as spark://host:7077; without it, what ENGINE says, else duckdb.",
)
def score(
    scorecard_: str | None,
    input_: Path | None,
    key: str | None,
    out: Path | None,
    explain: bool,
    cutoff: Decimal | None,
    near: Decimal | None,
    engine_: str | None,
) -> None:
    """Score a file of households: id, score (0 to 100, higher = better off), band, and what is missing.

    Columns are named by the codes of the household dictionary; an empty cell means that it is not known.
    Without
    --input, every household of the registry is scored by its scorecards in use (or the one of that code).
    """
    if input_ is None:
        from saiban.config.cli.score_registry import score_registry

        score_registry(scorecard_, refused=bool(key or out or explain or engine_))
        return
    if scorecard_ is None or key is None or out is None:
        raise BadInput(
            "a file needs all three.", place="saiban score", expected="--scorecard, --id and --out"
        )
    from saiban.calc import engine
    from saiban.calc.scorecard import load_scorecard, scored

    scorecard = load_scorecard(scorecard_)
    bands = _bands(cutoff, near)
    spark, connection = engine.chosen(engine_), engine.connect()
    engine.read(connection, input_, name="file")
    _lay_households(connection, scorecard, key=key, place=str(input_))
    scores = partial(scored, scorecard=scorecard, bands=bands, explain=explain)
    rows = engine.ask(connection, "households", scores, out, spark=spark, place=str(input_))
    engine.read(connection, out, name="written")
    _print_table(connection, scorecard, bands, rows=rows, out=out)


def _bands(cutoff: Decimal | None, near: Decimal | None) -> "BandLimits":
    """The limits given, else those of policy: on a file they decide nothing, so an unconfirmed one will do,
    aloud.
    """
    from saiban.calc.bands import BandLimits, band_limits
    from saiban.calc.policy import dated_value

    today = date.today()  # noqa: DTZ011 the operator's own day
    policy = band_limits(today, allow_unconfirmed=True)
    if cutoff is None and not dated_value("pmt.cutoff", on=today).confirmed:
        click.echo(
            f"The cut-off {policy.cutoff} is an unconfirmed demo value; give your own by --cutoff.", err=True
        )
    try:
        return BandLimits(
            policy.cutoff if cutoff is None else cutoff, policy.near_width if near is None else near
        )
    except ValueError as error:
        raise BadInput(
            f"{error}.", place="--cutoff, --near", expected="points of the score, four places at most"
        ) from None


def _lay_households(
    connection: "duckdb.DuckDBPyConnection", scorecard: "Scorecard", *, key: str, place: str
) -> None:
    """Make ``households`` of the view ``file``, typed and checked. Raises: BadInput (see ``calc.typed``)."""
    from saiban.calc import typed
    from saiban.data.dictionary import fields

    if key in fields("household"):
        raise BadInput(
            "the id cannot be a field of the household dictionary.",
            place=f"--id {key}",
            expected="another column",
        )
    households = typed.typed_query(connection, "file", scorecard.inputs, key=key, place=place)
    connection.execute(f"CREATE VIEW households AS {households}")


def _print_table(
    connection: "duckdb.DuckDBPyConnection",
    scorecard: "Scorecard",
    bands: "BandLimits",
    *,
    rows: int,
    out: Path,
) -> None:
    from rich.console import Console
    from rich.table import Table

    found = connection.execute("SELECT band, count(*) FROM written GROUP BY band").fetchall()
    counts = dict(found)
    table = Table(title=f"{scorecard.label['en']} (version {scorecard.version}) on {rows:,} households")
    table.add_column("Band")
    table.add_column("Score")
    table.add_column("Households", justify="right")
    limits = {
        "poor": f"at or below {bands.cutoff}",
        "near": f"up to {bands.cutoff + bands.near_width}",
        "above": "above that",
        "unscored": "something is missing",
    }
    for band, words in limits.items():
        table.add_row(band, words, f"{counts.get(band, 0):,}")
    table.caption = f"Written to {out}"
    Console().print(table)
