import pytest
from django.db import ProgrammingError, connection, connections, transaction

from saiban.core import audit, chain
from saiban.core.models import Audit, AuditCheckpoint, AuditLink, AuditPending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def acts(clerk):
    for number in range(7):
        with transaction.atomic(), audit.act("write", "tests.act", clerk):
            audit.note(reason=f"act {number}", number=number)
    assert chain.chain_pending(limit=3) == 3
    assert chain.chain_all() == 4
    chain.checkpoint()
    return list(Audit.objects.order_by("pk"))


def tamper(sql, *values):
    """Do as an intruder who owns the tables."""
    tables = ("core_audit", "core_auditlink", "core_auditidset", "core_auditcheckpoint")
    with connections["owner"].cursor() as cursor:
        for table in tables:
            cursor.execute(f"alter table {table} disable trigger {table}_no_change")
        try:
            cursor.execute(sql, values)
        finally:
            for table in tables:
                cursor.execute(f"alter table {table} enable trigger {table}_no_change")


def test_an_untouched_chain_is_whole(acts):
    assert list(chain.verify()) == []
    assert AuditLink.objects.count() == 7
    assert not AuditPending.objects.exists()


def test_a_changed_row_is_found(acts):
    tamper("update core_audit set reason = 'harmless' where id = %s", acts[3].pk)
    assert [(fault.audit_id, fault.what) for fault in chain.verify()] == [
        (acts[3].pk, "the audit row was changed")
    ]


@pytest.mark.parametrize(
    "change",
    [
        "blocks = blocks[2:], ends = ends[2:]",
        "ends[1] = 255",
        "offsets = set_byte(offsets, 1000, 0)",
        "kind = 'core.agency'",
        "ids = '{1}', blocks = null, ends = null, offsets = null",
    ],
)
def test_a_changed_set_of_ids_is_found_and_a_long_one_is_chained_by_its_digest(acts, clerk, change):
    with transaction.atomic(), audit.act("look", "tests.act", clerk):
        audit.note_set("core.area", range(300_000))
    chain.chain_all()
    with connection.cursor() as cursor:
        cursor.execute(f"select max(length({chain.CANONICAL})) from core_audit a")  # noqa: S608
        assert cursor.fetchone()[0] < 1000
    assert list(chain.verify()) == []
    tamper(f"update core_auditidset set {change}")  # noqa: S608
    assert [fault.what for fault in chain.verify()] == ["the audit row was changed"]


def test_a_cut_off_end_is_found(acts):
    tamper("delete from core_auditlink where seq > 5")
    faults = {fault.what for fault in chain.verify()}
    assert "the chain was cut off or rewritten before this checkpoint" in faults
    assert "an audit row stands outside of the chain" in faults


def test_a_removed_row_and_link_are_found(acts):
    tamper("delete from core_auditlink where seq = 4")
    tamper("delete from core_audit where id = %s", acts[3].pk)
    assert "links are missing before this one" in {fault.what for fault in chain.verify()}


def test_a_checkpoint_that_is_signed_during_the_walk_is_no_fault(acts, clerk, monkeypatch):
    walk = chain._verify_checkpoints

    def meanwhile(*given):
        with transaction.atomic(), audit.act("write", "tests.act", clerk):
            audit.note(reason="later")
        chain.chain_all()
        chain.checkpoint()
        return walk(*given)

    monkeypatch.setattr(chain, "_verify_checkpoints", meanwhile)
    assert list(chain.verify()) == []


def test_a_checkpoint_stays_good_when_a_new_key_signs(acts, monkeypatch):
    former = chain.ring()
    both = type(former)(2, {2: bytes(range(32)), **former.keys})
    monkeypatch.setattr(chain, "ring", lambda: both)
    assert list(chain.verify()) == []
    monkeypatch.setattr(chain, "ring", lambda: type(former)(2, {2: bytes(range(32))}))
    assert [fault.what for fault in chain.verify()] == ["the checkpoint's signature is not ours"]


def test_a_row_that_waits_although_it_is_chained_does_not_stop_the_chain(acts, clerk):
    AuditPending.objects.create(pk=acts[2].pk)
    with transaction.atomic(), audit.act("write", "tests.act", clerk):
        audit.note(reason="later")
    assert chain.chain_all() == 1
    assert list(chain.verify()) == []
    assert not AuditPending.objects.exists()


@pytest.mark.parametrize("column", ["id", "at"])
def test_the_application_neither_numbers_nor_dates_an_audit_row(acts, clerk, column):
    value = {"id": "999999", "at": "timestamptz '2020-01-01'"}[column]
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute(
            f"insert into core_audit ({column}, actor_id, kind, action) values ({value}, %s, 'write', 'x')",  # noqa: S608
            [clerk.pk],
        )


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize(
    "sql", ["update core_audit set reason = ''", "delete from core_audit", "delete from core_auditlink"]
)
def test_neither_role_may_change_the_audit(acts, alias, sql):
    with pytest.raises(ProgrammingError), connections[alias].cursor() as cursor:
        cursor.execute(sql)
    connection.rollback() if not connection.get_autocommit() else None


def found(**how):
    return {fault.what for fault in chain.verify(**how)}


def test_two_rows_that_changed_places_are_found(acts):
    first, second = acts[2].pk, acts[3].pk
    tamper(
        "update core_audit a set (reason, detail) = (select b.reason, b.detail from core_audit b "
        "where b.id = %s + %s - a.id) where a.id in (%s, %s)",
        *(first, second, first, second),
    )
    assert [fault.audit_id for fault in chain.verify()] == [first, second]


def test_a_forged_checkpoint_is_found_and_is_not_begun_at(acts, clerk):
    good = chain.last_good()
    with transaction.atomic(), audit.act("write", "tests.act", clerk):
        audit.note(reason="later")
    chain.chain_all()
    last = AuditLink.objects.get(seq=8)
    AuditCheckpoint.objects.create(seq=8, digest=last.digest, signature=bytes(64))
    assert chain.last_good() == good
    assert found(since=good) == {"the checkpoint's signature is not ours"}


def test_a_chain_written_anew_from_a_changed_row_on_is_found_by_its_checkpoint(acts):
    """Who owns the tables can make digests that agree, but cannot sign them."""
    tamper("update core_audit set reason = 'harmless' where id = %s", acts[5].pk)
    digest = bytes(AuditLink.objects.get(seq=5).digest)
    for seq in (6, 7):
        with connection.cursor() as cursor:
            cursor.execute(f"select {chain.CANONICAL} from core_audit a where a.id = %s", [acts[seq - 1].pk])  # noqa: S608
            digest = chain._next(digest, cursor.fetchone()[0])
        tamper("update core_auditlink set digest = %s where seq = %s", digest, seq)
    assert found() == {"the chain was cut off or rewritten before this checkpoint"}
    assert chain.last_good() is None


def test_a_cut_off_after_the_last_checkpoint_is_found_where_the_row_or_its_link_remains(acts, clerk):
    with transaction.atomic(), audit.act("write", "tests.act", clerk):
        audit.note(reason="later")
    chain.chain_all()
    tamper("delete from core_auditlink where seq = 8")
    assert found(since=chain.last_good()) == found() == {"an audit row stands outside of the chain"}
    tamper("delete from core_audit where id = (select max(id) from core_audit)")
    assert found() == set(), "with row and link gone since the last checkpoint, nothing here remembers it"


def test_the_walk_since_a_checkpoint_believes_what_lies_before_it(acts, clerk):
    since = chain.last_good()
    tamper("update core_audit set reason = 'harmless' where id = %s", acts[1].pk)
    walked = []
    assert list(chain.verify(since=since, told=walked.append)) == []
    assert walked == []
    assert found(told=walked.append) == {chain.CHANGED}
    assert walked == [7]
