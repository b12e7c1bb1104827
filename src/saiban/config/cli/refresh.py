"""``saiban refresh``: resolve, score and re-check what changed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from saiban.config.cli.setup import django_ready
from saiban.data.errors import BadInput

if TYPE_CHECKING:
    from saiban.registry.refreshing import Refreshed


@click.command()
@click.option("--source", help="Only households of which this source has spoken (its code).")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Only households of which something was said since then.",
)
def refresh(source: str | None, since: datetime | None) -> None:
    """Rebuild profiles from observations and score what changed; without options, the whole registry."""
    django_ready()
    from saiban.core import foundation, outbox
    from saiban.intake.models import Source
    from saiban.registry import queries, services

    if source is not None and not Source.objects.filter(code=source).exists():
        known = ", ".join(Source.objects.values_list("code", flat=True))
        raise BadInput("there is no such source.", place=f"--source {source}", expected=f"one of: {known}")
    ids = queries.spoken_of(source=source, since=since.date() if since else None)
    click.echo(f"Refreshing {len(ids):,} households …", err=True)
    refreshed = services.refresh_profiles(actor=foundation.system_actor(), household_ids=ids)
    outbox.drain()
    _show(refreshed)


def _show(refreshed: Refreshed) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Profiles", "Households", title="Refreshed")
    for words, count in (
        ("resolved anew", refreshed.households),
        ("changed", refreshed.changed),
        ("of these new", refreshed.new),
    ):
        table.add_row(words, f"{count:,}")
    table.add_row("values that moved", f"{refreshed.fields:,}")
    if refreshed.change_set is not None:
        table.caption = f"Kept as change set {refreshed.change_set.pk}; scored."
    Console().print(table)
