"""The target groups of schemes, chosen from the hidden truth and from two things that no survey asks.

Disability and religion are drawn here alone: no answer, feed or other truth knows of them.
"""

import numpy as np

from saiban.synth.block import Block, Frame, years_back
from saiban.synth.draw import Bools, Ints, happens, stream
from saiban.synth.fitted import rates

MOST_ACRES = 12.5


def aged(birth_day: Ints, years: int, day: int) -> Bools:
    """Who is at least so many years old on a day."""
    return np.asarray(birth_day <= years_back(np.array([day]), np.array([years]))[0])


def _disabled(generator: np.random.Generator, birth_day: Ints, day: int) -> Bools:
    share = rates()["lists"]["disabled"]
    by_age = np.select(
        [aged(birth_day, 65, day), aged(birth_day, 18, day)],
        [share["aged_65_plus"], share["aged_18_64"]],
        share["under_18"],
    )
    return happens(generator, np.ones(len(birth_day), dtype=np.bool_), by_age)


def targets(frame: Frame, block: Block) -> dict[str, Bools]:
    """For each group of ``rates.yaml``: which persons of the block belong to it at the end of the month."""
    people, day = block.persons, frame.last_day
    generator = stream(frame.seed, (*block.share.place, int(block.order[0])), "targets")
    birth, female, household = people["birth_day"], people["female"], people["household"]
    disabled = _disabled(generator, birth, day)
    minority = generator.random(len(block.order)) < rates()["lists"]["minority_households"]
    adult, at_work = aged(birth, 18, day), people["work_status"] != "none"
    acres = block.truth["land_acres"][household]
    small_farm = (acres > 0) & (acres <= MOST_ACRES)
    stipend = block.share.district.code in rates()["lists"]["stipend_districts"]
    pensionable = aged(birth, 60, day) | (female & aged(birth, 55, day))
    learns = people["in_school"]
    return {
        "disabled": disabled,
        "disabled_without_work": disabled & adult & ~at_work,
        "girls_at_school": learns & female & aged(birth, 10, day) & ~aged(birth, 18, day) & stipend,
        "widows": female & adult & (people["marital_status"] == "widowed"),
        "heads": adult & (people["relation"] == "head"),
        "unmarried_women": female & adult & ~aged(birth, 36, day) & _never_married(people["marital_status"]),
        "students": learns & aged(birth, 14, day),
        "old_workers": pensionable & ~block.truth["farms_land"][household],
        "small_farmers": adult & (people["work_status"] == "cultivator") & small_farm,
        "minority_adults": adult & minority[household],
    }


def _never_married(status: np.ndarray) -> Bools:
    return np.asarray(status == "never_married")
