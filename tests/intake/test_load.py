"""A good file: what becomes of its rows."""

import json
from datetime import date

import pytest

from saiban.core.models import Announcement
from saiban.core.seal import token
from saiban.intake import queries, services
from saiban.intake.models import Batch, Observation, RejectedRow, SourceKey, Subject
from saiban.intake.transitions import BatchState
from tests.intake import files

pytestmark = pytest.mark.django_db


def observed(batch):
    return list(queries.observations_of_batch(batch.pk))


def test_a_survey_becomes_observations_of_household_and_members(send, tmp_path):
    batch = send(files.as_csv(tmp_path / "survey.csv", files.household()))
    assert (batch.state, batch.rows, batch.rejected_rows, batch.observations) == (BatchState.LOADED, 2, 0, 3)
    home, head, son = observed(batch)
    assert (home.kind, home.observed_on, home.source_code) == ("household", date(2026, 5, 4), "psc-survey")
    assert home.facts["area"] == "PK60101"
    assert home.facts["household_size"] == 2
    assert home.facts["head_female"] is True
    assert home.facts["land_acres"] == 0
    assert home.facts["has_mobile"] is True
    assert home.hidden["phone"] == "+923001234567"
    assert home.hidden["latitude"] == 33.7133
    assert (head.kind, head.within_id, head.facts["line_no"]) == ("person", home.subject_id, 1)
    assert head.hidden["cnic"] == "9010076543218"
    assert head.hidden["name_ur"] == "زینب بی بی"
    assert "bform" not in head.hidden
    assert son.facts["in_school"] is True


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "parquet", "xlsx"])
def test_every_format_says_the_same(send, tmp_path, ending):
    write = {"csv": files.as_csv, "csv.gz": files.as_csv, "parquet": files.as_parquet, "xlsx": files.as_sheet}[ending]
    batch = send(write(tmp_path / f"survey.{ending}", files.household()))
    assert batch.refusal == {}
    assert [(o.facts.get("rooms"), o.hidden.get("birth_date")) for o in observed(batch)] == [
        (2, None), (None, "1980-03-14"), (None, "2015-06-01"),
    ]  # fmt: skip
