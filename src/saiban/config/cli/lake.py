"""``saiban lake``: what analysts read, and how fresh it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from saiban.config.cli.setup import django_ready

if TYPE_CHECKING:
    from saiban.core.lake.services import Written


@click.group(invoke_without_command=True)
@click.pass_context
def lake(context: click.Context) -> None:
    """Say what the lake holds, as of when, and by how many changes it is behind; or write it."""
    django_ready()
    if context.invoked_subcommand is None:
        _show_state()


@lake.command()
def rebuild() -> None:
    """Build the lake anew from the database; readers see the former one until all of it is there."""
    from saiban.core import foundation
    from saiban.core.lake import services

    _show_written(services.rebuild(actor=foundation.system_actor()))


@lake.command()
def write() -> None:
    """Write what moved since the last time; the worker does so every five minutes."""
    from saiban.core import foundation
    from saiban.core.lake import services

    _show_written(services.write_noted(actor=foundation.system_actor()))


@lake.command()
def sweep() -> None:
    """Remove former versions that are older than SAIBAN_LAKE_DAYS; the worker does so once a day."""
    from saiban.core import foundation
    from saiban.core.lake import services

    click.echo(f"{services.sweep(actor=foundation.system_actor()):,} files removed.")


def _show_state() -> None:
    from rich.console import Console
    from rich.table import Table

    from saiban.core.lake.state import lake_state

    state = lake_state()
    if state.written_at is None:
        click.echo(f"There is no lake at {state.location} yet: saiban lake rebuild.")
        return
    table = Table("Table", "Rows", "Version", title=f"The lake at {state.location}")
    for name, held in state.tables.items():
        table.add_row(name, f"{held.rows:,}", str(held.version))
    sound = (
        "" if state.is_sound else " Its keys or columns are of another day: the next write builds it anew."
    )
    table.caption = (
        f"Written {state.written_at:%Y-%m-%d %H:%M} UTC, as of change set {state.change_set or 0}; "
        f"behind by {state.behind:,} changes.{sound}"
    )
    Console().print(table)


def _show_written(written: Written) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("Table", "Rows", title="Built anew" if written.rebuilt else "Written to the lake")
    for name, count in written.rows.items():
        table.add_row(name, f"{count:,}")
    table.caption = f"{written.notes:,} noted changes are in it now."
    Console().print(table)
