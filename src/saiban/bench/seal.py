"""Bench ``seal``: what an import does with the secrets of each person: a token of the number, the number
sealed, what identifies sealed under a data key of the subject's own, and opened again.

Beside it, in the same run: the same by bare calls of the libraries (HMAC of the standard library, HKDF and
AES-GCM of ``cryptography``). Either way opens what the other sealed.
"""

from __future__ import annotations

import hmac
import os
import warnings
from collections.abc import Callable
from statistics import median
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from saiban.bench.measure import Measured, in_turn, peak_mb, ratio

NAMESPACE, KIND = "cnic", b"cnic:"
FACTS = '{"name_en": "Muhammad Rafiq", "name_ur": "محمد رفیق", "birth_date": "1984-05-17", "address": "%s"}'
PIECES = ("token", "number", "facts", "opened")
HEAD, NONCE = 2, 12  # bytes of a blob before its nonce, and of the nonce: see ``core.seal``
MICROSECONDS = 1_000_000


def seal(size: int, *, rounds: int = 3) -> Measured:
    """Seal, find and open what concerns ``size`` persons; each piece of work beside its bare call."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saiban.config.settings.typing")
    from saiban.core import seal as vault

    with warnings.catch_warnings():  # a key that everyone knows is as long as any other
        warnings.filterwarnings("ignore", message="SAIBAN_KEYS is not set")
        people, bare = _People(size), _Bare(vault.ring(), vault.FORMAT)
    ours_made: dict[str, list[bytes]] = {}
    bare_made: dict[str, list[bytes]] = {}
    ours, plain = people.work(vault, ours_made), people.work(bare, bare_made)
    plans = {name: ours[name] for name in PIECES} | {f"{name}_bare": plain[name] for name in PIECES}
    seconds = in_turn(plans, rounds=rounds)
    of_ours = [sum(seconds[name][turn] for name in PIECES) for turn in range(rounds)]
    of_bare = [sum(seconds[f"{name}_bare"][turn] for name in PIECES) for turn in range(rounds)]
    each: dict[str, float | int | str] = {
        f"{name}_us": round(median(took) / size * MICROSECONDS, 2) for name, took in seconds.items()
    }
    return Measured(
        name="seal", size=size, seconds=round(median(of_ours), 4), baseline="bare calls of the libraries",
        baseline_seconds=round(median(of_bare), 4), ratio=ratio(of_ours, of_bare), peak_mb=peak_mb(),
        equal=ours_made["token"] == bare_made["token"]
        and people.are_read(vault, bare_made) and people.are_read(bare, ours_made),
        extra=each | {"persons_per_second": round(size / median(of_ours))},
    )  # fmt: skip


class _People:
    """Numbers, and facts with the salts and keys of their subjects."""

    def __init__(self, size: int) -> None:
        from saiban.core import seal as vault

        self.numbers = [f"35202{no:08}" for no in range(size)]
        self.facts = [(FACTS % no).encode() for no in self.numbers]
        self.salts = vault.new_salts(size)
        self.contexts = [os.urandom(16) for _ in range(size)]

    def work(self, way: Any, made: dict[str, list[bytes]]) -> dict[str, Callable[[], None]]:
        """The pieces of work by a way, ``core.seal`` or ``_Bare``; what comes of each is kept in ``made``."""

        def token() -> None:
            made["token"] = [way.token(NAMESPACE, number) for number in self.numbers]

        def number() -> None:
            made["number"] = [way.seal(number.encode(), context=KIND) for number in self.numbers]

        def facts() -> None:
            rows = zip(self.salts, self.facts, self.contexts, strict=True)
            made["facts"] = [way.seal_for(salt, plain, context=context) for salt, plain, context in rows]

        def opened() -> None:
            made["opened"] = self._opened(way, made["facts"])

        return {"token": token, "number": number, "facts": facts, "opened": opened}

    def are_read(self, way: Any, made: dict[str, list[bytes]]) -> bool:
        """Whether a way opens what the other sealed, and the other has opened that rightly, too."""
        numbers = [way.unseal(blob, context=KIND).decode() for blob in made["number"]]
        return numbers == self.numbers and self._opened(way, made["facts"]) == made["opened"] == self.facts

    def _opened(self, way: Any, blobs: list[bytes]) -> list[bytes]:
        rows = zip(self.salts, blobs, self.contexts, strict=True)
        return [way.unseal_for(salt, blob, context=context) for salt, blob, context in rows]


class _Bare:
    """What ``core.seal`` does, by its names, in bare calls and with keys that are laid in before."""

    def __init__(self, ring: Any, version: int) -> None:
        self._token_key = ring.derive(f"token:{NAMESPACE}", key_id=ring.of_tokens)
        self._cipher = AESGCM(ring.derive("seal"))
        self._ring_key = ring.keys[ring.current]
        self._head, self._version = bytes([version, ring.current]), bytes([version])
        self._token_head = bytes([ring.of_tokens])
        self._info = f"saiban/facts/v{version}".encode()

    def token(self, _namespace: str, value: str) -> bytes:
        return self._token_head + hmac.digest(self._token_key, value.encode(), "sha256")

    def seal(self, plain: bytes, *, context: bytes) -> bytes:
        return self._sealed(self._cipher, plain, context)

    def unseal(self, blob: bytes, *, context: bytes) -> bytes:
        return self._open(self._cipher, blob, context)

    def seal_for(self, salt: bytes, plain: bytes, *, context: bytes) -> bytes:
        return self._sealed(AESGCM(self._data_key(salt)), plain, context)

    def unseal_for(self, salt: bytes, blob: bytes, *, context: bytes) -> bytes:
        return self._open(AESGCM(self._data_key(salt)), blob, context)

    def _sealed(self, cipher: AESGCM, plain: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        return self._head + nonce + cipher.encrypt(nonce, plain, self._version + context)

    def _open(self, cipher: AESGCM, blob: bytes, context: bytes) -> bytes:
        return cipher.decrypt(blob[HEAD : HEAD + NONCE], blob[HEAD + NONCE :], self._version + context)

    def _data_key(self, salt: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=self._info).derive(self._ring_key)
