"""The real survey, scored by the command and once more by an independent computation in decimals.

Set SAIBAN_SURVEYS to a folder with pslm2015_16_households.csv.gz (Pakistan Bureau of Statistics, from the
CRAN package PSLM2015). The oracle uses the survey's own variables, as they stand, and the published
coefficients.
"""

import os
import re
from decimal import ROUND_HALF_EVEN, Decimal, getcontext
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from saiban.calc.scorecard import shipped_scorecard
from saiban.config.cli.score import score
from tests.calc.pslm import as_households

PUBLISHED = """
const=8.0362 hhsize=-0.0153 n_u5=-0.016 n_5_17=0.0071 n_65=-0.0373 head_female=0.0779 head_age=0.001
head_yrs=0.013 max_yrs=0.0221 share_school=0.042 workers=0.0219 n_paid=-0.0326 n_selfna=0.004
n_cult=-0.0481 n_share=-0.0393 elem=-0.0233 rooms=0.0761 rpp=0.088 elec=0.0276 gas=0.0332 rent=0.2042
indep=0.0134 flat=0.1156 w_motor=0.0503 w_piped=0.0999 w_bad=0.0454 t_none=-0.0512 t_sewer=0.1471
t_pit=0.0684 dr_under=-0.0104 dr_none=0.0057 inet=0.1538 bband=0.1585 mobile=0.1858 landline=0.1959
desktop=0.0338 laptop=0.1422 tablet=0.2251 agri=0.0207 acres=0.0104 livestock=-0.0946 urban=0.071
lhh=-0.3492
"""
COEFFICIENTS = {name: Decimal(value) for name, value in re.findall(r"(\w+)=(\S+)", PUBLISHED)}
DERIVED = ("const", "lhh", "rpp", "share_school")
THOUSANDTH, BILLIONTH, PLACES = Decimal("0.001"), Decimal("1e-9"), Decimal("0.0001")


def survey_file() -> Path:
    folder = os.environ.get("SAIBAN_SURVEYS")
    if not folder:
        pytest.skip("SAIBAN_SURVEYS is not set: the real survey was NOT scored, nothing was compared with it")
    return Path(folder) / "pslm2015_16_households.csv.gz"


@pytest.fixture(scope="module")
def survey() -> pd.DataFrame:
    return pd.read_csv(survey_file())


def prediction(row: dict[str, Any]) -> Decimal:
    """The published sum in decimals; ratios in thousandths and the logarithm's term in billionths, half to
    even.
    """
    getcontext().prec = 50
    size = Decimal(row["hhsize"])
    values = {name: Decimal(str(row[name])) for name in COEFFICIENTS if name not in DERIVED}
    values["rpp"] = (Decimal(row["rooms"]) / size).quantize(THOUSANDTH, ROUND_HALF_EVEN)
    values["share_school"] = Decimal(-1)
    if row["kids"]:
        share = Decimal(row["inschool"]) / Decimal(row["kids"])
        values["share_school"] = share.quantize(THOUSANDTH, ROUND_HALF_EVEN)
    log_term = (COEFFICIENTS["lhh"] * size.ln()).quantize(BILLIONTH, ROUND_HALF_EVEN)
    total = (
        COEFFICIENTS["const"] + log_term + sum(COEFFICIENTS[name] * value for name, value in values.items())
    )
    return total.quantize(PLACES, ROUND_HALF_EVEN)


def rank(value: Decimal, edges: list[Decimal]) -> Decimal:
    """Straight lines between the edges, drawn in decimals."""
    if value < edges[0] or value > edges[-1]:
        return Decimal(0 if value < edges[0] else 100)
    below = [edge for edge in edges if edge <= value]
    if len(below) == len(edges):
        return Decimal(99)
    share = (value - below[-1]) / (edges[len(below)] - below[-1])
    return (len(below) + share).quantize(PLACES, ROUND_HALF_EVEN)


def test_every_household_of_the_survey_scores_to_the_last_digit(survey: pd.DataFrame, tmp_path: Path) -> None:
    households, out = tmp_path / "households.parquet", tmp_path / "scores.parquet"
    pq.write_table(pa.table(as_households(survey)), households)
    result = CliRunner().invoke(
        score,
        [
            "--scorecard",
            "punjab-pmt-2016",
            "--input",
            str(households),
            "--id",
            "household",
            "--out",
            str(out),
        ],
        catch_exceptions=False,
    )
    assert result.exit_code == 0
    found = {row["household"]: row for row in pq.read_table(out).to_pylist()}
    table = shipped_scorecard("punjab-pmt-2016").percentiles
    assert table is not None
    edges = [Decimal(edge) / 10_000 for edge in table.edges]
    for row in survey.to_dict("records"):
        scored = found[str(row["hhcode"])]
        expected = prediction(row)
        assert (scored["prediction"], scored["missing"]) == (expected, ""), row["hhcode"]
        assert scored["score"] == rank(expected, edges), row["hhcode"]
        assert scored["band"] == (
            "poor" if scored["score"] <= 30 else "near" if scored["score"] <= 35 else "above"
        )
    assert len(found) == len(survey)


def test_csv_and_parquet_of_the_survey_score_alike(survey: pd.DataFrame, tmp_path: Path) -> None:
    table = pa.table(as_households(survey.head(300)))
    pq.write_table(table, tmp_path / "households.parquet")
    pa.csv.write_csv(table, tmp_path / "households.csv")
    outcomes = []
    for kind in ("parquet", "csv"):
        out = tmp_path / f"scores-{kind}.parquet"
        arguments = ["--scorecard", "punjab-pmt-2016", "--input", str(tmp_path / f"households.{kind}")]
        CliRunner().invoke(
            score, [*arguments, "--id", "household", "--out", str(out)], catch_exceptions=False
        )
        outcomes.append(pq.read_table(out).sort_by("household"))
    assert outcomes[0].equals(outcomes[1])
