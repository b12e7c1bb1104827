"""Random households over the field dictionary, for tests that hold two computations side by side."""

from decimal import Decimal

from hypothesis import strategies as st

from saiban.data.dictionary import DictionaryField, fields

ARROW_TYPES = {"int": "int64", "bool": "bool", "string": "string"}


def answer(field: DictionaryField) -> st.SearchStrategy[object]:
    """A value of the field within its limits."""
    if field.type == "bool":
        return st.booleans()
    if field.type == "string":
        return st.sampled_from(field.answers)
    if field.type == "decimal":
        return st.integers(1000 * (field.minimum or 0), 1000 * (field.maximum or 0)).map(
            lambda n: Decimal(n) / 1000
        )
    return st.integers(field.minimum or 0, field.maximum or 0)


def households(codes: tuple[str, ...]) -> st.SearchStrategy[dict[str, object]]:
    """A household that has most of these fields and does not know some."""
    known = fields("household")
    often = {
        code: st.one_of(answer(known[code]), answer(known[code]), answer(known[code]), st.none())
        for code in codes
    }
    full = {code: answer(known[code]) for code in codes}
    return st.one_of(st.fixed_dictionaries(full), st.fixed_dictionaries(full), st.fixed_dictionaries(often))
