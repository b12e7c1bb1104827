"""Numbers as the registry keeps them: a token to find, a seal to open for a reason, a mask to show."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from django.db import connection

from saiban.core import rotation, seal
from saiban.registry.models import Identifier

# a B-Form number becomes the CNIC of its holder: both are looked for in one place
NAMESPACES = {Identifier.Kind.BFORM.value: Identifier.Kind.CNIC.value}
NAMESPACE = "case kind when 'bform' then 'cnic' else kind end"
SEALED_BEFORE = "select id, kind, token, sealed from registry_identifier where id > %s order by id limit %s"
SEAL_ANEW = """
update registry_identifier i set sealed = g.sealed from unnest(%s::bigint[], %s::bytea[]) g (id, sealed)
where i.id = g.id
"""


def token_of(kind: str, number: str) -> bytes:
    """The token by which a number is looked for, whoever named it."""
    return seal.token(NAMESPACES.get(kind, kind), number)


def sealed_number(kind: str, number: str) -> bytes:
    """A number sealed under the ring's key, to be opened by ``open_number`` as a number of its kind only."""
    return seal.seal(number.encode(), context=_context(kind))


def open_number(kind: str, token: bytes, sealed: bytes) -> str:
    """The number itself: for the service that unmasks and for the list to pay only.

    Whoever calls holds the path of keys (``rotation.hold``), by which numbers are held against their tokens.
    Raises: InvalidTag for what was changed, or stands beside a token that is not its own.
    """
    try:
        number = seal.unseal(bytes(sealed), context=_context(kind)).decode()
    except InvalidTag:  # sealed beside its token, as was done before tokens could be renewed
        return seal.unseal(bytes(sealed), context=_context(kind) + bytes(token)).decode()
    if token_of(kind, number) != bytes(token):
        raise InvalidTag
    return number


def _context(kind: str) -> bytes:
    return kind.encode() + b":"


def reseal(after: int, most: int) -> tuple[int, int]:
    """Seal the next numbers anew where their key is not the current one (``core.rotation``)."""
    rotation.hold()
    with connection.cursor() as cursor:
        cursor.execute(SEALED_BEFORE, [after, most])
        rows = cursor.fetchall()
        old = [row for row in rows if seal.key_of(bytes(row[3])) != seal.ring().current]
        if old:
            anew = [sealed_number(kind, open_number(kind, token, sealed)) for _id, kind, token, sealed in old]
            cursor.execute(SEAL_ANEW, [[row[0] for row in old], anew])
    return (rows[-1][0] if rows else 0), len(old)
