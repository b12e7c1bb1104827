"""How right a score is against the truth: who is left out, who is let in, and how much it explains.

Rates are shares between 0 and 1, for reports; nothing is decided by them.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

import ibis
import ibis.expr.types as ir


@dataclass(frozen=True)
class TargetingErrors:
    """Shares by weight. Exclusion: of the truly poor, those not chosen. Inclusion: of the chosen, those not
    truly poor.

    Where the chosen and the truly poor weigh the same (equal quota) both are equal up to the weight of one
    household. Unscored households are never chosen: among the poor they count as left out.
    """

    exclusion: float
    inclusion: float
    chosen_share: float


def errors_at_quota(judged: ir.Table, *, quota: Decimal) -> TargetingErrors:
    """Errors when the lowest scores of a share of the population are chosen and its poorest same share is
    truly poor.

    In:      judged  one row per household: household_id, score (null = unscored), consumption (the truth,
             never null), weight (above 0, any unit).
    Ties:    broken by household_id, the lower one first. A household that straddles the quota is in.
    Raises:  ValueError unless 0 < quota < 1, or without households.
    """
    if not 0 < quota < 1:
        raise ValueError(f"a quota lies between 0 and 1, got {quota}")
    return _errors(
        judged.mutate(
            is_poor_=_weight_before(judged, judged.consumption)
            < judged.weight.sum().over(ibis.window()) * float(quota),
            is_chosen_=_is_within(judged, float(quota)),
        )
    )


def errors_at_cutoff(judged: ir.Table, *, cutoff: Decimal, poor_share: Decimal) -> TargetingErrors:
    """Errors when all with a score at or below the cut-off are chosen; truly poor is the poorest share."""
    return _errors(
        judged.mutate(
            is_poor_=_weight_before(judged, judged.consumption)
            < judged.weight.sum().over(ibis.window()) * float(poor_share),
            is_chosen_=(judged.score.cast("decimal(9,4)") <= ibis.literal(cutoff, "decimal(9,4)")).fill_null(
                False
            ),
        )
    )


def r_squared(judged: ir.Table) -> float:
    """Share of the variance of ln(consumption) that the prediction explains as it stands (no refit), by
    weight.

    In:      judged  prediction of ln(consumption), consumption above 0, weight; rows without prediction are
             left out.
    Raises:  ValueError where nothing is predicted or all consume the same.
    """
    known = judged.filter(judged.prediction.notnull())
    known = known.select(
        truth=known.consumption.cast("float64").ln(),
        prediction=known.prediction.cast("float64"),
        weight=known.weight.cast("float64"),
    )
    centre = (known.truth * known.weight).sum() / known.weight.sum()
    mean = known.mutate(centre=centre.over(ibis.window()))
    sums = mean.aggregate(
        residual=((mean.truth - mean.prediction) ** 2 * mean.weight).sum(),
        total=((mean.truth - mean.centre) ** 2 * mean.weight).sum(),
    )
    row = sums.to_pyarrow().to_pylist()[0]
    if not row["total"] or math.isclose(row["total"], 0.0):
        raise ValueError("R squared needs households with a prediction that differ in consumption")
    return float(1 - row["residual"] / row["total"])


def _weight_before(judged: ir.Table, by: ir.NumericValue) -> ir.FloatingValue:
    """How much weight stands before a household in the order of a column, the least first."""
    order = ibis.window(order_by=[by.asc(), judged.household_id.asc()], rows=(None, 0))
    return judged.weight.sum().over(order) - judged.weight


def _is_within(judged: ir.Table, quota: float) -> ir.BooleanValue:
    """Lowest scores first, the unscored last and never within."""
    last = ibis.ifelse(judged.score.isnull(), 1, 0)
    order = ibis.window(order_by=[last.asc(), judged.score.asc(), judged.household_id.asc()], rows=(None, 0))
    before = judged.weight.sum().over(order) - judged.weight
    return (before < judged.weight.sum().over(ibis.window()) * quota) & judged.score.notnull()


def _errors(chosen: ir.Table) -> TargetingErrors:
    weight, poor, picked = chosen.weight, chosen.is_poor_, chosen.is_chosen_
    row = (
        chosen.aggregate(
            everyone=weight.sum(),
            poor=weight.sum(where=poor).fill_null(0),
            picked=weight.sum(where=picked).fill_null(0),
            both=weight.sum(where=poor & picked).fill_null(0),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    if not row["everyone"]:
        raise ValueError("there are no households to judge")
    everyone, poor_weight, picked_weight, both = (
        float(row[name]) for name in ("everyone", "poor", "picked", "both")
    )
    return TargetingErrors(
        exclusion=1 - both / poor_weight if poor_weight else 0.0,
        inclusion=1 - both / picked_weight if picked_weight else 0.0,
        chosen_share=picked_weight / everyone,
    )
