"""Bench ``audit``: committers, each a process of its own, write audit rows in transactions of their own, and
the chainer follows them; on a server of the bench's own.

Beside it, in the same run: the same rows by plain INSERT, from as many processes, into tables of the same
shape with the same indexes and defaults, where nothing waits for a chain (foreign keys left out). Every tenth
row is a look at a set of 25 ids.
"""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from saiban.bench.measure import Measured, peak_mb
from saiban.bench.server import own_server, say

if TYPE_CHECKING:
    from multiprocessing.synchronize import Barrier

WANTED = 2000  # rows a second that the chainer has to keep up with
SET_EVERY, SET_SIZE, SPREAD = 10, 25, 7919
LISTEN = 0.1  # seconds between two looks at how far the chainer is
PLAIN_TABLES = """
create table bench_auditidset (like core_auditidset including all);
create table bench_audit (like core_audit including all);
grant insert, select on bench_auditidset, bench_audit to saiban_app;
"""
PLAIN_SET = """
insert into bench_auditidset (kind, blocks, ends, offsets) values (%s, %s, %s, %s) returning id
"""
PLAIN = """
insert into bench_audit (actor_id, kind, action, subject_kind, subject_id, reason, detail, count, id_set_id)
values (%s, 'look', 'bench.act', 'registry.household', %s, %s, %s::jsonb, %s, %s)
"""
AS_WRITTEN = """
select a.actor_id, a.kind, a.action, a.subject_kind, a.subject_id, a.reason, a.detail, a.count,
  s.kind, s.blocks, s.ends, s.offsets
from {prefix}_audit a left join {prefix}_auditidset s on s.id = a.id_set_id where a.action = 'bench.act'
"""
SAME = "select (select count(*) from ({ours}) o), (select count(*) from ({plain} except all {ours}) d)"
WAITING = """
select count(*), coalesce(extract(epoch from clock_timestamp() - min(a.at)), 0)::float8
from core_auditpending p join core_audit a on a.id = p.audit_id
"""
BACKLOG = """
with row as (
  insert into core_audit (actor_id, kind, action, subject_kind, subject_id, reason, detail)
  select %s, 'write', 'bench.backlog', 'registry.household', n, 'row ' || n, '{}'
  from generate_series(1, %s) n returning id
)
insert into core_auditpending (audit_id) select id from row
"""


@dataclass
class Lag:
    """The most that ever waited: rows, and seconds since the oldest of them was written."""

    rows: int = 0
    seconds: float = 0.0


def audit(size: int, *, committers: int = 4) -> Measured:
    """Write ``size`` rows, in as many transactions, by so many committers at once."""
    with own_server():
        return _measured(size, committers)


def _measured(size: int, committers: int) -> Measured:
    from django.db import connections

    from saiban.core import chain
    from saiban.core.models import Actor

    with connections["owner"].cursor() as owner:
        owner.execute(PLAIN_TABLES)
    actor = Actor.objects.create_user("bench.audit", name_en="Bench").pk
    say(f"{size} rows by plain INSERT, {committers} committers")
    plain = _written(_write_plainly, actor, size, committers)
    say("the same rows as the audit writes them, with the chainer at work")
    lag = Lag()
    written, chained = _followed(lag, lambda: _written(_write, actor, size, committers))
    alone = _backlog(actor, size)
    started = time.perf_counter()
    faults = sum(1 for _fault in chain.verify())
    walked = time.perf_counter() - started
    return Measured(
        name="audit", size=size, seconds=round(written, 2), baseline="plain INSERT of the same rows",
        baseline_seconds=round(plain, 2), ratio=round(written / plain, 3), peak_mb=peak_mb(),
        equal=not faults and _all_chained(2 * size) and _same(size),
        extra={
            "committers": committers, "written_per_second": round(size / written),
            "plain_per_second": round(size / plain), "chained_per_second": round(size / chained),
            "lag_rows": lag.rows, "lag_seconds": round(lag.seconds, 2),
            "chained_alone_per_second": round(size / alone), "wanted_per_second": WANTED,
            "verified_per_second": round(2 * size / walked),
        },
    )  # fmt: skip


def _written(write: Callable[[Any, int], None], actor: int, size: int, committers: int) -> float:
    """Seconds until every committer has written its share; all begin at once, once all are ready."""
    ours = multiprocessing.get_context("spawn")
    ready = ours.Barrier(committers + 1)
    shares = [range(one, size, committers) for one in range(committers)]
    at_work = [ours.Process(target=_commit, args=(write, actor, share, ready)) for share in shares]
    for process in at_work:
        process.start()
    ready.wait()
    started = time.perf_counter()
    for process in at_work:
        process.join()
    seconds = time.perf_counter() - started
    if any(process.exitcode for process in at_work):
        raise RuntimeError("a committer broke off")
    return seconds


def _commit(write: Callable[[Any, int], None], actor_id: int, share: range, ready: Barrier) -> None:
    """Be a committer: one transaction after the other."""
    import django

    django.setup()
    from django.db import connections, transaction

    from saiban.core.models import Actor

    actor = Actor.objects.get(pk=actor_id)
    ready.wait()
    for no in share:
        with transaction.atomic():
            write(actor, no)
    connections.close_all()


def _ids(no: int) -> list[int] | None:
    """The ids of a look at a set, scattered as those of a page of a list are."""
    return [no * SPREAD + one * 1000 for one in range(SET_SIZE)] if no % SET_EVERY == 0 else None


def _write(actor: Any, no: int) -> None:
    """Write row ``no`` through the audit's own door."""
    from saiban.core import audit as core_audit
    from saiban.core.models import Audit

    with core_audit.act(Audit.Kind.LOOK, "bench.act", actor) as act:
        act.subject_kind, act.subject_id = "registry.household", no
        core_audit.note(reason=f"row {no}", no=no)
        if ids := _ids(no):
            core_audit.note_set("registry.household", ids)


def _write_plainly(actor: Any, no: int) -> None:
    """Write the same row by hand."""
    from django.db import connection

    from saiban.core.idsets import pack

    ids, id_set = _ids(no), None
    with connection.cursor() as cursor:
        if ids:
            cursor.execute(PLAIN_SET, ["registry.household", *pack(ids)])
            id_set = cursor.fetchone()[0]
        count = len(ids) if ids else None
        cursor.execute(PLAIN, [actor.pk, no, f"row {no}", json.dumps({"no": no}), count, id_set])


def _followed(lag: Lag, write: Callable[[], float]) -> tuple[float, float]:
    """Seconds of writing, and seconds from the first row until the last one was chained."""
    stop, beginnings = threading.Event(), [0.0]
    others = [
        threading.Thread(target=_chain, args=(stop,)),
        threading.Thread(target=_listen, args=(stop, lag, beginnings)),
    ]
    for thread in others:
        thread.start()
    try:
        written = write()
    finally:
        stop.set()
        for thread in others:
            thread.join()
    return written, time.perf_counter() - beginnings[0]


def _chain(stop: threading.Event) -> None:
    """Chain as the worker does, round after round, until all is chained and nobody writes any more."""
    from django.db import connections

    from saiban.core import chain
    from saiban.core.worker import REST

    while not (stop.is_set() and not chain.chain_pending()):
        if not chain.chain_all():
            stop.wait(REST)
    connections.close_all()


def _listen(stop: threading.Event, lag: Lag, beginnings: list[float]) -> None:
    """Keep the greatest lag that was seen, and when the first row was."""
    from django.db import connection

    while True:
        last = stop.is_set()
        with connection.cursor() as cursor:
            cursor.execute(WAITING)
            rows, seconds = cursor.fetchone()
        if rows and not beginnings[0]:
            beginnings[0] = time.perf_counter() - seconds
        lag.rows, lag.seconds = max(lag.rows, rows), max(lag.seconds, seconds)
        if last:
            break
        stop.wait(LISTEN)
    connection.close()


def _backlog(actor: int, size: int) -> float:
    """Seconds of chaining ``size`` rows that wait, with nobody writing."""
    from django.db import connection

    from saiban.core import chain

    say(f"a backlog of {size} rows")
    with connection.cursor() as cursor:
        cursor.execute(BACKLOG, [actor, size])
    started = time.perf_counter()
    if chain.chain_all() != size:
        raise RuntimeError("the backlog was not chained as a whole")
    return time.perf_counter() - started


def _all_chained(rows: int) -> bool:
    from saiban.core.models import AuditLink, AuditPending

    return AuditLink.objects.count() == rows and not AuditPending.objects.exists()


def _same(size: int) -> bool:
    """Whether the audit and the plain tables hold the same rows, each once."""
    from django.db import connection

    ours, plain = (AS_WRITTEN.format(prefix=prefix) for prefix in ("core", "bench"))
    with connection.cursor() as cursor:
        cursor.execute(SAME.format(ours=ours, plain=plain))
        rows, different = cursor.fetchone()
    return bool(rows == size and not different)
