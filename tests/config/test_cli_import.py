"""``saiban import``: 0 when all of it was applied, 2 with one sentence for a file that has to be mended."""

import re
import sys

import pytest
from click.testing import CliRunner
from tests.intake import files
from tests.registry.conftest import scorecards, send, sources, uploads

from saiban.config import cli
from saiban.config.cli import watching
from saiban.intake.models import Batch
from saiban.registry.models import Household
from saiban.ui.components import Job, Stage

__all__ = ["scorecards", "send", "sources", "uploads"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def call(foundations, scorecards, monkeypatch, capsys):
    """Call the command as a shell would; return exit code, what it printed, and what it complained of."""

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["saiban", "import", *map(str, arguments)])
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code or 0
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return called


def survey(folder, rows=None):
    return files.as_csv(folder / "survey.csv", rows or files.household())


def test_a_good_file_is_received_loaded_and_applied(call, tmp_path):
    code, printed, _ = call("registry", survey(tmp_path), "--source", "psc-survey")
    assert code == 0
    batch = Batch.objects.get()
    assert (batch.state, batch.rows, batch.rejected_rows) == ("applied", 2, 0)
    assert Household.objects.count() == 1
    assert f"Batch {batch.pk}: survey.csv from psc-survey" in " ".join(printed.split())


def test_a_file_without_a_column_is_refused_in_one_sentence(call, tmp_path):
    rows = [{key: cell for key, cell in row.items() if key != "rooms"} for row in files.household()]
    code, printed, complaint = call("registry", survey(tmp_path, rows), "--source", "psc-survey")
    assert code == 2
    assert "The column rooms is missing" in complaint.splitlines()[-1]
    assert complaint.splitlines()[-1].startswith("saiban: ")
    assert "Traceback" not in complaint + printed
    assert (Batch.objects.get().state, Household.objects.count()) == ("refused", 0)


def test_the_same_file_is_taken_once(call, tmp_path):
    file = survey(tmp_path)
    assert call("registry", file, "--source", "psc-survey")[0] == 0
    code, _, complaint = call("registry", file, "--source", "psc-survey")
    assert code == 2
    assert "was received before" in complaint
    assert Batch.objects.count() == 1


def test_a_survey_is_no_feed(call, tmp_path):
    code, _, complaint = call("feed", survey(tmp_path), "--source", "psc-survey")
    assert code == 2
    assert "saiban import registry … --source psc-survey" in complaint


def test_a_file_that_is_not_there_is_named(call, tmp_path):
    code, _, complaint = call("registry", tmp_path / "nowhere.csv", "--source", "psc-survey")
    assert code == 2
    assert "nowhere.csv" in complaint


def test_the_kind_is_one_of_two():
    result = CliRunner().invoke(cli.saiban, ["import", "letters", "x.csv", "--source", "psc-survey"])
    assert result.exit_code == 2
    assert "registry" in result.output


def test_a_list_is_taken_with_its_scheme_and_applied(call, tmp_path):
    file = files.as_csv(tmp_path / "ZK-GA-2026-05.csv", [files.place(1), files.place(2)])
    code, printed, _ = call("beneficiaries", file, "--source", "zakat-list", "--scheme", "ZK-GA")
    assert code == 0
    batch = Batch.objects.get()
    assert (batch.state, batch.scheme, batch.rows) == ("applied", "ZK-GA", 2)
    assert "people: stubs new" in printed


@pytest.mark.parametrize("scheme", ["", "EOBI-OAP", "ZK-NOWHERE"])
def test_a_list_without_a_scheme_of_its_department_is_refused(call, tmp_path, scheme):
    file = files.as_csv(tmp_path / "ZK-GA-2026-05.csv", [files.place(1)])
    code, _, complaint = call("beneficiaries", file, "--source", "zakat-list", "--scheme", scheme)
    assert code == 2
    assert "ZK-GA" in complaint.splitlines()[-1]
    assert not Batch.objects.exists()


def test_a_list_is_no_feed(call, tmp_path):
    file = files.as_csv(tmp_path / "ZK-GA-2026-05.csv", [files.place(1)])
    code, _, complaint = call("feed", file, "--source", "zakat-list", "--scheme", "ZK-GA")
    assert code == 2
    assert "saiban import beneficiaries … --source zakat-list" in complaint


# --- how far it is


def test_the_line_names_the_step_what_is_done_of_all_the_rate_and_the_time_left():
    stages = [Stage("Observations written", 3_000, 4_000), Stage("Households scored", 120, None)]
    job = Job("Loading", 1_000, 4_000, "", step="checking the rows", seconds=10, stages=stages)
    assert watching.said(job) == [
        "Loading · checking the rows · 1,000 of 4,000 · 100 a second · about 30 seconds to go",
        "Observations written: 3,000 of 4,000",
        "Households scored: 120",
    ]
    assert watching.said(Job("Loading", 0, None, "", step="reading the file")) == [
        "Loading · reading the file"
    ]
    assert watching.said(Job("Applying", 5, 10, "", "failed", seconds=1)) == [
        "Applying · 5 of 10 · broke off"
    ]


def test_a_log_gets_a_line_where_the_step_changes_and_one_each_half_minute():
    lines, clock = [], iter([0, 1, 29, 31, 32, 33])
    log = watching.Log(lines.append, clock=lambda: next(clock))
    for done in (10, 20, 30, 40, 50):
        log.update(Job("Loading", done, 100, "", step="reading the file"))
    log.update(Job("Loading", 60, 100, "", step="checking the rows"))
    assert [line.split(" · ")[2] for line in lines] == ["10 of 100", "40 of 100", "60 of 100"]


def test_an_import_says_how_far_the_whole_batch_is(call, tmp_path, monkeypatch, settings):
    settings.SAIBAN_PART_HOUSEHOLDS, settings.SAIBAN_WORKERS = 1, 1
    monkeypatch.setattr(watching, "EVERY", 0.01)
    monkeypatch.setattr(watching, "AGAIN", 0)
    rows = [row for no in range(4) for row in files.other(f"H-{no}", no + 10)]
    code, _, complaint = call("registry", survey(tmp_path, rows), "--source", "psc-survey")
    assert code == 0, complaint
    lines = [line for line in complaint.splitlines() if "Loading, applying and scoring" in line]
    figures = [re.search(r" · (\d+) of (\d+)", line).groups() for line in lines]
    assert {total for _done, total in figures} == {"12"}
    applied = [int(done) for done, _total in figures]
    assert applied == sorted(applied)
    assert len(set(applied)) > 1
    assert any("a second" in line for line in lines)
