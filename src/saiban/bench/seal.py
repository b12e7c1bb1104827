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
from itertools import starmap
from statistics import median

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from saiban.bench.measure import Measured, in_turn, peak_mb, ratio

NAMESPACE, KIND = "cnic", b"cnic:"
FACTS = '{"name_en": "Muhammad Rafiq", "name_ur": "محمد رفیق", "birth_date": "1984-05-17", "address": "%s"}'
NONCE, HEAD = 12, 2  # bytes of a blob before and around the nonce: see ``core.seal``
MICROSECONDS = 1_000_000


def seal(size: int, *, rounds: int = 3) -> Measured:
    """Seal, find and open what concerns ``size`` persons; each piece of work beside its bare call."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "saiban.config.settings.typing")
    with warnings.catch_warnings():  # a key that everyone knows is as long as any other
        warnings.filterwarnings("ignore", message="SAIBAN_KEYS is not set")
        people = _People(size)
    ours, bare = people.ours(), people.bare()
    plans = {f"{name} ours": work for name, work in ours.items()}
    seconds = in_turn(plans | {f"{name} bare": work for name, work in bare.items()}, rounds=rounds)
    of_ours, of_bare = (
        [sum(seconds[f"{name} {whose}"][turn] for name in ours) for turn in range(rounds)]
        for whose in ("ours", "bare")
    )
    extra: dict[str, float | int | str] = {
        f"{name}_us": round(median(seconds[f"{name} ours"]) / size * MICROSECONDS, 2) for name in ours
    }
    extra |= {
        f"{name}_bare_us": round(median(seconds[f"{name} bare"]) / size * MICROSECONDS, 2) for name in bare
    }
    extra["persons_per_second"] = round(size / median(of_ours))
    return Measured(
        name="seal", size=size, seconds=round(median(of_ours), 4), baseline="bare calls of the libraries",
        baseline_seconds=round(median(of_bare), 4), ratio=ratio(of_ours, of_bare), peak_mb=peak_mb(),
        equal=people.agree(), extra=extra,
    )  # fmt: skip


class _People:
    """Numbers, facts, salts and keys of subjects, and what was made of them last, by each way."""

    def __init__(self, size: int) -> None:
        from saiban.core import seal as vault

        self.numbers = [f"35202{no:08}" for no in range(size)]
        self.facts = [(FACTS % no).encode() for no in self.numbers]
        self.salts = vault.new_salts(size)
        self.contexts = [os.urandom(16) for _ in range(size)]
        self.made: dict[str, list[bytes]] = {}
        ring = vault.ring()
        self._token_key = ring.derive(f"token:{NAMESPACE}", key_id=ring.of_tokens)
        self._seal_key = ring.derive("seal")
        self._ring_key = ring.keys[ring.current]
        self._head = bytes([vault.FORMAT, ring.current])
        self._token_head = bytes([ring.of_tokens])
        self._info = f"saiban/facts/v{vault.FORMAT}".encode()

    def ours(self) -> dict[str, Callable[[], object]]:
        """The pieces of work, as an import does them."""
        from saiban.core import seal as vault

        def token() -> None:
            self.made["token"] = [vault.token(NAMESPACE, number) for number in self.numbers]

        def number() -> None:
            self.made["number"] = [vault.seal(one.encode(), context=KIND) for one in self.numbers]

        def facts() -> None:
            self.made["facts"] = [
                vault.seal_for(salt, plain, context=context)
                for salt, plain, context in zip(self.salts, self.facts, self.contexts, strict=True)
            ]

        def opened() -> None:
            self.made["opened"] = [
                vault.unseal_for(salt, blob, context=context)
                for salt, blob, context in zip(self.salts, self.made["facts"], self.contexts, strict=True)
            ]

        return {"token": token, "number": number, "facts": facts, "opened": opened}

    def bare(self) -> dict[str, Callable[[], object]]:
        """The same by bare calls."""

        def token() -> None:
            self.made["bare token"] = [
                self._token_head + hmac.digest(self._token_key, number.encode(), "sha256")
                for number in self.numbers
            ]

        def number() -> None:
            cipher = AESGCM(self._seal_key)
            self.made["bare number"] = [
                self._head + (nonce := os.urandom(NONCE))
                + cipher.encrypt(nonce, one.encode(), self._head[:1] + KIND)
                for one in self.numbers
            ]  # fmt: skip

        def facts() -> None:
            rows = zip(self.salts, self.facts, self.contexts, strict=True)
            self.made["bare facts"] = list(starmap(self._bare_sealed, rows))

        def opened() -> None:
            rows = zip(self.salts, self.made["bare facts"], self.contexts, strict=True)
            self.made["bare opened"] = list(starmap(self._bare_opened, rows))

        return {"token": token, "number": number, "facts": facts, "opened": opened}

    def agree(self) -> bool:
        """Whether both ways make the same tokens, and each opens what the other sealed."""
        from saiban.core import seal as vault

        made = self.made
        numbers = [vault.unseal(blob, context=KIND).decode() for blob in made["bare number"]]
        ours = list(starmap(self._bare_opened, zip(self.salts, made["facts"], self.contexts, strict=True)))
        theirs = [
            vault.unseal_for(salt, blob, context=context)
            for salt, blob, context in zip(self.salts, made["bare facts"], self.contexts, strict=True)
        ]
        return (
            made["token"] == made["bare token"]
            and numbers == self.numbers
            and ours == theirs == made["opened"] == made["bare opened"] == self.facts
        )

    def _bare_sealed(self, salt: bytes, plain: bytes, context: bytes) -> bytes:
        nonce = os.urandom(NONCE)
        cipher = AESGCM(self._data_key(salt))
        return self._head + nonce + cipher.encrypt(nonce, plain, self._head[:1] + context)

    def _bare_opened(self, salt: bytes, blob: bytes, context: bytes) -> bytes:
        nonce, sealed = blob[HEAD : HEAD + NONCE], blob[HEAD + NONCE :]
        return AESGCM(self._data_key(salt)).decrypt(nonce, sealed, blob[:1] + context)

    def _data_key(self, salt: bytes) -> bytes:
        return HKDF(algorithm=SHA256(), length=32, salt=salt, info=self._info).derive(self._ring_key)
