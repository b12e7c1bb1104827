"""Numbers of policy: dated, with unit and reference, in the YAML files beside this module.

A value that nobody has checked against its source (``confirmed: false``) decides nothing unless the caller
says that it may, which only the demo's and the tests' settings do.
"""

from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Words = dict[Literal["en", "ur"], str]


class NoValue(LookupError):
    """There is no value of that name on that day."""


class UnconfirmedValue(Exception):
    """The value of that day was never checked against its source, and may not decide anything."""


class DatedValue(BaseModel):
    """One value, from a day on until the next; ``page`` says where in the reference it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_: date = Field(alias="from")
    value: Annotated[Decimal, BeforeValidator(str)]  # a YAML float is read by its digits
    reference: str = Field(min_length=10)
    page: str = Field(min_length=1)
    confirmed: bool = False
    checked_by: str = ""

    @model_validator(mode="after")
    def _is_checked(self) -> "DatedValue":
        if self.confirmed and not self.checked_by:
            raise ValueError("a confirmed value names who checked it, and when (checked_by)")
        return self


class PolicyValue(BaseModel):
    """A number of policy through time, oldest first."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Words
    unit: str
    values: tuple[DatedValue, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_in_order(self) -> "PolicyValue":
        days = [entry.from_ for entry in self.values]
        if days != sorted(set(days)):
            raise ValueError("the values must stand in the order of their days, each day once")
        if set(self.label) != {"en", "ur"}:
            raise ValueError("the label needs en and ur")
        return self


@cache
def policy_values() -> dict[str, PolicyValue]:
    """Every policy value by its name, from all files of this folder."""
    found: dict[str, PolicyValue] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda path: path.name):
        if entry.name.endswith(".yaml"):
            for name, content in yaml.safe_load(entry.read_text(encoding="utf-8")).items():
                found[name] = PolicyValue.model_validate(content)
    return found


def dated_value(name: str, *, on: date) -> DatedValue:
    """The value in force on a day with its reference. Raises: NoValue."""
    if name not in policy_values():
        raise NoValue(f"There is no policy value {name}; known: {', '.join(policy_values())}.")
    in_force = [entry for entry in policy_values()[name].values if entry.from_ <= on]
    if not in_force:
        first = policy_values()[name].values[0].from_
        raise NoValue(f"{name} has no value on {on}: its first one is of {first}.")
    return in_force[-1]


def value(name: str, *, on: date, allow_unconfirmed: bool = False) -> Decimal:
    """The number in force on a day.

    Raises:  NoValue for an unknown name or a day before the first value; UnconfirmedValue unless allowed.

    >>> value("pmt.cutoff", on=date(2026, 7, 1), allow_unconfirmed=True)
    Decimal('30')
    """
    entry = dated_value(name, on=on)
    if not entry.confirmed and not allow_unconfirmed:
        raise UnconfirmedValue(
            f"{name} = {entry.value} on {on} is unconfirmed ({entry.reference}). "
            "Check it against its source and set confirmed and checked_by in calc/policy, "
            "or allow unconfirmed values."
        )
    return entry.value
