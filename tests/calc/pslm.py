"""The real survey in the words of our dictionary: variable names, and dummies that become one answer."""

from typing import Any

import pandas as pd

RENAMED = {
    "hhsize": "household_size", "n_u5": "members_under_5", "n_5_17": "members_5_17",
    "n_65": "members_65_plus",
    "head_age": "head_age", "head_yrs": "head_schooling_years", "max_yrs": "max_schooling_years",
    "kids": "children_school_age", "inschool": "children_in_school", "workers": "workers",
    "n_paid": "workers_paid",
    "n_selfna": "workers_self_employed", "n_cult": "workers_cultivator", "n_share": "workers_sharecropper",
    "elem": "workers_elementary", "rooms": "rooms",
}  # fmt: skip
BOOLS = {
    "head_female": "head_female", "elec": "has_electricity", "gas": "has_gas", "rent": "dwelling_rented",
    "inet": "has_internet", "bband": "has_broadband", "mobile": "has_mobile", "landline": "has_landline",
    "desktop": "has_desktop", "laptop": "has_laptop", "tablet": "has_tablet", "agri": "farms_land",
    "livestock": "has_livestock", "urban": "urban",
}  # fmt: skip
CHOICES = {
    "dwelling_kind": ({"indep": "independent", "flat": "flat"}, "part"),
    "water_source": ({"w_piped": "piped", "w_motor": "motor_pump", "w_bad": "unimproved"}, "hand_pump"),
    "toilet": ({"t_sewer": "sewer", "t_pit": "pit_or_septic", "t_none": "none"}, "other"),
    "drainage": ({"dr_under": "underground", "dr_none": "none"}, "open"),
}


def as_households(survey: "pd.DataFrame") -> dict[str, list[Any]]:
    """Columns of the dictionary: whole numbers, yes/no as words, acres as text of at most three places."""
    columns: dict[str, list[Any]] = {"household": [str(code) for code in survey.hhcode]}
    columns |= {ours: [int(n) for n in survey[theirs]] for theirs, ours in RENAMED.items()}
    columns |= {ours: ["yes" if n else "no" for n in survey[theirs]] for theirs, ours in BOOLS.items()}
    for ours, (dummies, base) in CHOICES.items():
        answers = [base] * len(survey)
        for theirs, answer in dummies.items():
            answers = [
                answer if flag else before for flag, before in zip(survey[theirs], answers, strict=True)
            ]
        columns[ours] = answers
    columns["land_acres"] = [f"{acres:.3f}" for acres in survey.acres]
    return columns
