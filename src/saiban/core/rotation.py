"""Tokens under a new key, and seals under a new key, while work goes on.

Tokens: each row gets its second token (``token_next``), chunk by chunk, made of the one that it has; when all
have one, the tables change over in one transaction. Whoever writes or looks for tokens holds the path of keys
(``hold``), so nobody works with a token of yesterday. Seals: each row is opened and sealed anew, chunk by
chunk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from saiban.core import audit, locks, seal
from saiban.core.models import Actor, Rotation
from saiban.core.services import service
from saiban.data.errors import BadInput

CHUNK = 20_000
Reseal = Callable[[int, int], tuple[int, int]]  # (after id, most) → (last id, how many); 0 when none is left
TAKE = """
select id, {namespace}, token from {table} where id > %s and token_next is null order by id limit %s
"""
GIVE = """
update {table} t set token_next = g.token from unnest(%s::bigint[], %s::bytea[]) g (id, token)
where t.id = g.id
"""


@dataclass(frozen=True)
class TokenTable:
    """A table with ``token`` and ``token_next``: SQL for the namespace of a row, and the database function
    that lets the second token take the place of the first.
    """

    table: str
    namespace: str
    switch: str


def tables() -> Sequence[TokenTable]:
    """The one list of tables with tokens (``settings.SAIBAN_TOKEN_TABLES``)."""
    found: Sequence[TokenTable] = import_string(settings.SAIBAN_TOKEN_TABLES)
    return found


def seals() -> Mapping[str, Reseal]:
    """The one list of what can be sealed anew under another key of the ring (``settings.SAIBAN_SEALS``)."""
    found: Mapping[str, Reseal] = import_string(settings.SAIBAN_SEALS)
    return found


def path() -> tuple[int, ...]:
    """Ids of the keys that tokens go through, from the first rotation to the last that is complete."""
    done = list(Rotation.objects.exclude(switched_at=None).values_list("from_key", "to_key"))
    first = done[0][0] if done else seal.ring().of_tokens
    return (first, *(to_key for _from, to_key in done))


def hold() -> None:
    """Keep the tokens' keys as they are until the transaction ends, and make tokens by them from now on."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock_shared(%s)", [locks.ROTATION])
    seal.use_token_path(path())


@service("core.tokens.begin_rotation")
def begin_rotation(*, actor: Actor, to_key: int) -> Rotation:
    """Begin to renew all tokens under another key of the ring, or go on with what was begun.

    Raises: BadInput for a key that the ring has not or that tokens went through already, and while another
    rotation is under way.
    """
    under_way = Rotation.objects.filter(switched_at=None).first()
    if under_way is not None and under_way.to_key == to_key:
        return under_way
    if under_way is not None:
        raise BadInput(_("Another rotation is under way."), place="--to", expected=str(under_way.to_key))
    _check_key(to_key)
    rotation = Rotation.objects.create(from_key=path()[-1], to_key=to_key)
    audit.note(subject=rotation, from_key=rotation.from_key, to_key=to_key)
    return rotation


def _check_key(to_key: int) -> None:
    fresh = sorted(set(seal.ring().keys) - set(path()))
    if to_key not in fresh:
        words = ", ".join(map(str, fresh)) or _("a new key in SAIBAN_KEYS")
        raise BadInput(_("Tokens cannot go over to this key."), place=f"--to {to_key}", expected=words)


def fill(table: TokenTable, *, to_key: int, after: int = 0, most: int = CHUNK) -> tuple[int, int]:
    """Give the next rows their second token, in the caller's transaction.

    Out: the id of the last one, to go on from, and how many there were; (0, 0) when all have one.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE.format(table=table.table, namespace=table.namespace), [after, most])
        rows = cursor.fetchall()
        if not rows:
            return 0, 0
        renewed = [seal.renewed_token(namespace, bytes(token), to_key) for _id, namespace, token in rows]
        cursor.execute(GIVE.format(table=table.table), [[row[0] for row in rows], renewed])
    return rows[-1][0], len(rows)


@service("core.tokens.fill")
def fill_tokens(*, actor: Actor, table: str, after: int) -> tuple[int, int]:
    """Give the next chunk of a table its second tokens (see ``fill``); all of it or nothing."""
    under_way = Rotation.objects.get(switched_at=None)
    chosen = next(one for one in tables() if one.table == table)
    last, count = fill(chosen, to_key=under_way.to_key, after=after)
    audit.note(subject=under_way, table=table, rows=count)
    return last, count


@service("core.tokens.switch")
def switch_tokens(*, actor: Actor) -> Rotation:
    """Let the second tokens take the place of the first, in all tables at once; the first are gone then.

    Waits until nobody holds the path of keys, and gives the rows that came meanwhile their second token.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [locks.ROTATION])
        under_way = Rotation.objects.select_for_update().get(switched_at=None)
        for table in tables():
            last, _count = fill(table, to_key=under_way.to_key)
            while last:
                last, _count = fill(table, to_key=under_way.to_key, after=last)
        for table in tables():
            cursor.execute(f"select {table.switch}()")
    Rotation.objects.filter(pk=under_way.pk).update(switched_at=Now())
    seal.use_token_path(path())
    audit.note(subject=under_way)
    return under_way


@service("core.seals.renew")
def renew_seals(*, actor: Actor, what: str, after: int) -> tuple[int, int]:
    """Seal the next chunk of one kind of thing anew under the ring's current key; all of it or nothing.

    Out: the id of the last row looked at, to go on from (0 when none is left), and how many were sealed anew.
    """
    last, count = seals()[what](after, CHUNK)
    audit.note(what=what, rows=count)
    return last, count
