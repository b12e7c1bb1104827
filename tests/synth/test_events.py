"""The months after the survey: what happened and what offices say of it agree, and nothing else changes."""

from datetime import date

import pandas as pd
import pytest
from tests.synth.test_province import digests

from saiban.synth.province import frame_of, write_province

FIRST, MONTHS, HOUSEHOLDS = date(2024, 10, 1), 24, 6000
OFFICES = {"birth": "births", "death": "deaths", "marriage": "marriages", "move": "moves"}
DAY_OF = {"death": "died_on", "marriage": "married_on", "move": "moved_on", "birth": "birth_date"}
NAMED = {"death": "cnic", "marriage": "bride_cnic", "move": "cnic", "birth": "bform"}


class Later:
    """The files as tables."""

    def __init__(self, folder):
        self.folder = folder
        self.survey = pd.read_parquet(folder / "survey.parquet")
        self.persons = pd.read_parquet(folder / "truth" / "persons.parquet")
        self.events = pd.read_parquet(folder / "truth" / "events.parquet")
        self.end = pd.read_parquet(folder / "truth" / "households_at_end.parquet").set_index("household_no")
        self.begin = pd.read_parquet(folder / "truth" / "households.parquet").set_index("household_no")

    def kind(self, kind):
        return self.events[self.events.kind == kind]

    def feed(self, office):
        files = sorted((self.folder / "later").glob(f"{office}-*.parquet"))
        assert len(files) == MONTHS
        return pd.concat([pd.read_parquet(path).assign(file=path.stem) for path in files])


@pytest.fixture(scope="module")
def later(tmp_path_factory):
    folder = tmp_path_factory.mktemp("later")
    write_province(frame_of(7, FIRST), HOUSEHOLDS, folder, months=MONTHS, districts=["PK608", "PK617"])
    return Later(folder)


@pytest.mark.parametrize("kind", OFFICES)
def test_an_office_reports_what_happened_once_in_the_month_in_which_it_wrote_it_down(later, kind):
    feed, truth = later.feed(OFFICES[kind]), later.kind(kind)
    told = truth[truth.registered_on.notna()]
    told = told[pd.to_datetime(told.registered_on) < pd.Timestamp("2026-11-01")]
    assert len(feed) == len(told) > 0
    key = [NAMED[kind], DAY_OF[kind], "registered_on"]
    expected = told[["number", "happened_on", "registered_on"]].set_axis(key, axis=1)
    pd.testing.assert_frame_equal(
        feed[key].sort_values(key).reset_index(drop=True),
        expected.sort_values(key).reset_index(drop=True),
    )
    assert (feed.file.str[-7:] == feed.registered_on.map(lambda day: f"{day:%Y-%m}")).all()
    assert (feed.registered_on >= feed[DAY_OF[kind]]).all()


def test_a_part_of_what_happens_is_never_written_down(later):
    for kind, share in {"birth": 0.65, "death": 0.55, "marriage": 0.60, "move": 0.50}.items():
        known = later.kind(kind).registered_on.notna().mean()
        assert share - 0.15 < known < share + 0.05, kind


def test_nobody_dies_twice_or_marries_after_death_and_only_people_of_the_survey_or_born_since_do(later):
    deaths = later.kind("death")
    numbered = deaths[deaths.number != ""]
    assert numbered.number.is_unique
    known = set(later.persons.cnic) | set(later.persons.bform) | set(later.kind("birth").number)
    assert set(numbered.number) <= known
    died = numbered.set_index("number").happened_on
    brides = later.kind("marriage").set_index("number").happened_on
    both = brides.index.intersection(died.index).drop("", errors="ignore")
    assert all(brides[number].replace(day=1) <= died[number].replace(day=1) for number in both)


def test_numbers_of_the_newly_born_are_their_own(later):
    births = later.kind("birth").number
    assert births.is_unique
    assert not set(births) & (set(later.persons.cnic) | set(later.persons.bform))
    assert births.str.fullmatch(r"9\d{12}").all()


def test_members_at_the_end_are_those_of_the_survey_with_what_happened(later):
    members = later.persons.groupby("household_no").size()
    homes = pd.Series(0, index=later.end.index)
    homes = homes.add(later.kind("birth").groupby("household_no").size(), fill_value=0)
    homes = homes.sub(later.kind("death").groupby("household_no").size(), fill_value=0)
    homes = homes.sub(later.kind("marriage").groupby("household_no").size(), fill_value=0)
    changed = later.end.household_size - members.reindex(later.end.index)
    assert (changed - homes).sum() == len(later.kind("marriage"))  # brides came somewhere
    quiet = (changed == homes).mean()
    assert quiet > 0.9
    assert (changed >= homes).all()  # a household that differs has received a bride


def test_assets_at_the_end_follow_the_events(later):
    bought = later.kind("bought_motorcycle").groupby("household_no").size()
    sold = later.kind("sold_motorcycle").groupby("household_no").size()
    change = later.end.has_motorcycle.astype(int) - later.begin.has_motorcycle.astype(int)
    expected = bought.reindex(change.index, fill_value=0) - sold.reindex(change.index, fill_value=0)
    assert (change == expected).all()


def test_new_plates_are_new_and_belong_to_who_bought(later):
    old = pd.read_parquet(later.folder / "vehicles-2024-10.parquet")
    new = later.feed("vehicles")
    assert new.registration_no.is_unique
    assert not set(new.registration_no) & set(old.registration_no)
    owners = set(later.kind("bought_motorcycle").number) | set(later.kind("bought_car").number)
    assert set(new.owner_cnic) <= owners - {""}


def test_whoever_moved_gets_another_meter_and_others_keep_theirs(later):
    bills, moved = later.feed("electricity"), later.kind("move")
    of_survey = set(later.begin.electricity_reference) - {""}
    last = bills[bills.file == "electricity-2026-10"]
    # a household whose connection came later is new to the company too
    strangers = ~last.reference_no.isin(of_survey)
    assert 0 < strangers.sum() < len(moved) + len(later.kind("got_electricity"))


def test_the_province_itself_is_the_same_with_and_without_later_months(tmp_path):
    for name, months in (("without", 0), ("with", 2)):
        write_province(frame_of(3, FIRST), 300, tmp_path / name, months=months)
    without, with_later = digests(tmp_path / "without"), digests(tmp_path / "with")
    assert without.items() <= with_later.items()
    assert len(with_later) == len(without) + 2 * 6 + 2


def test_later_months_of_a_district_do_not_depend_on_the_others(tmp_path, later):
    write_province(frame_of(7, FIRST), HOUSEHOLDS, tmp_path, months=3, districts=["PK608"])
    alone = Later(tmp_path).events
    amid = later.events[later.events.household_no.str.startswith("608-")]
    soon = amid[pd.to_datetime(amid.happened_on) < pd.Timestamp("2025-02-01")]
    key = ["kind", "household_no", "number", "happened_on"]
    assert sorted(map(tuple, alone[key].values)) == sorted(map(tuple, soon[key].values))
