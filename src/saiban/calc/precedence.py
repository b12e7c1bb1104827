"""Whose word counts: ranks of sources per field, which of them are self-reports, which way need lies, and of
which fields not the last word counts but what several months say."""

from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saiban.calc import yamlfile
from saiban.data.dictionary import fields

if TYPE_CHECKING:
    import pyarrow as pa

Need = Literal["higher", "lower", True, False]
Take = Literal["mean", "count"]
UNRANKED = 1000


class SourceOfFacts(BaseModel):
    """What a source is: do people in it speak of themselves?"""

    model_config = ConfigDict(frozen=True, extra="forbid")

    self_report: bool


class Window(BaseModel):
    """How the words that one source said in several months make one value.

    ``months`` are calendar months: that of the source's newest word and those before it; each month speaks
    once, by its newest word. ``mean`` is rounded half to even to whole units, ``count`` is how many of the
    months said another number than 0. Fewer than ``at_least`` months: the newest word holds.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    take: Take
    months: int = Field(ge=2, le=60)
    at_least: int = Field(ge=1)
    unit: str
    reason: str

    @model_validator(mode="after")
    def _months_suffice(self) -> "Window":
        if self.at_least > self.months:
            raise ValueError("at_least no more than months")
        return self


class Precedence(BaseModel):
    """The content of ``data/precedence.yaml``; its head explains each part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, SourceOfFacts]
    default: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    need_when: dict[str, Need]
    windows: dict[str, Window] = {}

    @model_validator(mode="after")
    def _names_are_known(self) -> "Precedence":
        dictionary = {**fields("household"), **fields("person")}
        strangers = [
            code for code in (*self.fields, *self.need_when, *self.windows) if code not in dictionary
        ]
        if strangers:
            raise ValueError(f"fields of the dictionary; {', '.join(strangers)} are none")
        for code, direction in self.need_when.items():
            if (dictionary[code].type == "bool") != isinstance(direction, bool):
                raise ValueError(f"need_when true or false for a bool, higher or lower for a number: {code}")
        uncounted = [code for code in self.windows if dictionary[code].type != "int"]
        if uncounted:
            raise ValueError(f"windows of whole numbers; {', '.join(uncounted)} are none")
        unknown = {source for ranks in (self.default, *self.fields.values()) for source in ranks} - set(
            self.sources
        )
        if unknown:
            raise ValueError(f"sources that are listed under `sources`; {', '.join(sorted(unknown))} are not")
        return self

    def rank(self, field: str, source: str) -> int:
        """1 is heard first; a source that the list does not name is heard last."""
        ranks = self.fields.get(field, self.default)
        return ranks.index(source) + 1 if source in ranks else UNRANKED

    def table(self, *, on: date) -> "pa.Table":
        """One row per field and source: field, source, rank, oldest_on, need_when.

        ``oldest_on`` is the first day of observation that is within the field's greatest age on ``on``.
        """
        import pyarrow as pa

        dictionary = {**fields("household"), **fields("person")}
        rows = [
            (code, source, self.rank(code, source), months_before(on, field.max_age), self._need(code))
            for code, field in dictionary.items()
            if field.max_age is not None
            for source in self.sources
        ]
        names = ("field", "source", "rank", "oldest_on", "need_when")
        types = (pa.string(), pa.string(), pa.int64(), pa.date32(), pa.string())
        columns = zip(*rows, strict=True)
        return pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})

    def _need(self, code: str) -> str | None:
        direction = self.need_when.get(code)
        return None if direction is None else str(direction).lower()


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last day of that month where it has no such day.

    >>> months_before(date(2026, 3, 31), 1)
    datetime.date(2026, 2, 28)
    """
    from calendar import monthrange

    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@cache
def shipped_precedence() -> Precedence:
    """The precedence that comes with the project."""
    text = (files("saiban.data") / "precedence.yaml").read_text(encoding="utf-8")
    return yamlfile.parse(text, Precedence, place="precedence.yaml")
