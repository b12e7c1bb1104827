"""Keys of the lake: the same for the same, of nobody for anyone else."""

import re

import numpy as np
import pyarrow as pa

from saiban.core.lake import keys


def test_ids_have_keys_of_their_own_that_are_the_same_every_time():
    ids = pa.array(np.arange(50_000), pa.int64())
    first, again = keys.keys_of("registry.person", ids), keys.keys_of("registry.person", ids)
    assert first.equals(again)
    assert len(first.unique()) == len(ids)


def test_a_person_and_a_household_of_one_id_have_different_keys():
    ids = pa.array([7], pa.int64())
    assert keys.keys_of("registry.person", ids) != keys.keys_of("registry.household", ids)


def test_who_is_not_known_has_no_key():
    assert keys.keys_of("registry.person", pa.array([1, None], pa.int64())).is_null().to_pylist() == [
        False,
        True,
    ]


def test_a_key_never_looks_like_a_number_of_thirteen_digits():
    made = keys.keys_of("registry.person", pa.array(np.arange(50_000), pa.int64()))
    assert not [key for key in made.to_pylist() if re.search(r"\d{13}", key)]
    assert all(
        re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", key) for key in made.to_pylist()[:99]
    )
