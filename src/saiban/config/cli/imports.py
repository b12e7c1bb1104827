"""``saiban import``: a file is received, loaded and applied, in the foreground."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    from saiban.intake.models import Batch

KINDS = {"registry": "a registry", "feed": "a feed", "beneficiaries": "lists of beneficiaries"}


@click.command("import")
@click.argument("kind", type=click.Choice(["registry", "feed", "beneficiaries"]))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--source", "source_code", required=True, help="The code of the source, such as psc-survey.")
@click.option("--scheme", default="", help="The scheme that a list of beneficiaries is of, such as ZK-GA.")
def import_(kind: str, file: Path, source_code: str, scheme: str) -> None:
    """Take in FILE (CSV, Parquet or XLSX, also gzipped): a registry of households, a feed about those known,
    or a department's list of the beneficiaries of one scheme.

    Households with a fault are kept aside with their reasons; the page of the batch gives them back as a
    sheet.
    """
    from saiban.config.cli.setup import django_ready
    from saiban.config.cli.watching import Watch

    django_ready()
    from saiban.core.foundation import system_actor
    from saiban.core.hands import Hands
    from saiban.intake import queries, services
    from saiban.intake.queries import refusal_of

    system = system_actor()
    _check_kind(kind, source_code)
    batch = services.receive_batch(
        actor=system, source_code=source_code, file_name=file.name, path=file, scheme=scheme
    )
    with Watch(batch.pk), Hands(is_long=lambda: queries.has_parts_to_load(batch.pk)) as hands:
        batch = services.load_batch(actor=system, batch_id=batch.pk, meanwhile=hands.meanwhile)
        hands.finish()
    refused = refusal_of(batch)
    if refused:
        raise refused.as_bad_input()
    batch.refresh_from_db()
    _print(batch)
    if batch.state != "applied":
        click.echo(
            "The batch is loaded, but not applied yet: the progress page says what holds it up.", err=True
        )
        raise SystemExit(1)


def _check_kind(kind: str, source_code: str) -> None:
    from saiban.intake.mapping import mapping_of

    mapping = mapping_of(source_code)
    if mapping.kind != kind:
        raise BadInput(
            f"{source_code} sends {KINDS[mapping.kind]}.",
            place=kind,
            expected=f"saiban import {mapping.kind} … --source {source_code}",
        )


def _print(batch: Batch) -> None:
    from rich.console import Console
    from rich.table import Table

    from saiban.intake.reasons import note

    table = Table(title=f"Batch {batch.pk}: {batch.file_name} from {batch.source.code}", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    rows: list[tuple[str, object]] = [
        ("rows", batch.rows),
        ("rejected rows", batch.rejected_rows),
        ("observations", batch.observations),
    ]
    for step, counts in batch.outcome.items():
        if step != "content":  # a digest, for no reader
            rows += [(f"{step}: {name}".replace("_", " "), count) for name, count in counts.items() if count]
    for words, count in rows:
        table.add_row(words, f"{count:,}" if isinstance(count, int) else str(count))
    Console().print(table)
    for kept in batch.notes:
        click.echo(note(kept))
