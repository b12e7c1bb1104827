"""``saiban rotate``: tokens and seals go over to a new key of the ring, while work goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from saiban.config.cli.setup import django_ready

if TYPE_CHECKING:
    from rich.table import Table

KEYS_IN_USE = (
    "select get_byte({column}, {place}) as key, count(*) from {table} where {column} is not null group by 1"
)


@click.group()
def rotate() -> None:
    """Go over to a new key of the ring (SAIBAN_KEYS). Broken off, the same command goes on where it was."""


@rotate.command()
@click.option("--to", "to_key", type=click.IntRange(1, 255), required=True, help="The id of the new key.")
def tokens(to_key: int) -> None:
    """Renew the tokens by which numbers are found, under key TO: the old key alone tells nothing of them.

    Work goes on meanwhile; at the end the tables change over at once, which waits for imports under way.
    """
    django_ready()
    from saiban.core import rotation
    from saiban.core.foundation import system_actor

    system = system_actor()
    begun = rotation.begin_rotation(actor=system, to_key=to_key)
    click.echo(f"Rotation {begun.pk}: {begun}", err=True)
    for table in rotation.tables():
        _in_chunks(
            table.table,
            lambda after, name=table.table: rotation.fill_tokens(actor=system, table=name, after=after),
        )
    rotation.switch_tokens(actor=system)
    click.echo(f"All tokens go through key {to_key} now. Keep the older keys: the way leads through them.")


@rotate.command()
def seals() -> None:
    """Seal numbers and rejected rows anew under the first key of SAIBAN_KEYS.

    Observations are never changed, so their seals stay: `saiban rotate status` says which keys are in use.
    """
    django_ready()
    from saiban.core import rotation
    from saiban.core.foundation import system_actor

    system = system_actor()
    for what in rotation.seals():
        _in_chunks(what, lambda after, name=what: rotation.renew_seals(actor=system, what=name, after=after))


@rotate.command()
def status() -> None:
    """Say which keys tokens and seals are under, and how far a rotation is."""
    django_ready()
    from rich.console import Console

    Console().print(_status())


def _in_chunks(what: str, do: object) -> None:
    """Do one chunk after the other, with a line that says how far it is."""
    after, done = 0, 0
    while True:
        after, count = do(after)  # type: ignore[operator]
        done += count
        if not after:
            break
        click.echo(f"\r{what}: {done:,}", nl=False, err=True)
    click.echo(f"\r{what}: {done:,} renewed", err=True)


def _status() -> Table:
    from django.db import connection
    from rich.table import Table

    from saiban.config.keys import SEALED_COLUMNS, TOKEN_TABLES
    from saiban.core.models import Rotation

    table = Table("What", "Key", "Rows", title="Keys in use")
    columns = [(one.table, "token", 0) for one in TOKEN_TABLES]
    columns += [(one.table, "token_next", 0) for one in TOKEN_TABLES]
    columns += [(name, column, 1) for name, column in SEALED_COLUMNS]
    with connection.cursor() as cursor:
        for name, column, place in columns:
            cursor.execute(KEYS_IN_USE.format(table=name, column=column, place=place))
            for key, count in cursor.fetchall():
                table.add_row(f"{name}.{column}", str(key), f"{count:,}")
    for rotation in Rotation.objects.filter(switched_at=None):
        table.caption = f"{rotation} is under way: `saiban rotate tokens --to {rotation.to_key}` goes on."
    return table
