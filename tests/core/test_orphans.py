"""Keys without a constraint: each of them is counted, and its parent cannot be deleted."""

import pytest
from django.db import ProgrammingError, connection, transaction

from saiban.core.orphans import orphans, unguarded

pytestmark = pytest.mark.django_db


def test_every_key_that_the_database_does_not_enforce_is_counted():
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into registry_relation (person_id, other_id, kind, source) values (1, 2, 'x', 'x')"
        )
    counts = dict(orphans())
    assert counts["registry_relation.person_id"] == counts["registry_relation.other_id"] == 1
    assert {"registry_profile.person_id", "scoring_score.household_id", "intake_subject.within_id"} <= set(
        counts
    )
    assert sum(counts.values()) == 2


def test_what_such_a_key_points_at_is_never_deleted():
    parents = {field.target_field.model._meta.db_table for field in unguarded()}
    assert len(parents) == 7
    for table in parents:
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"delete from {table} where false")  # noqa: S608 our own tables
