"""Numbers and names at rest: sealed with AES-256-GCM, found again by keyed tokens (HMAC-SHA-256).

The key ring comes from ``SAIBAN_KEYS`` ("2:<base64 of 32 bytes>,1:…"; ids 1-255). The first entry seals new
values, the others open what they sealed. The lowest id makes the tokens, so that a new key leaves them alone;
``core.rotation`` renews them under another: a token of key 2 is the HMAC, under key 2, of the token of key 1,
so that it is made without the number that it stands for.
A subject's data key is HKDF-SHA256(ring key, salt of the subject): destroying the salt is the erasure,
complete when backups expire.
Blob: version (1 byte) ‖ ring id (1) ‖ nonce (12) ‖ ciphertext with tag. Token: id of its last key (1) ‖ HMAC
(32).
"""

from __future__ import annotations

import base64
import hmac
import os
import warnings
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

FORMAT = 1
SALT_BYTES = 32
_DEVELOPMENT = hmac.digest(b"saiban development key: protects nothing", b"ring", "sha256")


class DevelopmentKeyWarning(UserWarning):
    """Personal data are being sealed with a key that everyone knows."""


@dataclass(frozen=True)
class Ring:
    """The keys by id; ``current`` seals, the lowest makes tokens: they must not change with a new key."""

    current: int
    keys: dict[int, bytes]

    @property
    def of_tokens(self) -> int:
        """The id of the key that makes tokens where they were never renewed."""
        return min(self.keys)

    def derive(self, use: str, *, key_id: int | None = None, salt: bytes = b"") -> bytes:
        """Return 32 bytes for one use: HKDF-SHA256 (RFC 5869), one block."""
        extracted = hmac.digest(salt or bytes(32), self._key(key_id), "sha256")
        return hmac.digest(extracted, f"saiban/{use}/v{FORMAT}".encode() + b"\x01", "sha256")

    def _key(self, key_id: int | None) -> bytes:
        number = self.current if key_id is None else key_id
        if number not in self.keys:
            raise ImproperlyConfigured(f"key {number} is not in SAIBAN_KEYS, but values are sealed with it")
        return self.keys[number]


@cache
def ring() -> Ring:
    """Read the key ring from the settings; without one, and only in development, a known key with a loud
    warning.
    """
    if not settings.SAIBAN_KEYS:
        if not getattr(settings, "SAIBAN_DEVELOPMENT_KEY", False):
            raise ImproperlyConfigured(
                "SAIBAN_KEYS is empty: personal data cannot be sealed. See docs/configuration.md"
            )
        warnings.warn(
            "SAIBAN_KEYS is not set: sealing with the development key, which protects nothing",
            DevelopmentKeyWarning,
            2,
        )
        return Ring(1, {1: _DEVELOPMENT})
    entries = [_entry(text) for text in settings.SAIBAN_KEYS]
    keys = dict(entries)
    if len(keys) < len(entries):
        raise ImproperlyConfigured("SAIBAN_KEYS: an id stands there twice")
    return Ring(entries[0][0], keys)


def _entry(text: str) -> tuple[int, bytes]:
    number, _, encoded = text.partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if not number.isdigit() or not 1 <= int(number) <= 255 or len(key) != 32:
        raise ImproperlyConfigured(
            "SAIBAN_KEYS: each entry is an id of 1-255, a colon, and 32 bytes in base64"
        )
    return int(number), key


def token(namespace: str, value: str, *, path: tuple[int, ...] = ()) -> bytes:
    """Return the token of a normalised number: equal numbers of one namespace have equal tokens. 33 bytes.

    ``path`` is the ids of the keys that it goes through, by default those in force (``use_token_path``).
    """
    first, *later = path or token_path()
    made = bytes([first]) + _mac(namespace, first, value.encode())
    for key_id in later:
        made = renewed_token(namespace, made, key_id)
    return made


def renewed_token(namespace: str, former: bytes, key_id: int) -> bytes:
    """Return a token under another key, made of the token itself: nobody has to know the number. 33 bytes."""
    return bytes([key_id]) + _mac(namespace, key_id, former)


_path: tuple[int, ...] = ()


def token_path() -> tuple[int, ...]:
    """The ids of the keys that tokens go through now, as far as this process has heard."""
    return _path or (ring().of_tokens,)


def use_token_path(path: tuple[int, ...]) -> None:
    """Let tokens go through these keys from now on; ``core.rotation.hold`` says which."""
    global _path
    _path = path


def _mac(namespace: str, key_id: int, message: bytes) -> bytes:
    """HMAC-SHA-256 under a key of tokens; the key is laid in once, which takes longer than one message."""
    begun = _begun(namespace, key_id).copy()
    begun.update(message)
    return begun.finalize()


@cache
def _begun(namespace: str, key_id: int) -> HMAC:
    return HMAC(ring().derive(f"token:{namespace}", key_id=key_id), SHA256())


def key_of(blob: bytes) -> int:
    """The id of the ring's key under which a blob is sealed."""
    return blob[1]


def seal(plain: bytes, *, context: bytes) -> bytes:
    """Seal a value under the ring's current key; ``context`` (not secret) must be given again to open it."""
    current = ring().current
    return _seal(_cipher(current), current, plain, context)


def unseal(blob: bytes, *, context: bytes) -> bytes:
    """Open what ``seal`` made. Raises: InvalidTag where blob or context were changed."""
    return _open(_cipher(blob[1]), blob, context)


@cache
def _cipher(key_id: int) -> AESGCM:
    return AESGCM(ring().derive("seal", key_id=key_id))


def new_salts(count: int) -> list[bytes]:
    """Draw the salts of new subjects in one go."""
    drawn = os.urandom(SALT_BYTES * count)
    return [drawn[start : start + SALT_BYTES] for start in range(0, len(drawn), SALT_BYTES)]


def seal_for(salt: bytes, plain: bytes, *, context: bytes) -> bytes:
    """Seal facts of one subject under its own data key (ring key and salt)."""
    current = ring()
    return _seal(AESGCM(_data_key(salt, current.current)), current.current, plain, context)


def unseal_for(salt: bytes, blob: bytes, *, context: bytes) -> bytes:
    """Open what ``seal_for`` made; without the salt nobody can."""
    return _open(AESGCM(_data_key(salt, blob[1])), blob, context)


def _data_key(salt: bytes, key_id: int) -> bytes:
    """Derive a subject's data key. Raises: ValueError without a salt, which all the erased would share."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a subject's salt has {SALT_BYTES} bytes; one without it was erased")
    return ring().derive("facts", key_id=key_id, salt=salt)


def _seal(cipher: AESGCM, key_id: int, plain: bytes, context: bytes) -> bytes:
    nonce = os.urandom(12)
    return bytes([FORMAT, key_id]) + nonce + cipher.encrypt(nonce, plain, bytes([FORMAT]) + context)


def _open(cipher: AESGCM, blob: bytes, context: bytes) -> bytes:
    return cipher.decrypt(blob[2:14], blob[14:], bytes([blob[0]]) + context)
