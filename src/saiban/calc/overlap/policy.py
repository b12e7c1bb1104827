"""The policy of overlaps: which schemes exclude each other, and the most of a person or household in a year.

``data/overlaps.yaml`` is ours; its head explains each part.
"""

from collections.abc import Collection, Iterator
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo
from pydantic import model_validator as check
from pydantic_core import InitErrorDetails, PydanticCustomError

from saiban.calc import yamlfile

Level = Literal["person", "household"]
ALL = ("all",)  # every scheme, as one word instead of a list
SchemeCodes = Annotated[
    tuple[str, ...], BeforeValidator(lambda given: [given] if isinstance(given, str) else given)
]
DAYS_IN_ORDER = "`until`, the first day on which it no longer holds, lies after `from`"


class Pair(NamedTuple):
    """Two schemes of which a person or a household may have one; ``left`` before ``right`` by code."""

    level: Level
    policy: str
    left: str
    right: str


class Label(BaseModel):
    """Words for people, in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str = Field(min_length=1)
    ur: str = Field(min_length=1)


class Entry(BaseModel):
    """What every entry of the policy says of itself: its name, its words, its source, since when it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")
    level: Level
    label: Label
    reference: str = Field(min_length=10)
    page: str = Field(min_length=1)
    from_: date = Field(alias="from")
    until: date | None = None
    confirmed: bool

    def holds_on(self, day: date) -> bool:
        """Is it in force on that day? Its ``until`` is the first day on which it is not."""
        return self.from_ <= day and (self.until is None or day < self.until)

    def meets(self, other: "Entry") -> bool:
        """Is there a day on which both are in force?"""
        return (other.until is None or self.from_ < other.until) and (
            self.until is None or other.from_ < self.until
        )

    @check(mode="after")
    def _days_are_in_order(self) -> "Entry":
        if self.until is not None and self.until <= self.from_:
            raise ValueError(DAYS_IN_ORDER)
        return self


class Exclusion(Entry):
    """Schemes of which at most one may be open, or one scheme that excludes others (``all`` or a list).

    The others of the second shape are free among themselves.
    """

    schemes: SchemeCodes = ()
    scheme: str = ""
    excludes: SchemeCodes = ()

    @property
    def named(self) -> tuple[str, ...]:
        """Every scheme that stands in it."""
        codes = (self.scheme, *self.excludes) if self.scheme else self.schemes
        return tuple(code for code in codes if code not in ALL)

    @property
    def named_pairs(self) -> tuple[tuple[str, str], ...]:
        """The pairs that it names, each in the order of codes; none of an ``all``."""
        if self.scheme:
            others = [code for code in self.excludes if code not in ALL]
            return tuple(_in_order(self.scheme, other) for other in others)
        return tuple(_in_order(*pair) for pair in combinations(self.schemes, 2))

    @check(mode="after")
    def _has_one_shape(self) -> "Exclusion":
        if bool(self.schemes) == bool(self.scheme) or bool(self.scheme) != bool(self.excludes):
            raise ValueError("either `schemes`, or `scheme` with what it `excludes`")
        if self.schemes and (len(self.schemes) < 2 or "all" in self.schemes):
            raise ValueError("a group of at least two schemes by their codes")
        if "all" in self.excludes and self.excludes != ALL:
            raise ValueError("`all`, or a list of codes")
        if self.scheme in self.excludes:
            raise ValueError(f"schemes other than {self.scheme}; none excludes itself")
        if len(set(self.named)) < len(self.named):
            raise ValueError("each scheme once; none excludes itself")
        return self


class Cap(Entry):
    """The most that a person or household may have from these schemes in a year, in paisa."""

    schemes: SchemeCodes
    yearly_paisa: int = Field(gt=0, strict=True)

    @property
    def named(self) -> tuple[str, ...]:
        """Every scheme that stands in it; none for ``all``."""
        return () if self.schemes == ALL else self.schemes

    @check(mode="after")
    def _counts_each_scheme_once(self) -> "Cap":
        if not self.schemes or ("all" in self.schemes and self.schemes != ALL):
            raise ValueError("`all`, or a list of codes that is not empty")
        if len(set(self.schemes)) < len(self.schemes):
            raise ValueError("each scheme once")
        return self


class OverlapPolicy(BaseModel):
    """All exclusions and caps, in the order of the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exclusive: tuple[Exclusion, ...] = ()
    caps: tuple[Cap, ...] = ()

    @property
    def entries(self) -> "tuple[Exclusion | Cap, ...]":
        """Exclusions, then caps."""
        return (*self.exclusive, *self.caps)

    @property
    def named(self) -> tuple[str, ...]:
        """The codes of all schemes that it names, each once, in the order of the alphabet."""
        return tuple(sorted({code for entry in self.entries for code in entry.named}))

    def entry(self, code: str) -> Exclusion | Cap:
        """The entry of that code. Raises: KeyError."""
        return {entry.code: entry for entry in self.entries}[code]

    @check(mode="after")
    def _is_consistent(self, info: ValidationInfo) -> "OverlapPolicy":
        _refuse(self, _repeated_codes(self))
        _refuse(self, _repeated_pairs(self))
        known: Collection[str] | None = (info.context or {}).get("schemes")
        if known is not None:
            _refuse(self, _strangers(self, known))
        return self


Fault = tuple[tuple[str | int, ...], str]


def _refuse(policy: OverlapPolicy, faults: Iterator[Fault]) -> None:
    """Refuse the first fault at its own place in the file, so that the message names its line."""
    for place, expected in faults:
        fault = PydanticCustomError("overlap_policy", "{expected}", {"expected": expected})
        given = getattr(policy, str(place[0]))[place[1]].code
        raise ValidationError.from_exception_data(
            "OverlapPolicy", [InitErrorDetails(type=fault, loc=place, input=given)]
        )


def _placed(policy: OverlapPolicy) -> Iterator[tuple[tuple[str | int, ...], Exclusion | Cap]]:
    for index, exclusion in enumerate(policy.exclusive):
        yield ("exclusive", index), exclusion
    for index, cap in enumerate(policy.caps):
        yield ("caps", index), cap


def _repeated_codes(policy: OverlapPolicy) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, entry in _placed(policy):
        if entry.code in seen:
            yield (*place, "code"), f"a code of its own; {entry.code} stands twice"
        seen.add(entry.code)


def _repeated_pairs(policy: OverlapPolicy) -> Iterator[Fault]:
    for index, entry in enumerate(policy.exclusive):
        for earlier in policy.exclusive[:index]:
            both = set(entry.named_pairs) & set(earlier.named_pairs) if entry.meets(earlier) else set()
            if both:
                pair = " and ".join(min(both))
                yield ("exclusive", index), f"each pair of schemes once; {pair} stand in {earlier.code} too"


def _strangers(policy: OverlapPolicy, known: Collection[str]) -> Iterator[Fault]:
    for place, entry in _placed(policy):
        for code in entry.named:
            if code not in known:
                yield place, f"codes of schemes that the catalogue has; {code} is none"


def _in_order(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


def parse_policy(text: str, *, place: str, schemes: Collection[str] | None = None) -> OverlapPolicy:
    """Read a policy from YAML; ``schemes`` are the codes that there are, where they are known.

    Raises:  BadInput with file and line for what the head of ``data/overlaps.yaml`` does not allow.
    """
    return yamlfile.parse(text, OverlapPolicy, place=place, context={"schemes": schemes})


@cache
def shipped_policy() -> OverlapPolicy:
    """The policy that comes with the project, over the schemes of ``data/schemes.csv``."""
    from saiban.data.facts import schemes

    text = (files("saiban.data") / "overlaps.yaml").read_text(encoding="utf-8")
    return parse_policy(text, place="overlaps.yaml", schemes=schemes())


def pairs(policy: OverlapPolicy, *, on: date, schemes: Collection[str] = ()) -> tuple[Pair, ...]:
    """The exclusive pairs in force on a day, each once per level, in the order of the alphabet.

    ``schemes`` are the codes that ``all`` stands for; those that the policy names are counted in. A pair that
    an entry names belongs to that entry; else to the first whose ``all`` covers it.
    """
    in_force = [entry for entry in policy.exclusive if entry.holds_on(on)]
    everyone = sorted({*schemes, *policy.named})
    found: dict[tuple[Level, str, str], str] = {}
    for entry in in_force:
        for left, right in entry.named_pairs:
            found.setdefault((entry.level, left, right), entry.code)
    for entry in in_force:
        if entry.excludes == ALL:
            for other in everyone:
                if other != entry.scheme:
                    found.setdefault((entry.level, *_in_order(entry.scheme, other)), entry.code)
    return tuple(sorted(Pair(level, code, left, right) for (level, left, right), code in found.items()))
