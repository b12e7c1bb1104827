"""How like the survey the province is: margins, correlations, R² of a least-squares fit."""

from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from tests.synth.conftest import MONTH

from saiban.synth.fitted import STRATA, copula, district_shifts, place_variance, survey_margins
from saiban.synth.moments import compared, correlation_gap, r_squared
from saiban.synth.province import frame_of, write_province

# What moves a mean on purpose: heads of 65 need a slot, earners are hidden, electricity is denied.
MOVED = {"members_65_plus": 0.13, "workers": 0.09, "workers_elementary": 0.12, "has_electricity": 0.14}


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    folder = tmp_path_factory.mktemp("larger")
    return folder, write_province(frame_of(11, MONTH), 20_000, folder)


def test_least_squares_explains_about_as_much_as_in_the_survey(larger):
    survey = survey_margins()["r_squared"]["at_census_urban_share"]
    assert 0.58 < r_squared(larger[1].moments.whole()) < 0.67
    assert abs(r_squared(larger[1].moments.whole()) - survey) < 0.06


def test_margins_are_near_those_of_the_survey(larger):
    for row in compared(larger[1].moments):
        assert abs(row["difference_in_sd"]) < MOVED.get(row["variable"], 0.07), row


def test_correlations_are_near_those_of_the_survey(larger):
    assert correlation_gap(larger[1].moments) < 0.035
    assert all(
        abs(row["correlation"] - row["survey_correlation"]) < 0.13 for row in compared(larger[1].moments)
    )


def test_the_gathered_r_squared_is_that_of_a_plain_fit_on_the_files(larger):
    folder, counts = larger
    heads = pd.read_parquet(folder / "survey.parquet")
    size = heads.groupby("household_no").size()
    heads = heads[heads.line_no == 1].set_index("household_no")
    truth = pd.read_parquet(folder / "truth" / "households.parquet").set_index("household_no")
    target = np.log(truth.consumption_paisa / 100)
    few = ["rooms", "has_internet", "dwelling_rented"]
    design = np.column_stack(
        [np.ones(len(heads)), heads.rooms, heads.has_internet == "yes", heads.dwelling_rented == "yes"]
    ).astype(float)
    left = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    plain = 1 - (left**2).sum() / ((target - target.mean()) ** 2).sum()
    names = survey_margins()["variables"]
    chosen = [0, *(1 + names.index(name) for name in few), len(names)]
    assert size.sum() > 0
    assert r_squared(counts.moments.whole()[np.ix_(chosen, chosen)]) == pytest.approx(plain, abs=1e-9)


def test_districts_differ_as_in_the_survey(larger):
    truth = pd.read_parquet(larger[0] / "truth" / "households.parquet")
    ln = np.log(truth.consumption_paisa)
    rural = ~truth.urban
    shift = truth.district.map(district_shifts("rural"))
    by_district = pd.DataFrame({"ln": ln[rural], "shift": shift[rural]}).groupby("shift").ln.mean()
    assert np.corrcoef(by_district.index, by_district)[0, 1] > 0.85


@pytest.mark.parametrize("stratum", STRATA)
def test_place_and_rest_together_have_variance_one_and_the_fitted_correlations(stratum):
    fitted = copula(stratum)
    rest = fitted.factor @ fitted.factor.T / 4096**2
    place = np.outer(fitted.place_loading, fitted.place_loading) / 4096**2 * place_variance(stratum)
    whole = rest + place
    assert np.allclose(np.diag(whole), 1.0, atol=0.01)
    target = list(fitted.variables).index("consumption")
    assert np.allclose(whole[target], fitted.place_loading / 4096, atol=0.01)


def test_no_category_stands_for_fewer_than_five_households_of_the_survey():
    observed = {stratum: survey_margins()["strata"][stratum]["households_observed"] for stratum in STRATA}
    farming = {"urban": 0.032, "rural": 0.387}
    with_children = 0.67
    for stratum in STRATA:
        fitted = copula(stratum)
        for name, thresholds in fitted.thresholds.items():
            edges = np.concatenate([[0.0], [NormalDist().cdf(cut / 4096**2) for cut in thresholds], [1.0]])
            asked = observed[stratum] * {"acres": farming[stratum], "notin": with_children}.get(name, 1.0)
            assert np.diff(edges).min() * asked > 4.4, (stratum, name)
