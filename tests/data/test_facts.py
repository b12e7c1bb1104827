"""The facts: every figure has a source, the tree adds up, what is unconfirmed is refused."""

import re
from datetime import date
from decimal import Decimal

import pytest

from saiban.data import facts as carried_over
from saiban.data.errors import BadInput
from saiban.data.facts import (
    agencies,
    areas,
    confirmed_value,
    economy,
    economy_series,
    hexmap,
    schemes,
)

# The two census tables put one place of 12,081 people into different districts.
BETWEEN_TABLES = {"PK612", "PK635"}
UNCONFIRMED_WAGE = economy("minimum_wage_unskilled", on=date(2024, 8, 1))


def children(code):
    return [area for area in areas().values() if area.parent == code]


def test_the_tree_has_the_areas_of_the_census():
    counts = {}
    for area in areas().values():
        counts[area.level] = counts.get(area.level, 0) + 1
    assert counts == {"province": 1, "division": 9, "district": 36, "tehsil": 146}
    assert areas()["PK6"].population_2023 == 127_688_922


def test_every_area_stands_after_its_parent_and_inside_it():
    seen = set()
    for area in areas().values():
        assert area.parent in seen or area.level == "province"
        assert area.level != "tehsil" or area.code.startswith(area.parent)
        seen.add(area.code)


@pytest.mark.parametrize("measure", ["households", "population_2017", "population_2023"])
@pytest.mark.parametrize("level", ["province", "division", "district"])
def test_parts_add_up_to_the_whole(level, measure):
    for area in areas().values():
        skips = area.code in BETWEEN_TABLES and measure != "households"
        if area.level == level and not skips:
            assert sum(getattr(part, measure) for part in children(area.code)) == getattr(area, measure), (
                area.code
            )


def test_the_difference_between_the_census_tables_cancels():
    gaps = {
        code: sum(part.population_2023 for part in children(code)) - areas()[code].population_2023
        for code in BETWEEN_TABLES
    }
    assert gaps == {"PK612": -12_081, "PK635": 12_081}


def test_names_are_in_two_scripts_and_unique_among_siblings():
    for area in areas().values():
        assert area.name_en.isascii()
        assert all("\u0600" <= letter <= "\u06ff" or letter in " ()" for letter in area.name_ur), area.name_ur
        siblings = children(area.code)
        assert len({part.name_ur for part in siblings}) == len(siblings)


def test_tehsils_stand_near_their_district_and_never_on_one_another():
    for area in areas().values():
        if area.level == "district":
            points = {(part.latitude, part.longitude) for part in children(area.code)}
            assert len(points) == len(children(area.code))
            assert all(
                abs(lat - area.latitude) + abs(lon - area.longitude) < Decimal(1) for lat, lon in points
            )


def test_hexagons_show_each_district_once_on_a_place_of_its_own():
    districts = {area.code for area in areas().values() if area.level == "district"}
    assert {hexagon.district for hexagon in hexmap()} == districts
    assert len({(hexagon.column, hexagon.row) for hexagon in hexmap()}) == len(districts)


def test_agencies_speak_both_languages():
    for agency in agencies().values():
        assert agency.name_en.isascii()
        assert not agency.name_ur.isascii()
        assert not agency.reports_ur.isascii()
    assert "pspa" in agencies()


def test_a_value_is_the_one_in_force_on_the_day():
    assert economy("tariff.unprotected_100", on=date(2025, 6, 30)).value == Decimal("16.48")
    assert economy("tariff.unprotected_100", on=date(2025, 7, 1)).value == Decimal("22.44")


def test_a_day_between_two_poverty_lines_has_none():
    with pytest.raises(BadInput, match="no value for 2017-01-01"):
        economy("poverty_line", on=date(2017, 1, 1))


def test_an_unknown_series_names_those_that_exist():
    with pytest.raises(BadInput, match="minimum_wage_unskilled"):
        economy("price_of_gold", on=date(2025, 1, 1))


def test_what_is_recalled_is_refused_unless_allowed():
    assert not UNCONFIRMED_WAGE.confirmed
    with pytest.raises(BadInput, match="not confirmed"):
        confirmed_value(UNCONFIRMED_WAGE)
    assert confirmed_value(UNCONFIRMED_WAGE, allow_unconfirmed=True) == Decimal(37000)


def test_nothing_recalled_is_marked_as_confirmed():
    facts = [fact for series in economy_series().values() for fact in series]
    assert all("recalled" not in fact.source for fact in [*facts, *schemes().values()] if fact.confirmed)
    assert any(not scheme.confirmed for scheme in schemes().values())


def test_there_are_the_schemes_of_all_departments():
    assert len(schemes()) >= 85
    assert len({scheme.agency for scheme in schemes().values()}) >= 15
    assert {scheme.pillar for scheme in schemes().values()} == {
        "social_assistance",
        "social_insurance",
        "labour_market",
        "social_care",
    }


def test_schemes_speak_both_languages():
    for scheme in schemes().values():
        assert scheme.name.isascii(), scheme.code
        assert scheme.target_group.isascii(), scheme.code
        assert re.search("[\u0600-\u06ff]", scheme.name_ur), scheme.code
        assert re.search("[\u0600-\u06ff]", scheme.target_group_ur), scheme.code


def test_no_two_schemes_share_a_name():
    for names in (
        [scheme.name for scheme in schemes().values()],
        [scheme.name_ur for scheme in schemes().values()],
    ):
        assert len(set(names)) == len(names)


def test_a_scheme_of_no_agency_is_refused(monkeypatch):
    known = {code: agency for code, agency in agencies().items() if code != "zakat"}
    monkeypatch.setattr(carried_over, "agencies", lambda: known)
    with pytest.raises(BadInput, match="ZK-GA is run by zakat"):
        schemes.__wrapped__()


def plain_amount(words, year):
    """Read the words of a report: the one figure they name, or the one that they date to that year."""
    if plain := re.fullmatch(r"(\d+)(?: \([^)]*\))?", words):
        return int(plain[1])
    dated = re.findall(r"(?:^|; )(\d+) \((\d{4})\)(?=;|$)", words)
    return next((int(amount) for amount, of in dated if of == year), None)


@pytest.mark.parametrize("code", sorted(schemes()))
def test_the_amount_of_a_scheme_agrees_with_the_words_of_the_report(code):
    scheme = schemes()[code]
    amount = plain_amount(scheme.amount, scheme.year)
    assert scheme.amount_paisa == (amount * 100 if amount else None)


PERIODS = {
    "day": "day",
    "night": "day",
    "month": "month",
    "month (4500/quarter)": "month",
    "month (6000/quarter)": "month",
    "month, paid quarterly": "month",
    "day/month": "month",
    "": "case",
}


def test_the_period_of_a_scheme_agrees_with_the_words_of_the_report():
    for scheme in schemes().values():
        assert scheme.period == PERIODS.get(scheme.frequency, scheme.frequency), scheme.code


def test_a_scheme_without_any_figure_is_not_confirmed():
    for scheme in schemes().values():
        assert scheme.amount or not scheme.confirmed, scheme.code
        assert "not found" not in scheme.source or not scheme.confirmed, scheme.code
