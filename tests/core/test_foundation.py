"""The foundation may be laid again: what differs from the facts is mended, and nothing is there twice."""

import pytest

from saiban.core import foundation
from saiban.core.models import Agency, Area, Duty
from saiban.data import facts

pytestmark = pytest.mark.django_db


def test_every_area_stands_under_its_parent_as_the_facts_say(foundations):
    areas = {area.code: area for area in Area.objects.select_related("parent")}
    assert set(areas) == set(facts.areas())
    for code, fact in facts.areas().items():
        area = areas[code]
        assert (area.level, area.name_en, area.households) == (fact.level, fact.name_en, fact.households)
        assert (area.parent.code if area.parent else "") == fact.parent
        assert str(area.path).split(".")[-2:] == [code for code in (fact.parent, code) if code]


def test_laying_it_again_mends_what_differs_and_keeps_every_row(foundations, django_assert_max_num_queries):
    before = dict(Area.objects.values_list("code", "pk"))
    some = Area.objects.get(name_en="Rajanpur", level="district")
    Area.objects.filter(pk=some.pk).update(name_en="Elsewhere", parent=None)
    with django_assert_max_num_queries(20):
        foundation.lay()
    some.refresh_from_db()
    assert (some.name_en, some.parent is None) == ("Rajanpur", False)
    assert dict(Area.objects.values_list("code", "pk")) == before
    assert Agency.objects.count() == len(facts.agencies())
    assert Duty.objects.filter(actor__username=foundation.SYSTEM).count() == 1
