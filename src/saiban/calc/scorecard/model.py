"""What a scorecard is: indicators, their coefficients as integers, and how the prediction becomes a score."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from saiban.calc.derived import inputs
from saiban.data.dictionary import DictionaryField, Words, fields

MILLION = 10**6
BILLION = 10**9
GREATEST_PREDICTION = 99_999 * BILLION  # decimal(9,4) holds no more
GREATEST_SPAN = 2**20  # between least and greatest edge, in ten-thousandths: divisions stay exact

Strict = ConfigDict(frozen=True, extra="forbid")


def _field(code: str) -> DictionaryField:
    if code not in fields("household"):
        raise ValueError(f"a field of the household dictionary; {code!r} is none")
    return fields("household")[code]


class _Indicator(BaseModel):
    model_config = Strict

    field: str
    label: Words | None = (
        None  # where the field's own label would mislead (a second indicator on the same field)
    )

    @property
    def code(self) -> str:
        """The name of the indicator within its scorecard."""
        return self.field

    @property
    def inputs(self) -> tuple[str, ...]:
        """The reported fields that it needs."""
        return inputs(self.field)


class Linear(_Indicator):
    """A coefficient times a number or a bool (1 for yes); in units of the scorecard per unit of the field."""

    kind: Literal["linear"]
    coefficient: int

    @model_validator(mode="after")
    def _is_a_number(self) -> "Linear":
        if _field(self.field).type not in ("int", "decimal", "bool"):
            raise ValueError(f"a number or a bool for a linear indicator; {self.field} is neither")
        return self

    def extremes(self) -> tuple[int, int]:
        """Least and greatest term within the limits of the dictionary, in thousandths of a unit."""
        field = _field(self.field)
        if field.type == "bool":
            ends = (0, 1000)
        elif field.derived:
            above, below = (_field(code) for code in field.derived.inputs)
            ends = (
                min(0, field.derived.when_zero or 0),
                1000 * (above.maximum or 0) // max(below.minimum or 0, 1),
            )
        else:
            ends = (1000 * (field.minimum or 0), 1000 * (field.maximum or 0))
        terms = sorted(self.coefficient * end for end in ends)
        return terms[0], terms[1]


class Answers(_Indicator):
    """Points for each answer of a closed list; every answer of the dictionary has its points, 0 where it is
    the base.
    """

    kind: Literal["answers"]
    points: dict[str, int]

    @model_validator(mode="after")
    def _is_complete(self) -> "Answers":
        known = _field(self.field).answers
        if set(self.points) != set(known):
            raise ValueError(f"points for exactly the answers of {self.field}: {', '.join(known)}")
        return self

    def extremes(self) -> tuple[int, int]:
        """Least and greatest term, in thousandths of a unit."""
        return 1000 * min(self.points.values()), 1000 * max(self.points.values())


class Bin(BaseModel):
    """Numbers up to and including ``to`` (None: all above the bin before) get the points."""

    model_config = Strict

    to: int | None
    points: int


class Bins(_Indicator):
    """Points by ranges of a whole number; the last range is open."""

    kind: Literal["bins"]
    bins: tuple[Bin, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _rises(self) -> "Bins":
        ends = [entry.to for entry in self.bins[:-1]]
        if _field(self.field).type != "int" or self.bins[-1].to is not None:
            raise ValueError(f"bins on an int field, the last one with `to: null`, for {self.field}")
        if None in ends or ends != sorted({end for end in ends if end is not None}):
            raise ValueError(f"bins in rising order, only the last one open, for {self.field}")
        return self

    @property
    def cuts(self) -> list[int]:
        """The first number of each bin but the first."""
        return [entry.to + 1 for entry in self.bins if entry.to is not None]

    def extremes(self) -> tuple[int, int]:
        """Least and greatest term, in thousandths of a unit."""
        points = [1000 * entry.points for entry in self.bins]
        return min(points), max(points)


class LogTable(_Indicator):
    """coefficient * ln(number) as a stored table of billionths, for first, first + 1 …; other numbers are
    refused.

    No engine computes a logarithm: engines differ in the last digit.
    """

    kind: Literal["log_table"]
    first: int = Field(ge=1)
    billionths: tuple[int, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_whole_number(self) -> "LogTable":
        if _field(self.field).type != "int":
            raise ValueError(f"an int field for a table of logarithms; {self.field} is none")
        return self

    @property
    def code(self) -> str:
        """``log_`` and the field: the field itself may stand beside it as a linear indicator."""
        return f"log_{self.field}"

    @property
    def last(self) -> int:
        """The greatest number that the table knows."""
        return self.first + len(self.billionths) - 1

    def extremes(self) -> tuple[int, int]:
        """Least and greatest term, in thousandths of millionths."""
        return min(self.billionths), max(self.billionths)


Indicator = Annotated[Linear | Answers | Bins | LogTable, Field(discriminator="kind")]


class Percentiles(BaseModel):
    """Edge k (from 1) is the prediction, in ten-thousandths, up to which the poorest k percent of a
    population lie.
    """

    model_config = Strict

    population: str = Field(min_length=10)
    made_on: date
    edges: tuple[int, ...] = Field(min_length=99, max_length=99)

    @model_validator(mode="after")
    def _rises(self) -> "Percentiles":
        if list(self.edges) != sorted(set(self.edges)):
            raise ValueError("99 strictly rising edges in ten-thousandths")
        if self.edges[-1] - self.edges[0] >= GREATEST_SPAN:
            raise ValueError(f"edges within a span of {GREATEST_SPAN} ten-thousandths")
        return self


class LikelihoodRow(BaseModel):
    """For scores up to and including ``to``: the share of households below each line, in tenths of a
    percent.
    """

    model_config = Strict

    to: int
    shares: tuple[int, ...]


class Likelihood(BaseModel):
    """A look-up of the points to the share of households below poverty lines, as published with the card."""

    model_config = Strict

    lines: tuple[str, ...]
    labels: dict[str, Words]
    rows: tuple[LikelihoodRow, ...]
    reference: str = Field(min_length=10)

    @model_validator(mode="after")
    def _is_whole(self) -> "Likelihood":
        ends = [row.to for row in self.rows]
        if ends != sorted(set(ends)) or ends[-1:] != [100]:
            raise ValueError("rows in rising order that end at 100")
        if any(len(row.shares) != len(self.lines) for row in self.rows) or set(self.labels) != set(
            self.lines
        ):
            raise ValueError("a label, and in each row a share, for every line")
        return self


class Scorecard(BaseModel):
    """A scorecard: what is weighed, with which integers, on whom it was fitted, and who says so."""

    model_config = Strict

    code: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: int = Field(ge=1)
    label: Words
    kind: Literal["regression", "points"]
    population: str = Field(min_length=10)
    surveyed: str = Field(min_length=4)
    made_on: date
    reference: str = Field(min_length=10)
    terms: str = Field(min_length=5)
    constant: int = 0
    indicators: tuple[Indicator, ...] = Field(min_length=1)
    percentiles: Percentiles | None = None
    likelihood: Likelihood | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> "Scorecard":
        codes = [indicator.code for indicator in self.indicators]
        if len(codes) != len(set(codes)):
            raise ValueError(
                f"each indicator once; twice: {next(code for code in codes if codes.count(code) > 1)}"
            )
        if (self.kind == "regression") != (self.percentiles is not None):
            raise ValueError("percentiles for a regression, and none for a points card")
        least, greatest = self.extremes()
        if self.kind == "points" and (least < 0 or greatest > 100 * BILLION):
            raise ValueError("points that add up to 0 to 100, for the points of a card are its score")
        if max(-least, greatest) > GREATEST_PREDICTION:
            raise ValueError(
                "coefficients whose total stays below 99,999 within the limits of the dictionary"
            )
        return self

    @property
    def unit(self) -> int:
        """Millionths in one step of a coefficient: 1 in a regression, a million (whole points) in a points
        card.
        """
        return 1 if self.kind == "regression" else MILLION

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every reported field that is needed, each once, in the order of the indicators."""
        return tuple(dict.fromkeys(code for indicator in self.indicators for code in indicator.inputs))

    @cached_property
    def digest(self) -> str:
        """A fingerprint of the content: two scorecards with the same one score alike."""
        return sha256(self.model_dump_json().encode()).hexdigest()

    def extremes(self) -> tuple[int, int]:
        """Least and greatest total in billionths, within the limits of the dictionary."""
        ends = [indicator.extremes() for indicator in self.indicators]
        least, greatest = (1000 * self.constant + sum(side) for side in zip(*ends, strict=True))
        return least * self.unit, greatest * self.unit

    def likelihood_of(self, score: int) -> Mapping[str, int]:
        """Shares below each line, in tenths of a percent, for whole points of 0 to 100; empty without a
        look-up.
        """
        if self.likelihood is None:
            return {}
        row = next(row for row in self.likelihood.rows if score <= row.to)
        return dict(zip(self.likelihood.lines, row.shares, strict=True))
