import pytest

from saiban.core import audit
from saiban.core.errors import NotAllowed, NotVisible
from saiban.core.models import Area, Audit, AuditPending
from saiban.core.services import LOOKS, SERVICES, get_visible, look, service

PERMISSION = "core.progress.view"  # everyone has it


@service(PERMISSION)
def touch(*, actor, area_id, fail=False):
    area = get_visible(Area.objects.all(), actor=actor, pk=area_id)
    Area.objects.filter(pk=area.pk).update(name_en="touched")
    audit.note(subject=area, reason="a test")
    if fail:
        raise ValueError("after the change")
    return area


@service("core.area.load")
def forbidden(*, actor):
    raise AssertionError("never reached")


@look(PERMISSION)
def see(*, actor):
    audit.note_set("core.area", [3, 1, 2, 2])


def forget():
    """These doors are the tests' own: other tests count the doors of the rooms."""
    for table in (SERVICES, LOOKS):
        for name in (PERMISSION, "core.area.load"):
            table.pop(name, None)


forget()


@pytest.fixture(autouse=True)
def own_doors():
    yield
    forget()


def test_a_write_leaves_one_audit_row_that_waits_for_the_chain(clerk):
    area = clerk.duty.area
    touch(actor=clerk, area_id=area.pk)
    row = Audit.objects.get()
    assert (row.kind, row.action, row.actor_id, row.duty_id) == ("write", PERMISSION, clerk.pk, clerk.duty.pk)
    assert (row.subject_kind, row.subject_id, row.reason, row.purpose) == (
        "core.area",
        area.pk,
        "a test",
        "tests",
    )
    assert AuditPending.objects.filter(pk=row.pk).exists()


def test_a_failed_write_changes_nothing_and_leaves_no_row(clerk):
    with pytest.raises(ValueError, match="after"):
        touch(actor=clerk, area_id=clerk.duty.area.pk, fail=True)
    assert Area.objects.get(pk=clerk.duty.area.pk).name_en == "Rajanpur"
    assert not Audit.objects.exists()


def test_a_refusal_is_on_record(clerk):
    with pytest.raises(NotAllowed):
        forbidden(actor=clerk)
    assert Audit.objects.get().kind == "refused"


def test_a_refusal_within_a_service_is_on_record_although_its_transaction_is_undone(clerk):
    @service(PERMISSION)
    def outer(*, actor):
        Area.objects.filter(pk=clerk.duty.area.pk).update(name_en="half done")
        forbidden(actor=actor)

    with pytest.raises(NotAllowed):
        outer(actor=clerk)
    assert Area.objects.get(pk=clerk.duty.area.pk).name_en == "Rajanpur"
    assert [(row.kind, row.action) for row in Audit.objects.all()] == [("refused", "core.area.load")]


def test_asking_for_what_lies_elsewhere_is_on_record_with_what_was_asked_for(clerk, other_clerk):
    elsewhere = other_clerk.duty.area
    with pytest.raises(NotVisible):
        touch(actor=clerk, area_id=elsewhere.pk)
    row = Audit.objects.about("core.area", elsewhere.pk).get()
    assert (row.kind, row.action, row.actor_id) == ("refused", PERMISSION, clerk.pk)


def test_an_actor_without_a_duty_may_nothing(clerk):
    clerk.duty = None
    with pytest.raises(NotAllowed):
        see(actor=clerk)


def test_a_set_look_is_one_row_with_its_ids(clerk):
    see(actor=clerk)
    row = Audit.objects.get()
    assert (row.kind, row.count, row.id_set.ids) == ("look", 3, [1, 2, 3])
    assert Audit.objects.about("core.area", 2).count() == 1
    assert not Audit.objects.about("core.area", 9).exists()


def test_what_lies_elsewhere_is_not_there(clerk, other_clerk):
    with pytest.raises(NotVisible):
        touch(actor=clerk, area_id=other_clerk.duty.area.pk)


def test_a_note_outside_of_an_act_is_a_mistake_of_ours():
    with pytest.raises(RuntimeError):
        audit.note(reason="nowhere")


def test_a_number_that_no_row_can_have_is_refused_and_on_record(clerk):
    with pytest.raises(NotVisible):
        touch(actor=clerk, area_id=10**30)
    assert Audit.objects.get().kind == "refused"
