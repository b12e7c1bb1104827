"""One household as a page shows it, and lists of households."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from saiban.core import audit
from saiban.core.errors import NotVisible
from saiban.core.models import Actor
from saiban.core.services import get_visible, look
from saiban.data.dictionary import Level, fields
from saiban.intake.mapping import shipped_mappings
from saiban.intake.models import Observation, Source
from saiban.registry.correcting.waiting import OpenCorrection, count_for, open_of, read_open, remember
from saiban.registry.emptied import Left, where_they_went
from saiban.registry.errors import Erased
from saiban.registry.models import (
    Household,
    Identifier,
    Link,
    Membership,
    Person,
    Profile,
    ProfileChange,
)
from saiban.registry.querysets import ProfileQuerySet

FRESH = timedelta(days=730)  # evidence of the last 24 months counts as fresh
MOST_MOMENTS = 12
CLERK, DERIVED = "clerk", "derived"


@dataclass(frozen=True)
class ValueLine:
    """One field as known: its value, whence and when, and what other sources say."""

    field: str
    value: Any
    source: str
    on: date
    too_old: bool
    disagrees: bool
    others: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class MemberLine:
    """A member as far as the duty shows one: without names, age and number, where it shows no personal
    fields."""

    person_id: int
    relation: str
    head: bool
    sex: str
    name: str
    age: int | None
    number: str


@dataclass(frozen=True)
class HouseholdPage:
    """A household with its members, its values and where they come from, and what happened; ``left`` says
    where its people went, if nobody lives there any more."""

    household: Household
    profile: Profile
    members: Sequence[MemberLine]
    values: Sequence[ValueLine]
    numbers: Sequence[Identifier]
    sources: Mapping[str, str]
    observations: Sequence[Observation]
    changes: Sequence[ProfileChange]
    corrections: Sequence[OpenCorrection]
    shows_place: bool
    left: Left | None

    @property
    def head_name(self) -> str:
        """The name of the head; "" where there is none or the duty does not show it."""
        return next((member.name for member in self.members if member.head), "")

    @property
    def fresh_share(self) -> float | None:
        """The share of values that were seen within the last 24 months; None where nothing is known."""
        reported = [line for line in self.values if line.source != DERIVED]
        since = timezone.localdate() - FRESH
        return sum(line.on >= since for line in reported) / len(reported) if reported else None

    @property
    def disagreements(self) -> list[ValueLine]:
        """Values of which sources say different things."""
        return [line for line in self.values if line.disagrees]


@look("registry.household.view")
def household_page(*, actor: Actor, household_id: int) -> HouseholdPage:
    """One household with members, values and origins, as far as the actor's duty shows them. Raises:
    NotVisible (404), Erased (410)."""
    corrections = {"open_corrections": open_of(actor, "household"), "waiting_corrections": count_for(actor)}
    profile = profile_of(actor, household_id, **corrections)
    remember(actor, profile.waiting_corrections)  # type: ignore[attr-defined]
    audit.note(subject=profile.household)
    numbers = list(_identifiers(actor, household_id))
    return HouseholdPage(
        household=home_of(profile),
        profile=profile,
        members=members_of(actor, household_id, numbers),
        values=value_lines(profile),
        numbers=[number for number in numbers if number.household_id],
        sources=source_names(),
        observations=_observations(household_id),
        changes=list(
            ProfileChange.objects.visible_to(actor)
            .filter(household_id=household_id)
            .select_related("change_set")[:40]
        ),
        corrections=read_open(profile.open_corrections),  # type: ignore[attr-defined]
        shows_place=actor.sees("personal"),
        left=_left(actor, profile),
    )


def _left(actor: Actor, profile: Profile) -> Left | None:
    """Where the people of an emptied household went; the households that it names are on record as seen."""
    if not profile.emptied or profile.household_id is None:
        return None
    left = where_they_went(actor, profile.household_id)
    audit.note_set("registry.household", [home.household.pk for home in left.homes])
    return left


def profile_of(actor: Actor, household_id: int, **also: Any) -> Profile:
    """The profile of a household, cut to what the duty shows; ``also`` is asked with it, by name.

    Raises: NotVisible (404), Erased (410).
    """
    places = () if actor.sees("personal") else hidden_places("household__")
    rows = Profile.objects.shown_to(actor).select_related("household__area").defer(*places).annotate(**also)
    try:
        return get_visible(rows, actor=actor, household_id=household_id)
    except NotVisible:
        erased = Household.objects.visible_to(actor).filter(pk=household_id, erased_at__isnull=False)
        if erased.exists():
            raise Erased from None
        raise


def home_of(profile: Profile) -> Household:
    """The household of a profile. Raises: NotVisible (404) for a person's."""
    if profile.household is None:
        raise NotVisible
    return profile.household


def hidden_places(prefix: str = "") -> tuple[str, ...]:
    """Columns that say where a household lives, for a duty that shows no personal fields."""
    return tuple(f"{prefix}{name}" for name in ("village", "address", "latitude", "longitude"))


def without_places() -> QuerySet[Household]:
    """Households to be named on a page, not to be found on a map."""
    return Household.objects.select_related("area").defer(*hidden_places())


def _identifiers(actor: Actor, household_id: int) -> QuerySet[Identifier]:
    """Masked numbers of the household and its members; none where the duty shows no personal fields."""
    if not actor.sees("personal"):
        return Identifier.objects.none()
    lives_here = Membership.objects.filter(household_id=household_id, during__upper_inf=True, cancelled=False)
    numbers = Identifier.objects.defer("sealed", "token")
    of_members = numbers.filter(person__in=lives_here.values("person"))
    # two questions in one: for either of two things all numbers there are would be read
    return numbers.filter(household_id=household_id).union(of_members, all=True).order_by("kind", "id")


def members_of(
    actor: Actor, household_id: int, numbers: Sequence[Identifier] = (), *, on: date | None = None
) -> list[MemberLine]:
    """Who lives in a household that the actor sees, or lived there on a day, in the order of the roster."""
    personal = actor.sees("personal")
    names = ("name_en", "name_ur", "father_name_en", "father_name_ur", "birth_date")
    rows = Membership.objects.filter(household_id=household_id, cancelled=False)
    rows = rows.filter(during__contains=on) if on else rows.filter(during__upper_inf=True)
    rows = rows.select_related("person").defer(*(() if personal else [f"person__{name}" for name in names]))
    masked = {number.person_id: number.masked for number in numbers if number.kind in ("cnic", "bform")}
    return [
        _member(row, masked.get(row.person_id, ""), personal=personal, on=on)
        for row in rows.order_by("line_no", "pk")
    ]


def _member(row: Membership, number: str, *, personal: bool, on: date | None) -> MemberLine:
    return MemberLine(
        person_id=row.person_id,
        relation=row.relation,
        head=row.head,
        sex=row.person.sex,
        name=str(row.person) if personal else "",
        age=age_of(row.person, on=on) if personal else None,
        number=number,
    )


def age_of(person: Person, *, on: date | None = None) -> int | None:
    """Completed years today, or on a day; None where the birth date is not known."""
    born, today = person.birth_date, on or timezone.localdate()
    if born is None:
        return None
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def value_lines(profile: Profile, level: Level = "household") -> list[ValueLine]:
    """The values of a profile that was selected by ``shown_to``, in the order of the dictionary."""
    return lines_of(profile.shown, profile.whence, profile.besides, level)  # type: ignore[attr-defined]


def lines_of(
    shown: Mapping[str, Any],
    whence: Mapping[str, Any],
    besides: Mapping[str, Any],
    level: Level = "household",
) -> list[ValueLine]:
    """The lines of values, their origins and what others say, as a profile holds them (``registry.Profile``),
    in the order of the dictionary.
    """
    return [
        ValueLine(
            field=code,
            value=shown[code],
            source=whence[code]["source"],
            on=date.fromisoformat(whence[code]["on"]),
            too_old=whence[code].get("too_old", False),
            disagrees=any(other["disagrees"] for other in besides.get(code, ())),
            others=besides.get(code, ()),
        )
        for code in fields(level)
        if code in shown
    ]


def source_names() -> dict[str, str]:
    """Names of the sources in the reader's language, by code (no query); who sees a value sees its source."""
    urdu = translation.get_language() == "ur"
    shipped = {code: mapping.name["ur" if urdu else "en"] for code, mapping in shipped_mappings().items()}
    return shipped | {CLERK: _("correction by a clerk"), DERIVED: _("computed from the answers")}


def _observations(household_id: int) -> list[Observation]:
    """What was said of the household itself lately, without what identifies."""
    subjects = Link.objects.filter(household_id=household_id, undone_at=None).values("subject")
    source = Source.objects.filter(pk=OuterRef("source_id")).values("code")
    rows = Observation.objects.filter(subject_id__in=subjects).annotate(source_code=Subquery(source))
    rows = rows.defer("sealed", "facts").order_by("-received_at", "-id")
    return list(rows[:MOST_MOMENTS])


def household_list(*, actor: Actor) -> ProfileQuerySet:
    """Households that the actor sees, for a table, area by area; ``head_name`` where the duty shows names.
    Keep the look by ``keep_list``."""
    rows = Profile.objects.visible_to(actor).lived_in().listed_in(actor.area_path)
    rows = rows.select_related("household__area")
    rows = rows.defer("values", "origin", "others").defer(*hidden_places("household__"))
    if not actor.sees("personal"):
        return rows
    head = Membership.objects.filter(
        household=OuterRef("household"), head=True, during__upper_inf=True, cancelled=False
    )
    language = "ur" if translation.get_language() == "ur" else "en"
    return rows.annotate(head_name=Subquery(head.values(f"person__name_{language}")[:1]))


@look("registry.household.list")
def keep_list(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who saw which households in a list; ``query`` holds codes of filters, never names."""
    audit.note_set("registry.household", household_ids, query=query)


@look("registry.household.export")
def keep_export(*, actor: Actor, household_ids: Sequence[int], query: str) -> None:
    """Keep who took which households along in a file. Raises: NotAllowed (403)."""
    audit.note_set("registry.household", household_ids, query=query)
