"""Overlaps of the registry: found, found again, gone; and what may be decided about them by whom."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.core.errors import IllegalMove, NotAllowed, NotVisible, ReasonMissing
from saiban.core.foundation import OWNER_AGENCY
from saiban.core.models import Agency, Audit
from saiban.intake import foundation as intake
from saiban.partners import foundation as partners
from saiban.programmes import finding, foundation, tasks
from saiban.programmes.errors import OtherAgency
from saiban.programmes.models import Enrolment, Overlap, OverlapDecision, Scheme
from saiban.programmes.services import overlaps as services
from saiban.programmes.transitions import OVERLAP_MOVES, OverlapState
from saiban.registry.models import Person
from tests.access import world
from tests.programmes import places

pytestmark = pytest.mark.django_db
WHY = "the same disability"
DECISIONS = (OverlapState.KEPT, OverlapState.ENDING, OverlapState.REFERRED)


@pytest.fixture
def homes(foundations):
    foundation.lay()
    return [
        world.household(world.tehsil(), "HH-31204-0000001"),
        world.household(world.tehsil(), "HH-31204-0000002", head="Sakina"),
    ]


@pytest.fixture
def heads(homes):
    return [Person.objects.get(memberships__household=home) for home in homes]


@pytest.fixture
def twofold(homes, heads):
    """One person with two cash benefits for one disability."""
    return [
        places.of_list("PSPA-HQ", homes[0], heads[0]),
        places.of_list("SWD-HIM", homes[0], heads[0], starts_on=date(2025, 6, 1)),
    ]


@pytest.fixture
def overlap(system, twofold):
    services.find_overlaps(actor=system)
    return Overlap.objects.get()


def find(system, *homes):
    return services.find_overlaps(actor=system, household_ids=[home.pk for home in homes] or None)


def decide(actor, overlap, to, **more):
    return services.decide_overlap(actor=actor, overlap_id=overlap.pk, to=to, reason=WHY, **more)


def agency(code):
    return Agency.objects.get(code=code)


def test_what_is_found_says_who_which_since_when_and_what_it_costs(system, twofold, homes, heads):
    found = find(system)
    row = Overlap.objects.get()
    assert (found.new, found.again, found.gone, found.present) == (1, 0, 0, 1)
    assert (row.kind, row.policy, row.level, row.state) == ("exclusive", "disability-cash", "person", "open")
    assert (row.left, row.right) == tuple(twofold)
    assert (row.person, row.household, row.area_path) == (heads[0], homes[0], homes[0].area_path)
    assert (row.from_on, row.yearly_paisa) == (date(2025, 6, 1), 12 * 200_000)


def test_finding_again_changes_nothing(system, overlap):
    again = find(system)
    assert (again.new, again.again, again.gone, again.present) == (0, 0, 0, 1)
    assert Overlap.objects.get() == overlap


def test_what_was_decided_stays_when_it_is_found_again_with_another_amount(system, overlap, officer, twofold):
    decide(officer, overlap, OverlapState.KEPT)
    Enrolment.objects.filter(pk=twofold[0].pk).update(yearly_paisa=5)
    find(system)
    overlap.refresh_from_db()
    assert (overlap.state, overlap.yearly_paisa) == ("kept", 5)


def test_what_is_no_longer_so_is_gone_and_open_when_it_comes_back(system, overlap, officer, twofold):
    decide(officer, overlap, OverlapState.ENDING, ending_id=twofold[1].pk)
    Enrolment.objects.filter(pk=twofold[1].pk).update(state="closed")
    assert find(system).gone == 1
    overlap.refresh_from_db()
    assert overlap.state == "gone"
    Enrolment.objects.filter(pk=twofold[1].pk).update(state="approved")
    assert find(system).again == 1
    overlap.refresh_from_db()
    assert (overlap.state, overlap.ending) == ("open", None)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "suspended"},
        {"state": "proposed"},
        {"ends_on": timezone.localdate()},
        {"starts_on": timezone.localdate() + timedelta(days=1)},
        {"person": None},
    ],
)
def test_only_running_places_of_known_people_count(system, twofold, change):
    Enrolment.objects.filter(pk=twofold[1].pk).update(**change)
    assert find(system).present == 0


def test_two_numbers_of_one_person_in_one_list_are_twice(system, homes, heads):
    for _ in range(3):
        places.of_list("PSPA-SAR", homes[0], heads[0])
    find(system)
    first = Enrolment.objects.order_by("pk").first()
    rows = Overlap.objects.order_by("pk")
    assert [(row.kind, row.policy, row.left) for row in rows] == [("twice", "", first)] * 2


def test_a_person_of_whom_no_household_is_known_is_found_too(system, homes, heads):
    for scheme in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(scheme, None, heads[0], area_path=homes[0].area_path)
    assert services.find_overlaps(actor=system, person_ids=[heads[0].pk]).new == 1
    assert Overlap.objects.get().household is None


def test_a_cap_is_one_overlap_of_the_household(system, homes, heads):
    for scheme, person in (("PSPA-SAR", heads[0]), ("ZK-BL", None)):
        places.of_list(scheme, homes[0], person, amount_paisa=30_000_000, period="year")
    find(system)
    row = Overlap.objects.get()
    assert (row.kind, row.policy, row.right, row.person) == ("cap", "household-year", None, None)
    assert row.yearly_paisa == 60_000_000 - 48_000_000


def test_only_those_touched_are_looked_at(system, twofold, homes, heads):
    for scheme in ("PSPA-HQ", "SWD-HIM"):
        places.of_list(scheme, homes[1], heads[1])
    assert find(system, homes[0]).present == 1
    assert Overlap.objects.get().household == homes[0]
    assert find(system, homes[1]).new == 1
    assert Overlap.objects.count() == 2
    Enrolment.objects.filter(household=homes[0]).update(state="closed")
    assert find(system, homes[1]).gone == 0
    assert find(system, homes[0]).gone == 1


def test_a_place_that_was_attached_to_someone_else_leaves_no_overlap_behind(system, twofold, homes, heads):
    third = places.of_list("PSPA-HQ", homes[0], heads[0])
    find(system)
    assert Overlap.objects.present().count() == 3  # two pairs, and twice in one list
    Enrolment.objects.filter(pk=twofold[0].pk).update(person=heads[1], household=homes[1])
    find(system, homes[1])
    now = {(row.left, row.right) for row in Overlap.objects.present()}
    assert now == {(twofold[1], third)}


places_in_scheme = st.tuples(
    st.sampled_from(["PSPA-HQ", "SWD-HIM", "PSPA-SAR", "BISP-FUEL", "BISP-KAF", "HR-MIN"]),
    st.sampled_from([None, 0, 1]),
    st.sampled_from([None, 0, 1]),
    st.sampled_from(["approved", "approved", "suspended"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(places_in_scheme, min_size=1, max_size=8), st.lists(st.integers(0, 7), max_size=4))
def test_finding_for_the_touched_after_changes_gives_what_finding_all_gives(
    system, homes, heads, drawn, changed
):
    """Rows are changed by hand, then found for their people only; then all anew, which must move nothing."""
    made = [
        places.of_list(
            scheme,
            None if home is None else homes[home],
            None if person is None else heads[person],
            state=state,
            **({"area_path": homes[0].area_path} if home is None else {}),
        )
        for scheme, home, person, state in drawn
    ]
    find(system)
    for index in changed:
        row = Enrolment.objects.get(pk=made[index % len(made)].pk)
        homes_of, persons_of = [row.household_id, homes[1].pk], [row.person_id, heads[1].pk]
        row.household, row.person = homes[1], heads[1]
        row.state = "closed" if row.state == "approved" else "approved"
        row.save()
        services.find_overlaps(
            actor=system,
            household_ids=[pk for pk in homes_of if pk],
            person_ids=[pk for pk in persons_of if pk],
        )
    all_anew = find(system)
    assert (all_anew.new, all_anew.again, all_anew.gone) == (0, 0, 0)
    Overlap.objects.all().delete()
    Enrolment.objects.all().delete()


def test_the_list_that_brought_them_is_told_the_counts(system, twofold, homes):
    partners.lay(system)
    intake.lay(system)
    batch = places.batch(system, file_name="list.csv", size=1000)
    services.find_overlaps(actor=system, household_ids=[homes[0].pk], batch_id=batch.pk)
    batch.refresh_from_db()
    assert batch.outcome["overlaps"] == {"new": 1, "gone": 0, "present": 1}
    assert Overlap.objects.get().batch == batch


def test_a_decision_is_kept_with_its_reason_and_audited(overlap, officer):
    decide(officer, overlap, OverlapState.KEPT)
    kept = OverlapDecision.objects.get()
    assert (kept.overlap, kept.state, kept.reason, kept.decided_by) == (overlap, "kept", WHY, officer)
    row = Audit.objects.filter(action="programmes.overlap.decide").latest("pk")
    assert (row.subject_id, row.reason, row.detail["before"]) == (overlap.pk, WHY, "open")


def test_without_a_reason_nothing_is_decided(overlap, officer):
    with pytest.raises(ReasonMissing):
        services.decide_overlap(actor=officer, overlap_id=overlap.pk, to=OverlapState.KEPT, reason=" ")
    overlap.refresh_from_db()
    assert overlap.state == "open"


@pytest.mark.parametrize(("before", "after"), OVERLAP_MOVES.unlisted())
def test_an_unlisted_step_is_refused(overlap, officer, before, after):
    if after not in DECISIONS:
        return
    Overlap.objects.update(state=before)
    with pytest.raises(IllegalMove):
        decide(
            officer,
            overlap,
            OverlapState(after),
            ending_id=overlap.left_id,
            agency_id=agency("social-welfare").pk,
        )


def test_ending_names_one_of_the_places_of_this_overlap(overlap, officer, homes, heads):
    other = places.of_list("PSPA-SAR", homes[0], heads[0])
    for ending_id in (None, other.pk):
        with pytest.raises(NotVisible):
            decide(officer, overlap, OverlapState.ENDING, ending_id=ending_id)
    ended = decide(officer, overlap, OverlapState.ENDING, ending_id=overlap.left_id)
    assert (ended.state, ended.ending_id) == ("ending", overlap.left_id)
    assert Enrolment.objects.get(pk=overlap.left_id).state == "approved"  # its department ends it


def test_a_place_that_is_run_here_is_closed_at_once(system, homes, heads, programme_manager):
    place = places.run_here(
        places.cycle(
            "PSPA-BHB", programme_manager, places.rule(programme_manager), starts_on=date(2026, 1, 1)
        ),
        homes[0],
        heads[0],
    )
    places.of_list("ZK-BL", homes[0], heads[0])
    find(system)
    decide(programme_manager, Overlap.objects.get(), OverlapState.ENDING, ending_id=place.pk)
    place.refresh_from_db()
    assert (place.state, place.reason) == ("closed", WHY)
    assert find(system, homes[0]).gone == 1


def test_who_may_not_close_a_place_cannot_decide_that_it_ends(
    system, homes, heads, programme_manager, officer
):
    cycle = places.cycle(
        "PSPA-BHB", programme_manager, places.rule(programme_manager), starts_on=date(2026, 1, 1)
    )
    place = places.run_here(cycle, homes[0], heads[0])
    places.of_list("ZK-BL", homes[0], heads[0])
    find(system)
    with pytest.raises(NotAllowed):
        decide(officer, Overlap.objects.get(), OverlapState.ENDING, ending_id=place.pk)
    assert Overlap.objects.get().state == "open"


def test_it_is_referred_to_a_department_of_its_schemes_only(overlap, officer):
    with pytest.raises(NotVisible):
        decide(officer, overlap, OverlapState.REFERRED, agency_id=agency("zakat").pk)
    himmat = Scheme.objects.get(code="SWD-HIM").agency
    referred = decide(officer, overlap, OverlapState.REFERRED, agency_id=himmat.pk)
    assert (referred.state, referred.referred_to) == ("referred", himmat)
    assert decide(officer, overlap, OverlapState.KEPT).referred_to is None


def test_a_department_decides_on_its_own_places_only(system, homes, heads, zakat_manager):
    zakat = places.of_list("ZK-BL", homes[0], heads[0])
    other = places.of_list("HR-MIN", homes[0], heads[0])
    find(system)
    overlap = Overlap.objects.get()
    with pytest.raises(OtherAgency):
        decide(zakat_manager, overlap, OverlapState.KEPT)
    with pytest.raises(OtherAgency):
        decide(zakat_manager, overlap, OverlapState.ENDING, ending_id=other.pk)
    decide(zakat_manager, overlap, OverlapState.REFERRED, agency_id=agency(OWNER_AGENCY).pk)
    assert decide(zakat_manager, overlap, OverlapState.ENDING, ending_id=zakat.pk).ending == zakat


def test_a_department_does_not_see_overlaps_of_others(overlap, zakat_manager):
    with pytest.raises(NotVisible):
        decide(zakat_manager, overlap, OverlapState.KEPT)


def test_who_works_elsewhere_or_may_not_decide_is_refused(overlap, other_clerk, clerk, appoint):
    with pytest.raises(NotAllowed):
        decide(clerk, overlap, OverlapState.KEPT)
    elsewhere = appoint("other_officer", "district_officer", "Attock")
    with pytest.raises(NotVisible):
        decide(elsewhere, overlap, OverlapState.KEPT)


def test_decisions_cannot_be_changed_by_the_application(overlap, officer):
    decide(officer, overlap, OverlapState.KEPT)
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege(current_user, 'programmes_overlapdecision', 'update')")
        assert cursor.fetchone() == (False,)


def test_touched_people_are_those_named_and_whoever_shares_a_place(overlap, homes, heads):
    of = finding.touched([homes[0].pk], [])
    assert (of.person_ids, of.household_ids) == ([heads[0].pk], [homes[0].pk])


def test_places_of_an_approved_cycle_are_looked_at_when_it_is_announced(
    system, homes, heads, programme_manager
):
    rule = places.rule(programme_manager)
    cycle = places.cycle("PSPA-BHB", programme_manager, rule, starts_on=date(2026, 1, 1))
    places.run_here(cycle, homes[0], heads[0])
    places.of_list("ZK-BL", homes[0], heads[0])
    tasks.find_overlaps_of_cycle(cycle_id=cycle.pk)
    assert Overlap.objects.get().policy == "no-other-assistance"


def test_a_place_that_ends_by_the_calendar_is_noticed_by_the_daily_finding(overlap, twofold):
    Enrolment.objects.filter(pk=twofold[0].pk).update(ends_on=timezone.localdate())
    tasks.find_all_overlaps()
    overlap.refresh_from_db()
    assert overlap.state == "gone"


def test_a_department_to_which_a_cap_was_referred_sees_it(system, homes, heads, officer, zakat_manager):
    """Whichever of the places that count the overlap was found by."""
    first = places.of_list("PSPA-HQ", homes[0], heads[0], amount_paisa=30_000_000, period="year")
    alms = places.of_list("ZK-GA", homes[0], heads[0], amount_paisa=30_000_000, period="year")
    find(system)
    overlap = Overlap.objects.get(kind="cap")
    assert overlap.left == first
    decide(officer, overlap, OverlapState.REFERRED, agency_id=agency("zakat").pk)
    assert overlap in Overlap.objects.visible_to(zakat_manager)
    assert decide(zakat_manager, overlap, OverlapState.ENDING, ending_id=alms.pk).ending == alms
