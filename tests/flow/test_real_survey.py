"""The real survey through the whole way: file → intake → registry → scoring, compared with an independent
computation."""

import shutil
from decimal import Decimal

import pandas as pd
import pytest

from saiban.calc.scorecard import shipped_scorecard
from saiban.config.foundation import lay_all
from saiban.core import worker
from saiban.core.seal import token
from saiban.intake import services
from saiban.intake.models import SourceKey
from saiban.registry.models import Link
from saiban.scoring.models import Score
from tests.calc.test_pslm_oracle import prediction, rank, survey_file

pytestmark = pytest.mark.slow


def households_by_number(survey):
    """Our household of each number of the survey."""
    by_token = {token("pslm-2015", str(number)): number for number in survey.hhcode}
    subjects = {
        key.subject_id: by_token[bytes(key.token)] for key in SourceKey.objects.filter(namespace="pslm-2015")
    }
    links = Link.objects.filter(subject__in=subjects, undone_at=None)
    return {link.household_id: subjects[link.subject_id] for link in links}


def test_every_household_of_punjab_scores_to_the_last_digit(foundations, manager, system, tmp_path):
    survey = pd.read_csv(survey_file())
    punjab = survey[survey.Province == "Punjab"]
    lay_all()
    path = tmp_path / survey_file().name
    shutil.copy(survey_file(), path)
    batch = services.receive_batch(actor=manager, source_code="pslm-2015", file_name=path.name, path=path)
    services.load_batch(actor=system, batch_id=batch.pk)
    worker.work_once()
    batch.refresh_from_db()
    assert (batch.state, batch.rejected_rows) == ("applied", 0)

    edges = [Decimal(edge) / 10_000 for edge in shipped_scorecard("punjab-pmt-2016").percentiles.edges]
    rows = {row["hhcode"]: row for row in punjab.to_dict("records")}
    numbers = households_by_number(punjab)
    scores = Score.objects.filter(scorecard__code="punjab-pmt-2016", household__in=numbers)
    assert scores.count() == len(rows) == len(numbers) == 6219
    for score in scores:
        expected = prediction(rows[numbers[score.household_id]])
        assert (score.prediction, score.missing) == (expected, [])
        assert score.score == rank(expected, edges)
