"""`saiban demo`: the whole cycle on a synthetic province."""

import os
from pathlib import Path
from typing import Any

import click


@click.command()
@click.option("--households", default=20_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--serve/--no-serve", default=True, show_default=True, help="Serve the site afterwards.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("var/demo"), show_default=True
)
def demo(households: int, seed: int, serve: bool, out: Path) -> None:
    """Run the whole cycle on a synthetic province: survey, scores, feeds, lists, one scheme; then serve it.

    The demo has a database of its own, which is emptied first.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.demo"
    from saiban.config.cli.setup import django_ready
    from saiban.config.demo import database

    database.renew()
    django_ready()
    from saiban.config.demo import cycle

    figures = cycle.run(households, seed, out, click.echo)
    _show(figures, out)
    if serve:
        from saiban.config.cli.serve import run

        run("127.0.0.1", 8000)


def _show(figures: dict[str, Any], out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    from saiban.config.demo import people, report
    from saiban.core.foundation import OWNER_AGENCY

    report.write(out, figures)
    table = Table("log-in", "password", "works as", title="Log-ins of the demo")
    for character in people.CAST:
        duties = "; ".join(
            f"{role}, {area}".replace("_", " ").replace("PK6", "Punjab") for role, area in character.duties
        )
        if character.agency != OWNER_AGENCY:
            duties += f" (agency: {character.agency})"
        table.add_row(character.username, people.PASSWORD, duties)
    click.echo(report.markdown(figures))
    Console().print(table)
    click.echo(
        f"Kept in {out}/report.md and report.json. Other commands work on the demo by `saiban --demo …`."
    )
