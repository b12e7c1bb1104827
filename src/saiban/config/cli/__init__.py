"""The command line ``saiban``: commands are loaded only when they are called, so that ``--help`` is quick."""

import importlib
import sys

import click

from saiban.data.errors import BadInput

COMMANDS = {
    "bench": "saiban.config.cli.bench:bench",
    "demo": "saiban.config.cli.demo:demo",
    "doctor": "saiban.config.cli.doctor:doctor",
    "import": "saiban.config.cli.imports:import_",
    "messages": "saiban.config.cli.words:messages",
    "migrate": "saiban.config.cli.database:migrate",
    "provision": "saiban.config.cli.database:provision",
    "refresh": "saiban.config.cli.refresh:refresh",
    "score": "saiban.config.cli.score:score",
    "serve": "saiban.config.cli.serve:serve",
    "synth": "saiban.config.cli.synth:synth",
    "worker": "saiban.config.cli.serve:worker",
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
        module, attribute = COMMANDS[name].split(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="saiban")
def saiban() -> None:
    """سائبان saiban: an integrated social protection system for a province."""


def main() -> None:
    """Run a command: 0 when all of it worked, 2 for input that has to be mended."""
    try:
        saiban(prog_name="saiban")
    except BadInput as error:
        click.echo(f"saiban: {error}", err=True)
        sys.exit(2)
