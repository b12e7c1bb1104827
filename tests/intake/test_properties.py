"""What holds for any file: every row is taken with its household or kept with its reason; all or nothing."""

import pkgutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.intake import queries, services
from saiban.intake.models import Batch, Observation, RejectedRow, SourceKey, Subject
from tests.intake import files

WRONG = {
    "rooms": ["x", "0", "99"], "sex": ["", "?"], "birth_date": ["1980-02-31", "2999-01-01"],
    "relation": ["head", "cousin"],
    "cnic": ["1"], "tehsil": ["PK1"], "household_no": [""], "line_no": ["1", "0"],
    "interviewed_on": ["2999-01-01"],
}  # fmt: skip
changes = st.tuples(st.sampled_from(sorted(WRONG)), st.integers(0, 2))
households = st.lists(
    st.tuples(st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), changes), max_size=2)),
    min_size=1,
    max_size=5,
)


def written(plan):
    """Rows by household; each change spoils one cell of one member."""
    rows = []
    for n, (size, spoiled) in enumerate(plan):
        members = [files.HEAD | {"cnic": files.number(10 * n)}]
        members += [files.SON | {"bform": files.number(10 * n + k, woman=False)} for k in range(1, size)]
        home = files.household(f"H-{n}", members=members)
        for place, (column, which) in spoiled:
            home[place % size][column] = WRONG[column][which % len(WRONG[column])]
        rows += home
    return rows


@pytest.mark.django_db
@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=households)
def test_every_row_is_taken_with_its_household_or_kept_with_a_reason(send, plan):
    rows = written(plan)
    with tempfile.TemporaryDirectory() as folder:
        name = f"s-{Batch.objects.count()}.csv"
        rows[0]["address"] = name  # a file of its own each time
        for row in rows:
            if row["household_no"] == rows[0]["household_no"]:
                row["address"] = name
        batch = send(files.as_csv(Path(folder) / name, rows))
    rejected = set(RejectedRow.objects.filter(batch=batch).values_list("row_no", flat=True))
    lost = {rows[number - 2]["household_no"] for number in rejected} - {""}
    for number, row in enumerate(rows, start=2):
        is_lost = row["household_no"] in lost or row["household_no"] == ""
        assert (number in rejected) == is_lost
    persons = [o for o in queries.observations_of_batch(batch.pk) if o.kind == "person"]
    assert len(persons) + len(rejected) == batch.rows == len(rows)
    assert batch.rejected_rows == len(rejected)


CRASHES = {
    "check": ("saiban.intake.parts.write", "received", 0),
    "subjects": ("saiban.intake.loading._give_subjects", "checked", 2),
    "observations": ("saiban.intake.loading._copy_spoken", "checked", 2),
}


@pytest.mark.django_db
@pytest.mark.parametrize("where", CRASHES)
def test_a_crash_leaves_what_was_done_before_it_and_the_rest_can_be_gone_on_with(
    sources, system, tmp_path, uploads, monkeypatch, where
):
    target, state, rows = CRASHES[where]
    real = pkgutil.resolve_name(target)

    def crash(*args, **kwargs):
        real(*args, **kwargs)
        raise RuntimeError("the machine went dark")

    monkeypatch.setattr(target, crash)
    path = files.as_csv(tmp_path / "s.csv", files.household())
    batch = services.receive_batch(actor=system, source_code="psc-survey", file_name="s.csv", path=path)
    with pytest.raises(RuntimeError):
        services.load_batch(actor=system, batch_id=batch.pk)
    batch.refresh_from_db()
    assert (batch.state, batch.rows) == (state, rows)
    assert not any(model.objects.exists() for model in (Observation, Subject, SourceKey, RejectedRow))
    assert queries.has_broken_off(batch)
    assert len([entry for entry in uploads.iterdir() if entry.is_file()]) == 1
    monkeypatch.undo()
    again = services.receive_batch(actor=system, source_code="psc-survey", file_name="s.csv", path=path)
    assert again == batch
    assert services.load_batch(actor=system, batch_id=batch.pk).observations == 3


@pytest.mark.django_db(transaction=True)
def test_the_same_file_from_two_at_once_is_taken_once(sources, system, tmp_path):
    from django.db import connections

    from saiban.data.errors import BadInput

    path = files.as_csv(tmp_path / "s.csv", files.household())

    def receive(name):
        try:
            return services.receive_batch(actor=system, source_code="psc-survey", file_name=name, path=path)
        except BadInput as error:
            return str(error)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(receive, ["a.csv", "b.csv", "c.csv", "d.csv"]))
    assert sum(isinstance(answer, Batch) for answer in answers) == Batch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_share_the_subjects_of_the_same_names(sources, system, tmp_path):
    from django.db import connections

    paths = [files.as_csv(tmp_path / f"{n}.csv", files.household(home={"rooms": str(n)})) for n in (1, 2, 3)]
    received = [
        services.receive_batch(actor=system, source_code="psc-survey", file_name=path.name, path=path)
        for path in paths
    ]

    def load(batch):
        try:
            return services.load_batch(actor=system, batch_id=batch.pk).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(load, received)) == ["loaded"] * 3
    assert (Subject.objects.count(), SourceKey.objects.count(), Observation.objects.count()) == (3, 3, 9)
