"""Looking for people: by a number, a household's code, or names; what is not visible is not found.

Numbers are looked for by their tokens. Names are looked for in two stages: keys of spellings and sounds give
candidates (``looking.finding``), which are then cut to what the actor sees, read and judged
(``looking.ranking``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import Q, QuerySet
from django.utils import timezone

from saiban.calc import names
from saiban.core import audit, numbers, rotation, seal
from saiban.core.models import Actor, Area
from saiban.core.services import look
from saiban.data.errors import BadInput
from saiban.intake.mapping import shipped_mappings
from saiban.registry import naming
from saiban.registry.emptied import emptied_among
from saiban.registry.models import Household, Identifier, Link, Membership, Person
from saiban.registry.numbers import token_of
from saiban.registry.queries.looking.asking import PLACE, Asked
from saiban.registry.queries.looking.finding import Finder
from saiban.registry.queries.looking.meaning import Meant
from saiban.registry.queries.looking.ranking import Fit, Read, best

PAGE = 25
LEAST_LETTERS = 2
CODE = re.compile(r"^(hh-)?\d{5}-\d{1,12}$", re.IGNORECASE)
ONLY_NUMBER = re.compile(r"^\+?\d[\d ]*[ur]?$", re.IGNORECASE)
LONGEST_NUMBER = 60
AGE_ABOUT = 3  # years to either side, and one more for every ten years of age: ages are told in round figures
CHUNK = 1000
Kind = Literal["number", "code", "name"]
How = Literal["number", "code", "written", "sounds", "slip"]


@dataclass(frozen=True)
class Narrowed:
    """What the longer form asks beside names; empty = does not matter."""

    own: str = ""
    father: str = ""
    village: str = ""
    area: Area | None = None
    sex: str = ""
    age: int | None = None

    @property
    def has_names(self) -> bool:
        """Whether there is anything to look for by its keys."""
        return bool(self.own or self.father or self.village)


@dataclass(frozen=True)
class Hit:
    """A person or household that was found: how, by which fields of the name, and where they live;
    ``emptied``: nobody lives in the household any more."""

    household: Household
    person: Person | None
    how: How
    fields: str = ""
    masked: str = ""
    is_head: bool = False
    head: Person | None = None
    emptied: bool = False

    @property
    def age(self) -> int | None:
        """Full years today; None where the birth date is not known or the person has died."""
        born = self.person.birth_date if self.person and not self.person.died_on else None
        today = timezone.localdate()
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day)) if born else None


@dataclass(frozen=True)
class Found:
    """What a search found, best first; ``looked_for`` names it without giving a number away. ``is_full``:
    there may be more; ``filling``: households whose names can be looked for already, of how many (None:
    all)."""

    kind: Kind
    looked_for: str
    hits: Sequence[Hit]
    is_full: bool = False
    filling: tuple[int, int] | None = None


@look("registry.household.list")
def search(*, actor: Actor, text: str = "", narrowed: Narrowed | None = None) -> Found:
    """Find by number (CNIC, B-Form, phone, electricity reference, a survey's own number), household code or
    names, among what the actor sees.

    The audit keeps the kind and who was found, never the words. Names are found only where the duty shows
    them.
    """
    text = " ".join(text.split())
    if narrowed is not None:
        found = _by_names(actor, "", narrowed)
    elif CODE.match(text):
        found = _by_code(actor, text)
    else:
        found = (_by_number(actor, text) if _has_digit(text) else None) or _by_names(actor, text, Narrowed())
    ids = {hit.household.pk for hit in found.hits}
    audit.note_set("registry.household", ids, searched_by=found.kind)
    return found


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _by_code(actor: Actor, text: str) -> Found:
    code = text.upper() if text.upper().startswith("HH-") else f"HH-{text}"
    return Found("code", code, _of_households(actor, Q(code=code), "code"))


def _by_number(actor: Actor, text: str) -> Found | None:
    """What a number names; None for text that is no number and names nothing, such as a village ``Chak
    42``."""
    rotation.hold()  # another process may have changed the keys of tokens
    asked, looked_for = Q(pk__in=[]), f"…{numbers.digits(text)[-3:]}"
    for kind, parse in numbers.PARSERS.items():
        try:
            number = parse(text)
        except BadInput:
            continue
        asked |= Q(kind=kind, token=token_of(kind, number))
        looked_for = numbers.mask(kind, number)
    rows = list(Identifier.objects.visible_to(actor).filter(asked).defer("sealed")[:PAGE])
    masked = {row.person_id: row.masked for row in rows if row.person_id}
    fits = [Fit(pk, 1.0, "written", "") for pk in masked]
    of_persons = _at_home(actor, fits, how="number", masked=masked)
    here = {row.household_id for row in rows} | _named_by_sources(text)
    of_households = _of_households(actor, Q(pk__in=here - {None}), "number")
    if not (of_persons or of_households or ONLY_NUMBER.match(numbers.digits(text))):
        return None
    return Found("number", looked_for, [*of_households, *of_persons][:PAGE])


def _named_by_sources(text: str) -> set[int]:
    """The households that a survey numbered so, whoever sees them."""
    if len(text) > LONGEST_NUMBER:
        return set()
    subjects = (mapping.subject for mapping in shipped_mappings().values())
    spaces = {one.namespace for one in subjects if one.kind == "household" and not one.is_number}
    asked = Q(pk__in=[])
    for namespace in spaces:
        for written in {text, text.upper(), names.normal(text)}:
            asked |= Q(
                subject__keys__namespace=namespace, subject__keys__token=seal.token(namespace, written)
            )
    links = Link.objects.filter(asked, undone_at=None, household__isnull=False)
    return {pk for pk in links.values_list("household_id", flat=True)[:PAGE] if pk is not None}


def _of_households(actor: Actor, asked: Q, how: How) -> list[Hit]:
    rows = list(Household.objects.visible_to(actor).filter(asked).select_related("area__parent")[:PAGE])
    heads = _heads(row.pk for row in rows) if actor.sees("personal") else {}
    gone = set(emptied_among(row.pk for row in rows))
    return [Hit(row, None, how, head=heads.get(row.pk), emptied=row.pk in gone) for row in rows]


def _heads(household_ids: Any) -> dict[int, Person]:
    rows = Membership.objects.filter(
        household__in=list(household_ids),
        head=True,
        during__upper_inf=True,
        cancelled=False,
        person__erased_at=None,
    ).select_related("person")
    return {row.household_id: row.person for row in rows}


def _by_names(actor: Actor, text: str, narrowed: Narrowed) -> Found:
    """The best that fit, of at most some hundred candidates; slips are tried where a page is not filled, or
    a word is none that ever occurred in a name."""
    asked = Asked.of(text, own=narrowed.own, father=narrowed.father, place=narrowed.village)
    if not actor.sees("personal") or not asked.words or _is_short(text, narrowed):
        return Found("name", text, [])
    finder = Finder(actor, also=[names.area_key(narrowed.area.code)] if narrowed.area else [])
    fits = best(asked, _read(actor, finder.near(asked), narrowed), most=PAGE + 1)
    meant = Meant.by(asked)
    if len(fits) <= PAGE or meant.unknown:
        slipped = _read(actor, finder.slipped(asked, meant, scattered=not fits), narrowed)
        near = {fit.person_id for fit in fits}
        more = best(asked, (read for read in slipped if read.person_id not in near), most=PAGE + 1)
        fits = [*fits, *more]
    hits = _at_home(actor, fits[:PAGE], masked={})
    shown = text or " · ".join(part for part in (narrowed.own, narrowed.father, narrowed.village) if part)
    return Found("name", shown, hits, is_full=len(fits) > PAGE, filling=naming.still_to_fill())


def _is_short(text: str, narrowed: Narrowed) -> bool:
    return len(text or narrowed.own or narrowed.father or narrowed.village) < LEAST_LETTERS


def _lives(actor: Actor, person_ids: Sequence[int]) -> QuerySet[Membership]:
    """Where persons live now, as far as the actor sees it."""
    return Membership.objects.filter(
        person__in=person_ids,
        during__upper_inf=True,
        cancelled=False,
        household__in=Household.objects.visible_to(actor),
    )


READ = (
    "person_id", "person__name_en", "person__name_ur", "person__father_name_en", "person__father_name_ur",
    "household__village", "household__area__name_en", "household__area__name_ur",
    "household__area__parent__name_en", "household__area__parent__name_ur",
)  # fmt: skip


def _read(actor: Actor, person_ids: Sequence[int], narrowed: Narrowed) -> list[Read]:
    """The words by which candidates are judged, of those who are visible and as old and of the sex that is
    asked."""
    wanted = Q()
    if narrowed.area:
        wanted &= Q(household__area_path__under=narrowed.area.path)
    if narrowed.sex:
        wanted &= Q(person__sex=narrowed.sex)
    if narrowed.age is not None:
        wanted &= Q(person__birth_date__range=_born(narrowed.age)) | Q(person__birth_date=None)
    found: list[Read] = []
    for start in range(0, len(person_ids), CHUNK):
        rows = _lives(actor, person_ids[start : start + CHUNK]).filter(wanted)
        found += map(_as_read, rows.values_list(*READ))
    order = {pk: no for no, pk in enumerate(person_ids)}
    return sorted(found, key=lambda read: order[read.person_id])


def _as_read(row: tuple[Any, ...]) -> Read:
    own, father, place = row[1:3], row[3:5], row[5:]
    return Read(row[0], *map(_words, (own, father, place)))


def _words(texts: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(word for text in texts if text for word in names.words(text))


def _born(age: int) -> tuple[date, date]:
    """The days between which somebody about so old was born."""
    year, span = timezone.localdate().year - age, AGE_ABOUT + age // 10
    return date(max(year - span, 1), 1, 1), date(min(year + span, 9999), 12, 31)


def _at_home(
    actor: Actor, fits: Sequence[Fit], *, masked: dict[int, str], how: How | None = None
) -> list[Hit]:
    """Persons with the household that they live in, in the order given; of a place alone, its heads."""
    rows = _lives(actor, [fit.person_id for fit in fits]).select_related("person", "household__area__parent")
    homes = {row.person_id: row for row in rows}
    known = masked or _masked(actor, list(homes))
    return [
        Hit(home.household, home.person, how or fit.how, fit.fields, known.get(fit.person_id, ""), home.head)
        for fit in fits
        if (home := homes.get(fit.person_id)) and (fit.fields != PLACE or home.head)
    ]


def _masked(actor: Actor, person_ids: list[int]) -> dict[int, str]:
    """The masked CNIC or B-Form number of each: what tells two of one name apart."""
    rows = Identifier.objects.visible_to(actor).filter(person__in=person_ids, kind__in=("cnic", "bform"))
    return dict(rows.order_by("-kind", "-pk").values_list("person_id", "masked"))
