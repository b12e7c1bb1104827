"""The members of the planned households: age, sex, relation to the head, marital status.

Counts by age group are the plan's. Marriage, sex and age curves within the groups are assumed, not fitted:
neither survey lists persons.
"""

import numpy as np

from saiban.synth.draw import Bools, Columns, Ints, rank_within

ADULT, OLD, SCHOOL, SMALL = range(4)
LEAST_AGE = np.array([18, 65, 5, 0])
GREATEST_AGE = np.array([64, 95, 17, 4])
PARENT_GAP = 16
MOTHER_SPAN = (15, 45)
SPOUSE_GAP = 4


def draw_people(generator: np.random.Generator, plan: Columns) -> Columns:
    """Persons of a block, sorted by household, the head first.

    Out: household (row of the plan, int64), age, female, relation, marital_status, one row per person.
    """
    people = _slots(plan)
    _choose_head_and_spouse(generator, people, plan)
    people["age"] = _ages(generator, people, plan)
    people["relation"] = _relations(generator, people, plan)
    people["female"] = _sexes(generator, people, plan)
    people["marital_status"] = _marital(generator, people)
    order = np.lexsort((-people["age"], ~people["is_spouse"], ~people["is_head"], people["household"]))
    return {
        name: people[name][order] for name in ("household", "age", "female", "relation", "marital_status")
    }


def _slots(plan: Columns) -> Columns:
    counts = np.stack([plan["aged_18_64"], plan["aged_65_plus"], plan["aged_5_17"], plan["under_5"]], axis=1)
    size = counts.sum(axis=1)
    household = np.repeat(np.arange(len(size)), size)
    group = np.repeat(np.tile(np.arange(4), len(size)), counts.ravel())
    starts = np.cumsum(counts.ravel()) - counts.ravel()
    within = np.arange(len(group)) - starts[household * 4 + group]
    return {"household": household, "group": group, "within": within}


def _choose_head_and_spouse(generator: np.random.Generator, people: Columns, plan: Columns) -> None:
    household, group, within = people["household"], people["group"], people["within"]
    head_age, head_female = plan["head_age"], plan["head_female"]
    head_group = np.where(head_age >= 65, OLD, ADULT)
    people["is_head"] = (group == head_group[household]) & (within == 0)
    next_to_head = within == (group == head_group[household])  # the first of each group who is not the head
    adults_left = plan["aged_18_64"] - (head_group == ADULT)
    old_left = plan["aged_65_plus"] - (head_group == OLD)
    spouse_group = np.where((head_age >= 68) & (old_left > 0) | (adults_left == 0), OLD, ADULT)
    has_spouse = generator.random(len(head_age)) < np.where(head_female, 0.22, 0.93)
    drawn = (
        head_age
        + np.where(head_female, SPOUSE_GAP, -SPOUSE_GAP)
        + np.rint(4 * generator.standard_normal(len(head_age)))
    )
    spouse_age = np.clip(drawn, LEAST_AGE[spouse_group], GREATEST_AGE[spouse_group]).astype(np.int64)
    has_spouse &= (np.abs(spouse_age - head_age) <= 25) & (adults_left + old_left > 0)
    people["is_spouse"] = (group == spouse_group[household]) & next_to_head & has_spouse[household]
    people["spouse_age"] = np.where(has_spouse, spouse_age, -1)  # by household


def _ages(generator: np.random.Generator, people: Columns, plan: Columns) -> Ints:
    household, group, within = people["household"], people["group"], people["within"]
    head = plan["head_age"][household]
    chance = generator.random(len(group))
    span = LEAST_AGE[group] + np.floor(chance * (GREATEST_AGE[group] + 1 - LEAST_AGE[group])).astype(np.int64)
    school = np.where(within < plan["aged_17"][household], 17, 5 + np.floor(chance * 12).astype(np.int64))
    old = np.minimum(65 + np.floor(-7 * np.log1p(-chance)).astype(np.int64), 95)
    youngest_parent = np.minimum(head + PARENT_GAP + 2, 64)
    grown_child = 18 + np.floor(chance**1.4 * np.maximum(np.minimum(head - PARENT_GAP, 64) - 17, 1)).astype(
        np.int64
    )
    brother = np.clip(head - 8 + np.floor(chance * 16).astype(np.int64), 18, 64)
    parent = youngest_parent + np.floor(chance * (65 - youngest_parent)).astype(np.int64)
    is_parent = (head <= 44) & (generator.random(len(group)) < 0.35)
    adult = np.where(is_parent, parent, np.where(head >= 37, grown_child, brother))
    age = np.choose(group, [adult, old, school, span])
    age = np.where(people["is_spouse"], people["spouse_age"][household], age)
    return np.asarray(np.where(people["is_head"], head, age))


def _relations(generator: np.random.Generator, people: Columns, plan: Columns) -> np.ndarray:
    household, age = people["household"], people["age"]
    head = plan["head_age"][household]
    spouse_age = people["spouse_age"][household]
    mother = np.where(
        plan["head_female"][household], head, np.where(spouse_age >= 0, spouse_age, head - SPOUSE_GAP)
    )
    chance = generator.random(len(age))
    has_mother_age = (mother - age >= MOTHER_SPAN[0]) & (mother - age <= MOTHER_SPAN[1])
    can_be_child = has_mother_age & (head - age >= PARENT_GAP)
    grand_chance = np.clip((head - 45) / 30, 0, 0.85) * np.where(age < 5, 1.0, 0.5)
    minor = np.select(
        [can_be_child & (chance >= grand_chance), head - age >= 2 * PARENT_GAP, age + 20 > head],
        ["child", "grandchild", "sibling"],
        "other_relative",
    )
    grown = np.select(
        [can_be_child & (chance < 0.82), head - age >= PARENT_GAP, age - head >= PARENT_GAP, chance < 0.75],
        ["child", "in_law", "parent", "sibling"],
        "other_relative",
    )
    relation = np.where(age < 18, minor, grown).astype("U14")
    relation[people["is_spouse"]] = "spouse"
    relation[people["is_head"]] = "head"
    third_parent = (relation == "parent") & (_place_among(household, relation == "parent") >= 2)
    relation[third_parent] = "other_relative"
    return relation


def _place_among(household: Ints, rows: Bools) -> Ints:
    """0, 1, 2 … for the chosen rows of each household, in their order."""
    return rank_within(household, rows.astype(np.float64))


def _sexes(generator: np.random.Generator, people: Columns, plan: Columns) -> Bools:
    household, relation = people["household"], people["relation"]
    female = generator.random(len(household)) < np.where(relation == "in_law", 0.85, 0.485)
    parents = relation == "parent"
    female = np.where(parents, _place_among(household, parents) == 0, female)
    head_female = plan["head_female"][household]
    female = np.where(relation == "head", head_female, female)
    return np.asarray(np.where(relation == "spouse", ~head_female, female))


def _marital(generator: np.random.Generator, people: Columns) -> np.ndarray:
    age, relation, female = people["age"], people["relation"], people["female"]
    spouse_here = (people["spouse_age"] >= 0)[people["household"]] & np.isin(relation, ["head", "spouse"])
    chance = generator.random(len(age))
    never = np.clip(1.15 - (age - np.where(female, 17, 20)) / 14, 0.02, 1.0)
    widowed = np.clip((age - 35) / 60, 0.0, 0.6) * np.where(female, 1.0, 0.5)
    unmarried_head = np.where(female, np.maximum(widowed, 0.45), widowed)
    ended = np.where(relation == "head", unmarried_head, widowed)
    status = np.select(
        [
            age < 18,
            spouse_here | (relation == "in_law"),
            chance < never,
            chance < never + ended,
            chance > 0.985,
        ],
        ["never_married", "married", "never_married", "widowed", "divorced"],
        "married",
    )
    return np.where((relation == "parent") & (status == "never_married"), "widowed", status)
