"""Readings asked together find whom each would find by itself."""

import numpy as np
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from saiban.registry.models import NameKeys
from saiban.registry.queries.looking import finding

READINGS = st.lists(st.frozensets(st.integers(0, 9), min_size=1, max_size=4), max_size=30, unique=True)
ALONE = "select person_id from registry_namekeys where keys @> %s::int[] order by ctid limit %s"


@given(readings=READINGS)
def test_each_reading_stands_in_one_group(readings):
    groups = finding.alike(readings)
    told = [group.reading(key) for group in groups for key in group.others]
    assert sorted(map(sorted, told)) == sorted(map(sorted, readings))


def test_what_differs_in_one_key_is_asked_once():
    variants = [frozenset({1, 2, key}) for key in range(10, 34)]
    assert len(finding.alike([*variants, frozenset({1, 50})])) == 2


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("most", [1, 5, 60])
def test_each_reading_finds_the_first_who_hold_all_its_keys(seed, most):
    drawn = np.random.default_rng(seed)
    holders = [sorted(set(drawn.integers(8, size=drawn.integers(1, 7)).tolist())) for _ in range(300)]
    NameKeys.objects.bulk_create(NameKeys(person_id=no, keys=keys) for no, keys in enumerate(holders, 1))
    readings = {frozenset(drawn.integers(9, size=drawn.integers(1, 5)).tolist()) for _ in range(40)}
    with connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        found = finding._found(cursor, list(readings), most)
        for reading in readings:
            cursor.execute(ALONE, [sorted(reading), most])
            assert found[reading] == [person_id for (person_id,) in cursor.fetchall()]
