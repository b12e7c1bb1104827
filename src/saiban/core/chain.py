"""The chain over the audit: what was changed, removed or cut off afterwards is found.

digest(n) = SHA-256(digest(n-1) ‖ canonical text of the audit row); the order is that in which commits were
seen.
A checkpoint is the length and last digest, signed with Ed25519 by a key derived from the key ring.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from saiban.core import locks
from saiban.core.models import AuditCheckpoint, AuditLink
from saiban.core.seal import ring

START = bytes(32)
CHANGED, REMOVED = "the audit row was changed", "the audit row was removed"
# Timestamps as text in UTC, never by the session's settings; every column is part of it, a set of ids by its
# digest over the columns that store it: spelled out, the set of all households of a province would be too
# long for one value.
CANONICAL = """
jsonb_build_array(a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.actor_id, a.duty_id,
  a.kind, a.action, a.purpose, a.subject_kind, a.subject_id, a.reason, a.detail, a.count,
  (select jsonb_build_array(s.kind, coalesce(cardinality(s.ids), length(s.offsets)),
    encode(sha256(coalesce(convert_to(s.ids::text, 'UTF8'),
      convert_to(s.blocks::text || s.ends::text, 'UTF8') || s.offsets)), 'hex'))
   from core_auditidset s where s.id = a.id_set_id))::text
"""
TAKE = f"""
with taken as (
  delete from core_auditpending where audit_id in
    (select audit_id from core_auditpending order by audit_id limit %s) returning audit_id
)
select a.id, {CANONICAL} from taken join core_audit a on a.id = taken.audit_id
where not exists (select 1 from core_auditlink l where l.audit_id = a.id) order by a.id
"""  # noqa: S608
WALK = f"""
select l.seq, l.audit_id, l.digest, {CANONICAL}
from core_auditlink l left join core_audit a on a.id = l.audit_id
where l.seq > %s order by l.seq
"""  # noqa: S608


@dataclass(frozen=True)
class Fault:
    """A place where the chain and the audit do not agree."""

    seq: int
    audit_id: int | None
    what: str


def _next(former: bytes, text: str | None) -> bytes:
    return hashlib.sha256(former + (text or "").encode()).digest()


def chain_pending(*, limit: int = 5000) -> int:
    """Chain up to ``limit`` audit rows and return how many; one chainer at a time, others return 0."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("select pg_try_advisory_xact_lock(%s)", [locks.CHAIN])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute("select seq, digest from core_auditlink order by seq desc limit 1")
        length, end = cursor.fetchone() or (0, START)
        cursor.execute(TAKE, [limit])
        links, digest = [], bytes(end)
        for seq, (audit_id, text) in enumerate(cursor.fetchall(), start=length + 1):
            digest = _next(digest, text)
            links.append((seq, audit_id, digest))
        with cursor.copy("copy core_auditlink (seq, audit_id, digest) from stdin") as copy:
            for link in links:
                copy.write_row(link)
    return len(links)


def chain_all() -> int:
    """Chain whatever waits and return how many rows; what arrives meanwhile is taken along."""
    total = 0
    while chained := chain_pending():
        total += chained
    return total


def checkpoint() -> AuditCheckpoint | None:
    """Sign the present end of the chain; None where it is empty or signed already."""
    with connection.cursor() as cursor:
        cursor.execute("select seq, digest from core_auditlink order by seq desc limit 1")
        last = cursor.fetchone()
    if last is None or AuditCheckpoint.objects.filter(seq=last[0]).exists():
        return None
    seq, digest = last[0], bytes(last[1])
    return AuditCheckpoint.objects.create(
        seq=seq, digest=digest, signature=_key().sign(_statement(seq, digest))
    )


def last_good() -> AuditCheckpoint | None:
    """Return the newest checkpoint that we signed and whose link still stands; None where there is none."""
    keys = [_key(key_id) for key_id in ring().keys]
    for mark in AuditCheckpoint.objects.order_by("-seq").iterator():
        link = AuditLink.objects.filter(seq=mark.seq, digest=bytes(mark.digest))
        if any(_signed_by(key, mark) for key in keys) and link.exists():
            return mark
    return None


def verify(
    *, since: AuditCheckpoint | None = None, told: Callable[[int], None] = lambda links: None
) -> Iterator[Fault]:
    """Walk the chain and yield every fault: a changed or missing row, a gap, a cut-off end.

    ``since`` begins at a good checkpoint and believes what lies before it; ``told`` hears how many links were
    walked. The rows are streamed. The checkpoints are read first: those that are signed during the walk are
    not asked for.
    """
    start, digest = (since.seq, bytes(since.digest)) if since else (0, START)
    marks = list(AuditCheckpoint.objects.filter(seq__gt=start).order_by("seq"))
    signed = {mark.seq for mark in marks}
    expected, digests = start + 1, {}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(WALK, [start])
        while rows := cursor.fetchmany(5000):
            for seq, audit_id, stored, text in rows:
                if seq != expected:
                    yield Fault(seq, audit_id, "links are missing before this one")
                if _next(digest, text) != bytes(stored):
                    yield Fault(seq, audit_id, CHANGED if text else REMOVED)
                digest, expected = bytes(stored), seq + 1
                if seq in signed:
                    digests[seq] = digest
            told(expected - 1 - start)
    yield from _verify_checkpoints(marks, digests)
    yield from _unchained(expected - 1, since)


def _verify_checkpoints(marks: list[AuditCheckpoint], digests: dict[int, bytes]) -> Iterator[Fault]:
    keys = [_key(key_id) for key_id in ring().keys]
    for mark in marks:
        if not any(_signed_by(key, mark) for key in keys):
            yield Fault(mark.seq, None, "the checkpoint's signature is not ours")
        if digests.get(mark.seq) != bytes(mark.digest):
            yield Fault(mark.seq, None, "the chain was cut off or rewritten before this checkpoint")


def _unchained(last: int, since: AuditCheckpoint | None) -> Iterator[Fault]:
    """Find audit rows that are neither chained nor waiting: someone removed their link or their mark."""
    first = AuditLink.objects.get(seq=since.seq).audit_id if since else 0
    with connection.cursor() as cursor:
        cursor.execute(
            "select a.id from core_audit a "
            "where a.id > %s and not exists (select 1 from core_auditlink l where l.audit_id = a.id) "
            "and not exists (select 1 from core_auditpending p where p.audit_id = a.id)",
            [first],
        )
        for (audit_id,) in cursor.fetchall():
            yield Fault(last, audit_id, "an audit row stands outside of the chain")


def _signed_by(key: Ed25519PrivateKey, mark: AuditCheckpoint) -> bool:
    try:
        key.public_key().verify(bytes(mark.signature), _statement(mark.seq, bytes(mark.digest)))
    except InvalidSignature:
        return False
    return True


def _key(key_id: int | None = None) -> Ed25519PrivateKey:
    """Derive the signing key; checkpoints signed under an older key of the ring stay good."""
    return Ed25519PrivateKey.from_private_bytes(ring().derive("audit-checkpoint", key_id=key_id))


def _statement(seq: int, digest: bytes) -> bytes:
    return b"saiban audit " + str(seq).encode() + b" " + digest
