"""What the columns of a source's files mean: ``data/mappings/<source>.yaml``, checked when it is read.

A mapping names the source and its partner; the subject of a row and the column that names it; the day of
the observation (a column, the last day of a column's month, the month in the file's name, or one day for
all); the area; the members, where rows are persons; the rows that are taken (``only``); columns that
must not repeat (``unique``); and for each fact the column (or the 0/1 columns of ``one_hot``), the codes
in it and the field of the dictionary.

Lists of beneficiaries have one format for all: ``data/lists.yaml`` holds it with the sources that send them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saiban.calc import yamlfile
from saiban.core.numbers import PARSERS
from saiban.data.dictionary import DictionaryField, Words, fields
from saiban.data.errors import BadInput

Answer = bool | int | str
Level = Literal["province", "division", "district", "tehsil"]


class Part(BaseModel):
    """A part of a mapping; no key may be unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Named(Part):
    """The subject of a row: what it is, which column names it, and where that name is one (``namespace``)."""

    kind: Literal["household", "person", "meter"]
    column: str
    namespace: str

    @property
    def is_number(self) -> bool:
        """Whether the name is a number that somebody issued: parsed, and masked where it is shown."""
        return self.namespace in PARSERS


class ObservedOn(Part):
    """The day of the observation: exactly one way to know it."""

    column: str | None = None
    last_day_of_month: bool = False
    month_in_file_name: bool = False
    day: date | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> ObservedOn:
        if [self.column is not None, self.month_in_file_name, self.day is not None].count(True) != 1:
            raise ValueError("one of column, month_in_file_name, day")
        if self.last_day_of_month and self.column is None:
            raise ValueError("last_day_of_month needs a column")
        return self


class AreaWithin(Part):
    """A second column that holds an area above the first."""

    column: str
    level: Level


class AreaOf(Part):
    """The area: a column with codes of one level, or one code for all."""

    column: str | None = None
    level: Level | None = None
    within: AreaWithin | None = None
    code: str | None = None

    @model_validator(mode="after")
    def _is_one_way(self) -> AreaOf:
        if (self.column is None) == (self.code is None) or (self.column is None) != (self.level is None):
            raise ValueError("a column with its level, or one code for all rows")
        return self


class Members(Part):
    """Rows are persons of the household; ``line`` is the column that numbers them in it.

    ``age`` is one that a file may have: completed years as they were written down, compared with the birth
    date and not kept.
    """

    line: str
    age: str = ""


class Only(Part):
    """Rows that are taken: those in which a column says just this. The others are counted, not read."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    column: str
    value: str = Field(alias="is")


class Fact(Part):
    """How a field is read: from one column (with its codes, if it has its own), or from 0/1 columns."""

    field: str
    column: str | None = None
    codes: dict[str, Answer] = Field(default_factory=dict)
    says_nothing: tuple[str, ...] = ()
    one_hot: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    required: bool = False

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, given: Any) -> Any:
        return {"column": given, "field": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def _is_whole(self) -> Fact:
        if (self.column is None) == (not self.one_hot):
            raise ValueError("a column, or one_hot columns")
        if self.one_hot and self.otherwise is None:
            raise ValueError("`otherwise`: the answer where all one_hot columns are 0")
        known = all_fields()
        if self.field not in known:
            raise ValueError(f"a field of the dictionary; {self.field} is none")
        self._check_answers(known[self.field])
        return self

    def _check_answers(self, field: DictionaryField) -> None:
        answers = [*self.codes.values(), *self.one_hot.values()] + ([self.otherwise] if self.one_hot else [])
        for answer in answers:
            is_right = isinstance(answer, bool) if field.type == "bool" else answer in field.answers
            if not is_right:
                raise ValueError(f"answers of {field.code}; {answer} is none")

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it is read from."""
        return tuple(self.one_hot) if self.one_hot else (str(self.column),)

    @property
    def known(self) -> DictionaryField:
        """Its field of the dictionary."""
        return all_fields()[self.field]


class Mapping(Part):
    """The whole of a source's file."""

    source: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name: Words
    kind: Literal["registry", "feed", "beneficiaries"]
    partner: str
    purpose: str
    expected_every_days: int | None = None
    subject: Named
    observed_on: ObservedOn
    area: AreaOf | None = None
    members: Members | None = None
    only: Only | None = None
    unique: tuple[str, ...] = ()
    facts: tuple[Fact, ...]
    member_facts: tuple[Fact, ...] = ()
    not_taken: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Mapping:
        if bool(self.member_facts) != (self.members is not None):
            raise ValueError("member_facts and members: both or none")
        if self.subject.kind == "household" and self.area is None:
            raise ValueError("an area: a household without one is seen by nobody")
        return self

    @property
    def is_list(self) -> bool:
        """Whether its files are lists of beneficiaries, each of one scheme."""
        return self.kind == "beneficiaries"

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that a file must have, each once, in the order of the mapping."""
        return tuple(dict.fromkeys(self._columns()))

    @property
    def columns_besides(self) -> tuple[str, ...]:
        """Columns that a file may have, which are read only to compare."""
        return (self.members.age,) if self.members and self.members.age else ()

    def _columns(self) -> Iterator[str]:
        yield self.subject.column
        if self.members:
            yield self.members.line
        if self.observed_on.column:
            yield self.observed_on.column
        if self.area and self.area.column:
            yield self.area.column
        if self.area and self.area.within:
            yield self.area.within.column
        if self.only:
            yield self.only.column
        yield from self.unique
        for fact in (*self.facts, *self.member_facts):
            yield from fact.columns

    @property
    def field_codes(self) -> frozenset[str]:
        """Fields that a file brings, for the agreement: those of the dictionary and a number that names the
        subject.
        """
        own = {fact.field for fact in (*self.facts, *self.member_facts)}
        return frozenset(own | ({self.subject.namespace} if self.subject.is_number else set()))


@cache
def all_fields() -> dict[str, DictionaryField]:
    """The dictionary of all levels; no code stands in two."""
    return {**fields("person"), **fields("household"), **fields("benefit")}


class ListColumn(Part):
    """A prescribed column of a list of beneficiaries; the one without a field holds the area."""

    column: str
    field: str = ""
    required: bool = False
    example: str


class ListSource(Part):
    """A department that sends its lists."""

    source: str
    partner: str
    name: Words
    expected_every_days: int | None = None


class ListFormat(Part):
    """The content of ``data/lists.yaml``; its head explains each part."""

    purpose: str
    subject: Named
    observed_on: ObservedOn
    area: AreaOf
    unique: tuple[str, ...]
    columns: tuple[ListColumn, ...]
    lists: tuple[ListSource, ...]

    def mappings(self) -> Iterator[Mapping]:
        """The mapping of each source: the same columns for all."""
        shared = self.model_dump(exclude={"columns", "lists"})
        facts = tuple(
            Fact(column=one.column, field=one.field, required=one.required)
            for one in self.columns
            if one.field
        )
        for source in self.lists:
            yield Mapping(**source.model_dump(), **shared, kind="beneficiaries", facts=facts)


@cache
def list_format() -> ListFormat:
    """The prescribed format of lists of beneficiaries, and who sends them."""
    text = (files("saiban.data") / "lists.yaml").read_text(encoding="utf-8")
    return yamlfile.parse(text, ListFormat, place="lists.yaml")


def parse_mapping(text: str, *, place: str) -> Mapping:
    """Read a mapping. Raises: BadInput that names file and line."""
    return yamlfile.parse(text, Mapping, place=place)


@cache
def shipped_mappings() -> dict[str, Mapping]:
    """The mappings that come with the project, by code of the source; lists of beneficiaries are the last."""
    found = sorted(
        (entry for entry in (files("saiban.data") / "mappings").iterdir()), key=lambda entry: entry.name
    )
    read = [
        parse_mapping(entry.read_text(encoding="utf-8"), place=entry.name)
        for entry in found
        if entry.name.endswith(".yaml")
    ]
    return {mapping.source: mapping for mapping in (*read, *list_format().mappings())}


def mapping_of(source: str) -> Mapping:
    """The mapping of a source. Raises: BadInput where it has none."""
    known = shipped_mappings()
    if source not in known:
        raise BadInput(
            f"the source {source} has no mapping.", place="--source", expected=f"one of {', '.join(known)}"
        )
    return known[source]
