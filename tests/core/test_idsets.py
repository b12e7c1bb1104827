"""Sets of ids in the audit: packed without loss, found by each of their ids and by no other."""

import json

import pytest
from django.db import IntegrityError, connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from saiban.core import audit, chain
from saiban.core.idsets import pack, unpack
from saiban.core.models import Audit, AuditIdSet

some_ids = st.lists(
    st.one_of(st.integers(0, 2_000), st.integers(0, 2**62), st.integers(250, 260)), unique=True, max_size=80
).map(sorted)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(some_ids)
def test_a_packed_set_holds_the_same_ids_in_the_same_order(ids):
    packed = pack(ids)
    assert unpack(packed) == ids
    assert packed.blocks == sorted(set(packed.blocks))
    assert len(packed.offsets) == len(ids)


def test_ids_that_lie_close_together_take_a_byte_each_and_few_entries_of_the_index():
    packed = pack(range(1_000_000, 1_100_000))
    assert len(packed.offsets) == 100_000
    assert len(packed.blocks) == 391


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(ids=some_ids, others=some_ids)
def test_a_set_is_found_by_each_of_its_ids_and_by_no_other(clerk, ids, others):
    with audit.act("look", "tests.act", clerk):
        audit.note_set("core.area", ids)
    row = Audit.objects.latest("pk")
    assert (row.count, row.id_set.ids) == (len(ids), ids)
    close = {one ^ 1 for one in ids[:4]} | {one + 256 for one in ids[:4]}
    for pk in close.union(ids[:4], ids[-4:], others[:8]):
        assert Audit.objects.about("core.area", pk).filter(pk=row.pk).exists() == (pk in ids)
        assert not Audit.objects.about("core.agency", pk).exists()


@pytest.fixture
def kept_before(clerk):
    """A set as it was kept before sets were packed."""
    whole = AuditIdSet.objects.create(kind="core.area", written_out=[3, 4, 1000])
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into core_audit (actor_id, kind, action, subject_kind, count, id_set_id) "
            "values (%s, 'look', 'tests.act', 'core.area', 3, %s) returning id",
            [clerk.pk, whole.pk],
        )
        return Audit.objects.get(pk=cursor.fetchone()[0])


@pytest.mark.django_db
def test_a_set_that_was_kept_before_sets_were_packed_is_found_too(kept_before):
    assert kept_before.id_set.ids == [3, 4, 1000]
    assert list(Audit.objects.about("core.area", 1000)) == [kept_before]
    assert not Audit.objects.about("core.area", 5).exists()


@pytest.mark.django_db
def test_a_set_that_was_kept_before_has_the_text_under_which_it_was_chained(kept_before):
    with connection.cursor() as cursor:
        sql = f"select ({chain.CANONICAL})::jsonb ->> 12 from core_audit a where a.id = %s"  # noqa: S608
        cursor.execute(sql, [kept_before.pk])
        found = cursor.fetchone()[0]
    # of the text that PostgreSQL gives the array, by sha256sum
    assert json.loads(found) == [
        "core.area",
        3,
        "5132f8ecd4d6dca37e708f56d199739d03b6edfcfd9399bc8b83ca3fc49b3ebe",
    ]


@pytest.mark.django_db
def test_a_set_is_stored_in_one_way(foundations):
    with pytest.raises(IntegrityError, match="in_one_way"), transaction.atomic():
        AuditIdSet.objects.create(kind="core.area", written_out=[1], **pack([1])._asdict())
    with pytest.raises(IntegrityError, match="in_one_way"), transaction.atomic():
        AuditIdSet.objects.create(kind="core.area")


@pytest.fixture
def many_sets(clerk):
    """Three thousand lists of 25, and one export of 100,000; by the owner, who may gather statistics."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into core_auditidset (kind, blocks, ends, offsets) select 'registry.household', "
            "array_agg(n * 7919 + i order by i), array_agg(i order by i), decode(repeat('07', 25), 'hex') "
            "from generate_series(1, 3000) n, generate_series(1, 25) i group by n"
        )
        cursor.execute(
            "insert into core_audit (actor_id, kind, action, subject_kind, count, id_set_id) "
            "select %s, 'look', 'tests.act', 'registry.household', 25, id from core_auditidset",
            [clerk.pk],
        )
    with transaction.atomic(), audit.act("look", "tests.act", clerk):
        audit.note_set("registry.household", range(10_000_000, 10_100_000))
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze core_auditidset, core_audit")


@pytest.mark.django_db(transaction=True)
def test_who_saw_one_of_many_is_found_by_indexes_alone(many_sets):
    asked = Audit.objects.about("registry.household", 10_050_000).order_by("-pk")
    assert [row.count for row in asked] == [100_000]
    plan = asked.explain()
    assert "core_auditidset_blocks" in plan
    assert "core_audit_subject" in plan
    assert "Seq Scan" not in plan, plan
    of_a_page = Audit.objects.about("registry.household", ((7919 * 40 + 3) << 8) + 7)
    assert [row.count for row in of_a_page] == [25]
