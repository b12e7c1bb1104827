"""The ten lists: the truth knows who each row is of, and all that is wrong with them is planted and noted."""

import csv
import hashlib

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from tests.synth.conftest import MONTH

from saiban.data.facts import schemes
from saiban.synth.list_tables import list_tables, rupees
from saiban.synth.lists import draw_lists, schemes_of_lists
from saiban.synth.province import blocks, frame_of, write_province

HEADING = [
    "scheme",
    "beneficiary_no",
    "cnic",
    "name_en",
    "name_ur",
    "father_name_en",
    "father_name_ur",
    "sex",
    "birth_date",
    "phone",
    "district",
    "unit",
    "since",
    "until",
    "state",
    "benefit",
    "amount",
    "period",
    "paid_on",
    "channel",
]
SCHEMES = [
    "PSPA-HQ",
    "PSPA-ZT",
    "PSPA-SAR",
    "ZK-GA",
    "ZK-MG",
    "ZK-EDG",
    "SWD-HIM",
    "HR-MIN",
    "EOBI-OAP",
    "KISSAN",
]
FOR_THE_POOR = {
    **dict.fromkeys(["PSPA-HQ", "PSPA-SAR", "ZK-GA", "ZK-MG", "ZK-EDG"], 290_000),
    "HR-MIN": 360_000,
}
DOUBLES = ["twice_in_list", "across", "across_household"]
NUMBER = r"[1-79]\d{11}[1-9]"
# Content of a small province before there were lists (seed 7, 400 households).
BEFORE = {
    "electricity-2026-10": "bf91d49e167794db",
    "survey": "722731ece3534a05",
    "truth/households": "f3ea26274d42df4b",
    "truth/persons": "b8b89a4797b3cc3d",
    "truth/planted": "6ffcc5f91330004c",
    "vehicles-2026-10": "eeccbcf9a71884fa",
}


@pytest.fixture(scope="module")
def rows(province):
    """Every row of the lists, who it truly is (columns ending in _true), and what is planted in it."""
    truth = province.beneficiaries
    planted = truth[truth.kind != "wrong_inclusion"].set_index(["scheme", "beneficiary_no"])
    keys = ["household_no", "line_no"]
    who = truth.set_index(["scheme", "beneficiary_no"])[keys]
    table = province.lists.join(who[~who.index.duplicated()])
    table["kind"] = planted.kind.reindex(table.index).fillna("")
    table["other"] = planted.other.reindex(table.index).fillna("")
    persons = province.persons.assign(number=province.persons.cnic + province.persons.bform)
    whole = table.reset_index().merge(persons, on=keys, how="left", suffixes=("", "_true"))
    return whole.set_index(["scheme", "beneficiary_no"])


def first_rows(rows, kind):
    """The rows that were planted, and beside each the one it goes with."""
    second = rows[rows.kind == kind]
    first = rows.loc[[tuple(other.split("/")) for other in second.other]]
    return second, first


def test_lists_change_nothing_in_the_files_that_were_there_before(tmp_path):
    write_province(frame_of(7, MONTH), 400, tmp_path)
    for name, digest in BEFORE.items():
        content = repr(pq.read_table(tmp_path / f"{name}.parquet").to_pydict()).encode()
        assert hashlib.sha256(content).hexdigest()[:16] == digest, name


def test_the_same_seed_writes_the_same_lists_and_another_does_not(tmp_path):
    for name, seed in (("first", 3), ("again", 3), ("other", 4)):
        write_province(frame_of(seed, MONTH), 300, tmp_path / name, districts=["PK617", "PK602"])
    texts = {
        name: [path.read_bytes() for path in sorted((tmp_path / name / "lists").iterdir())]
        for name in ("first", "again", "other")
    }
    assert texts["first"] == texts["again"]
    assert texts["first"] != texts["other"]


def test_a_district_has_the_same_rows_whichever_others_are_made():
    frame = frame_of(7, MONTH)
    alone = [list_tables(frame, block, draw_lists(frame, block)) for block in blocks(frame, 4000, ["PK636"])]
    amid = [
        list_tables(frame, block, draw_lists(frame, block))
        for block in blocks(frame, 4000, ["PK617", "PK636"])
        if block.share.district.code == "PK636"
    ]
    assert alone == amid
    assert sum(len(table) for tables in alone for table in tables.values()) > 20


def test_there_are_ten_files_in_the_prescribed_columns_even_where_nobody_is_in_a_scheme(tmp_path):
    write_province(frame_of(1, MONTH), 36, tmp_path)
    names = {path.name for path in (tmp_path / "lists").iterdir()}
    assert names == {f"{code.lower()}-2026-10.csv" for code in SCHEMES}
    for path in (tmp_path / "lists").iterdir():
        with path.open(encoding="utf-8", newline="") as file:
            assert next(csv.reader(file)) == HEADING, path.name


def test_a_number_of_the_department_stands_once_and_a_file_is_of_one_scheme(province):
    assert province.lists.index.is_unique
    for code in SCHEMES:
        written = pd.read_csv(province.folder / "lists" / f"{code.lower()}-2026-10.csv", dtype=str)
        assert set(written.scheme) == {code}


def test_every_row_has_its_truth_and_no_truth_is_without_a_row(province):
    truth = province.beneficiaries
    assert not truth.duplicated(["scheme", "beneficiary_no", "kind"]).any()
    assert set(map(tuple, truth[["scheme", "beneficiary_no"]].to_numpy())) == set(province.lists.index)


def test_a_row_carries_the_true_number_unless_that_is_planted(rows):
    sound = rows[~rows.kind.isin(["mistyped_number", "missing_number"]) & rows.household_no.notna()]
    assert (sound.cnic == sound.number).all()
    wrong = rows[rows.kind == "mistyped_number"]
    assert len(wrong) > 8
    assert not wrong.cnic.str.fullmatch(NUMBER).any()
    missing = rows[rows.kind == "missing_number"]
    assert len(missing) > 5
    assert (missing.cnic == "").all()
    for faulty in (wrong, missing):
        assert (faulty.other == faulty.number).all()
        assert faulty.other.str.fullmatch(NUMBER).all()


def test_people_unknown_to_the_survey_have_numbers_that_nobody_else_has(province, rows):
    unknown = rows[rows.household_no.isna()]
    assert set(unknown.kind) <= {"not_in_registry", "twice_in_list"}
    assert len(unknown) > 40
    assert (rows[rows.kind == "not_in_registry"].household_no.isna()).all()
    assert unknown.cnic.str.fullmatch(NUMBER).all()
    assert not set(unknown.cnic) & set(province.survey.cnic + province.survey.bform)
    assert unknown[unknown.kind == "not_in_registry"].cnic.is_unique
    assert 0.025 < len(unknown) / len(rows) < 0.06


def test_numbers_of_unknown_people_stay_unique_over_the_blocks_of_a_district(monkeypatch):
    monkeypatch.setattr("saiban.synth.province.BLOCK", 30)
    frame = frame_of(7, MONTH)
    made = [draw_lists(frame, block) for block in blocks(frame, 20_000, ["PK608"])]
    unknown = [lists.people["number"][lists.people["household"] < 0] for lists in made]
    numbers = np.concatenate(unknown)
    assert len(numbers) > 3
    assert len(made) > 5
    assert len(np.unique(numbers)) == len(numbers)


def test_what_a_list_says_of_a_known_person_is_true(rows):
    known = rows[rows.household_no.notna()]
    assert (known.sex == known.sex_true).all()
    assert (known.district.str[2:] == known.household_no.str[:3]).all()
    dated = known[known.birth_date != ""]
    assert (dated.birth_date == dated.birth_date_true.map(str)).all()
    assert 0.06 < (rows.birth_date == "").mean() < 0.14


def test_nobody_stands_twice_in_a_list_but_those_planted(rows):
    second, first = first_rows(rows, "twice_in_list")
    assert len(second) > 10
    schemes_of = [index.get_level_values("scheme") for index in (second.index, first.index)]
    assert (schemes_of[0] == schemes_of[1]).all()
    assert (second.cnic.to_numpy() == first.cnic.to_numpy()).all()
    shown = rows[rows.cnic != ""].reset_index()
    assert shown.duplicated(["scheme", "cnic"]).sum() == len(second)


def test_nobody_is_in_two_schemes_that_exclude_each_other_but_those_planted(rows):
    second, first = first_rows(rows, "across")
    pairs = {(a, b) for (a, _), (b, _) in zip(first.index, second.index, strict=True)}
    assert ("PSPA-HQ", "SWD-HIM") in pairs
    assert {b for _, b in pairs} == {"SWD-HIM", "HR-MIN"}
    assert (second.cnic.to_numpy() == first.cnic.to_numpy()).all()
    known = rows[rows.household_no.notna()].reset_index()
    known["who"] = known.household_no + "/" + known.line_no.astype(int).astype(str)
    by_person = known.groupby("who").scheme.agg(set)
    excluded = by_person.map(
        lambda codes: {"PSPA-HQ", "SWD-HIM"} <= codes or ("HR-MIN" in codes and len(codes) > 1)
    )
    planted = set(known[known.kind == "across"].who)
    assert set(by_person.index[excluded]) == planted


def test_a_household_is_once_in_a_list_for_households_but_where_planted(rows):
    for_households = [code for code in SCHEMES if schemes()[code].unit == "household"]
    assert for_households == ["ZK-GA"]
    second, first = first_rows(rows, "across_household")
    assert len(second) > 5
    assert (second.household_no.to_numpy() == first.household_no.to_numpy()).all()
    assert (second.cnic.to_numpy() != first.cnic.to_numpy()).all()
    listed = rows.loc[for_households]
    doubled = listed[listed.household_no.notna() & listed.household_no.duplicated()]
    assert set(doubled.kind) == {"across_household", "twice_in_list"}
    assert set(listed.unit) == {"household"}


@pytest.mark.parametrize("kind", DOUBLES)
def test_both_rows_of_a_double_run_on_and_name_somebody_the_survey_is_sure_of(province, rows, kind):
    second, first = first_rows(rows, kind)
    both = pd.concat([second, first])
    assert (both.state == "active").all()
    assert (second.since.to_numpy() >= first.since.to_numpy()).all()
    shown = (province.survey.cnic + province.survey.bform).value_counts()
    known = both[both.household_no.notna()]
    assert (shown.reindex(known.cnic) == 1).all()
    genuine = province.survey.set_index(["household_no", "line_no"])
    theirs = genuine.loc[list(zip(known.household_no, known.line_no.astype(int), strict=True))]
    assert ((theirs.cnic + theirs.bform).to_numpy() == known.cnic.to_numpy()).all()


def test_wrongly_included_is_who_is_truly_not_poor_in_a_scheme_for_the_poor(province, rows):
    line = pd.Series(rows.index.get_level_values("scheme").map(FOR_THE_POOR), index=rows.index)
    consumption = rows.household_no.map(province.households.consumption_paisa)
    expected = set(rows.index[(consumption >= line).fillna(False)])
    noted = province.beneficiaries[province.beneficiaries.kind == "wrong_inclusion"]
    assert len(noted) > 50
    assert set(map(tuple, noted[["scheme", "beneficiary_no"]].to_numpy())) == expected
    assert (noted.other == "").all()


def test_each_scheme_reaches_its_group(province, rows):
    natural = rows[rows.household_no.notna() & ~rows.kind.isin(DOUBLES)]
    widows, pupils = natural.loc["PSPA-SAR"], natural.loc["PSPA-ZT"]
    assert (widows.sex == "female").all()
    assert (widows.marital_status == "widowed").all()
    assert (pupils.sex == "female").all()
    assert (pupils.in_school == "yes").all()
    assert pupils.district.nunique() == 16
    assert (natural.loc["ZK-GA"].relation == "head").all()
    assert (natural.loc["ZK-MG"].marital_status == "never_married").all()
    assert (natural.loc["ZK-EDG"].in_school == "yes").all()
    assert (natural.loc["SWD-HIM"].work_status == "none").all()
    farms = natural.loc["KISSAN"].household_no.map(province.households.land_acres)
    assert farms.between(0.01, 12.5).all()
    born = pd.to_datetime(natural.loc["EOBI-OAP"].birth_date_true)
    assert (born <= "1971-10-31").all()
    assert (pd.to_datetime(natural.loc["HR-MIN"].birth_date_true) <= "2008-10-31").all()


def test_help_leans_to_the_poor_and_still_leaves_most_of_them_without(province, rows):
    poor = province.households.consumption_paisa < 290_000
    assert 0.27 < poor.mean() < 0.33
    helped = province.households.index.isin(rows.household_no.dropna())
    assert helped[poor].mean() > 1.5 * helped[~poor].mean()
    assert 0.5 < 1 - helped[poor].mean() < 0.8
    assert (rows.groupby("scheme").size() > 10).all()


def test_days_stand_in_their_order_and_before_the_end_of_the_month(rows):
    for day in ("since", "until", "paid_on"):
        shown = rows[rows[day] != ""]
        assert shown[day].str.fullmatch(r"\d{4}-\d\d-\d\d").all()
        assert shown[day].max() <= "2026-10-31"
        assert (shown[day] >= shown.since).all()
    assert ((rows.until != "") == (rows.state == "ended")).all()
    assert (rows.until[rows.until != ""] > rows.since[rows.until != ""]).all()
    paid = rows[(rows.paid_on != "") & (rows.until != "")]
    assert (paid.paid_on <= paid.until).all()
    assert {"active", "suspended", "ended"} == set(rows.state)


def test_amount_and_period_are_those_of_the_facts_where_they_name_a_plain_one(rows):
    assert rows.amount.str.fullmatch(r"[1-9]\d*(\.\d\d)?").all()
    for code in SCHEMES:
        fact, listed = schemes()[code], rows.loc[code]
        assert set(listed.unit) == {fact.unit}
        if fact.amount.isdecimal():
            assert set(listed.amount) == {fact.amount}, code
        if fact.period in ("month", "quarter", "half_year", "year", "once"):
            assert set(listed.period) == {fact.period}, code
    pensions = rows.loc["EOBI-OAP"].amount.astype(float)
    assert pensions.min() == 10_000
    assert 0.3 < (pensions == 10_000).mean() < 0.7
    assert rows.loc["EOBI-OAP"].amount.str.contains(".", regex=False).any()


def test_answers_are_those_that_are_prescribed(rows):
    prescribed = {
        "benefit": {"cash", "in_kind", "service", "loan", "insurance"},
        "period": {"month", "quarter", "half_year", "year", "once"},
        "channel": {"bank", "wallet", "counter", "in_kind", "none"},
        "unit": {"person", "household"},
        "sex": {"male", "female"},
    }
    for column, answers in prescribed.items():
        assert set(rows[column]) <= answers, column


def test_names_stand_in_the_scripts_that_a_department_keeps(rows):
    for code, plan in schemes_of_lists().items():
        for column, script in (("name_en", "english"), ("name_ur", "urdu")):
            assert set(rows.loc[code][column] != "") == {script in plan["scripts"]}, (code, column)


@pytest.mark.parametrize(
    ("paisa", "words"), [(200_000, "2000"), (533_305, "5333.05"), (1_000_090, "10000.90")]
)
def test_rupees_are_written_with_no_or_two_decimals(paisa, words):
    assert rupees(np.array([paisa])).to_pylist() == [words]
