"""The field dictionary: what can be known of a household, a person or a benefit, in which type, unit and
words.
"""

from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Key

Level = Literal["household", "person", "benefit"]
FieldType = Literal["int", "decimal", "string", "bool", "date"]
Sensitivity = Literal["ordinary", "personal", "sensitive"]
Words = dict[Literal["en", "ur"], str]


class Derivation(BaseModel):
    """How a derived field follows from others of the same subject: see ``fields/household.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ratio: tuple[str, str] | None = None
    when_zero: int | None = None
    any: tuple[str, ...] | None = None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Codes of the fields that it is computed from."""
        return self.ratio or self.any or ()


class DictionaryField(BaseModel):
    """One field: its code is permanent, its type and unit never change (a new meaning is a new code)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Key(pattern=r"^[a-z][a-z0-9_]*$")
    type: FieldType
    label: Words
    sensitivity: Sensitivity
    unit: str = ""
    answers: tuple[str, ...] = ()
    answer_labels: dict[str, Words] = Key(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    places: int = 3
    exact: bool = False
    max_age: int | None = None
    identifying: bool = False
    composition: bool = False
    derived: Derivation | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> "DictionaryField":
        if set(self.label) != {"en", "ur"} or any(
            set(words) != {"en", "ur"} for words in self.answer_labels.values()
        ):
            raise ValueError(f"{self.code}: every label needs en and ur")
        if set(self.answers) != set(self.answer_labels):
            raise ValueError(f"{self.code}: answers and answer_labels name different answers")
        if (self.max_age is None) != (self.derived is not None):
            raise ValueError(f"{self.code}: a reported field needs max_age (months), a derived one has none")
        return self


@cache
def fields(level: Level) -> dict[str, DictionaryField]:
    """All fields of a level by code, in the order of the file.

    >>> fields("household")["rooms_per_person"].derived.ratio
    ('rooms', 'household_size')
    """
    text = (files("saiban.data") / "fields" / f"{level}.yaml").read_text(encoding="utf-8")
    entries = [DictionaryField.model_validate(entry) for entry in yaml.safe_load(text)["fields"]]
    return {entry.code: entry for entry in entries}
