"""From the truth at the interview to what stands in the survey, and to what is true now.

Each function tells what it did as a column of its own (``hid_car`` …), so that nothing is wrong by accident.
"""

import numpy as np

from saiban.synth.draw import Bools, Columns, Floats, Ints, happens
from saiban.synth.fitted import rates

DAYS_OF_YEAR = 365.25
DAYS_OF_MONTH = DAYS_OF_YEAR / 12
CHANGES = {
    "bought_motorcycle": ("has_motorcycle", True),
    "sold_motorcycle": ("has_motorcycle", False),
    "bought_car": ("has_car", True),
    "bought_refrigerator": ("has_refrigerator", True),
    "moved_to_rented": ("dwelling_rented", True),
    "got_electricity": ("has_electricity", True),
    "lost_electricity": ("has_electricity", False),
}
DENIALS = {
    "hid_motorcycle": "has_motorcycle",
    "hid_car": "has_car",
    "hid_air_conditioner": "has_air_conditioner",
    "hid_refrigerator": "has_refrigerator",
    "hid_land": "farms_land",
    "denied_electricity": "has_electricity",
    "denied_tenancy": "dwelling_rented",
}


def interview_days(generator: np.random.Generator, count: int, last_day: int) -> Ints:
    """Days of the interviews as days since 1970; the stale share lies further back."""
    plan = rates()["interviews"]
    recent = generator.random(count) < plan["recent_share"]
    months = np.where(
        recent,
        plan["recent_months"] * generator.random(count),
        plan["recent_months"] + (plan["stale_months"] - plan["recent_months"]) * generator.random(count),
    )
    return np.asarray(last_day - 31 - np.floor(months * DAYS_OF_MONTH).astype(np.int64))


def live_on(generator: np.random.Generator, then: Columns, years: Floats) -> tuple[Columns, Columns]:
    """What is true at the end, given what was true at the interview ``years`` ago; and what changed."""
    now, changed = dict(then), {}
    for change, (field, becomes) in CHANGES.items():
        chance = 1.0 - (1.0 - rates()["changes_per_year"][change]) ** years
        moved = happens(generator, then[field] != becomes, chance)
        now[field] = np.where(moved, becomes, now[field])
        changed[change] = moved
    return now, changed


def say(generator: np.random.Generator, then: Columns) -> tuple[Columns, Columns]:
    """What the household said at the interview, and what of it was not so."""
    said, wrong = dict(then), {}
    for denial, field in DENIALS.items():
        wrong[denial] = happens(generator, then[field], rates()["misreports"][denial])
        said[field] = then[field] & ~wrong[denial]
    said["land_acres"] = np.where(said["farms_land"], then["land_acres"], 0.0)
    return said, wrong


def hidden_earners(generator: np.random.Generator, people: Columns, households: int) -> Bools:
    """Persons whose paid work was not mentioned: at most one of a household, never the head."""
    hides = generator.random(households) < rates()["misreports"]["hid_earner"]
    candidates = (
        (people["work_status"] == "paid") & (people["relation"] != "head") & hides[people["household"]]
    )
    rows = np.flatnonzero(candidates)
    first = np.unique(people["household"][rows], return_index=True)[1]
    chosen = np.zeros(len(candidates), dtype=np.bool_)
    chosen[rows[first]] = True
    return chosen
