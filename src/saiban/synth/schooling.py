"""Who of the members learned and worked, so that the plan comes out; and counting them back."""

import numpy as np

from saiban.synth.draw import Bools, Columns, Floats, Ints, count_by, rank_within

SCHOOL_AGE = (5, 16)
WORKING_AGE = 10
WORK = np.array(["cultivator", "sharecropper", "self_employed", "paid", "other", "none"])


def at_school(generator: np.random.Generator, people: Columns, plan: Columns) -> Columns:
    """Schooling in years and whether in school, by person."""
    household, age = people["household"], people["age"]
    school_age = (age >= SCHOOL_AGE[0]) & (age <= SCHOOL_AGE[1])
    keen = generator.random(len(age)) + 0.7 * ((age >= 6) & (age <= 12)) + 10.0 * school_age
    in_school = school_age & (rank_within(household, keen) < plan["in_school"][household])
    ambitious = plan["max_schooling"][household] >= 10
    in_school |= (age >= 17) & (age <= 21) & ambitious & (generator.random(len(age)) < 0.35)
    return {"in_school": in_school, "schooling_years": _years(generator, people, plan, in_school)}


def _years(generator: np.random.Generator, people: Columns, plan: Columns, in_school: Bools) -> Ints:
    household, age = people["household"], people["age"]
    most = np.minimum(plan["max_schooling"][household], np.maximum(age - 5, 0))
    chance = generator.random(len(age))
    fade = np.clip(1.1 - age / 90, 0.3, 1.0) * np.where(people["female"], 0.75, 1.0)
    grown = np.floor(chance * fade * (most + 1)).astype(np.int64)
    pupil = np.maximum(np.minimum(age - 5, most) - np.floor(3 * chance).astype(np.int64), 0)
    dropout = np.floor(chance * np.minimum(most + 1, 6)).astype(np.int64)
    years = np.where(in_school, pupil, np.where(age < 18, dropout, grown))
    is_head = people["relation"] == "head"
    best = most + 0.9 * generator.random(len(age)) - 100.0 * is_head
    years = np.where(rank_within(household, best) == 0, most, years)  # the member who learned most
    head_years = np.minimum(plan["head_schooling"][household], np.maximum(age - 5, 0))
    return np.asarray(np.where(is_head, head_years, np.minimum(years, most)))


def at_work(generator: np.random.Generator, people: Columns, plan: Columns) -> Columns:
    """Work status and unskilled work, by person: men first, then women, the old, the young."""
    household, age, female = people["household"], people["age"], people["female"]
    adult = (age >= 18) & (age <= 64)
    eager = np.select([adult & ~female, adult, age >= 65, age >= WORKING_AGE], [4.0, 2.0, 1.5, 1.0], -100.0)
    eager = eager + (people["relation"] == "head") + 1.4 * generator.random(len(age))
    place = rank_within(household, eager)
    ends = np.cumsum(np.stack([plan[kind] for kind in WORK[:-1]], axis=1), axis=1)
    status = (place[:, None] >= ends[household]).sum(axis=1)
    status = np.where(age < WORKING_AGE, len(WORK) - 1, status)
    works = status < len(WORK) - 1
    humble = 10.0 * (status == 3) + 5.0 * (status == 4) + 100.0 * works - 0.1 * people["schooling_years"]
    place_humble = rank_within(household, humble + 0.1 * generator.random(len(age)))
    return {
        "work_status": WORK[status],
        "unskilled_work": works & (place_humble < plan["unskilled"][household]),
    }


def _greatest(household: Ints, values: Ints, count: int) -> Ints:
    greatest = np.zeros(count, dtype=np.int64)
    np.maximum.at(greatest, household, values)
    return greatest


def composition(people: Columns, count: int) -> Columns:
    """Count the dictionary's composition fields from the members of ``count`` households (each has a head).

    This is the generator's own count, apart from the one of the registry: tests compare the two.
    """
    household, is_head = people["household"], people["relation"] == "head"
    head = np.full(count, -1)
    head[household[is_head]] = np.flatnonzero(is_head)
    numbers = {field: count_by(household, rows, count) for field, rows in _counted(people).items()}
    child = (people["age"] >= 5) & (people["age"] <= 13)
    return numbers | {
        "head_female": people["female"][head],
        "head_age": people["age"][head],
        "head_schooling_years": people["schooling_years"][head],
        "max_schooling_years": _greatest(household, people["schooling_years"], count),
        "female_head_or_spouse_schooling": _woman_schooling(people, count),
        "children_5_13_all_in_school": count_by(household, child & ~people["in_school"], count) == 0,
    }


def _counted(people: Columns) -> dict[str, Bools]:
    """For each field that is a number of members: which members."""
    age, work = people["age"], people["work_status"]
    school = (age >= SCHOOL_AGE[0]) & (age <= SCHOOL_AGE[1])
    kinds = ("paid", "self_employed", "cultivator", "sharecropper")
    return {
        "household_size": age >= 0,
        "members_under_5": age < 5,
        "members_0_13": age <= 13,
        "members_5_17": (age >= 5) & (age <= 17),
        "members_18_64": (age >= 18) & (age <= 64),
        "members_65_plus": age >= 65,
        "children_school_age": school,
        "children_in_school": school & people["in_school"],
        "workers": work != "none",
        **{f"workers_{kind}": work == kind for kind in kinds},
        "workers_elementary": people["unskilled_work"],
    }


def _woman_schooling(people: Columns, count: int) -> np.ndarray:
    woman = people["female"] & np.isin(people["relation"], ["head", "spouse"])
    learned = count_by(people["household"], woman & (people["schooling_years"] >= 1), count)
    there = count_by(people["household"], woman, count)
    return np.select([there == 0, learned > 0], ["no_woman", "class_1_or_higher"], "none")


def adult_equivalents_milli(people: Columns, count: int) -> Ints:
    """Adult equivalents in thousandths: 1000 for an adult, 800 below 18."""
    return np.bincount(
        people["household"], weights=np.where(people["age"] < 18, 800, 1000), minlength=count
    ).astype(np.int64)


def ln_size(size: Ints) -> Floats:
    """Natural logarithm of household sizes."""
    return np.asarray(np.log(size))
