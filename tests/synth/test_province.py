"""The files: the same for the same seed, complete, by the census, importable without a rejected row."""

import hashlib
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.synth.conftest import HOUSEHOLDS, MONTH

from saiban.data.dictionary import fields
from saiban.data.errors import BadInput
from saiban.data.facts import areas
from saiban.synth.province import blocks, frame_of, write_province
from saiban.synth.tables import survey

ALWAYS = {"household_no", "line_no", "interviewed_on", "province", "district", "tehsil"}


def digests(folder):
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*.parquet")
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path):
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_province(frame_of(seed, MONTH), 300, tmp_path / name)
    assert digests(tmp_path / "first") == digests(tmp_path / "again")
    assert all(
        digest != digests(tmp_path / "other")[name] for name, digest in digests(tmp_path / "first").items()
    )


def test_a_district_is_the_same_whichever_others_are_made():
    frame = frame_of(7, MONTH)
    alone = [survey(frame, block) for block in blocks(frame, 2000, ["PK636"])]
    amid = [
        survey(frame, block)
        for block in blocks(frame, 2000, ["PK617", "PK636", "PK601"])
        if block.share.district.code == "PK636"
    ]
    assert len(alone) == 2
    assert alone == amid


def test_numbers_stay_unique_over_the_blocks_of_a_district(monkeypatch):
    monkeypatch.setattr("saiban.synth.province.BLOCK", 30)
    frame = frame_of(7, MONTH)
    whole = list(blocks(frame, 4000, ["PK608"]))
    made = [survey(frame, block).to_pandas() for block in whole]
    assert len(made) > 5
    heads = pd.concat([rows[rows.line_no == 1] for rows in made])
    for column in ("household_no", "electricity_reference", "phone"):
        shown = heads[column][heads[column] != ""]
        assert shown.is_unique, column
    numbers = pd.Series(np.concatenate([block.persons["number"] for block in whole]))
    assert numbers[numbers > 0].is_unique


def test_no_stream_is_shared_between_districts(province):
    addresses = province.heads.groupby("district").head(5).groupby("district").address.apply(tuple)
    assert addresses.nunique() == 36


def test_households_follow_the_census(province):
    province_households = areas()["PK6"].households
    counted = province.heads.groupby("district").size()
    assert counted.sum() == HOUSEHOLDS
    for code, number in counted.items():
        assert abs(number - HOUSEHOLDS * areas()[code].households / province_households) < 1
        towns = (province.heads[province.heads.district == code].urban == "yes").mean()
        assert abs(towns - float(areas()[code].urban_share)) < 1 / number


def test_every_household_lies_in_a_tehsil_of_its_district_and_near_it(province):
    tehsils = areas()
    for row in province.heads.itertuples():
        tehsil = tehsils[row.tehsil]
        assert tehsil.parent == row.district
        assert abs(float(tehsil.latitude) - row.latitude) < 0.35
        assert abs(float(tehsil.longitude) - row.longitude) < 0.4


def test_rows_stand_by_household_in_row_groups_by_district(province):
    file = pq.ParquetFile(province.folder / "survey.parquet")
    for group in range(file.num_row_groups):
        assert len(file.read_row_group(group, ["district"])["district"].unique()) == 1
    assert province.survey.household_no.is_monotonic_increasing
    assert province.heads.index.nunique() == HOUSEHOLDS
    first_and_steps = province.survey.line_no.where(
        province.survey.household_no != province.survey.household_no.shift(), province.survey.line_no.diff()
    )
    assert (first_and_steps == 1).all()


def test_household_answers_are_the_same_on_each_row(province):
    columns = list(province.survey.columns)
    of_household = columns[2 : columns.index("name_ur")]
    assert (province.survey.groupby("household_no")[of_household].nunique() <= 1).all(axis=None)


def test_every_answer_is_one_of_the_dictionary(province):
    known = {**fields("household"), **fields("person")}
    for column in province.survey.columns:
        if column in ALWAYS:
            continue
        field, cells = known[column], province.survey[column]
        if field.answers:
            assert set(cells) <= set(field.answers), column
        elif field.type == "bool":
            assert set(cells) <= {"yes", "no"}, column
        elif field.type in ("int", "decimal") and field.minimum is not None:
            assert cells.between(field.minimum, field.maximum).all(), column


def test_no_composition_or_derived_field_is_in_the_survey(province):
    counted = {code for code, field in fields("household").items() if field.composition or field.derived}
    assert not counted & set(province.survey.columns)


def test_interviews_lie_before_the_month_and_a_stated_part_is_stale(province):
    days = pd.to_datetime(province.heads.interviewed_on)
    assert days.max() < pd.Timestamp(MONTH)
    stale = (days < pd.Timestamp("2024-10-01")).mean()
    assert 0.25 < stale < 0.35


def test_csv_and_parquet_say_the_same(tmp_path):
    for file_format in ("csv", "parquet"):
        write_province(frame_of(5, MONTH), 200, tmp_path / file_format, file_format)
    from_csv = pd.read_csv(tmp_path / "csv" / "survey.csv", dtype=str, keep_default_na=False)
    from_parquet = pd.read_parquet(tmp_path / "parquet" / "survey.parquet")
    assert list(from_csv.columns) == list(from_parquet.columns)
    for column in ("household_no", "cnic", "name_ur", "water_source", "relation"):
        assert from_csv[column].tolist() == from_parquet[column].tolist()
    assert from_csv.birth_date.tolist() == [day.isoformat() for day in from_parquet.birth_date]


@pytest.mark.parametrize("households", [0, 35, 30_000_001])
def test_too_few_and_too_many_households_are_refused(households):
    with pytest.raises(BadInput, match="36 to"):
        next(blocks(frame_of(1, MONTH), households))


def test_a_month_before_the_first_tariff_is_refused():
    with pytest.raises(BadInput, match="no value for 2019-05-01"):
        frame_of(1, date(2019, 5, 1))
