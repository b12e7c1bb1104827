"""From ten departments' lists and a rule to a list to pay, through services only, on a synthetic province."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from saiban.config.demo import benefits, people, programme, report, steps
from saiban.config.foundation import lay_all
from saiban.core import worker
from saiban.programmes.models import Candidate, Enrolment, Entitlement, Overlap, Proposal
from saiban.scoring import judging
from saiban.synth.province import frame_of, write_province

HOUSEHOLDS, SEED, MONTH = 1200, 3, date(2026, 10, 1)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_lists_and_one_scheme_from_rule_to_list(foundations, settings, tmp_path):
    settings.SAIBAN_UPLOADS = str(tmp_path / "uploads")
    province = tmp_path / "province"
    write_province(frame_of(SEED, MONTH), HOUSEHOLDS, province)
    lay_all()
    people.appoint_cast()
    steps.take_in(province / "survey.parquet", steps.SURVEY)
    programme.take_in_lists(province / "lists")

    doubles = benefits.doubles(province / "truth" / "beneficiaries.parquet")
    assert doubles.planted >= 5
    assert (doubles.found, doubles.false) == (doubles.planted, 0)

    done = programme.run(tmp_path)
    _the_preview_is_what_enrolment_did(done)
    _nobody_in_the_list_has_what_excludes_it(done.cycle)
    _the_list_to_pay_is_the_approved_one(done)

    truth = report.consumption_by_household(province / "truth" / "households.parquet", steps.SURVEY)
    eligible, chosen = benefits.targeting(done.cycle, truth)
    assert 0 < chosen.chosen <= eligible.chosen
    assert all(0 <= share <= 1 for row in (eligible, chosen) for share in (row.inclusion, row.exclusion))

    before = _everything()
    worker.work_once()
    assert _everything() == before, "running the worker again changes nothing"


def _the_preview_is_what_enrolment_did(done):
    judged = judging.judge(done.rule, on=timezone.localdate()).to_pylist()
    previewed = {row["person_id"] for row in judged if row["answer"] == "eligible"}
    candidates = Candidate.objects.filter(cycle=done.cycle).exclude(outcome="unknown")
    assert set(candidates.values_list("person_id", flat=True)) == previewed
    assert len(previewed) == done.rule.tested["eligible"]


def _nobody_in_the_list_has_what_excludes_it(cycle):
    enrolled = Enrolment.objects.filter(cycle=cycle, state="approved")
    assert enrolled.exists()
    excluded = Overlap.objects.present().filter(kind="exclusive", person__in=enrolled.values("person"))
    assert not excluded.filter(left__in=enrolled).exists()
    assert not excluded.filter(right__in=enrolled).exists()
    outcomes = Counter(Candidate.objects.filter(cycle=cycle).values_list("outcome", flat=True))
    assert outcomes["overlap"], "the lists hold somebody who may not have this benefit as well"
    assert outcomes["no_budget"], "the budget ends before the line does"


def _the_list_to_pay_is_the_approved_one(done):
    rows = list(csv.DictReader(done.pay_list.read_text(encoding="utf-8").splitlines()))
    *lines, last = rows
    first_month = Entitlement.objects.filter(cycle=done.cycle, period_from=programme.CYCLE[0])
    assert [int(line["entitlement"]) for line in lines] == list(
        first_month.order_by("pk").values_list("pk", flat=True)
    )
    assert last["entitlement"] == done.cycle.digest
    to_pay = [line for line in lines if line["pay"] == "yes"]
    assert all(len(line["cnic"]) == 13 and line["amount_rupees"] == "2000.00" for line in to_pay)
    assert all(line["note"] for line in lines if line["pay"] == "no")


def _everything():
    models = (Candidate, Enrolment, Entitlement, Overlap, Proposal)
    return [list(model.objects.order_by("pk").values()) for model in models]
