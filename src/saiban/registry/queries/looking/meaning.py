"""What words may have been meant for, where a finger slipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product

from django.db import connection, transaction

from saiban.calc import names
from saiban.registry.queries.looking.asking import Asked, titles

MOST_ALTERNATIVES, MOST_VARIANTS = 8, 16
LEAST_LETTERS = 3
MEANT = "select word from registry_nameword where cuts && %s::int[] limit 3000"


@dataclass(frozen=True)
class Meant:
    """For each word those that it may have been meant for, likeliest first; and which are ``unknown``: of the
    sound of no word that ever occurred in a name."""

    others: Mapping[str, Sequence[str]]
    unknown: Sequence[str]

    @classmethod
    def by(cls, asked: Asked) -> Meant:
        """Hold each word that tells people apart against all that are known."""
        others, unknown = {}, []
        for word, _fields in asked.words:
            if word.isdigit() or len(word) < LEAST_LETTERS or (word in titles() and len(asked.words) > 1):
                continue
            near = _near_words(word)
            if not any(names.sound(other) == names.sound(word) for other in near):
                unknown.append(word)
            others[word] = _of_other_sounds(word, near)
        return cls(others, unknown)

    def variants(self, asked: Asked) -> list[Asked]:
        """What may have been meant, the likelier first: other words for all that are unknown at once; where
        all are known, for one of them.
        """
        if self.unknown:
            most = round(MOST_VARIANTS ** (1 / len(self.unknown)))
            words = [[(word, other) for other in self.others[word][:most]] for word in self.unknown]
            changes: list[Sequence[tuple[str, str]]] = list(product(*words))
        else:
            changes = [[(word, other)] for word, others in self.others.items() for other in others]
        changes.sort(key=lambda pairs: -sum(names.likeness(*pair) for pair in pairs))
        return [
            reduce(lambda said, pair: said.replaced(*pair), pairs, asked) for pairs in changes[:MOST_VARIANTS]
        ]


def _near_words(word: str) -> list[str]:
    """Known words at most one slip away."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(MEANT, [list(names.cuts(word))])
        return [row[0] for row in cursor.fetchall()]


def _of_other_sounds(word: str, near: Iterable[str]) -> list[str]:
    """One for each sound but the word's own, likeliest first."""
    alike = {other: names.likeness(word, other) for other in near if names.sound(other) != names.sound(word)}
    by_sound: dict[str, str] = {}
    for other in sorted(alike, key=lambda other: (-alike[other], other)):
        if alike[other] >= names.LEAST_LIKE:
            by_sound.setdefault(names.sound(other), other)
    return list(by_sound.values())[:MOST_ALTERNATIVES]
