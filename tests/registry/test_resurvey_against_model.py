"""Second surveys drawn at random, in parts, rows in any order: findings are those of the plain model."""

from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest
from django.db import connection

from saiban.calc.resurvey import Survey, terms, told_apart
from saiban.core import outbox
from saiban.intake.models import Part
from saiban.registry import services
from saiban.registry.models import Finding, Household, Membership, Person, Profile
from tests.intake import files
from tests.registry.second_survey import FIRST, SECOND, found, household_of, rows_of, tehsils

pytestmark = pytest.mark.django_db
TERMS = terms(on=date(2026, 7, 1), allow_unconfirmed=True)
HOUSEHOLDS, PEOPLE = 16, 70


def first_survey(draw):
    """Households of one to eight in two areas."""
    home_of = {person: int(draw.integers(HOUSEHOLDS)) for person in range(1, PEOPLE + 1)}
    home_of |= {200 + home: home for home in range(HOUSEHOLDS)}
    area_of = {home: "01"[home % 2] for home in range(HOUSEHOLDS)}
    return Survey(home_of, area_of, heads_of(home_of, draw))


def second_survey(first, draw):
    """Most stay together; some move, go apart, go together, are not met; some are new."""
    home_of, area_of = {}, {}
    for home, area in first.area_of.items():
        people = [person for person, lives in first.home_of.items() if lives == home]
        fate = draw.choice(["stay", "stay", "stay", "apart", "join", "gone", "one"])
        into = {"join": 100 + (home + 2) % HOUSEHOLDS, "gone": None}.get(fate, 100 + home)
        cut = int(draw.integers(len(people) + 1)) if fate in ("apart", "one") else len(people)
        for n, person in enumerate(people):
            goes = into if n < cut else (None if fate == "one" else 300 + home)
            if goes is not None and draw.random() < 0.95:
                home_of[person] = goes
        area_of[100 + home] = area_of[300 + home] = area if draw.random() < 0.8 else "01"[int(area == "0")]
    home_of |= {900 + n: 500 + n for n in range(4)}
    area_of |= {500 + n: "01"[n % 2] for n in range(4)}
    area_of = {home: area for home, area in area_of.items() if home in set(home_of.values())}
    return Survey(home_of, area_of, heads_of(home_of, draw))


def heads_of(home_of, draw):
    """One head in each household."""
    people = defaultdict(list)
    for person, home in home_of.items():
        people[home].append(person)
    return frozenset(int(draw.choice(those)) for those in people.values())


def covered_by(before, after):
    """Areas in which at least so many of the households were found again."""
    told = told_apart(before, after, covered=set(before.area_of.values()), terms=TERMS)
    gone_on = {old for kind, old in told.after.values() if kind in ("same", "moved")}
    met = gone_on | {old for old, (kind, _) in told.before.items() if kind == "merged"}
    doubted = doubted_in(before, after)
    counts = {area: Counter() for area in before.area_of.values()}
    for old, area in before.area_of.items():
        counts[area]["met" if old in met else "doubted" if old in doubted else "missed"] += 1
    return {
        area
        for area, count in counts.items()
        if count["met"] and count["met"] * 100 >= TERMS.covered_share * (count["met"] + count["missed"])
    }


def doubted_in(before, after):
    """Households that went exactly half into one that continues nobody; these are nowhere counted missing."""
    told = told_apart(before, after, covered=set(), terms=TERMS)
    return {other for kind, other in told.after.values() if kind == "doubtful"}


def shuffled(rows, draw):
    """Whole households in another order."""
    homes = defaultdict(list)
    for row in rows:
        homes[row["household_no"]].append(row)
    names = list(homes)
    draw.shuffle(names)
    return [row for name in names for row in homes[name]]


def in_registry(survey, prefix):
    """The first survey by the keys of its households."""
    pk_of = {home: household_of(f"{prefix}-{home}").pk for home in survey.area_of}
    homes = {person: pk_of[home] for person, home in survey.home_of.items()}
    return Survey(homes, {pk_of[home]: area for home, area in survey.area_of.items()}, survey.heads)


def expected_of(before, after):
    """What the model says, by the codes of households."""
    told = told_apart(before, after, covered=covered_by(before, after), terms=TERMS)
    code = dict(Household.objects.values_list("pk", "code"))
    expected = {}
    for new, (kind, old) in told.after.items():
        if kind in ("same", "moved"):
            expected[code[old]] = (kind, None)
        else:
            expected[household_of(f"B-{new}").code] = (kind, code[old] if old else None)
    return expected | {code[old]: (kind, code.get(into)) for old, (kind, into) in told.before.items()}


@pytest.mark.parametrize("seed", [3, 11, 27])
def test_what_is_found_is_what_the_model_says(seed, take_in, scorecards, settings):
    settings.SAIBAN_PART_HOUSEHOLDS = 5
    draw = np.random.default_rng(seed)
    areas = dict(zip("01", tehsils(), strict=False))
    first = first_survey(draw)
    take_in(shuffled(rows_of(first, prefix="A", on=FIRST, areas=areas), draw))
    before = in_registry(first, "A")
    assert not Finding.objects.exists()
    second = second_survey(first, draw)
    batch = take_in(shuffled(rows_of(second, prefix="B", on=SECOND, areas=areas), draw))
    assert Part.objects.filter(batch=batch).count() > 2
    assert found(batch) == expected_of(before, second)
    everybody = set(first.home_of) | set(second.home_of)
    assert Person.objects.count() == len(everybody)  # nobody twice
    open_ones = Membership.objects.filter(during__upper_inf=True, cancelled=False)
    lives = dict(open_ones.values_list("person__name_en", "household_id"))
    for person, home in second.home_of.items():
        assert lives[f"Person {person}"] == household_of(f"B-{home}").pk
    assert len(set(found(batch).values())) > 4  # not an empty comparison


class Killed(Exception):
    """The process ends here."""


def kill_at(statement):
    asked = 0

    def count(execute, *args):
        nonlocal asked
        asked += 1
        if asked == statement:
            raise Killed
        return execute(*args)

    return connection.execute_wrapper(count)


def test_a_part_that_is_killed_and_applied_again_finds_the_same(send, system, take_in, scorecards, tmp_path):
    draw = np.random.default_rng(5)
    areas = dict(zip("01", tehsils(), strict=False))
    first = first_survey(draw)
    take_in(rows_of(first, prefix="A", on=FIRST, areas=areas))
    before, second = in_registry(first, "A"), second_survey(first, draw)
    batch = send(files.as_csv(tmp_path / "b.csv", rows_of(second, prefix="B", on=SECOND, areas=areas)))
    part = Part.objects.get(batch=batch)
    people = Person.objects.count()
    for statement in (9, 14, 20, 30, 45, 60):
        with kill_at(statement), pytest.raises(Killed):
            services.apply_part(actor=system, part_id=part.pk)
        assert Person.objects.count() == people
        assert not Finding.objects.exists()
    outbox.drain()
    assert found(batch) == expected_of(before, second)
    kept = list(Finding.objects.order_by("pk").values())
    values = list(Profile.objects.order_by("pk").values("values", "origin", "others"))
    services.apply_part(actor=system, part_id=part.pk)
    services.close_survey(actor=system, batch_id=batch.pk)
    assert list(Finding.objects.order_by("pk").values()) == kept
    assert list(Profile.objects.order_by("pk").values("values", "origin", "others")) == values
