"""``saiban messages``: the words of all rooms in Urdu: taken from code and templates, checked, compiled;
with Babel only.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from saiban.data.errors import BadInput

SOURCE = Path(__file__).resolve().parents[2]
LANGUAGE = "ur"
_FUNCTIONS = {
    "gettext": (1,),
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS: dict[str, Any] = (
    {"_": (1,)} | _FUNCTIONS | {f"{name}_lazy": places for name, places in _FUNCTIONS.items()}
)
_STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(\s*({_STRING}(?:\s*,\s*{_STRING})*)")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_EMPTY_HEADERS = (
    "# Urdu translations",
    "# Copyright",
    "# This file",
    "# FIRST",
    "#\n",
    *(f'"{name}' for name in ("Project-", "Report-", "POT-", "PO-", "Last-", "Language-", "Generated-")),
)  # Babel writes them, nobody fills them, and dates in them would change at every run
Key = tuple[str | None, str]  # context, words in English


@dataclass(frozen=True)
class Found:
    """Words in English as code or a template writes them, with the places where."""

    context: str | None
    words: str
    plural: str | None
    places: list[tuple[str, int]] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """What names them in a catalogue."""
        return self.context, self.words


def rooms() -> list[Path]:
    """Return the folders of the rooms."""
    return sorted(path.parent for path in SOURCE.glob("*/__init__.py"))


def words_of(room: Path) -> dict[Key, Found]:
    """Take all words out of a room's code and templates."""
    found: dict[Key, Found] = {}
    for path in sorted(
        [*room.rglob("*.py"), *room.rglob("templates/**/*.html"), *room.rglob("templates/**/*.txt")]
    ):
        for line, one in _in_python(path) if path.suffix == ".py" else _in_template(path):
            found.setdefault(one.key, one).places.append((path.relative_to(SOURCE.parent).as_posix(), line))
    return found


def _in_python(path: Path) -> Iterator[tuple[int, Found]]:
    with path.open("rb") as file:
        for line, function, parts, _comments in extract_python(file, KEYWORDS, (), {"encoding": "utf-8"}):
            strings = (
                [parts] if isinstance(parts, str) else [part for part in parts or () if isinstance(part, str)]
            )
            if strings and all(strings):
                yield line, _found(str(function).removesuffix("_lazy"), strings)


def _in_template(path: Path) -> Iterator[tuple[int, Found]]:
    """Django turns a template into calls of gettext; we read these."""
    from django.conf import settings
    from django.utils.translation.template import templatize

    if not settings.configured:
        settings.configure(USE_I18N=True)
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for call in _CALL.finditer(text):
        strings = [ast.literal_eval(string) for string in re.findall(_STRING, call[2])]
        yield text.count("\n", 0, call.start()) + 1, _found(call[1], strings)


def _found(function: str, strings: list[str]) -> Found:
    context = strings.pop(0) if "pgettext" in function else None
    return Found(context, strings[0], strings[1] if function.startswith("n") and len(strings) > 1 else None)


def catalogue(room: Path) -> Catalog:
    """Read a room's translations; an empty catalogue where there are none yet. Raises: BadInput."""
    path = _po(room)
    if not path.exists():
        return Catalog(locale=LANGUAGE, domain="django")
    try:
        with path.open("rb") as file:
            return read_po(file, locale=LANGUAGE, domain="django", abort_invalid=True)
    except Exception as error:
        raise BadInput(str(error), place=str(path), expected="a .po file") from error


def _po(room: Path) -> Path:
    return room / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def compile_all() -> list[str]:
    """Compile every room's .po into the .mo that Django reads; return the rooms."""
    compiled = []
    for room in rooms():
        if _po(room).exists():
            made = catalogue(room)
            fresh = _po(room).with_suffix(
                f".{os.getpid()}"
            )  # put in place whole: another process may be reading
            with fresh.open("wb") as file:
                write_mo(file, made)
            fresh.replace(_po(room).with_suffix(".mo"))
            compiled.append(room.name)
    return compiled


def faults() -> list[str]:
    """Name what is missing or wrong, one sentence each: untranslated, fuzzy, other placeholders, two
    translations of one word.
    """
    known: dict[Key, dict[str, Message]] = {}
    for room in rooms():
        for message in catalogue(room):
            if message.id:
                known.setdefault(_key(message), {})[room.name] = message
    sentences = [
        sentence for room in rooms() for one in words_of(room).values() for sentence in _faults_of(one, known)
    ]
    for (_, words), by_room in known.items():
        if len({_strings(message) for message in by_room.values() if all(_strings(message))}) > 1:
            sentences.append(f"“{words}” is translated differently in {', '.join(sorted(by_room))}")
    return sentences


def _faults_of(one: Found, known: dict[Key, dict[str, Message]]) -> Iterator[str]:
    place = "{}:{}".format(*one.places[0])
    messages = [message for message in known.get(one.key, {}).values() if all(_strings(message))]
    if not messages:
        yield f"{place}: “{one.words}” has no Urdu"
    for message in messages:
        if message.fuzzy:
            yield f"{place}: the Urdu of “{one.words}” is marked fuzzy"
        allowed = set(_PLACEHOLDER.findall(one.words + (one.plural or "")))
        if any(set(_PLACEHOLDER.findall(string)) - allowed for string in _strings(message)):
            yield f"{place}: the Urdu of “{one.words}” names a placeholder that does not exist"
        if any(allowed - set(_PLACEHOLDER.findall(string)) for string in _strings(message)):
            yield f"{place}: the Urdu of “{one.words}” leaves out a placeholder"


def _key(message: Message) -> Key:
    return message.context, message.id[0] if isinstance(message.id, tuple | list) else message.id


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def extract_all() -> dict[str, int]:
    """Bring every room's .po to what its code says: new words empty, unused ones gone; return the empty ones
    by room.

    Words that a room upstream has translated are not asked for again.
    """
    empty: dict[str, int] = {}
    elsewhere = {
        room.name: {_key(m) for m in catalogue(room) if m.id and all(_strings(m))} for room in rooms()
    }
    for room in rooms():
        own, found = catalogue(room), words_of(room)
        others = set().union(*(keys for name, keys in elsewhere.items() if name != room.name))
        made = Catalog(locale=LANGUAGE, domain="django", project="saiban", fuzzy=False)
        for key, one in sorted(found.items(), key=lambda pair: pair[1].places[0]):
            old = own.get(one.words, context=one.context)
            if key in others and not (old and all(_strings(old))):
                continue
            string = old.string if old else ""
            made.add(
                (one.words, one.plural) if one.plural else one.words,
                string,
                context=one.context,
                locations=one.places,
            )
        if len(made):
            _write(room, made)
        empty[room.name] = sum(not all(_strings(message)) for message in made if message.id)
    return empty


def _write(room: Path, made: Catalog) -> None:
    _po(room).parent.mkdir(parents=True, exist_ok=True)
    text = BytesIO()
    write_po(text, made, width=100, include_lineno=False)
    lines = text.getvalue().decode().splitlines(keepends=True)
    head = ["# The words of this room in Urdu; `saiban messages extract` keeps them in step with the code.\n"]
    body = [line for line in lines if not line.startswith(_EMPTY_HEADERS)]
    _po(room).write_text("".join(head + body), encoding="utf-8")


@click.group()
def messages() -> None:
    """Words of the pages in Urdu: extract, check, compile."""


@messages.command("compile")
def compile_() -> None:
    """Compile the translations of all rooms."""
    click.echo(f"compiled: {', '.join(compile_all()) or 'nothing'}")


@messages.command()
def check() -> None:
    """List words without an Urdu translation; exit 1 if there are any."""
    sentences = faults()
    for sentence in sentences:
        click.echo(sentence)
    click.echo(f"{len(sentences)} faults" if sentences else "every word has its Urdu")
    sys.exit(1 if sentences else 0)


@messages.command()
def extract() -> None:
    """Bring the .po files to what code and templates say."""
    for room, count in extract_all().items():
        click.echo(f"{room}: {count} without Urdu")
