from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saiban.core.money import paisa, rupees
from saiban.data.errors import BadInput


@given(st.integers(-(10**14), 10**14))
def test_what_is_written_is_read_again(amount):
    assert paisa(rupees(amount).removeprefix("Rs ")) == amount


@given(st.decimals(-(10**9), 10**9, places=2))
def test_rupees_become_paisa_exactly(amount):
    assert paisa(str(amount)) == int(amount * Decimal(100))


@pytest.mark.parametrize("text", ["1.005", "abc", "", "NaN", "Infinity", "1e-3"])
def test_what_is_not_money_is_refused(text):
    with pytest.raises(BadInput):
        paisa(text)
