"""Households at the day of their interview: answers of the copula, assets of the logits."""

import numpy as np

from saiban.synth.draw import Bools, Columns, Floats, Ints, fixed_normals
from saiban.synth.fitted import CONSUMPTION, Copula, asset_logits

MAX_SCHOOLING = 18
ROOMS_IN_LOGIT = 6
YES_NO = {
    "elec": "has_electricity",
    "gas": "has_gas",
    "mobile": "has_mobile",
    "landline": "has_landline",
    "rent": "dwelling_rented",
    "inet": "has_internet",
    "bband": "has_broadband",
    "desktop": "has_desktop",
    "laptop": "has_laptop",
    "tablet": "has_tablet",
}
DWELLINGS = np.array(["part", "flat", "independent"])


def draw_answers(generator: np.random.Generator, copula: Copula, shift: Ints) -> Columns:
    """Draw the copula's variables for households whose places are shifted by ``shift`` (1/4096 sd).

    Out: one array per variable; consumption as integer paisa a month per adult equivalent.
    """
    normals = fixed_normals(generator, (len(shift), len(copula.variables)))
    latent = normals @ copula.factor.T + shift[:, None] * copula.place_loading
    drawn = {}
    for column, variable in enumerate(copula.variables):
        if variable == CONSUMPTION:
            ln_rupees = np.interp(latent[:, column], copula.consumption_latent, copula.consumption_ln_rupees)
            drawn[variable] = np.rint(np.exp(ln_rupees) * 100).astype(np.int64)
        else:
            place = np.searchsorted(copula.thresholds[variable], latent[:, column], side="right")
            drawn[variable] = copula.values[variable][place]
    return drawn


def composition_plan(drawn: Columns) -> Columns:
    """What the members will have to add up to: counts by age, at school, at work; the head.

    The head is given a slot of the own age group: from the adults if they are two or more, else one is added.
    """
    head_age = np.maximum(drawn["head_age"].astype(np.int64), 18)
    adults, old = drawn["n_1864"].astype(np.int64), drawn["n_65"].astype(np.int64)
    old_missing = (head_age >= 65) & (old == 0)
    adults = np.where(old_missing & (adults >= 2), adults - 1, adults)
    old = np.where(old_missing, 1, old)
    adults = np.where((head_age < 65) & (adults == 0), 1, adults)
    children = drawn["n_5_17"].astype(np.int64)
    aged_17 = np.minimum(drawn["aged_17"].astype(np.int64), children)
    school_age = children - aged_17
    out_of_school = np.rint(drawn["notin"].astype(np.float64) * school_age).astype(np.int64)
    head_years = drawn["head_yrs"].astype(np.int64)
    return {
        "under_5": drawn["n_u5"].astype(np.int64),
        "aged_5_17": children,
        "aged_17": aged_17,
        "aged_18_64": adults,
        "aged_65_plus": old,
        "head_female": drawn["head_female"] == 1,
        "head_age": head_age,
        "head_schooling": head_years,
        "max_schooling": np.minimum(head_years + drawn["gap"].astype(np.int64), MAX_SCHOOLING),
        "in_school": school_age - out_of_school,
        **_work_plan(drawn),
    }


def _work_plan(drawn: Columns) -> Columns:
    farm = drawn["farm_parts"]
    return {
        "cultivator": farm[:, 1],
        "sharecropper": farm[:, 2],
        "self_employed": drawn["n_selfna"].astype(np.int64),
        "paid": drawn["n_paid"].astype(np.int64),
        "other": drawn["w_other"].astype(np.int64),
        "unskilled": drawn["elem"].astype(np.int64),
    }


def dwelling_and_means(drawn: Columns, copula: Copula, urban: bool) -> Columns:
    """The household answers of the dictionary that the copula gives."""
    utility = np.array(copula.utility)[drawn["utility"]]
    farms = drawn["farm_parts"][:, 0] == 1
    answers: Columns = {"urban": np.full(len(farms), urban), "rooms": drawn["rooms"].astype(np.int64)}
    answers |= {code: drawn[variable] == 1 for variable, code in YES_NO.items()}
    answers |= {
        "dwelling_kind": DWELLINGS[drawn["dwell"].astype(np.int64)],
        "water_source": utility[:, 0],
        "toilet": utility[:, 1],
        "drainage": utility[:, 2],
        "farms_land": farms,
        "land_acres": np.where(farms, drawn["acres"].astype(np.float64), 0.0),
        "has_livestock": drawn["farm_parts"][:, 3] == 1,
        CONSUMPTION: drawn[CONSUMPTION],
    }
    return answers


def logit_inputs(answers: Columns, size: Ints, under_5: Ints, head_schooling: Ints) -> dict[str, Floats]:
    """The shared predictors of the asset logits."""
    computer: Bools = answers["has_desktop"] | answers["has_laptop"] | answers["has_tablet"]
    columns = {
        "const": np.ones(len(size)),
        "urban": answers["urban"],
        "lhh": np.log(size),
        "n_u5": under_5,
        "rooms": np.minimum(answers["rooms"], ROOMS_IN_LOGIT),
        "elec": answers["has_electricity"],
        "mobile": answers["has_mobile"],
        "inet": answers["has_internet"],
        "comp": computer,
        "agri": answers["farms_land"],
        "livestock": answers["has_livestock"],
        "acres": np.log1p(answers["land_acres"]),
        "rent": answers["dwelling_rented"],
        "w_piped": answers["water_source"] == "piped",
        "w_motor": answers["water_source"] == "motor_pump",
        "t_none": answers["toilet"] == "none",
        "t_sewer": answers["toilet"] == "sewer",
        "ed_pri": (head_schooling >= 1) & (head_schooling <= 5),
        "ed_mid": (head_schooling >= 6) & (head_schooling <= 8),
        "ed_sec": (head_schooling >= 9) & (head_schooling <= 10),
        "ed_high": head_schooling >= 11,
    }
    return {name: np.asarray(column, dtype=np.float64) for name, column in columns.items()}


def draw_assets(generator: np.random.Generator, inputs: dict[str, Floats]) -> Columns:
    """Durable assets one after the other, each given those before it."""
    assets: Columns = {}
    known = dict(inputs)
    for asset, coefficients in asset_logits().items():
        logit = sum(
            (weight * known[name] for name, weight in coefficients.items()), np.zeros(len(inputs["const"]))
        )
        # Probability and draw are compared on a grid of 2^-32, far coarser than the last bit of exp().
        chance = np.rint(2.0**32 / (1.0 + np.exp(-logit))).astype(np.int64)
        assets[asset] = generator.integers(0, 1 << 32, size=len(chance)) < chance
        known[asset] = assets[asset].astype(np.float64)
    return assets


def draw_households(
    answer_stream: np.random.Generator,
    asset_stream: np.random.Generator,
    copula: Copula,
    shift: Ints,
    urban: bool,
) -> tuple[Columns, Columns]:
    """Households of one stratum: their answers with assets, and the plan of their members."""
    drawn = draw_answers(answer_stream, copula, shift)
    drawn["farm_parts"] = copula.farm[drawn["farm"].astype(np.int64)]
    plan = composition_plan(drawn)
    answers = dwelling_and_means(drawn, copula, urban)
    size = plan["under_5"] + plan["aged_5_17"] + plan["aged_18_64"] + plan["aged_65_plus"]
    inputs = logit_inputs(answers, size, plan["under_5"], plan["head_schooling"])
    return answers | draw_assets(asset_stream, inputs), plan
