"""``saiban synth``: write a synthetic province with its hidden truth."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    from rich.table import Table

    from saiban.synth.moments import Moments
    from saiban.synth.province import Counts

MONTH = "2026-10"


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 - a month has no time zone
    except ValueError:
        raise BadInput(
            f"“{text}” is not a month", place="--month", expected="a year and a month such as 2026-10"
        ) from None


@contextmanager
def _progress(households: int) -> Iterator[Callable[[int], None]]:
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("households", total=households)
        yield lambda written: bar.advance(task, written)


@click.command()
@click.option("--households", type=int, required=True, help="How many households, 36 to 30,000,000.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="The same seed gives the same files.",
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write into."
)
@click.option(
    "--format", "file_format", type=click.Choice(["parquet", "csv"]), default="parquet", show_default=True
)
@click.option(
    "--month", default=MONTH, show_default=True, help="Month of the feeds; interviews lie before it."
)
@click.option(
    "--faults",
    type=click.IntRange(min=0),
    default=0,
    help="Also write survey-faults.csv with so many faults.",
)
@click.option(
    "--months",
    type=click.IntRange(min=0, max=120),
    default=0,
    help="Let life go on so many months after --month: births, deaths, marriages, moves, vehicles, bills.",
)
@click.option("--report", is_flag=True, help="Compare margins, correlations and R² with the real survey.")
def synth(
    households: int, seed: int, out: Path, file_format: str, month: str, faults: int, months: int,
    report: bool,
) -> None:  # fmt: skip
    """Write a synthetic province: survey, a month of feeds, ten lists of beneficiaries, the truth, and what
    happens in the months after.
    """
    from rich.console import Console

    from saiban.synth.faults import write_faults
    from saiban.synth.province import frame_of, write_province

    frame = frame_of(seed, _month(month))
    with _progress(households) as progress:
        counts = write_province(
            frame, households, out, "csv" if file_format == "csv" else "parquet", progress, months=months
        )
    if faults:
        counts.rows["survey-faults.csv"] = (
            len(write_faults(frame, households, faults, out).read_text("utf-8").splitlines()) - 1
        )
    console = Console()
    console.print(_counts_table(counts))
    if report:
        console.print(_margins_table(counts.moments))
        console.print(_fit_table(counts.moments))


def _counts_table(counts: "Counts") -> "Table":
    from rich.table import Table

    table = Table("File or planted thing", "Rows", title="Synthetic province")
    for name, rows in [*counts.rows.items(), *sorted(counts.planted.items())]:
        table.add_row(name, f"{rows:,}")
    return table


def _margins_table(moments: "Moments") -> "Table":
    from rich.table import Table

    from saiban.synth.moments import compared

    headings = ("Stratum", "Variable", "Survey", "Synthetic", "Difference, sd", "r survey", "r synthetic")
    table = Table(*headings, title="Means, and correlations with ln consumption, as reported")
    for row in compared(moments):
        figures = [f"{row['survey_mean']:.3f}", f"{row['mean']:.3f}", f"{row['difference_in_sd']:+.3f}"]
        figures += [f"{row['survey_correlation']:+.3f}", f"{row['correlation']:+.3f}"]
        table.add_row(row["stratum"], row["variable"], *figures)
    return table


def _fit_table(moments: "Moments") -> "Table":
    from rich.table import Table

    from saiban.synth.fitted import survey_margins
    from saiban.synth.moments import correlation_gap, r_squared

    survey = survey_margins()["r_squared"]
    table = Table("", "Survey", "Synthetic", title="Least squares of ln consumption on the 42 indicators")
    table.add_row("R², Punjab", f"{survey['at_census_urban_share']:.3f}", f"{r_squared(moments.whole()):.3f}")
    for stratum, products in moments.products.items():
        table.add_row(f"R², {stratum}", f"{survey[stratum]:.3f}", f"{r_squared(products):.3f}")
    table.add_row("Mean gap of all correlations", "", f"{correlation_gap(moments):.3f}")
    return table
