"""The stored parameters, read once and brought into the form in which they are drawn from."""

import csv
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import yaml

from saiban.data.facts import areas
from saiban.synth.draw import UNIT, Columns, Floats, Ints, latent_thresholds

Stratum = Literal["urban", "rural"]
STRATA: tuple[Stratum, ...] = ("urban", "rural")
CONSUMPTION = "consumption"


@dataclass(frozen=True)
class Copula:
    """One stratum: how normals become answers.

    ``place_loading`` says how strongly a variable follows the place (its latent correlation with
    consumption), ``factor`` makes the rest of the correlations; both in 1/4096. Together they give the fitted
    correlations back.
    """

    variables: tuple[str, ...]
    values: Columns
    thresholds: dict[str, Ints]
    consumption_latent: Floats
    consumption_ln_rupees: Floats
    utility: tuple[tuple[str, str, str], ...]
    farm: Ints
    place_loading: Ints
    factor: Ints


def _text(name: str) -> str:
    return (files("saiban.synth") / "parameters" / name).read_text(encoding="utf-8")


@cache
def rates() -> dict[str, Any]:
    """The assumed rates of ``parameters/rates.yaml``."""
    loaded: dict[str, Any] = yaml.safe_load(_text("rates.yaml"))
    return loaded


@cache
def asset_logits() -> dict[str, dict[str, float]]:
    """Coefficients of the chained logits by asset, in the order in which the assets are drawn."""
    loaded: dict[str, dict[str, float]] = json.loads(_text("assets.json"))["logits"]
    return loaded


@cache
def survey_margins() -> dict[str, Any]:
    """What the synthetic province is compared with: means, deviations, correlations and R² of the survey."""
    loaded: dict[str, Any] = json.loads(_text("survey_margins.json"))
    return loaded


@cache
def names() -> dict[str, list[dict[str, str]]]:
    """Names by use: male_first, male, female, female_second, family; the commonest first."""
    by_use: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(_text("names.csv").splitlines()):
        by_use.setdefault(row["use"], []).append(row)
    return by_use


@cache
def district_shifts(stratum: Stratum) -> dict[str, float]:
    """Latent shift of each district: loading × its mean wealth, centred on the households of the province."""
    loading = rates()["place"]["district_loading"][stratum]
    rows = [
        row for row in csv.DictReader(_text("district_shift.csv").splitlines()) if row["stratum"] == stratum
    ]
    wealth = {row["district"]: float(row["wealth"]) for row in rows}
    weights = {code: areas()[code].households * town_share(code, stratum) for code in wealth}
    middle = sum(wealth[code] * weights[code] for code in wealth) / sum(weights.values())
    return {code: loading * (value - middle) for code, value in wealth.items()}


def town_share(district: str, stratum: Stratum) -> float:
    """The share of a district's households that belong to the stratum (by its urban population)."""
    urban = float(areas()[district].urban_share)
    return urban if stratum == "urban" else 1.0 - urban


@cache
def place_variance(stratum: Stratum) -> float:
    """Variance of district and village together, in units of the latent variance (1)."""
    shifts = district_shifts(stratum)
    weights = {code: areas()[code].households * town_share(code, stratum) for code in shifts}
    between = sum(weights[code] * shift**2 for code, shift in shifts.items()) / sum(weights.values())
    return between + float(rates()["place"]["village_variance"][stratum])


def _correlations(lower: list[float], size: int) -> Floats:
    matrix = np.eye(size)
    matrix[np.tril_indices(size, -1)] = lower
    return matrix + matrix.T - np.eye(size)


def _strengthened(correlations: Floats, target: int) -> Floats:
    """Make up for what misreports and the fitting of members take from the correlations with consumption."""
    stronger = correlations.copy()
    factor = rates()["likeness"]["consumption_correlation_factor"]
    stronger[target] *= factor
    stronger[:, target] *= factor
    stronger[target, target] = 1.0
    return stronger


def _factor(correlations: Floats, loading: Floats, variance: float) -> Floats:
    rest = correlations - variance * np.outer(loading, loading)
    values, vectors = np.linalg.eigh(rest)
    repaired = (vectors * np.maximum(values, 1e-5)) @ vectors.T
    return np.asarray(np.linalg.cholesky(repaired))


@cache
def copula(stratum: Stratum) -> Copula:
    """The copula of a stratum, ready to draw from."""
    fitted = json.loads(_text("copula.json"))[stratum]
    variables = tuple(fitted["variables"])
    margins = fitted["margins"]
    target = variables.index(CONSUMPTION)
    correlations = _strengthened(_correlations(fitted["correlation_lower"], len(variables)), target)
    loading = correlations[target]
    factor = _factor(correlations, loading, place_variance(stratum))
    discrete = [name for name in variables if name != CONSUMPTION]
    return Copula(
        variables=variables,
        values={name: np.array(margins[name]["values"]) for name in discrete},
        thresholds={name: latent_thresholds(margins[name]["cumulative"]) for name in discrete},
        consumption_latent=latent_thresholds(margins[CONSUMPTION]["share"]).astype(np.float64),
        consumption_ln_rupees=np.array(margins[CONSUMPTION]["ln_rupees"]),
        utility=tuple((water, toilet, drain) for water, toilet, drain in fitted["cells"]["utility"]),
        farm=np.array(fitted["cells"]["farm"], dtype=np.int64),
        place_loading=np.rint(loading * UNIT).astype(np.int64),
        factor=np.rint(factor * UNIT).astype(np.int64),
    )
