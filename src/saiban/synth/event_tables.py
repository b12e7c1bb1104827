"""What happened after the survey as Arrow tables: a feed of each office and month, and the whole truth."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saiban.synth import identity
from saiban.synth.block import EPOCH, Block
from saiban.synth.draw import NO_DAY, Columns, Ints
from saiban.synth.events import Life, Month, last_day
from saiban.synth.feeds import registration_numbers
from saiban.synth.places import district_number
from saiban.synth.tables import column_of, days_of, electricity, household_numbers, sex_of

OFFICES = ("electricity", "vehicles", "births", "deaths", "marriages", "moves")
BOUGHT = {"bought_motorcycle": "motorcycle", "bought_car": "car"}
PLATES_FROM = 3_000_000  # above those of the register that the province begins with
AT_END = (
    "has_electricity", "has_refrigerator", "has_motorcycle", "has_car", "has_tractor", "dwelling_rented",
    "household_size",
)  # fmt: skip


def feed_tables(life: Life, month: Month, happened: Columns, plate: int) -> dict[str, Any]:
    """The feeds of one month by office; ``plate`` is the number of the district's next registration."""
    begin, end = (month.first - EPOCH).days, last_day(month.first)
    told = happened["registered_day"]
    known = {name: column[(told >= begin) & (told <= end)] for name, column in happened.items()}

    def of(*kinds: str) -> Columns:
        return {name: column[np.isin(known["kind"], kinds)] for name, column in known.items()}

    return {
        "electricity": electricity(month.electricity, month.first),
        "vehicles": _vehicles(life.block, of(*BOUGHT), plate),
        "births": _births(life, of("birth")),
        "deaths": _table(of("death"), cnic="number", died_on="day"),
        "marriages": _table(of("marriage"), bride_cnic="number", groom_cnic="other", married_on="day"),
        "moves": _table(of("move"), cnic="number", tehsil="other", moved_on="day"),
    }


def _table(rows: Columns, **columns: str) -> Any:
    """One office's rows: its own name of each column, and what it holds; then the day of registration."""
    made = {name: _column(rows, what) for name, what in columns.items()}
    return pa.table(made | {"registered_on": days_of(rows["registered_day"])})


def _column(rows: Columns, what: str) -> Any:
    if what == "day":
        return days_of(rows["day"])
    if what == "number":
        return identity.as_text(rows["number"], 13)
    return numbers_or_words(rows["other"])


def numbers_or_words(other: Any) -> Any:
    """Text, nothing where it is the number of somebody who has none."""
    text = pa.array(other.tolist(), pa.string())
    return pc.if_else(pc.equal(text, "0"), "", text)


def _births(life: Life, rows: Columns) -> Any:
    people = {name: column[rows["person"]] for name, column in life.people.items()}
    tehsils = life.homes["tehsil"][rows["household"]]
    return pa.table(
        {
            "bform": identity.as_text(rows["number"], 13),
            "name_ur": identity.written(people, "", "urdu"),
            "name_en": identity.written(people, "", "roman"),
            "sex": sex_of(people["female"]),
            "birth_date": days_of(people["birth_day"]),
            "father_name_ur": identity.written(people, "father_", "urdu"),
            "father_name_en": identity.written(people, "father_", "roman"),
            "mother_cnic": numbers_or_words(rows["other"]),
            "tehsil": pa.array(tehsils.tolist(), pa.string()),
            "registered_on": days_of(rows["registered_day"]),
        }
    )


def _vehicles(block: Block, rows: Columns, plate: int) -> Any:
    order = PLATES_FROM + plate + np.arange(len(rows["day"]))
    plates = registration_numbers(district_number(block.share.district.code), order)
    kinds = [BOUGHT[kind] for kind in rows["kind"].tolist()]
    return pa.table(
        {
            "owner_cnic": identity.as_text(rows["number"], 13),
            "registration_no": pa.array(plates, pa.string()),
            "vehicle_class": pa.array(kinds, pa.string()),
            "registered_on": days_of(rows["registered_day"]),
        }
    )


def truth_events(life: Life, happened: Columns) -> Any:
    """Everything that happened: ``registered_on`` is empty where no office ever heard of it."""
    numbers, lines = household_numbers(life.block), _lines(life, happened["person"])
    told = happened["registered_day"]
    return pa.table(
        {
            "kind": column_of(happened["kind"]),
            "household_no": numbers.take(pa.array(happened["household"])),
            "line_no": lines,
            "number": identity.as_text(happened["number"], 13),
            "other": numbers_or_words(happened["other"]),
            "happened_on": days_of(happened["day"]),
            "registered_on": days_of(np.where(told == NO_DAY, NO_DAY, told)),
        }
    )


def _lines(life: Life, person: Ints) -> Any:
    """The line of the survey on which somebody stood; none for a household and for the born since."""
    line = np.where(person >= 0, life.people["line_no"][np.maximum(person, 0)], 0)
    return pa.array(line, mask=line == 0)


def truth_at_end(life: Life) -> Any:
    """What is true of each household after the last month; of 0 members where all have died or left."""
    return pa.table(
        {
            "household_no": household_numbers(life.block),
            "tehsil": column_of(life.homes["tehsil"].astype("U16")),
            **{code: pa.array(life.now[code]) for code in AT_END},
        }
    )


def file_name(office: str, month: date) -> str:
    """``births-2026-11``: the file of an office and month, without its ending."""
    return f"{office}-{month:%Y-%m}"
