"""The same rows are taken once, whatever the form of the file in which they come."""

import pytest

from saiban.core.progress import measured
from saiban.intake import queries, services
from saiban.intake.models import Observation
from saiban.intake.transitions import BatchState
from tests.intake import files

pytestmark = pytest.mark.django_db


def write(path, rows):
    """Write rows in the form that a file's name says."""
    return {".parquet": files.as_parquet, ".xlsx": files.as_sheet}.get(path.suffix, files.as_csv)(path, rows)


@pytest.mark.parametrize("ending", ["csv.gz", "parquet", "xlsx"])
def test_the_same_rows_in_another_form_are_refused_and_name_the_first_batch(send, tmp_path, ending):
    first = send(files.as_csv(tmp_path / "may.csv", files.household()))
    again = send(write(tmp_path / f"again.{ending}", files.household()))
    assert (again.state, again.refusal["code"]) == (BatchState.REFUSED, "same_rows")
    said = str(queries.refusal_of(again))
    assert f"as batch {first.pk} (may.csv)" in said
    assert f"again.{ending}" in said
    assert Observation.objects.count() == 3
    assert not again.outcome


def test_neither_order_nor_line_ends_nor_columns_that_are_passed_over_make_rows_new(send, tmp_path):
    rows = [*files.household("H-1"), *files.other("H-2", 3)]
    send(files.as_csv(tmp_path / "a.csv", rows))
    turned = [dict(reversed((row | {"note": "x"}).items())) for row in reversed(rows)]
    assert send(files.as_csv(tmp_path / "b.csv", turned, delimiter=";")).refusal["code"] == "same_rows"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[0]],
        lambda rows: [rows[0] | {"phone": ""}, *rows[1:]],
        lambda rows: [
            rows[0] | {"latitude": rows[0]["longitude"], "longitude": rows[0]["latitude"]},
            *rows[1:],
        ],
    ],
)
def test_other_rows_are_other_content(send, tmp_path, change):
    rows = [row for no in range(3) for row in files.other(f"H-{no}", no + 10)]
    send(files.as_csv(tmp_path / "a.csv", rows))
    assert send(files.as_csv(tmp_path / "b.csv", change(rows))).refusal == {}


def test_the_same_register_in_another_month_is_another_content(send, tmp_path):
    for month in ("03", "04"):
        path = tmp_path / f"vehicles-2026-{month}.{'csv' if month == '03' else 'xlsx'}"
        assert send(write(path, [files.VEHICLE]), source="excise-vehicles").refusal == {}
    path = write(tmp_path / "vehicles-2026-03.parquet", [files.VEHICLE])
    assert send(path, source="excise-vehicles").refusal["code"] == "same_rows"


def test_rows_of_which_none_was_taken_may_come_again(send, tmp_path):
    rows = files.household(home={"tehsil": "PK99999"})
    assert send(files.as_csv(tmp_path / "a.csv", rows)).observations == 0
    again = send(files.as_sheet(tmp_path / "a.xlsx", rows))
    assert (again.refusal, again.rejected_rows) == ({}, 2)


def test_a_batch_whose_parts_were_lost_does_not_stand_in_its_own_way(
    send, sources, system, tmp_path, uploads
):
    batch = services.receive_batch(
        actor=system,
        source_code="psc-survey",
        file_name="s.csv",
        path=files.as_csv(tmp_path / "s.csv", files.household()),
    )
    with measured("intake.batch.check") as meter:
        services.check_batch(actor=system, batch_id=batch.pk, meter=meter)
    for part in batch.parts.all():
        (uploads / part.file).unlink()
    assert services.load_batch(actor=system, batch_id=batch.pk).state == BatchState.LOADED
