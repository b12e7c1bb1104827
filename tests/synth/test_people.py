"""Persons: they agree with the counts of their household, and their numbers belong to nobody alive."""

import pandas as pd
import phonenumbers
import pytest

MADE_UP = {"same_person_same_number", "same_person_no_number", "added_child"}


def age_at_interview(province, rows):
    interview = rows.household_no.map(province.heads.interviewed_on)
    born = rows.birth_date
    return [
        day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
        for day, birth in zip(interview, born, strict=True)
    ]


@pytest.fixture(scope="module")
def members(province):
    rows = province.persons.copy()
    rows["age"] = age_at_interview(province, rows)
    return rows


def test_every_household_has_one_head_on_its_first_line(province):
    heads = province.survey[province.survey.relation == "head"]
    assert heads.groupby("household_no").size().eq(1).all()
    assert len(heads) == province.survey.household_no.nunique()
    assert (heads.line_no == 1).all()


@pytest.mark.parametrize(
    ("field", "rows"),
    [
        ("household_size", lambda m: m.age >= 0),
        ("members_under_5", lambda m: m.age < 5),
        ("members_0_13", lambda m: m.age <= 13),
        ("members_5_17", lambda m: m.age.between(5, 17)),
        ("members_18_64", lambda m: m.age.between(18, 64)),
        ("members_65_plus", lambda m: m.age >= 65),
        ("children_school_age", lambda m: m.age.between(5, 16)),
        ("children_in_school", lambda m: m.age.between(5, 16) & (m.in_school == "yes")),
        ("workers", lambda m: m.work_status != "none"),
        ("workers_paid", lambda m: m.work_status == "paid"),
        ("workers_self_employed", lambda m: m.work_status == "self_employed"),
        ("workers_cultivator", lambda m: m.work_status == "cultivator"),
        ("workers_sharecropper", lambda m: m.work_status == "sharecropper"),
        ("workers_elementary", lambda m: m.unskilled_work == "yes"),
    ],
)
def test_members_add_up_to_the_truth_of_their_household(province, members, field, rows):
    counted = (
        members[rows(members)].groupby("household_no").size().reindex(province.households.index, fill_value=0)
    )
    assert (counted == province.households[field]).all()


def test_head_and_schooling_agree_with_the_truth(province, members):
    heads = members[members.relation == "head"].set_index("household_no").reindex(province.households.index)
    assert (heads.age == province.households.head_age).all()
    assert ((heads.sex == "female") == province.households.head_female).all()
    assert (heads.schooling_years == province.households.head_schooling_years).all()
    most = members.groupby("household_no").schooling_years.max().reindex(province.households.index)
    assert (most == province.households.max_schooling_years).all()


def test_woman_s_schooling_and_all_in_school_agree_with_the_truth(province, members):
    women = members[(members.sex == "female") & members.relation.isin(["head", "spouse"])]
    best = women.groupby("household_no").schooling_years.max().reindex(province.households.index)
    expected = best.map(
        lambda years: "no_woman" if pd.isna(years) else "class_1_or_higher" if years else "none"
    )
    assert (expected == province.households.female_head_or_spouse_schooling).all()
    out = members[members.age.between(5, 13) & (members.in_school == "no")]
    assert (
        ~province.households.index.isin(out.household_no) == province.households.children_5_13_all_in_school
    ).all()


def test_a_child_has_a_parent_old_enough(province, members):
    head_age = members.household_no.map(province.households.head_age)
    children = members[members.relation == "child"]
    assert (head_age[children.index] - children.age >= 16).all()
    mothers = (
        members[(members.relation == "spouse") & (members.sex == "female")].set_index("household_no").age
    )
    gap = (children.household_no.map(mothers) - children.age).dropna()
    assert len(gap) > 1000
    assert gap.between(15, 45).all()


def test_relations_that_cannot_be_do_not_occur(members):
    assert (members[members.relation == "parent"].groupby("household_no").size() <= 2).all()
    assert (members[members.relation == "spouse"].groupby("household_no").size() == 1).all()
    assert (members[members.age < 18].marital_status == "never_married").all()
    assert (members[members.age < 10].work_status == "none").all()
    assert (members.schooling_years <= (members.age - 4).clip(lower=0)).all()


def test_numbers_begin_with_nine_and_end_by_sex(province):
    numbers = province.survey.cnic + province.survey.bform
    shown = numbers[numbers != ""]
    assert shown.str.fullmatch(r"9\d{11}[1-9]").all()
    owners = province.survey.loc[shown.index].sex
    last_is_odd = shown.str[-1].astype(int) % 2 == 1
    claimed = province.survey.household_no + "/" + province.survey.line_no.astype(str)
    two_claimants = claimed.isin(province.kind("number_two_claimants").id)[shown.index]
    assert ((owners == "male") == last_is_odd)[~two_claimants].all()


def test_grown_ups_have_a_cnic_and_minors_a_b_form(province):
    age = pd.Series(age_at_interview(province, province.survey), index=province.survey.index)
    moved = (province.survey.household_no + "/" + province.survey.line_no.astype(str)).isin(
        province.planted[province.planted.kind.isin(MADE_UP)].id
    )
    assert (age[(province.survey.cnic != "") & ~moved] >= 18).all()
    assert (age[(province.survey.bform != "") & ~moved] < 18).all()
    assert 0.9 < (province.survey.cnic != "")[age >= 18].mean() < 0.99


def test_no_number_stands_twice_in_a_household_and_only_planted_ones_in_two(province):
    rows = province.survey.assign(number=province.survey.cnic + province.survey.bform)
    rows = rows[rows.number != ""]
    assert not rows.duplicated(["household_no", "number"]).any()
    planted = len(province.kind("same_person_same_number")) + len(province.kind("number_two_claimants"))
    assert rows.number.duplicated().sum() == planted


def test_telephones_fit_the_plan_and_belong_to_no_known_operator(province):
    phones = province.heads.phone[province.heads.phone != ""]
    assert phones.str.fullmatch(r"037[6-9]\d{7}").all()
    assert all(phonenumbers.is_valid_number(phonenumbers.parse(phone, "PK")) for phone in phones.head(200))
    assert (province.heads.has_mobile[phones.index] == "yes").all()


def test_names_stand_in_both_scripts_and_vary_in_spelling(province):
    assert province.survey.name_en.str.isascii().all()
    assert (~province.survey.name_ur.map(str.isascii)).all()
    keys = ["household_no", "line_no"]
    both = province.survey.merge(province.persons, on=keys, suffixes=("", "_true"))
    assert 0.1 < (both.name_en != both.name_en_true).mean() < 0.35
    assert 0.0 < (both.name_ur != both.name_ur_true).mean() < 0.1


def test_wives_and_children_carry_the_head_s_name(province):
    heads = province.persons[province.persons.relation == "head"].set_index("household_no")
    men = heads.index[heads.sex == "male"]
    kin = province.persons[
        province.persons.relation.isin(["spouse", "child"]) & province.persons.household_no.isin(men)
    ]
    assert (kin.father_name_ur == kin.household_no.map(heads.name_ur)).all()
