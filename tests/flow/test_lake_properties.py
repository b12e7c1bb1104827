"""After any changes, in any order, the lake that followed them is the one that is built anew."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from saiban.core.lake import services
from saiban.core.lake.tables import tables
from saiban.core.models import LakeNote
from saiban.data.dictionary import fields
from saiban.programmes import foundation as programmes
from tests.flow.lake_changes import Changes, assert_nobody_is_named, assert_whole, read_lake
from tests.intake.conftest import sources, uploads
from tests.registry.conftest import scorecards

__all__ = ["scorecards", "sources", "uploads"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ACTS = ("found", "answer", "move", "leave", "go_over", "score", "enrol", "suspend")
WRITE = "write"
OWN = {
    "district",
    "area",
    "score",
    "band",
    "disagreements",
    "oldest_on",
    "birth_year",
    "household_key",
    "person_key",
}
histories = st.lists(st.sampled_from([*ACTS, *ACTS, WRITE]), min_size=4, max_size=14)


@pytest.fixture
def lake_folder(settings, tmp_path, scorecards):
    programmes.lay()
    settings.SAIBAN_LAKE = str(tmp_path / "lake")
    return tmp_path / "lake"


@settings(
    max_examples=12, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(history=histories, seed=st.integers(0, 2**32 - 1))
@example(
    history=["found", "found", "move", WRITE, "go_over", WRITE, "leave", "move", "score", "score"], seed=1
)
@example(
    history=["score", "enrol", WRITE, "suspend", "move", "enrol", "answer", "go_over", "go_over"], seed=2
)
def test_the_lake_that_followed_is_the_lake_that_is_built_anew(lake_folder, system, history, seed):
    changes = Changes(np.random.default_rng(seed))
    changes.do("found")
    services.rebuild(actor=system)
    for act in history:
        if act == WRITE:
            services.write_noted(actor=system)
            assert_whole(read_lake(lake_folder))
        else:
            changes.do(act)
    while not (written := services.write_noted(actor=system)).rebuilt and written.notes:
        pass
    assert not LakeNote.objects.exists()
    followed = read_lake(lake_folder)
    assert_whole(followed)
    assert_nobody_is_named(lake_folder, followed, changes.planted)
    assert services.rebuild(actor=system).rebuilt
    assert read_lake(lake_folder) == followed


@pytest.mark.parametrize(("name", "level"), [("households", "household"), ("persons", "person")])
def test_columns_are_those_of_the_dictionary_that_identify_nobody(name, level):
    table = next(each for each in tables() if each.name == name)
    allowed = {code for code, field in fields(level).items() if not field.identifying}
    assert set(table.columns) - OWN == allowed | {f"on_{code}" for code in allowed}
