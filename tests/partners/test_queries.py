"""What passes, what waits, what is told of an agreement."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.core.models import Area
from saiban.data.dictionary import fields
from saiban.partners import queries, services
from saiban.partners.fields import groups
from saiban.partners.models import Agreement

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 1)


def may_pass(**changed):
    asked = {"source": "meters", "field": "cnic", "area_path": None, "purpose": "targeting", "on": DAY}
    return queries.may_pass(**(asked | changed))


def test_what_an_agreement_names_passes(in_force):
    assert may_pass()
    assert queries.passing_fields(source="meters", purpose="targeting", on=DAY) == {
        "cnic",
        "electricity_units",
    }
    assert queries.agreement_in_force(source="meters", on=DAY) == in_force


@pytest.mark.parametrize(
    "changed",
    [
        {"field": "rooms"},
        {"source": "vehicles"},
        {"purpose": "marketing"},
        {"on": date(2025, 12, 31)},
    ],
)
def test_nothing_else_passes(in_force, changed):
    assert not may_pass(**changed)


def test_nothing_passes_by_a_draft(draft):
    assert not may_pass()
    assert queries.passing_fields(source="meters", purpose="targeting", on=DAY) == frozenset()
    assert queries.agreement_in_force(source="meters", on=DAY) is None


def test_nothing_passes_from_the_day_on_which_an_agreement_ends(in_force, administrator):
    services.end_agreement(actor=administrator, agreement_id=in_force.pk, reason="cancelled")
    assert not may_pass(on=queries.today())
    assert not may_pass(on=DAY), "an ended agreement lets nothing pass, of whatever day"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(date(2025, 12, 1), date(2026, 4, 1)), length=st.integers(1, 60))
def test_an_agreement_holds_on_its_first_day_and_not_on_its_last(in_force, day, length):
    ends_on = date(2026, 1, 1) + timedelta(days=length)
    Agreement.objects.filter(pk=in_force.pk).update(during=(date(2026, 1, 1), ends_on))
    assert may_pass(on=day) == (date(2026, 1, 1) <= day < ends_on)


def test_an_agreement_holds_for_its_area_and_those_within(prepare, administrator):
    made = prepare(area_code="PK604")
    services.approve_agreement(actor=administrator, agreement_id=made.pk)
    inside, above = made.area.children.first() or made.area, made.area.parent
    elsewhere = Area.objects.filter(level="district").exclude(pk=made.area_id).first()
    assert may_pass(area_path=made.area.path)
    assert may_pass(area_path=inside.path)
    assert not may_pass(area_path=above.path)
    assert not may_pass(area_path=elsewhere.path)


def test_a_draft_waits_for_another_person_who_may_approve(draft, administrator, manager, auditor):
    assert list(queries.agreements_to_approve(actor=administrator)) == [draft]
    assert not queries.agreements_to_approve(actor=manager).exists()
    assert not queries.agreements_to_approve(actor=auditor).exists()
    Agreement.objects.update(prepared_by=administrator)
    assert not queries.agreements_to_approve(actor=administrator).exists()


def test_moves_are_open_to_those_whom_the_service_lets_take_them(draft, administrator, manager):
    assert queries.moves_open_to(actor=administrator, agreement=draft) == {"in_force"}
    assert queries.moves_open_to(actor=manager, agreement=draft) == set()
    draft.prepared_by = administrator
    assert queries.moves_open_to(actor=administrator, agreement=draft) == set()
    draft.state = "in_force"
    assert queries.moves_open_to(actor=administrator, agreement=draft) == {"ended"}
    draft.state = "ended"
    assert queries.moves_open_to(actor=administrator, agreement=draft) == set()


def test_an_agreement_in_the_way_is_the_one_whose_days_overlap(prepare, in_force, administrator):
    assert queries.in_the_way(actor=administrator, agreement=in_force) is None
    overlapping = prepare(code="AG-2", starts_on=DAY)
    assert queries.in_the_way(actor=administrator, agreement=overlapping) == in_force
    before = prepare(code="AG-3", starts_on=date(2025, 1, 1), ends_on=date(2026, 1, 1))
    assert queries.in_the_way(actor=administrator, agreement=before) is None
    of_another = prepare(code="AG-4", source="vehicles")
    assert queries.in_the_way(actor=administrator, agreement=of_another) is None


def test_the_history_is_told_to_all_who_see_the_agreement(in_force, auditor, clerk):
    told = [row.action for row in queries.history(actor=auditor, agreement=in_force)]
    assert told == ["partners.agreement.approve", "partners.agreement.prepare"]
    assert not queries.history(actor=clerk, agreement=in_force).exists()


def test_partners_count_what_holds_today_and_what_waits(prepare, in_force, auditor, clerk, administrator):
    prepare(code="AG-2", source="vehicles")
    long_over = prepare(code="AG-3", source="school", ends_on=date(2026, 1, 2))
    services.approve_agreement(actor=administrator, agreement_id=long_over.pk)
    shown = queries.partners(actor=auditor).get(code="wapda")
    assert (shown.in_force, shown.drafts) == (1, 1)
    assert not queries.partners(actor=clerk).exists()


def test_every_reported_field_stands_in_one_group():
    in_groups = [code for group in groups() for code in group.codes]
    reported = [
        code
        for level in ("household", "person", "benefit")
        for code, field in fields(level).items()
        if not field.derived
    ]
    assert sorted(in_groups) == sorted(reported)
    assert len(set(in_groups)) == len(in_groups)
