"""The one search box: a number, a household code, or a name; only what the actor sees is found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import Q
from django.db.models.functions import Greatest

from saiban.core import audit, numbers
from saiban.core.models import Actor
from saiban.core.services import look
from saiban.data.errors import BadInput
from saiban.registry.applying.staging import token_of
from saiban.registry.models import Household, Identifier, Membership, Person

MOST = 25
LEAST_LETTERS, LEAST_DIGITS = 3, 7
CODE = re.compile(r"HH-\d{5}-\d{7}", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    """A household that fits; ``person`` is the member by whom it was found, where names may be seen."""

    household: Household
    person: Person | None = None


@dataclass(frozen=True)
class Found:
    """What was looked for (``by`` code, number or name; ``shown`` masked), and what fits."""

    by: str
    shown: str
    hits: Sequence[Hit] = field(default_factory=list)
    more: bool = False
    hint: str = ""


@look("desk.search.find")
def find(*, actor: Actor, text: str) -> Found:
    """Look for what the text may be.

    The audit keeps how it was looked for and what was found, never the text.
    """
    found = _find(actor, " ".join(text.split()))
    audit.note_set("registry.household", [hit.household.pk for hit in found.hits], by=found.by)
    return found


def _find(actor: Actor, text: str) -> Found:
    if CODE.fullmatch(text):
        rows = Household.objects.visible_to(actor).filter(code=text.upper()).select_related("area")
        return Found("code", text.upper(), [Hit(row) for row in rows])
    digits = numbers.digits(text)
    if re.fullmatch(r"\+?\d+[RUru]?", digits):
        return _by_number(actor, digits)
    return _by_name(actor, text)


def _by_number(actor: Actor, digits: str) -> Found:
    shown = "*" * max(len(digits) - 3, 0) + digits[-3:]
    if len(digits) < LEAST_DIGITS:
        return Found("number", shown, hint="short")
    readings = _readings(digits)
    rows = (
        Identifier.objects.visible_to(actor)
        .filter(token__in={token_of(kind, number) for kind, number in readings}, kind__in=numbers.PARSERS)
        .select_related("household__area", "person")[: MOST + 1]
    )
    hits = [hit for row in rows for hit in _claimants(actor, row)]
    return Found("number", shown, _once(hits)[:MOST], len(hits) > MOST, "" if readings else "not_a_number")


def _readings(digits: str) -> list[tuple[str, str]]:
    """Return what the digits may be: each kind of number that they can be read as."""
    readings = []
    for kind, parse in numbers.PARSERS.items():
        try:
            readings.append((kind, parse(digits)))
        except BadInput:
            continue
    return readings


def _claimants(actor: Actor, row: Identifier) -> list[Hit]:
    """Return the household that a number is of, or the one in which its person lives."""
    if row.household is not None:
        return [Hit(row.household)]
    return _homes(actor, Q(person_id=row.person_id)) if row.person_id else []


def _by_name(actor: Actor, text: str) -> Found:
    if not actor.sees("personal"):
        return Found("name", text, hint="no_names")
    if len(text) < LEAST_LETTERS:
        return Found("name", text, hint="short")
    near = Q(name_en__trigram_word_similar=text) | Q(name_ur__trigram_word_similar=text)
    nearness = Greatest(TrigramWordSimilarity(text, "name_en"), TrigramWordSimilarity(text, "name_ur"))
    people = Person.objects.visible_to(actor).filter(near).annotate(nearness=nearness)
    ids = list(people.order_by("-nearness", "pk").values_list("pk", flat=True)[: MOST + 1])
    homes = {hit.person.pk: hit for hit in _homes(actor, Q(person_id__in=ids)) if hit.person}
    return Found("name", text, [homes[pk] for pk in ids[:MOST] if pk in homes], len(ids) > MOST)


def _homes(actor: Actor, of_whom: Any) -> list[Hit]:
    """Return the households, of those that the actor sees, in which these persons live now."""
    rows = Membership.objects.filter(
        of_whom,
        household__in=Household.objects.visible_to(actor),
        during__upper_inf=True,
        cancelled=False,
    )
    return [Hit(row.household, row.person) for row in rows.select_related("household__area", "person")]


def _once(hits: Sequence[Hit]) -> list[Hit]:
    return list({(hit.household.pk, hit.person and hit.person.pk): hit for hit in hits}.values())
