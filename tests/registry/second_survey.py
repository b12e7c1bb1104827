"""Surveys of our own making: persons who are known by a number each, in households under any number."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from zlib import crc32

from saiban.calc.resurvey import Survey
from saiban.core import seal
from saiban.core.models import Area
from saiban.intake.models import SourceKey
from saiban.registry.models import Finding, Household, Link, Membership
from tests.intake import files

FIRST, SECOND = "2024-05-04", "2026-05-04"


def tehsils(district: str = "Rajanpur") -> list[Area]:
    """The tehsils of a district, by code."""
    return list(Area.objects.filter(level="tehsil", parent__name_en=district).order_by("code"))


def member(person: int, *, head: bool, **cells: str) -> files.Row:
    """A person of whom number, sex, birth date and name are always the same."""
    woman = person % 2 == 0
    row = files.HEAD | {
        "name_en": f"Person {person}", "name_ur": f"فرد {person}", "sex": "female" if woman else "male",
        "birth_date": (date(1950, 1, 1) + timedelta(days=40 * (37 * person % 500))).isoformat(),
        "cnic": files.number(700_000 + person, woman=woman), "relation": "head" if head else "other_relative",
    }  # fmt: skip
    return row | cells


def family(
    no: str, people: Iterable[int], *, area: Area, on: str, rooms: int = 2, head: int | None = None
) -> list[files.Row]:
    """A household of these persons; the first one is the head, unless another is named."""
    listed = list(people)
    first = listed[0] if head is None else head
    assert area.parent is not None
    home = {
        "district": area.parent.code, "tehsil": area.code, "village": f"Basti {no}", "interviewed_on": on,
        "electricity_reference": f"{crc32(no.encode()):014d}", "phone": "", "rooms": str(rooms),
    }  # fmt: skip
    rows = [member(person, head=person == first) for person in listed]
    return files.household(no, home=home, members=rows)


def rows_of(survey: Survey, *, prefix: str, on: str, areas: Mapping[str, Area]) -> list[files.Row]:
    """The rows of a whole survey; a household of nobody whom it knows has a member of its own."""
    rows: list[files.Row] = []
    for home, area in survey.area_of.items():
        people = [person for person, lives in survey.home_of.items() if lives == home]
        heads = [person for person in people if person in survey.heads]
        head = heads[0] if heads else None
        rows += family(
            f"{prefix}-{home}",
            people or [1000 + home],
            area=areas[area],
            on=on,
            rooms=home % 4 + 1,
            head=head,
        )
    return rows


def household_of(no: str) -> Household:
    """The household that a number of the survey means today."""
    key = SourceKey.objects.get(namespace="psc-survey", token=seal.token("psc-survey", no))
    link = Link.objects.get(subject_id=key.subject_id, undone_at=None)
    return Household.objects.get(pk=link.household_id)


def found(batch: Any) -> dict[str, tuple[str, str | None]]:
    """What a batch found: code of household → kind, code of the other one."""
    rows = Finding.objects.filter(batch=batch).select_related("household", "other")
    return {row.household.code: (row.kind, row.other.code if row.other else None) for row in rows}


def living_in(household: Household) -> set[str]:
    """Names of those who live there now."""
    open_ones = Membership.objects.filter(household=household, during__upper_inf=True, cancelled=False)
    return set(open_ones.values_list("person__name_en", flat=True))
