"""Carrying an erasure out, in the caller's transaction: whom it means, and all that goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag

from saiban.calc import names
from saiban.core import locks, rotation
from saiban.core.models import Actor
from saiban.intake import services as intake
from saiban.registry import copying
from saiban.registry.applying.batch import relink
from saiban.registry.applying.statements import FORGOTTEN_TABLE
from saiban.registry.erasure import holds, statements
from saiban.registry.erasure_models import Erasure
from saiban.registry.findings import twins
from saiban.registry.numbers import open_number


@dataclass(frozen=True)
class Whom:
    """Whom an erasure means. ``home``: the household whose row is locked; among ``households`` if it goes.

    ``persons`` are rows: ``twins`` of them are of somebody who is among them already.
    """

    home: int
    households: list[int]
    persons: list[int]
    twins: int = 0

    @property
    def people(self) -> int:
        """How many human beings are meant."""
        return len(self.persons) - self.twins

    @property
    def values(self) -> dict[str, list[int]]:
        """As the statements take them."""
        return {"households": self.households, "persons": self.persons}


@dataclass(frozen=True)
class Forgotten:
    """What was destroyed: ids of subjects, counts by kind, and the households to refresh."""

    subject_ids: list[int]
    counts: dict[str, int]
    touched: list[int] = field(default_factory=list)
    renamed: list[int] = field(default_factory=list)  # subjects whose number now means somebody else


def meant(erasure: Erasure) -> Whom:
    """Whom an erasure means, as things stand now; nothing is locked."""
    home = erasure.household_id
    if erasure.person_id is not None:
        rows = sorted(twins.all_of(erasure.person_id))
        lives = copying.rows_of(statements.HOME, {"persons": rows})
        return Whom(lives[0][0] if lives else home, [], rows, len(rows) - 1)
    households = sorted(row[0] for row in copying.rows_of(statements.JOINED, {"household": home}))
    found = [copying.rows_of(statements.MEMBERS, {"household": one}) for one in households]
    return _of_households(home, households, {row[0] for rows in found for row in rows})


def _of_households(home: int, households: list[int], members: set[int]) -> Whom:
    known_twice = twins.twins_of(members)
    return Whom(home, households, sorted(members | known_twice), len(known_twice))


def locked(erasure: Erasure) -> Whom:
    """The same, while nobody is given anything, no batch is applied, and nobody else writes to them.

    Locks in the order in which others take them: giving, tokens, applying, the household, its people.
    """
    holds.wait()
    rotation.hold()
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.APPLY])
    whom = meant(erasure)  # nobody moves while nothing is applied
    copying.run(statements.LOCK_HOUSEHOLDS, {"households": [whom.home, *whom.households]})
    copying.run(statements.LOCK_PERSONS, {"persons": whom.persons})
    return whom


def forget(actor: Actor, whom: Whom) -> Forgotten:
    """Destroy all that says who these are. The rows stay, and the observations: of nobody."""
    subjects = _subjects(whom)
    plain = set(_plain_numbers(whom))
    words = set(_words(whom))
    copying.run(FORGOTTEN_TABLE)
    copying.run("truncate registry_forgotten")
    given_up = copying.run(statements.GIVE_UP_NUMBERS, whom.values)
    copying.run(statements.UNDO_LINKS, {**whom.values, "subjects": subjects})
    erased = intake.erase_subjects(actor=actor, subject_ids=subjects, numbers=plain)
    for statement in statements.FORGET:
        copying.run(statement, whom.values)
    counts = {
        "households": len(whom.households),
        "persons": whom.people,
        "names": erased.names,
        "salts": erased.salts,
        "numbers": given_up,
        "rejected": erased.rejected,
        "words": _forget_words(words),
    }
    touched, renamed = relink(actor)
    return Forgotten(subjects, counts, touched, renamed)


def _subjects(whom: Whom) -> list[int]:
    found = {row[0] for row in copying.rows_of(statements.SUBJECTS, whom.values)}
    within = copying.rows_of(statements.SUBJECTS_WITHIN, {"subjects": list(found)})
    return sorted(found | {row[0] for row in within})


def _plain_numbers(whom: Whom) -> Iterator[str]:
    """Their numbers, to look for them in rejected rows; one whose seal was tampered with is left out."""
    for kind, token, sealed in copying.rows_of(statements.NUMBERS, whom.values):
        try:
            yield open_number(kind, bytes(token), bytes(sealed))
        except InvalidTag:
            continue


def _words(whom: Whom) -> Iterator[str]:
    for row in copying.rows_of(statements.NAMES, whom.values):
        for text in row:
            yield from names.words(text)


def _forget_words(words: Iterable[str]) -> int:
    """Forget the words that are in no other name; return how many."""
    chosen = sorted(set(words))
    return copying.run(statements.FORGET_WORDS, [chosen, [_keys_of(word) for word in chosen]])


def _keys_of(word: str) -> str:
    """The keys by which anybody who has a word in a name, or a village, is found, as an array's text."""
    sound = names.sound(word)
    keys = {names.key(field, sound) for field in (names.OWN, names.FATHER, names.PLACE)}
    return "{" + ",".join(map(str, sorted(keys | {names.key(names.WRITTEN, names.fold(word))}))) + "}"
