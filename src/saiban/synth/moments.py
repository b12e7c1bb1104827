"""Means, deviations, correlations and R² of what the survey file says, gathered block by block."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from saiban.synth.block import Block
from saiban.synth.draw import Columns, Floats
from saiban.synth.fitted import CONSUMPTION, STRATA, survey_margins
from saiban.synth.schooling import composition


def indicators(block: Block) -> Floats:
    """The 42 indicators and ln consumption of each household, as reported, as in ``survey_margins()``."""
    counted = composition(block.rows, len(block.order))
    values: Columns = {**counted, **block.said}
    size, school_age = counted["household_size"], counted["children_school_age"]
    share = counted["children_in_school"] / np.maximum(school_age, 1)
    values["rooms_per_person"] = block.said["rooms"] / size
    values["school_share"] = np.where(school_age == 0, -1.0, share)
    values["ln_household_size"] = np.log(size)
    values["ln_consumption"] = np.log(block.said[CONSUMPTION] / 100)
    return np.stack([_column(values, name) for name in survey_margins()["variables"]], axis=1)


def _column(values: Columns, name: str) -> Floats:
    code, _, answer = name.partition("=")
    column = values[code] == answer if answer else values[code]
    return np.asarray(column, dtype=np.float64)


@dataclass
class Moments:
    """Sums of products by stratum: all that means, correlations and a least-squares fit need."""

    products: dict[str, Floats] = field(default_factory=dict)

    def add(self, block: Block) -> None:
        """Count a block in."""
        table = indicators(block)
        table = np.hstack([np.ones((len(table), 1)), table])
        stratum = block.share.stratum
        self.products[stratum] = self.products.get(stratum, 0.0) + table.T @ table

    def whole(self) -> Floats:
        """Towns and villages together."""
        return np.asarray(sum(self.products.values()))


def margins(products: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each variable."""
    count = products[0, 0]
    mean = products[0, 1:] / count
    variance = np.diag(products)[1:] / count - mean**2
    return mean, np.sqrt(np.maximum(variance, 0.0))


def correlations(products: Floats) -> Floats:
    """Correlation matrix; 0 where a variable never varies."""
    mean, deviation = margins(products)
    covariance = products[1:, 1:] / products[0, 0] - np.outer(mean, mean)
    scale = np.outer(deviation, deviation)
    return np.asarray(np.divide(covariance, scale, out=np.zeros_like(covariance), where=scale > 1e-12))


def r_squared(products: Floats) -> float:
    """Share of the variance of ln consumption that a least-squares fit on all indicators explains."""
    gram, target = products[:-1, :-1], products[:-1, -1]
    scale = np.sqrt(np.maximum(np.diag(gram), 1e-12))
    solution = np.linalg.lstsq(gram / np.outer(scale, scale), target / scale, rcond=None)[0] / scale
    count, total = products[0, 0], products[-1, -1]
    explained = float(solution @ target)
    around_mean = total - products[0, -1] ** 2 / count
    return float(1.0 - (total - explained) / around_mean)


def compared(moments: Moments) -> list[dict[str, Any]]:
    """One row per stratum and variable: both means, difference in survey deviations, correlations."""
    rows = []
    names = survey_margins()["variables"]
    for stratum in STRATA:
        if stratum not in moments.products:
            continue
        survey = survey_margins()["strata"][stratum]
        mean, _ = margins(moments.products[stratum])
        with_target = correlations(moments.products[stratum])[-1]
        survey_target = survey_correlations(stratum)[-1]
        for i, name in enumerate(names):
            deviation = survey["sd"][i] or 1.0
            rows.append(
                {
                    "stratum": stratum, "variable": name, "survey_mean": survey["mean"][i], "mean": mean[i],
                    "difference_in_sd": (mean[i] - survey["mean"][i]) / deviation,
                    "survey_correlation": survey_target[i], "correlation": with_target[i],
                }
            )  # fmt: skip
    return rows


def survey_correlations(stratum: str) -> Floats:
    """The survey's correlation matrix of a stratum."""
    size = len(survey_margins()["variables"])
    matrix = np.eye(size)
    matrix[np.tril_indices(size, -1)] = survey_margins()["strata"][stratum]["correlation_lower"]
    return matrix + matrix.T - np.eye(size)


def correlation_gap(moments: Moments) -> float:
    """Mean absolute difference of all correlations, both strata, from those of the survey."""
    gaps = []
    for stratum, products in moments.products.items():
        lower = np.tril_indices(len(products) - 1, -1)
        gaps.append(np.abs(correlations(products) - survey_correlations(stratum))[lower].mean())
    return float(np.mean(gaps))
