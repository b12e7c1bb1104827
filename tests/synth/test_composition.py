"""The generator and the registry count the members of a household alike, though they share no code."""

import ibis
import pytest

from saiban.calc.composition import composition, with_age
from saiban.data.dictionary import fields

FIELDS = [code for code, field in fields("household").items() if field.composition]


@pytest.fixture(scope="module")
def counted(province):
    persons = province.persons.assign(
        interviewed_on=province.persons.household_no.map(province.heads.interviewed_on),
        in_school=province.persons.in_school == "yes",
        unskilled_work=province.persons.unskilled_work == "yes",
    )
    members = with_age(ibis.memtable(persons), on="interviewed_on")
    return composition(members, key="household_no").to_pandas().set_index("household_no")


@pytest.mark.parametrize("field", FIELDS)
def test_both_count_the_same(province, counted, field):
    assert (counted[field].reindex(province.households.index) == province.households[field]).all()
