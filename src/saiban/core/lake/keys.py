"""Keys of the lake: a row's id as a token that only this installation can make, and nobody else can undo.

One block of AES-256 under a key of its own, derived from the ring's key of tokens: 8 bytes of what the id is
of, 8 bytes of the id. Equal ids have equal keys in all tables, different ones never meet (a block cipher is a
permutation). Written as a UUID, which every engine can hold and join, and which has no 13 digits in a row.
When the key of tokens changes, all keys do: the lake is then built anew.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from saiban.core import seal

if TYPE_CHECKING:
    import pyarrow as pa

DASHES = (8, 13, 18, 23)
PLACES = [place for place in range(36) if place not in DASHES]


def key_id() -> int:
    """Return the id of the ring's key that the lake's keys are made with."""
    return seal.token_path()[-1]


def keys_of(kind: str, ids: pa.Array) -> pa.Array:
    """Return the keys of ids (int64, null where nobody is meant), in their order."""
    import numpy as np
    import pyarrow as pa

    blocks = np.empty((len(ids), 2), dtype=">u8")
    blocks[:, 0] = int.from_bytes(sha256(kind.encode()).digest()[:8], "big")
    blocks[:, 1] = ids.fill_null(0).to_numpy(zero_copy_only=False)
    sealed = _cipher(key_id()).encryptor().update(blocks.tobytes())
    written = np.full((len(ids), 36), ord("-"), dtype=np.uint8)
    written[:, PLACES] = np.frombuffer(sealed.hex().encode(), dtype=np.uint8).reshape(-1, 32)
    offsets = pa.array(np.arange(len(ids) + 1, dtype=np.int32) * 36)
    texts = pa.StringArray.from_buffers(len(ids), offsets.buffers()[1], pa.py_buffer(written.tobytes()))
    return pa.compute.if_else(ids.is_null(), None, texts) if ids.null_count else texts


@cache
def _cipher(number: int) -> Any:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES256
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    # each block is a different id, so that the one fault of this mode, equal blocks, is what is wanted
    return Cipher(AES256(seal.ring().derive("lake", key_id=number)), ECB())  # noqa: S305
