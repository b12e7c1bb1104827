"""Directives that show tables of the code: ``moves``, ``duties``, ``fields``, ``commands``, ``policy``.

Each writes Markdown, which MyST then reads as if it stood on the page.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from typing import Any

import django
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Write a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines] + [""]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


class FromCode(Directive):
    """A directive whose content is Markdown that ``lines`` makes of the code."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Read the Markdown in the place of the directive."""
        box = nodes.container()
        argument = self.arguments[0] if self.arguments else ""
        source = f"{type(self).__name__.lower()} {argument}"
        self.state.nested_parse(StringList(self.lines(argument), source), self.content_offset, box)
        return box.children

    def lines(self, argument: str) -> list[str]:
        """Return the Markdown."""
        raise NotImplementedError


class Moves(FromCode):
    """``moves module:TABLE``: the steps of a table of moves, and its diagram as Mermaid text."""

    def lines(self, argument: str) -> list[str]:
        moves = _named(argument)
        labels = dict(moves.states.choices)
        rows = [
            (labels[origin], labels[target], f"`{move.permission}`", _needs(move))
            for (origin, target), move in moves.table.items()
        ]
        final = [str(label) for state, label in labels.items() if not moves.from_state(state)]
        return [
            *table(("from", "to", "permission", "needs"), rows),
            f"Final: {', '.join(final)}. No other step exists.",
            "",
            "```text",
            *moves.mermaid().splitlines(),
            "```",
        ]


def _needs(move: Any) -> str:
    needs = [
        words
        for words, asked in (("a reason", move.reason), ("a second person", move.second_person))
        if asked
    ]
    return ", ".join(needs) or "–"


class Duties(FromCode):
    """``duties``: which duty allows what, and which fields it shows."""

    def lines(self, argument: str) -> list[str]:
        grants, roles = _named("saiban.config.duties:DUTIES"), _named("saiban.core.models:Role")
        shown = [role for role in roles if role != roles.SYSTEM]
        permissions = sorted(set().union(*(grants[role].permissions for role in shown)))
        rows = [
            (f"`{permission}`", *("●" if permission in grants[role].permissions else "" for role in shown))
            for permission in permissions
        ]
        fields = [
            (
                f"*{sensitivity} fields*",
                *("●" if sensitivity in grants[role].sensitivities else "" for role in shown),
            )
            for sensitivity in ("ordinary", "personal", "sensitive")
        ]
        return table(("", *(role.label for role in shown)), [*fields, *rows])


class Fields(FromCode):
    """``fields household``: the dictionary of one level."""

    def lines(self, argument: str) -> list[str]:
        fields = _named("saiban.data.dictionary:fields")(argument)
        rows = [
            (
                f"`{code}`",
                field.label["en"],
                field.label["ur"],
                _kind(field),
                field.max_age or "",
                field.sensitivity,
            )
            for code, field in fields.items()
        ]
        return table(("code", "English", "Urdu", "what it holds", "months", "sensitivity"), rows)


def _kind(field: Any) -> str:
    if field.derived:
        inputs = ", ".join(f"`{code}`" for code in field.derived.inputs)
        return f"{'ratio, thousandths' if field.derived.ratio else 'any'} of {inputs}"
    limits = f", {field.minimum}–{field.maximum}" if field.maximum is not None else ""
    unit = f", {field.unit}" if field.unit else ""
    return ", ".join(field.answers) or f"{field.type}{unit}{limits}"


class Commands(FromCode):
    """``commands``: every command with its own help."""

    def lines(self, argument: str) -> list[str]:
        import click

        from saiban.config.cli import COMMANDS, saiban

        written = []
        for name in sorted(COMMANDS):
            command = saiban.get_command(click.Context(saiban), name)
            context = click.Context(command, info_name=f"saiban {name}", max_content_width=100)
            written += [
                f"## saiban {name}",
                "",
                "```text",
                *command.get_help(context).splitlines(),
                "```",
                "",
            ]
        return written


class Policy(FromCode):
    """``policy``: every dated number of policy with its reference."""

    def lines(self, argument: str) -> list[str]:
        rows = [
            (
                f"`{name}`",
                number.label["en"],
                f"{entry.value} {number.unit}",
                entry.from_,
                entry.reference,
                _confirmed(entry),
            )
            for name, number in _named("saiban.calc.policy:policy_values")().items()
            for entry in number.values
        ]
        return table(("name", "meaning", "value", "from", "reference", "checked by"), rows)


def _confirmed(entry: Any) -> str:
    return entry.checked_by if entry.confirmed else "nobody: refused outside the demo"


def _named(path: str) -> Any:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def setup(app: Sphinx) -> dict[str, Any]:
    """Start Django with settings that need no database, and make the directives known."""
    django.setup()
    for directive in (Moves, Duties, Fields, Commands, Policy):
        app.add_directive(directive.__name__.lower(), directive)
    return {"parallel_read_safe": True}
