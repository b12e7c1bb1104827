"""The command line ``saiban``: commands are loaded only when they are called, so that ``--help`` is quick."""

import importlib
import os
import sys

import click

from saiban.data.errors import BadInput

COMMANDS = {
    "bench": (
        "saiban.config.cli.bench:bench",
        "Time an algorithm against the plainest fast way, in one run.",
    ),
    "demo": ("saiban.config.cli.demo:demo", "Run the whole cycle on a synthetic province, then serve it."),
    "doctor": (
        "saiban.config.cli.doctor:doctor",
        "Verify the audit's chain and the state of the installation.",
    ),
    "eligible": ("saiban.config.cli.eligible:eligible", "Ask a rule of the households or persons of a file."),
    "import": ("saiban.config.cli.imports:import_", "Take in a file: a registry of households, or a feed."),
    "lake": ("saiban.config.cli.lake:lake", "Build and write what analysts read; say how fresh it is."),
    "messages": ("saiban.config.cli.words:messages", "Collect, check and compile the translations."),
    "migrate": (
        "saiban.config.cli.database:migrate",
        "Bring the database up to date and lay the foundation.",
    ),
    "overlaps": (
        "saiban.config.cli.overlaps:overlaps",
        "Find double benefits in a file of enrolments.",
    ),
    "provision": ("saiban.config.cli.database:provision", "Print the SQL that a new server needs once."),
    "refresh": ("saiban.config.cli.refresh:refresh", "Resolve and score anew what changed."),
    "rotate": ("saiban.config.cli.rotate:rotate", "Go over to a new key: tokens and seals of numbers."),
    "score": ("saiban.config.cli.score:score", "Score households of a file, or of the registry."),
    "serve": ("saiban.config.cli.serve:serve", "Serve the site, with a worker beside it."),
    "synth": ("saiban.config.cli.synth:synth", "Make a synthetic province, reproducible, with its truth."),
    "worker": ("saiban.config.cli.serve:worker", "Do the work behind the pages."),
}


class LazyGroup(click.Group):
    """A group whose commands are named in ``COMMANDS`` and imported on first use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the command of that name, if there is one."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="saiban")
@click.option("--demo", "of_demo", is_flag=True, help="Work on the database that `saiban demo` made.")
def saiban(of_demo: bool) -> None:
    """سائبان saiban: an integrated social protection system for a province."""
    if of_demo:
        os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.demo"


def main() -> None:
    """Run a command: 0 when all of it worked, 2 for input that has to be mended."""
    try:
        saiban(prog_name="saiban")
    except BadInput as error:
        click.echo(f"saiban: {error}", err=True)
        sys.exit(2)
    except Exception as error:
        if refusal := _refusal(error):
            click.echo(f"saiban: {refusal}", err=True)
            sys.exit(2)
        if not _is_missing_table(error):
            raise
        click.echo(
            "saiban: the database has not been migrated. Run `saiban migrate` first, "
            "or `saiban --demo …` to work on the demo's.",
            err=True,
        )
        sys.exit(2)


def _refusal(error: BaseException) -> str | None:
    """Say why the database server let nobody in, if that is what happened."""
    from saiban.core import server

    return server.refusal(error)


def _is_missing_table(error: BaseException | None) -> bool:
    """Say whether PostgreSQL answered that a table or column is not there, here or further down."""
    while error is not None:
        if getattr(error, "sqlstate", "") in ("42P01", "42703"):
            return True
        error = error.__cause__ or error.__context__
    return False
