"""Words in the text of a query come back as they were."""

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from saiban.calc.quoting import text


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_a_quoted_word_is_that_word(word: str) -> None:
    assert duckdb.sql(f"SELECT {text(word)}").fetchall() == [(word,)]
