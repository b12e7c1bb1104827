"""Blocks as Arrow tables: the files of the contract, column by column."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saiban.synth import identity
from saiban.synth.block import Block, Frame
from saiban.synth.draw import NO_DAY, Bools, Columns, Ints, stream
from saiban.synth.feeds import registration_numbers
from saiban.synth.fitted import CONSUMPTION, rates
from saiban.synth.places import district_number
from saiban.synth.reports import CHANGES, DENIALS

ANSWERS = (
    "urban",
    "rooms",
    "dwelling_rented",
    "dwelling_kind",
    "has_electricity",
    "has_gas",
    "water_source",
    "toilet",
    "drainage",
    "has_internet",
    "has_broadband",
    "has_mobile",
    "has_landline",
    "has_desktop",
    "has_laptop",
    "has_tablet",
    "has_refrigerator",
    "has_television",
    "has_washing_machine",
    "has_air_conditioner",
    "has_motorcycle",
    "has_car",
    "has_tractor",
    "farms_land",
    "land_acres",
    "has_livestock",
    "has_bank_account",
)
PERSON_ANSWERS = (
    "relation",
    "marital_status",
    "schooling_years",
    "in_school",
    "work_status",
    "unskilled_work",
)
ADULT = 18
PROVINCE = "punjab"
NOT_GENUINE = ("same_person_same_number", "same_person_no_number", "added_child")


def _text(words: np.ndarray) -> Any:
    """Repeated words as Arrow text, without a Python string per row."""
    different, place = np.unique(words, return_inverse=True)
    return pa.array(different.tolist(), pa.string()).take(pa.array(place))


def _yes_no(column: Bools) -> Any:
    return pa.array(["no", "yes"]).take(pa.array(column.astype(np.int8)))


def days_of(days: Ints) -> Any:
    """An Arrow column of dates from days since 1970; ``NO_DAY`` is left empty."""
    return pa.array(days.astype(np.int32), mask=days == NO_DAY).cast(pa.date32())


def column_of(values: np.ndarray) -> Any:
    """An Arrow column of the survey: booleans as yes and no, words as text, numbers as they are."""
    if values.dtype == np.bool_:
        return _yes_no(values)
    return _text(values) if values.dtype.kind == "U" else pa.array(values)


def household_numbers(block: Block) -> Any:
    """``617-0000001``: district and a number within it."""
    lead = f"{block.share.district.code[2:]}-"
    return identity.as_text(block.order + 1, 7, lead)


def survey(frame: Frame, block: Block) -> Any:
    """One row per person as the interviewers wrote it; household answers repeated on each row."""
    household = pa.array(block.rows["household"])
    place, number = (*block.share.place, int(block.order[0])), block.rows["number"]
    spelling = stream(frame.seed, place, "spelling")
    reference = np.where(_shown(frame, block), block.homes["reference"], 0)
    by_household: dict[str, Any] = {
        "interviewed_on": days_of(block.homes["interview_day"]),
        "province": pa.array([PROVINCE] * len(block.order)),
        "district": pa.array([block.share.district.code] * len(block.order)),
        **{
            name: column_of(block.homes[name])
            for name in ("tehsil", "village", "address", "latitude", "longitude")
        },
        "phone": identity.as_text(block.homes["phone"], 10, "0"),
        "electricity_reference": identity.as_text(reference, 14),
        **{code: column_of(block.said[code]) for code in ANSWERS},
    }
    grown = block.rows["age"] >= ADULT
    columns: dict[str, Any] = {
        "household_no": household_numbers(block).take(household),
        "line_no": pa.array(block.rows["line_no"]),
        **{name: column.take(household) for name, column in by_household.items()},
        **_names(block.rows, spelling),
        "sex": sex_of(block.rows["female"]),
        "birth_date": days_of(block.rows["birth_day"]),
        "cnic": identity.as_text(np.where(grown, number, 0), 13),
        "bform": identity.as_text(np.where(grown, 0, number), 13),
        **{name: column_of(block.rows[name]) for name in PERSON_ANSWERS},
    }
    return pa.table(columns)


def _shown(frame: Frame, block: Block) -> Bools:
    """Households with electricity that showed a bill to the interviewer."""
    generator = stream(frame.seed, (*block.share.place, int(block.order[0]), 1), "telephones")
    hidden = generator.random(len(block.order)) < rates()["numbers"]["reference_not_shown"]
    return np.asarray(block.said["has_electricity"] & ~hidden)


def _names(people: Mapping[str, np.ndarray], spelling: np.random.Generator | None) -> dict[str, Any]:
    return {
        "name_ur": identity.written(dict(people), "", "urdu", spelling),
        "name_en": identity.written(dict(people), "", "roman", spelling),
        "father_name_ur": identity.written(dict(people), "father_", "urdu", spelling),
        "father_name_en": identity.written(dict(people), "father_", "roman", spelling),
    }


def sex_of(female: Bools) -> Any:
    """An Arrow column of the words male and female."""
    return pa.array(["male", "female"]).take(pa.array(female.astype(np.int8)))


def electricity(rows: Columns, month: date) -> Any:
    """A month of electricity bills."""
    return pa.table(
        {
            "reference_no": identity.as_text(rows["reference_no"], 14),
            "month": pa.array([f"{month:%Y-%m}"] * len(rows["units_kwh"]), pa.string()),
            "units_kwh": pa.array(rows["units_kwh"]),
            "bill_rupees": pa.array(rows["bill_rupees"]),
            "occupancy": column_of(rows["occupancy"]),
            "connection": column_of(rows["connection"]),
        }
    )


def vehicles(block: Block, first: int) -> Any:
    """The register of vehicles; ``first`` is the plate number in the district to begin with."""
    register = block.vehicles
    order = first + np.arange(len(register["owner"]))
    return pa.table(
        {
            "owner_cnic": identity.as_text(register["owner"], 13),
            "registration_no": pa.array(plates(block, order), pa.string()),
            "vehicle_class": column_of(register["vehicle_class"]),
            "registered_on": days_of(register["registered_day"]),
        }
    )


def plates(block: Block, order: Ints) -> list[str]:
    """Plates of the block's vehicles."""
    return registration_numbers(district_number(block.share.district.code), order)


def truth_households(block: Block) -> Any:
    """What is true of each household at the end of the month (members: at the interview), and its notes."""
    columns: dict[str, Any] = {
        "household_no": household_numbers(block),
        "district": pa.array([block.share.district.code] * len(block.order)),
        **{
            code: pa.array(values) if values.dtype.kind != "U" else _text(values)
            for code, values in block.truth.items()
        },
    }
    columns["consumption_paisa"] = columns.pop(CONSUMPTION)
    columns["electricity_reference"] = identity.as_text(
        np.where(block.truth["has_electricity"], block.homes["reference"], 0), 14
    )
    return pa.table(columns | {note: pa.array(done) for note, done in block.notes.items()})


def truth_persons(block: Block) -> Any:
    """Each person once, under household and line of the genuine row; names in their usual spelling."""
    rows, persons = block.rows, block.persons
    genuine = np.flatnonzero(~np.isin(rows["planted"], NOT_GENUINE))
    source = rows["source"][genuine]
    people = {name: column[source] for name, column in persons.items()}
    grown = people["age"] >= ADULT
    columns: dict[str, Any] = {
        "household_no": household_numbers(block).take(pa.array(rows["household"][genuine])),
        "line_no": pa.array(rows["line_no"][genuine]),
        **_names(people, None),
        "sex": sex_of(people["female"]),
        "birth_date": days_of(people["birth_day"]),
        "cnic": identity.as_text(np.where(grown, people["number"], 0), 13),
        "bform": identity.as_text(np.where(grown, 0, people["number"]), 13),
        **{name: column_of(people[name]) for name in PERSON_ANSWERS},
    }
    return pa.table(columns)


def planted(block: Block, first_vehicle: int) -> Any:
    """Everything planted: id (household, household/line or plate), kind, true value."""
    numbers = household_numbers(block)
    parts = [
        _planted_answers(block, numbers),
        _planted_rows(block, numbers),
        _planted_plates(block, numbers, first_vehicle),
    ]
    return pa.concat_tables([part for part in parts if len(part)] or parts[:1])


def _planted_table(ids: Any, kinds: Any, values: Any) -> Any:
    return pa.table({"id": ids, "kind": kinds, "true_value": values}, schema=PLANTED)


PLANTED = pa.schema([("id", pa.string()), ("kind", pa.string()), ("true_value", pa.string())])


def _planted_answers(block: Block, numbers: Any) -> Any:
    tables = []
    for kind, done in block.notes.items():
        rows = np.flatnonzero(done)
        true_word = "yes" if kind in DENIALS or CHANGES[kind][1] else "no"
        tables.append(
            _planted_table(numbers.take(pa.array(rows)), [kind] * len(rows), [true_word] * len(rows))
        )
    return pa.concat_tables(tables)


def _row_ids(block: Block, numbers: Any, rows: Ints) -> Any:
    lines = pa.array(block.rows["line_no"][rows]).cast(pa.string())
    return pc.binary_join_element_wise(numbers.take(pa.array(block.rows["household"][rows])), lines, "/")


def _planted_rows(block: Block, numbers: Any) -> Any:
    kinds = block.rows["planted"]
    rows = np.flatnonzero(kinds != "")
    genuine = np.flatnonzero(~np.isin(kinds, NOT_GENUINE))
    row_of_source = np.full(len(block.persons["age"]), -1)
    row_of_source[block.rows["source"][genuine]] = genuine
    whom = _row_ids(block, numbers, row_of_source[block.rows["source"][rows]])
    own_number = identity.as_text(block.persons["number"][block.rows["source"][rows]], 13)
    values = pc.if_else(pa.array(kinds[rows] == "number_two_claimants"), own_number, whom)
    values = pc.if_else(pa.array(kinds[rows] == "added_child"), pa.scalar("nobody"), values)
    values = pc.if_else(pa.array(kinds[rows] == "hid_earner"), pa.scalar("paid"), values)
    return _planted_table(_row_ids(block, numbers, rows), kinds[rows].tolist(), values)


def _planted_plates(block: Block, numbers: Any, first: int) -> Any:
    rows = np.flatnonzero(block.vehicles["wrong_owner"])
    truth = numbers.take(pa.array(block.vehicles["household"][rows]))
    return _planted_table(
        pa.array(plates(block, first + rows), pa.string()),
        pa.array(["wrong_owner"] * len(rows), pa.string()),
        truth,
    )
