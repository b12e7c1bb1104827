"""Small real files: a survey with households of our own making, in every format that is taken."""

import csv
import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

Row = dict[str, Any]

HOME: Row = {
    "interviewed_on": "2026-05-04", "province": "punjab", "district": "PK601", "tehsil": "PK60101",
    "village": "Kamra", "address": "House 5, Kamra",
    "latitude": "33.7133", "longitude": "72.3759", "phone": "0300-1234567",
    "electricity_reference": "01901000000000",
    "urban": "no", "rooms": "2", "dwelling_rented": "no", "dwelling_kind": "part",
    "has_electricity": "yes", "has_gas": "no",
    "water_source": "hand_pump", "toilet": "none", "drainage": "open", "has_internet": "no",
    "has_broadband": "no",
    "has_mobile": "yes", "has_landline": "no", "has_desktop": "no", "has_laptop": "no", "has_tablet": "no",
    "has_refrigerator": "no", "has_television": "no", "has_washing_machine": "no",
    "has_air_conditioner": "no",
    "has_motorcycle": "no", "has_car": "no", "has_tractor": "no", "farms_land": "no", "land_acres": "0",
    "has_livestock": "yes", "has_bank_account": "no",
}  # fmt: skip
HEAD: Row = {
    "name_ur": "زینب بی بی", "name_en": "Zainab Bibi", "father_name_ur": "رحمت",
    "father_name_en": "Rehmat", "sex": "female",
    "birth_date": "1980-03-14", "cnic": "90100-7654321-8", "bform": "", "relation": "head",
    "marital_status": "widowed",
    "schooling_years": "5", "in_school": "no", "work_status": "paid", "unskilled_work": "yes",
}  # fmt: skip
SON: Row = HEAD | {
    "name_ur": "علی", "name_en": "Ali", "sex": "male", "birth_date": "2015-06-01", "cnic": "",
    "bform": "90200-7654321-7",
    "relation": "child", "marital_status": "never_married", "schooling_years": "4", "in_school": "yes",
    "work_status": "none",
    "unskilled_work": "no",
}  # fmt: skip
BILL: Row = {
    "reference_no": "01901000000000", "month": "2026-04", "units_kwh": "88", "bill_rupees": "2100",
    "occupancy": "tenant",
    "connection": "active",
}  # fmt: skip
VEHICLE: Row = {
    "owner_cnic": "9010076543218", "registration_no": "ABC-0001", "vehicle_class": "motorcycle",
    "registered_on": "2024-02-03",
}  # fmt: skip

PLACE: Row = {
    "scheme": "ZK-GA", "beneficiary_no": "LHR-1", "cnic": "90100-7654321-8", "name_en": "Zainab Bibi",
    "name_ur": "زینب بی بی", "father_name_en": "Rehmat", "father_name_ur": "رحمت", "sex": "female",
    "birth_date": "1980-03-14", "phone": "0300-1234567", "district": "PK601", "unit": "person",
    "since": "2025-07-01", "until": "", "state": "active", "benefit": "cash", "amount": "9000.00",
    "period": "half_year", "paid_on": "2026-01-15", "channel": "bank",
}  # fmt: skip


def place(n: int, **cells: str) -> Row:
    """A row of a list of beneficiaries, of someone whose number the registry does not know."""
    return PLACE | {"beneficiary_no": f"LHR-{n}", "cnic": number(500 + n)} | cells


def household(no: str = "H-1", *, home: Row | None = None, members: Iterable[Row] = (HEAD, SON)) -> list[Row]:
    """The rows of one household; members without a line number are counted."""
    answers = HOME | (home or {})
    return [
        {"household_no": no, "line_no": str(n)} | answers | member
        for n, member in enumerate(members, start=1)
    ]


def number(n: int, *, woman: bool = True) -> str:
    """A synthetic CNIC of 13 digits."""
    return f"9{n:011d}{2 if woman else 1}"


def other(no: str, n: int) -> list[Row]:
    """Another household, with numbers of its own."""
    home = {"electricity_reference": f"{n:014d}", "phone": f"0300{n:07d}"}
    head, son = HEAD | {"cnic": number(2 * n)}, SON | {"bform": number(2 * n + 1, woman=False)}
    return household(no, home=home, members=[head, son])


def as_csv(path: Path, rows: list[Row], *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as text; a name that ends in .gz is packed."""
    packed = path.name.endswith(".gz")
    with (
        gzip.open(path, "wt", encoding=encoding, newline="")
        if packed
        else path.open("w", encoding=encoding, newline="") as out
    ):
        writer = csv.DictWriter(out, fieldnames=list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def as_parquet(path: Path, rows: list[Row]) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def as_sheet(path: Path, rows: list[Mapping[str, Any]]) -> Path:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(rows[0]))
    for n, row in enumerate(rows, start=1):
        sheet.write_row(n, 0, list(row.values()))
    book.close()
    return path
