"""The ten lists as Arrow tables in the prescribed columns, and the truth behind each row."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from saiban.synth import identity
from saiban.synth.block import Block, Frame
from saiban.synth.draw import NO_DAY, Columns, Ints, happens, stream
from saiban.synth.fitted import rates
from saiban.synth.lists import Lists, each, genuine_rows, schemes_of_lists
from saiban.synth.places import district_number
from saiban.synth.tables import column_of, days_of, household_numbers, sex_of

TRUTH = pa.schema(
    [
        ("scheme", pa.string()),
        ("beneficiary_no", pa.string()),
        ("household_no", pa.string()),
        ("line_no", pa.int64()),
        ("kind", pa.string()),
        ("other", pa.string()),
    ]
)


def list_name(code: str, frame: Frame) -> str:
    """``zk-ga-2026-10``: the file of a scheme, without its ending."""
    return f"{code.lower()}-{frame.month:%Y-%m}"


def list_tables(frame: Frame, block: Block, lists: Lists) -> dict[str, Any]:
    """The rows of a block by scheme, in the columns that are prescribed for lists."""
    entries = lists.entries
    generator = stream(frame.seed, (*block.share.place, int(block.order[0])), "list_spelling")
    people = {name: column[entries["person"]] for name, column in lists.people.items()}
    columns = {
        "scheme": column_of(_codes(entries)),
        "beneficiary_no": beneficiary_numbers(block, entries),
        "cnic": _cnic(generator, people["number"], entries["kind"]),
        **_names(generator, people, entries),
        "sex": sex_of(people["female"]),
        "birth_date": days_of(_left_out(generator, people["birth_day"], "birth_date_missing", NO_DAY)),
        "phone": identity.as_text(
            _left_out(generator, _phones(block, people["household"]), "phone_missing", 0), 10, "0"
        ),
        "district": pa.array([block.share.district.code] * len(entries["scheme"]), pa.string()),
        "unit": column_of(each(entries, "unit")),
        "since": days_of(entries["since"]),
        "until": days_of(entries["until"]),
        "state": column_of(entries["state"]),
        "benefit": column_of(each(entries, "benefit")),
        "amount": rupees(entries["amount"]),
        "period": column_of(each(entries, "period")),
        "paid_on": days_of(entries["paid_day"]),
        "channel": column_of(each(entries, "channel")),
    }
    whole = pa.table(columns)
    ends = np.searchsorted(entries["scheme"], np.arange(len(schemes_of_lists()) + 1))
    return {code: whole.slice(ends[i], ends[i + 1] - ends[i]) for i, code in enumerate(schemes_of_lists())}


def _codes(entries: Columns) -> np.ndarray:
    return np.array(list(schemes_of_lists()))[entries["scheme"]]


def beneficiary_numbers(block: Block, entries: Columns) -> Any:
    """``17-000001234``: district and a number within list and district, in the order of coming in."""
    return identity.as_text(entries["serial"], 9, f"{district_number(block.share.district.code):02d}-")


def rupees(paisa: Ints) -> Any:
    """Rupees in plain writing: whole, or with two decimals."""
    whole, rest = pa.array(paisa // 100).cast(pa.string()), paisa % 100
    cents = pc.utf8_lpad(pa.array(rest).cast(pa.string()), width=2, padding="0")
    return pc.if_else(pa.array(rest == 0), whole, pc.binary_join_element_wise(whole, cents, "."))


def _left_out(generator: np.random.Generator, values: Ints, rate: str, blank: int) -> Ints:
    there = np.ones(len(values), dtype=np.bool_)
    return np.where(happens(generator, there, rates()["lists"]["rows"][rate]), blank, values)


def _phones(block: Block, household: Ints) -> Ints:
    return np.where(household < 0, 0, block.homes["phone"][household])


def _cnic(generator: np.random.Generator, number: Ints, kind: np.ndarray) -> Any:
    """The numbers as departments wrote them: mistyped so that none is valid, or left out."""
    slip, wrong = generator.integers(0, 3, size=len(number)), kind == "mistyped_number"
    typed = np.select(
        [wrong & (slip == 1), wrong & (slip == 2)], [number - 10**12, number - number % 10], number
    )
    text = identity.as_text(np.where(kind == "missing_number", 0, typed), 13)
    return pc.if_else(pa.array(wrong & (slip == 0)), identity.as_text(number // 10, 12), text)


def _names(generator: np.random.Generator, people: Columns, entries: Columns) -> dict[str, Any]:
    """Names in the scripts that the department keeps, now and then spelled otherwise."""
    scripts = {"en": ("roman", "english"), "ur": ("urdu", "urdu")}
    columns = {}
    for whose in ("", "father_"):
        for short, (script, language) in scripts.items():
            kept = np.array([language in plan["scripts"] for plan in schemes_of_lists().values()])
            text = identity.written(people, whose, script, generator)
            columns[f"{whose}name_{short}"] = pc.if_else(
                pa.array(kept[entries["scheme"]]), text, pa.scalar("")
            )
    return columns


def truth_beneficiaries(block: Block, lists: Lists) -> Any:
    """Who each row truly is, one row for each thing that is planted in it; ``kind`` is empty for nothing.

    ``other``: of a double the row that it goes with (scheme and number), of a wrong number the true one.
    """
    entries, numbers = lists.entries, beneficiary_numbers(block, lists.entries)
    known = entries["person"] < len(block.persons["number"])
    row = genuine_rows(block)[np.where(known, entries["person"], 0)]
    household = pa.array(block.rows["household"][row], mask=~known)
    codes = column_of(_codes(entries))
    names = pc.binary_join_element_wise(codes, numbers, "/")
    first = pa.array(entries["first"], mask=entries["first"] < 0)
    wrong = np.isin(entries["kind"], ["mistyped_number", "missing_number"])
    true_number = identity.as_text(np.where(wrong, lists.people["number"][entries["person"]], 0), 13)
    whole = pa.table(
        {
            "scheme": codes,
            "beneficiary_no": numbers,
            "household_no": household_numbers(block).take(household),
            "line_no": pa.array(block.rows["line_no"][row], mask=~known),
            "kind": column_of(entries["kind"]),
            "other": pc.coalesce(names.take(first), true_number),
        },
        schema=TRUTH,
    )
    plain = whole.filter(pa.array((entries["kind"] != "") | ~entries["wrongly"]))
    wrongly = whole.filter(pa.array(entries["wrongly"]))
    place = {name: whole.schema.get_field_index(name) for name in ("kind", "other")}
    for name, word in (("kind", "wrong_inclusion"), ("other", "")):
        wrongly = wrongly.set_column(place[name], name, pa.array([word] * len(wrongly), pa.string()))
    return pa.concat_tables([plain, wrongly])
