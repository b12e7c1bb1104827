"""The files of a synthetic province laid out as facts of households: DuckDB's SQL for bench ``province``."""

from functools import cache

from saiban.calc.composition import composition, with_age
from saiban.data.dictionary import DictionaryField, fields

SURVEY, BILLS, VEHICLES = "psc-survey", "disco-electricity", "excise-vehicles"
CLASSES = {"has_motorcycle": "motorcycle", "has_car": "car", "has_tractor": "tractor"}
OF_BILLS = {
    "electricity_units": "units_kwh",
    "has_electricity": "connection = 'active'",
    "dwelling_rented": "occupancy = 'tenant'",
}
TYPES = {"int": "BIGINT", "bool": "BOOLEAN", "decimal": "DECIMAL(12,3)", "string": "VARCHAR"}
ID = "CAST(replace(household_no, '-', '') AS BIGINT)"
MEMBERS = f"""
CREATE OR REPLACE TABLE members AS
SELECT {ID} AS household_id, interviewed_on, birth_date, sex, relation, cnic, work_status, schooling_years,
  in_school = 'yes' AS in_school, unskilled_work = 'yes' AS unskilled_work FROM survey
"""  # noqa: S608
SAID = """
CREATE OR REPLACE TABLE said AS
SELECT subject_id, field, value, source, false AS self_report, observed_on,
  TIMESTAMP '2026-11-01 00:00:00' AS received_at, row_number() OVER () AS observation_id FROM (
  {survey} UNION ALL BY NAME {bills} UNION ALL BY NAME {vehicles}
) WHERE value IS NOT NULL
"""
MONTH_END = "DATE '2026-10-31'"
NOT_ASKED = ("area", "electricity_units")


def _reported() -> dict[str, DictionaryField]:
    """Fields that the survey asks of a household."""
    return {
        code: field
        for code, field in fields("household").items()
        if not (field.derived or field.identifying or field.composition) and code not in NOT_ASKED
    }


@cache
def composition_sql() -> str:
    """What is counted from the members."""
    import ibis

    types = {
        "household_id": "int64", "interviewed_on": "date", "birth_date": "date", "sex": "string",
        "relation": "string", "work_status": "string", "schooling_years": "int64", "in_school": "boolean",
        "unskilled_work": "boolean",
    }  # fmt: skip
    members = ibis.table(types, name="members")
    counted = composition(with_age(members, on="interviewed_on"))
    return f"CREATE OR REPLACE TABLE counted AS {ibis.to_sql(counted, dialect='duckdb')}"


def homes_sql() -> str:
    """What the survey says of each household."""
    columns = ", ".join(
        f"{code} = 'yes' AS {code}"
        if field.type == "bool"
        else f"CAST({code} AS {TYPES[field.type]}) AS {code}"
        for code, field in _reported().items()
    )
    return (
        f"CREATE OR REPLACE TABLE homes AS SELECT {ID} AS household_id, interviewed_on, "  # noqa: S608
        f"electricity_reference, {columns} FROM survey WHERE line_no = 1"
    )


def bills_sql() -> str:
    """What a bill says of the household that showed its reference."""
    columns = ", ".join(f"any_value({what}) AS {code}" for code, what in OF_BILLS.items())
    return f"""CREATE OR REPLACE TABLE billed AS SELECT h.household_id, {columns}
        FROM bills JOIN homes h ON h.electricity_reference = reference_no GROUP BY 1"""  # noqa: S608


def owners_sql() -> str:
    """Vehicles of households by the number of a member; of numbers with two claimants nobody has any."""
    columns = ", ".join(f"bool_or(vehicle_class = '{kind}') AS {code}" for code, kind in CLASSES.items())
    return f"""CREATE OR REPLACE TABLE owned AS SELECT o.household_id, {columns} FROM vehicles v JOIN (
        SELECT cnic, min(household_id) AS household_id FROM members WHERE cnic <> '' GROUP BY 1
        HAVING count(DISTINCT household_id) = 1) o ON o.cnic = v.owner_cnic GROUP BY 1"""  # noqa: S608


def said_sql() -> str:
    """Everything that anybody says, one row per fact."""
    survey = _unpivoted("homes h JOIN counted c USING (household_id)", _of_survey(), SURVEY, "interviewed_on")
    bills = _unpivoted("billed", {code: fields("household")[code] for code in OF_BILLS}, BILLS, MONTH_END)
    owned = _unpivoted(
        "owned",
        {code: fields("household")[code] for code in CLASSES},
        VEHICLES,
        MONTH_END,
        only="value = 'true'",
    )
    return SAID.format(survey=survey, bills=bills, vehicles=owned)


def _of_survey() -> dict[str, DictionaryField]:
    return {code: field for code, field in fields("household").items() if field.composition} | _reported()


def _unpivoted(
    table: str, codes: dict[str, DictionaryField], source: str, day: str, *, only: str = "true"
) -> str:
    """One row per fact, its value as JSON text."""
    texts = ", ".join(
        f"'\"' || {code} || '\"' AS {code}"
        if field.type == "string"
        else f"CAST({code} AS VARCHAR) AS {code}"
        for code, field in codes.items()
    )
    return f"""(SELECT household_id AS subject_id, field, value, '{source}' AS source, day AS observed_on
        FROM (UNPIVOT (SELECT household_id, {day} AS day, {texts} FROM {table}) ON {", ".join(codes)}
        INTO NAME field VALUE value) WHERE {only})"""  # noqa: S608
