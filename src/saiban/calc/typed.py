"""Columns of a plain file given the types of the field dictionary, or refused with the row that is not of
it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from saiban.data.dictionary import DictionaryField, fields
from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import duckdb

TYPES = {"int": "BIGINT", "bool": "BOOLEAN", "string": "VARCHAR", "date": "DATE"}
YES, NO = ("yes", "true", "1"), ("no", "false", "0")
WORDS = {
    "bool": "yes or no",
    "int": "a whole number",
    "decimal": "a number",
    "string": "a word",
    "date": "a date (YYYY-MM-DD)",
}
WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
NO_CONVERSION = {
    "int": WHOLE,
    "bool": ("BOOLEAN",),
    "decimal": (*WHOLE, "FLOAT", "DOUBLE"),
    "string": (),
    "date": ("DATE",),
}


@dataclass(frozen=True)
class Column:
    """A column of a file that holds a field: the field, and the type that the file gives it."""

    field: DictionaryField
    stored: str

    @property
    def type(self) -> str:
        """The type of the field in DuckDB."""
        return TYPES.get(self.field.type, f"DECIMAL(12,{self.field.places})")

    @property
    def cell(self) -> str:
        """The cell as trimmed text, null where it is empty."""
        return f"nullif(trim(CAST(\"{self.field.code}\" AS VARCHAR)), '')"

    @property
    def is_ready(self) -> bool:
        """True where the file's own type needs no reading of text."""
        if self.field.type == "decimal" and self.stored.startswith("DECIMAL"):
            return True
        return self.stored in NO_CONVERSION[self.field.type]

    @property
    def value(self) -> str:
        """The cell in the field's type; null where it is empty, and where it cannot be read as that."""
        if self.is_ready:
            return f'CAST("{self.field.code}" AS {self.type})'
        if self.field.type == "bool":
            words = f"lower({self.cell})"
            return f"CASE WHEN {words} IN {YES} THEN true WHEN {words} IN {NO} THEN false END"
        if self.field.type == "int":  # '3.0' of a spreadsheet is 3; '3.5' is none
            number = f"TRY_CAST({self.cell} AS DECIMAL(18,3))"
            return f"CASE WHEN {number} = trunc({number}) THEN CAST({number} AS BIGINT) END"
        return f"TRY_CAST({self.cell} AS {self.type})"

    @property
    def is_wrong(self) -> str:
        """True where something stands that is not of the type, the limits or the answers of the field."""
        faults = [] if self.is_ready else [f"({self.cell} IS NOT NULL AND {self.value} IS NULL)"]
        if self.field.type == "decimal" and self.stored not in NO_CONVERSION["decimal"]:
            faults.append(
                f"TRY_CAST({self.cell} AS DECIMAL(38,18)) <> {self.value}"
            )  # more places than it has
        if self.field.answers:
            faults.append(f"{self.cell} NOT IN ({', '.join(repr(answer) for answer in self.field.answers)})")
        if self.field.minimum is not None:
            faults.append(f"{self.value} < {self.field.minimum}")
        if self.field.maximum is not None:
            faults.append(f"{self.value} > {self.field.maximum}")
        return " OR ".join(faults) or "false"


def typed_query(
    connection: "duckdb.DuckDBPyConnection",
    view: str,
    codes: Sequence[str],
    *,
    key: str,
    place: str,
    known: Mapping[str, DictionaryField] | None = None,
) -> str:
    """SQL that selects the key column and these fields of a view, typed; an empty cell is unknown.

    ``known`` says what the columns are by their names: without it, the fields of a household.

    Raises:  BadInput naming place, column, one row's key and what was expected: for an absent column, a key
             that is empty or stands twice, a value of another type, outside the field's limits, or not one of
             its answers.
    """
    stored = {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{view}"').fetchall()}
    absent = [name for name in (key, *codes) if name not in stored]
    if absent:
        raise BadInput(
            f"columns are missing: {', '.join(absent)}.",
            place=place,
            expected="the id column, and one for every field that is asked, by its code in the dictionary",
        )
    _refuse_keys(connection, view, key, place)
    known = known or fields("household")
    columns = [Column(known[code], stored[code]) for code in codes]
    _refuse_values(connection, view, columns, key, place)
    selected = ", ".join(f"{column.value} AS {column.field.code}" for column in columns)
    return f'SELECT "{key}", {selected} FROM "{view}"'  # noqa: S608 names of the dictionary and of the file


def _refuse_keys(connection: "duckdb.DuckDBPyConnection", view: str, key: str, place: str) -> None:
    query = f"""SELECT count(*), count(*) FILTER ("{key}" IS NULL OR CAST("{key}" AS VARCHAR) = ''),
                       count(DISTINCT "{key}") FROM "{view}" """  # noqa: S608
    rows, empty, distinct = connection.execute(query).fetchone() or (0, 0, 0)
    if rows == 0:
        raise BadInput("the file has no rows.", place=place, expected="at least one row")
    if empty or distinct < rows:
        what = f"{empty} rows have none" if empty else f"only {distinct} of {rows} are different"
        raise BadInput(f"{what}.", place=f"{place}, column {key}", expected="an id of its own on every row")


def _refuse_values(
    connection: "duckdb.DuckDBPyConnection", view: str, columns: Sequence[Column], key: str, place: str
) -> None:
    counts = ", ".join(f"count(*) FILTER ({column.is_wrong})" for column in columns)
    found = connection.execute(f'SELECT {counts} FROM "{view}"').fetchone() or ()  # noqa: S608
    for column, wrong in zip(columns, found, strict=True):
        if wrong:
            code = column.field.code
            query = f'SELECT "{key}", CAST("{code}" AS VARCHAR) FROM "{view}" WHERE {column.is_wrong} LIMIT 1'  # noqa: S608
            row, value = connection.execute(query).fetchone() or ("?", "?")
            raise BadInput(
                f"{wrong} values are not right; the first one is {value!r} of {row}.",
                place=f"{place}, column {code}",
                expected=_expectation(column.field),
            )


def _expectation(field: DictionaryField) -> str:
    if field.answers:
        return f"one of {', '.join(field.answers)}"
    places = f" of at most {field.places} places" if field.type == "decimal" else ""
    limits = f" from {field.minimum} to {field.maximum}" if field.maximum is not None else ""
    return f"{WORDS[field.type]}{places}{limits}, or an empty cell where it is not known"
