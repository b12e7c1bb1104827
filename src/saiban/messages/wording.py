"""The templates of messages: checked whole, in two languages that name the same words to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from saiban.data.errors import BadInput

Language = Literal["en", "ur"]
LANGUAGES: tuple[Language, ...] = ("en", "ur")
FILE = "messages/templates.yaml"


class Template(BaseModel):
    """One kind of message: title and text in each language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: dict[Language, str]
    body: dict[Language, str]

    @model_validator(mode="after")
    def _says_the_same(self) -> Template:
        """Refuse a language that is missing, or that names other words to fill in."""
        for part in (self.title, self.body):
            if set(part) != set(LANGUAGES):
                raise ValueError("needs en and ur")
            named = {language: _placeholders(part[language]) for language in LANGUAGES}
            if named["en"] != named["ur"]:
                raise ValueError(f"en fills in {sorted(named['en'])}, ur {sorted(named['ur'])}")
        return self

    @property
    def words(self) -> set[str]:
        """The words that have to be filled in."""
        return _placeholders(self.title["en"]) | _placeholders(self.body["en"])


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def parse(text: str) -> dict[str, Template]:
    """Read templates from YAML. Raises: BadInput naming the template and what is wrong with it."""
    entries: dict[str, Any] = yaml.safe_load(text) or {}
    found = {}
    for code, entry in entries.items():
        try:
            found[code] = Template.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(step) for step in first["loc"])
            raise BadInput(first["msg"], place=f"{FILE}: {code} {place}".strip()) from error
    return found


@cache
def templates() -> dict[str, Template]:
    """Return the templates of this installation by code."""
    text = (files("saiban.messages") / "templates.yaml").read_text(encoding="utf-8")
    return parse(text)


def written(code: str, language: str, words: Mapping[str, object]) -> tuple[str, str]:
    """Return title and text in the language, filled in. Raises: KeyError, ValueError for wrong words."""
    template = templates()[code]
    if set(words) != template.words:
        raise ValueError(f"{code} fills in {sorted(template.words)}, got {sorted(words)}")
    key: Language = "ur" if language == "ur" else "en"
    return template.title[key].format(**words), template.body[key].format(**words)
