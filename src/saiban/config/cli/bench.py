"""``saiban bench``: how fast, against a baseline in the same run, with the results compared."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
as_json_too = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def rounds_of(default: int) -> Callable[[F], F]:
    """How often ours and the baseline run in turn."""
    return click.option(
        "--rounds",
        default=default,
        show_default=True,
        type=click.IntRange(min=1),
        help="Rounds after the warm-up.",
    )


@click.group()
def bench() -> None:
    """Measure a piece of work beside the plainest fast way of doing it; exits 1 where the results differ."""


def _report(measured: dict[str, object], *, as_json: bool) -> None:
    """One JSON object, or one table; a difference between the results fails the command."""
    if as_json:
        click.echo(json.dumps(measured))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table(title=f"bench {measured['name']}", show_header=False)
        for key, value in measured.items():
            table.add_row(key, str(value))
        Console().print(table)
    if not measured["equal"]:
        raise SystemExit(1)


@bench.command()
@click.option("--size", default=1_000_000, show_default=True, type=click.IntRange(min=1), help="Households.")
@rounds_of(5)
@as_json_too
def score(size: int, rounds: int, as_json: bool) -> None:
    """Score households, Parquet to Parquet: the Ibis expression beside integer SQL and float SQL by hand."""
    from saiban.bench import score as bench_score

    _report(bench_score.score(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option(
    "--size", default=1_000_000, show_default=True, type=click.IntRange(min=100), help="Households."
)
@rounds_of(3)
@as_json_too
def refresh(size: int, rounds: int, as_json: bool) -> None:
    """One household in a hundred changed: resolve and score only those, beside recomputing all."""
    from saiban.bench import refresh as bench_refresh

    _report(bench_refresh.refresh(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option("--size", default=1_000_000, show_default=True, type=click.IntRange(min=1), help="Households.")
@rounds_of(3)
@as_json_too
def resolve(size: int, rounds: int, as_json: bool) -> None:
    """Put in order what ten sources said of each household, beside a window query by hand."""
    from saiban.bench import resolve as bench_resolve

    _report(bench_resolve.resolve(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option(
    "--size", default=1_000_000, show_default=True, type=click.IntRange(min=100), help="Enrolments."
)
@rounds_of(3)
@as_json_too
def overlaps(size: int, rounds: int, as_json: bool) -> None:
    """Find double benefits, Parquet to Parquet: the Ibis expression beside a self-join by hand."""
    from saiban.bench import overlaps as bench_overlaps

    _report(bench_overlaps.overlaps(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option("--size", default=1_000_000, show_default=True, type=click.IntRange(min=1), help="Households.")
@rounds_of(5)
@as_json_too
def rule(size: int, rounds: int, as_json: bool) -> None:
    """Ask a rule of ten clauses, plain and explained, beside SQL of three values by hand."""
    from saiban.bench import rule as bench_rule

    _report(bench_rule.rule(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option("--size", default=1_000_000, show_default=True, type=click.IntRange(min=1000), help="Persons.")
@click.option(
    "--looks", default=400, show_default=True, type=click.IntRange(min=50), help="Queries of each duty."
)
@as_json_too
def lookup(size: int, looks: int, as_json: bool) -> None:
    """Look for people by name, with slips and in either script, on a server of its own; beside trigrams."""
    from saiban.bench import lookup as bench_lookup

    _report(bench_lookup.lookup(size, looks=looks).flat(), as_json=as_json)


@bench.command()
@click.option("--size", default=100_000, show_default=True, type=click.IntRange(min=1), help="Persons.")
@rounds_of(3)
@as_json_too
def seal(size: int, rounds: int, as_json: bool) -> None:
    """Tokens, seals and openings of each person in an import, beside bare calls of the libraries."""
    from saiban.bench import seal as bench_seal

    _report(bench_seal.seal(size, rounds=rounds).flat(), as_json=as_json)


@bench.command("import")
@click.option("--size", default=20_000, show_default=True, type=click.IntRange(min=36), help="Households.")
@click.option("--looks", default=0, type=click.IntRange(min=0), help="Looks by name among who was imported.")
@as_json_too
def import_(size: int, looks: int, as_json: bool) -> None:
    """Import a synthetic survey and score it, on a server of its own; beside COPY of what came of it."""
    from datetime import date
    from tempfile import TemporaryDirectory

    from saiban.bench import imports as bench_imports
    from saiban.synth.province import frame_of, write_province

    with TemporaryDirectory(prefix="saiban-bench-") as folder:
        write_province(frame_of(1, date(2026, 10, 1)), size, Path(folder))
        measured = bench_imports.import_(Path(folder) / "survey.parquet", size, looks=looks)
    _report(measured.flat(), as_json=as_json)


@bench.command()
@click.option("--size", default=200_000, show_default=True, type=click.IntRange(min=3600), help="Households.")
@rounds_of(3)
@as_json_too
def lake(size: int, rounds: int, as_json: bool) -> None:
    """Build a lake of households, renew what feeds moved, score from it; beside plain Parquet by Arrow."""
    from saiban.bench import lake as bench_lake

    _report(bench_lake.lake(size, rounds=rounds).flat(), as_json=as_json)


@bench.command()
@click.option("--size", type=click.IntRange(min=36), help="Make so many households, district by district.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of --size.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Of --size: keep what each district came to in this file, and go on with the others.",
)
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Take what `saiban synth` wrote, as Parquet and for its usual month.",
)
@click.option(
    "--blocks", type=click.IntRange(min=1), help="Of --folder: so many blocks of at most 10,000 households."
)
@as_json_too
def province(
    size: int | None, seed: int, keep: Path | None, folder: Path | None, blocks: int | None, as_json: bool
) -> None:
    """Resolve and score a synthetic province, beside a join by hand that holds the same."""
    from saiban.bench import province as bench_province
    from saiban.bench import province_parts
    from saiban.data.errors import BadInput

    if (size is None) == (folder is None) or (size is None and keep) or (folder is None and blocks):
        expected = "either --size (with --keep) or --folder (with --blocks)"
        raise BadInput("these options do not go together.", place="saiban bench province", expected=expected)
    if folder is not None:
        measured = bench_province.province(folder, most=blocks)
    else:
        told = partial(click.echo, err=True)
        measured = province_parts.by_district(size or 0, seed=seed, kept=keep, told=told)
    _report(measured.flat(), as_json=as_json)


@bench.command("targets")
@click.option(
    "--size", default=1_000_000, show_default=True, type=click.IntRange(min=1000), help="Households."
)
@click.option("--only", multiple=True, help="Only this bench; may be given several times.")
def targets(size: int, only: tuple[str, ...]) -> None:
    """Run every bench that has a target, and say which are met; exits 1 where one is not."""
    from rich.console import Console
    from rich.table import Table

    from saiban.bench.targets import TARGETS, measure
    from saiban.data.errors import BadInput

    if unknown := set(only) - {target.bench for target in TARGETS}:
        known = ", ".join(dict.fromkeys(target.bench for target in TARGETS))
        raise BadInput("no bench of this name has a target.", place=", ".join(unknown), expected=known)
    table = Table("bench", "size", "measured", "target", "", title=f"benches at {size:,} households")
    all_met = True
    for judged in measure(size, only=only):
        target, measured = judged.target, judged.measured or {}
        verdict = "met" if judged.met else "NOT MET" if measured.get("equal") else "NO RESULT OR NOT EQUAL"
        row = (
            target.bench,
            f"{measured.get('size', 0):,}",
            f"{judged.figure}",
            f"≤ {target.most} {target.says}",
            verdict,
        )
        table.add_row(*row)
        click.echo(" · ".join(row), err=True)
        all_met = all_met and judged.met
    Console().print(table)
    if not all_met:
        raise SystemExit(1)


@bench.command()
@click.option("--size", default=50_000, show_default=True, type=click.IntRange(min=20), help="Audit rows.")
@click.option(
    "--committers", default=4, show_default=True, type=click.IntRange(1, 32), help="Processes that write."
)
@as_json_too
def audit(size: int, committers: int, as_json: bool) -> None:
    """Write audit rows with the chainer at work, on a server of its own; beside plain INSERT of the same."""
    from saiban.bench import audit as bench_audit

    _report(bench_audit.audit(size, committers=committers).flat(), as_json=as_json)
