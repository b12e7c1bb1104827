"""Enrolments of a plain file given their types, or refused with the row that is not as it should be."""

from typing import TYPE_CHECKING

from saiban.data.errors import BadInput

if TYPE_CHECKING:
    import duckdb

NEEDED = ("enrolment_id", "scheme", "starts_on")
WHO = ("person_id", "household_id")
DEFAULTS = {
    "unit": "CASE WHEN {person} IS NULL THEN 'household' ELSE 'person' END",
    "ends_on": "CAST(NULL AS DATE)",
    "yearly_paisa": "CAST(0 AS BIGINT)",
}
KEPT = ("BIGINT", "INTEGER", "SMALLINT", "TINYINT", "UINTEGER", "UUID")  # ids as the file has them
EXPECTED = {
    "enrolment_id": "an id of its own on every row",
    "scheme": "the code of a scheme",
    "unit": "person or household",
    "starts_on": "a date (YYYY-MM-DD)",
    "ends_on": "a date after starts_on (YYYY-MM-DD), the first day on which it is closed, or an empty cell",
    "yearly_paisa": "a whole number of paisa, 0 or more; 0 in kind",
}


def enrolments_query(connection: "duckdb.DuckDBPyConnection", view: str, *, place: str) -> str:
    """SQL that selects the columns of ``overlaps`` from a view over a file.

    Needed are enrolment_id, scheme, starts_on, and person_id or household_id or both; without unit a row that
    names a person is the person's, without ends_on all are open, without yearly_paisa nothing costs.

    Raises:  BadInput naming place, column, one row's id and what was expected.
    """
    stored = {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{view}"').fetchall()}
    _refuse_columns(stored, place)
    cells = {name: _cell(name, stored[name]) for name in (*NEEDED, *WHO, *DEFAULTS) if name in stored}
    values = _values(cells, stored)
    typed = ", ".join(f'{value} AS "{name}"' for name, value in values.items())
    _refuse_ids(connection, view, cells["enrolment_id"], place)
    _refuse_values(connection, view, cells, values, place)
    return f'SELECT {typed} FROM "{view}"'  # noqa: S608 our own names


def _refuse_columns(stored: dict[str, str], place: str) -> None:
    absent = [name for name in NEEDED if name not in stored]
    if not any(name in stored for name in WHO):
        absent.append(" or ".join(WHO))
    if absent:
        raise BadInput(
            f"columns are missing: {', '.join(absent)}.",
            place=place,
            expected=f"{', '.join(NEEDED)}, {' or '.join(WHO)}; {', '.join(DEFAULTS)} where known",
        )


def _cell(name: str, stored: str) -> str:
    """The cell as trimmed text, null where it is empty; a number as it is."""
    return f'"{name}"' if stored in KEPT else f"nullif(trim(CAST(\"{name}\" AS VARCHAR)), '')"


def _values(cells: dict[str, str], stored: dict[str, str]) -> dict[str, str]:
    """The typed value of each column; null where a cell cannot be read as that."""
    values = {name: cells[name] for name in ("enrolment_id", "scheme")}
    other = "household_id" if "person_id" not in cells else "person_id"
    absent = "CAST(NULL AS BIGINT)" if stored[other] in KEPT else "CAST(NULL AS VARCHAR)"
    values.update({name: cells.get(name, absent) for name in WHO})
    for name in ("starts_on", "ends_on"):
        if name in cells:
            values[name] = f"TRY_CAST(TRY_CAST({cells[name]} AS TIMESTAMP) AS DATE)"
    if "unit" in cells:
        values["unit"] = f"CASE WHEN {cells['unit']} IN ('person', 'household') THEN {cells['unit']} END"
    if "yearly_paisa" in cells:
        number = f"TRY_CAST({cells['yearly_paisa']} AS DECIMAL(18,3))"
        values["yearly_paisa"] = f"CASE WHEN {number} = trunc({number}) THEN CAST({number} AS BIGINT) END"
    defaults = {name: default.format(person=values["person_id"]) for name, default in DEFAULTS.items()}
    return {**defaults, **values}


def _refuse_ids(connection: "duckdb.DuckDBPyConnection", view: str, cell: str, place: str) -> None:
    query = f'SELECT count(*), count({cell}), count(DISTINCT {cell}) FROM "{view}"'  # noqa: S608
    rows, filled, different = connection.execute(query).fetchone() or (0, 0, 0)
    if rows == 0:
        raise BadInput("the file has no rows.", place=place, expected="at least one enrolment")
    if different < rows:
        empty = rows - filled
        what = f"{empty} rows have none" if empty else f"only {different} of {rows} are different"
        raise BadInput(f"{what}.", place=f"{place}, column enrolment_id", expected=EXPECTED["enrolment_id"])


def _refuse_values(
    connection: "duckdb.DuckDBPyConnection",
    view: str,
    cells: dict[str, str],
    values: dict[str, str],
    place: str,
) -> None:
    wrong = _wrong(cells, values)
    counts = ", ".join(f"count(*) FILTER ({condition})" for condition in wrong.values())
    found = connection.execute(f'SELECT {counts} FROM "{view}"').fetchone() or ()  # noqa: S608
    for (name, condition), count in zip(wrong.items(), found, strict=True):
        if count:
            query = f'SELECT {cells["enrolment_id"]}, {cells[name]} FROM "{view}" WHERE {condition} LIMIT 1'  # noqa: S608
            row, value = connection.execute(query).fetchone() or ("?", "?")
            raise BadInput(
                f"{count} values are not right; the first one is {value!r} of {row}.",
                place=f"{place}, column {name}",
                expected=EXPECTED[name],
            )


def _wrong(cells: dict[str, str], values: dict[str, str]) -> dict[str, str]:
    """For each column that the file has, the SQL of what may not stand there."""
    wrong = {name: f"{values[name]} IS NULL" for name in ("scheme", "starts_on")}
    if "unit" in cells:
        wrong["unit"] = f"{values['unit']} IS NULL"
    if "ends_on" in cells:
        ends_on = values["ends_on"]
        wrong["ends_on"] = (
            f"({cells['ends_on']} IS NOT NULL AND {ends_on} IS NULL) OR {ends_on} <= {values['starts_on']}"
        )
    if "yearly_paisa" in cells:
        wrong["yearly_paisa"] = f"{values['yearly_paisa']} IS NULL OR {values['yearly_paisa']} < 0"
    return wrong
