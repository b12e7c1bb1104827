"""Numbers as the registry keeps them: a token to find, a seal to open for a reason, a mask to show."""

from __future__ import annotations

from saiban.core import seal
from saiban.registry.models import Identifier

# a B-Form number becomes the CNIC of its holder: both are looked for in one place
NAMESPACES = {Identifier.Kind.BFORM.value: Identifier.Kind.CNIC.value}


def token_of(kind: str, number: str) -> bytes:
    """The token by which a number is looked for, whoever named it."""
    return seal.token(NAMESPACES.get(kind, kind), number)


def sealed_number(kind: str, number: str) -> bytes:
    """A number sealed under the ring's key, to be opened by ``open_number`` beside its own token only."""
    return seal.seal(number.encode(), context=_context(kind, token_of(kind, number)))


def open_number(kind: str, token: bytes, sealed: bytes) -> str:
    """The number itself: for the service that unmasks and for the list to pay only. Raises: InvalidTag for
    what was sealed beside another token."""
    return seal.unseal(bytes(sealed), context=_context(kind, bytes(token))).decode()


def _context(kind: str, token: bytes) -> bytes:
    return kind.encode() + b":" + token
