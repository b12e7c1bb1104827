"""Sets of ids, packed: ids that lie close together share a block of 256, within which one byte is enough.

``blocks`` holds ``id >> 8`` of each block that occurs, ascending; ``offsets`` the lowest byte of every id, in
order; ``ends`` how many bytes of ``offsets`` each block and those before it take. An index over ``blocks``
finds the sets that may hold an id, with far fewer entries than one over ids; the bytes of that block say
whether it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

BITS = 8
# whether a row ``s`` of core_auditidset holds the id ``asked.pk``
PLACE = "array_position(s.blocks, asked.pk >> 8)"
HOLDS = f"""
(s.blocks @> array[asked.pk >> 8] and position(set_byte('\\x00'::bytea, 0, (asked.pk & 255)::integer)
  in substring(s.offsets from coalesce(s.ends[{PLACE} - 1], 0) + 1
    for s.ends[{PLACE}] - coalesce(s.ends[{PLACE} - 1], 0))) > 0)
"""


class Packed(NamedTuple):
    """A set as it is stored."""

    blocks: list[int]
    ends: list[int]
    offsets: bytes


def pack(ids: Sequence[int]) -> Packed:
    """Pack ids that are ascending and occur once."""
    blocks: list[int] = []
    ends: list[int] = []
    offsets = bytearray()
    for one in ids:
        if not blocks or blocks[-1] != one >> BITS:
            blocks.append(one >> BITS)
            ends.append(0)
        offsets.append(one & 255)
        ends[-1] = len(offsets)
    return Packed(blocks, ends, bytes(offsets))


def unpack(packed: Packed) -> list[int]:
    """Give the ids of a set, ascending."""
    ids: list[int] = []
    start = 0
    for block, end in zip(packed.blocks, packed.ends, strict=True):
        ids.extend(block << BITS | offset for offset in packed.offsets[start:end])
        start = end
    return ids
