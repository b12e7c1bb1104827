"""One box: a number, a name, or a household's code; what is not visible is not found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q

from saiban.core import audit, numbers
from saiban.core.models import Actor
from saiban.core.services import look
from saiban.data.errors import BadInput
from saiban.registry.models import Household, Identifier, Membership, Person
from saiban.registry.numbers import token_of

MOST = 25
CODE = re.compile(r"^(hh-)?\d{5}-\d{1,12}$", re.IGNORECASE)


@dataclass(frozen=True)
class FoundPerson:
    """A person who was found, and the household lived in."""

    person: Person
    household: Household
    masked: str = ""


@dataclass(frozen=True)
class Found:
    """What a search found; ``looked_for`` names it without giving a number away."""

    kind: Literal["number", "code", "name"]
    looked_for: str
    households: Sequence[Household]
    persons: Sequence[FoundPerson]


@look("registry.household.list")
def search(*, actor: Actor, text: str) -> Found:
    """Find by number (CNIC, B-Form, phone, electricity reference), household code or name, among what the
    actor sees.

    The audit keeps the kind and who was found, never the words. Names are found only where the duty shows
    them.
    """
    text = " ".join(text.split())
    if CODE.match(text):
        found = _by_code(actor, text)
    elif any(character.isdigit() for character in text):
        found = _by_number(actor, text)
    else:
        found = _by_name(actor, text)
    ids = {household.pk for household in found.households} | {one.household.pk for one in found.persons}
    audit.note_set("registry.household", ids, searched_by=found.kind)
    return found


def _by_code(actor: Actor, text: str) -> Found:
    code = text.upper() if text.upper().startswith("HH-") else f"HH-{text}"
    rows = Household.objects.visible_to(actor).select_related("area").filter(code=code)
    return Found("code", code, list(rows), [])


def _by_number(actor: Actor, text: str) -> Found:
    tokens: list[tuple[str, bytes, str]] = []
    for kind, parse in numbers.PARSERS.items():
        try:
            number = parse(text)
        except BadInput:
            continue
        tokens.append((kind, token_of(kind, number), numbers.mask(kind, number)))
    looked_for = tokens[0][2] if tokens else f"…{numbers.digits(text)[-3:]}"
    asked = Q(pk__in=[])
    for kind, token, _masked in tokens:
        asked |= Q(kind=kind, token=token)
    rows = list(Identifier.objects.visible_to(actor).filter(asked).defer("sealed")[:MOST])
    households = Household.objects.visible_to(actor).filter(pk__in={row.household_id for row in rows})
    masked = {row.person_id: row.masked for row in rows if row.person_id}
    persons = _at_home(actor, list(masked), masked)
    return Found("number", looked_for, list(households.select_related("area")), persons)


def _by_name(actor: Actor, text: str) -> Found:
    """Roman spellings vary, so likeness counts; of Urdu letters PostgreSQL cuts no trigrams."""
    if not actor.sees("personal") or len(text) < 2:
        return Found("name", text, [], [])
    names = Person.objects.visible_to(actor)
    if not text.isascii():
        found = names.filter(name_ur__contains=text).order_by("name_ur", "pk")
    else:
        alike = names.filter(name_en__trigram_word_similar=text)
        found = alike.annotate(likeness=TrigramWordSimilarity(text, "name_en")).order_by("-likeness", "pk")
    return Found("name", text, [], _at_home(actor, list(found.values_list("pk", flat=True)[:MOST]), {}))


def _at_home(actor: Actor, person_ids: Sequence[int], masked: dict[int, str]) -> list[FoundPerson]:
    """Persons with the household that they live in, in the order given."""
    rows = Membership.objects.filter(
        person__in=person_ids,
        during__upper_inf=True,
        cancelled=False,
        household__in=Household.objects.visible_to(actor),
    ).select_related("person", "household__area")
    found = {
        row.person_id: FoundPerson(row.person, row.household, masked.get(row.person_id, "")) for row in rows
    }
    return [found[pk] for pk in person_ids if pk in found]
