"""Derived fields of the dictionary, computed from what holds: SQL that continues the resolution of
``resolving.py``."""

from __future__ import annotations

from functools import cache

from saiban.data.dictionary import Derivation, fields

SOURCE = "derived"
NOTHING = (
    "select null::bigint as subject_id, null as field, null as value, false as disagrees, "
    "null::date as observed_on, null as origin where false"
)
ROW = """
select subject_id, '{code}' as field, {code}::varchar as value, false as disagrees, null::date as observed_on,
  '{{"source":"derived","on":"' || on_{code} || '"}}' as origin
from ({computed}) where {code} is not null
"""
TYPES = {"int": "bigint", "bool": "boolean", "decimal": "decimal(12,3)"}
IBIS_TYPES = {"int": "int64", "bool": "boolean", "decimal": "decimal(12,3)"}


@cache
def sql() -> str:
    """One SELECT per derived field, over the relation ``resolved``.

    A ratio stands in thousandths, as its field says. Its date is that of the oldest value that it is made of,
    but it
    counts neither as old evidence nor as a disagreement: what it is made of does.
    """
    computed = _computed_sql()
    return " union all by name ".join(ROW.format(code=code, computed=computed) for code in _derived())


def _derived() -> dict[str, Derivation]:
    return {code: field.derived for code, field in fields("household").items() if field.derived}


def _computed_sql() -> str:
    """One row per household with every derived field in thousandths and the date of its oldest input."""
    import ibis

    from saiban.calc.derived import with_derived

    household = fields("household")
    inputs = _inputs()
    schema = {"subject_id": "int64"}
    schema |= {code: IBIS_TYPES[household[code].type] for code in inputs}
    schema |= {f"on_{code}": "date" for code in _derived()}
    wide = ibis.table(schema, name="wide_")
    computed = with_derived(wide, _derived()).select(
        "subject_id", *(f"on_{code}" for code in _derived()), *_derived()
    )
    written = str(ibis.to_sql(computed, dialect="duckdb"))
    return f"with wide_ as ({_wide_sql()}) {written}"


def _wide_sql() -> str:
    household = fields("household")
    values = [
        f"max(value) filter (field = '{code}')::{TYPES[household[code].type]} as {code}" for code in _inputs()
    ]
    days = [
        f"min(observed_on) filter (field in ({', '.join(map(repr, derived.inputs))})) as on_{code}"
        for code, derived in _derived().items()
    ]
    columns = ", ".join([*values, *days])
    return f"select subject_id, {columns} from resolved where place = 1 group by subject_id"  # noqa: S608 codes of the dictionary


def _inputs() -> list[str]:
    return sorted({code for derived in _derived().values() for code in derived.inputs})
