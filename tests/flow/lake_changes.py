"""Changes of what the lake holds, drawn at random: each in a transaction of its own, noted as services do.

Rows are written directly, so that many histories can be drawn that imports would take hours for; names and
numbers of people are planted among them, which the lake must never hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from deltalake import DeltaTable
from django.db import transaction
from numpy.random import Generator

from saiban.core import lake
from saiban.core.lake import manifest
from saiban.core.lake.tables import tables
from saiban.core.models import Actor, Area, ChangeSet, ChangeSetItem
from saiban.programmes.lake import ENROLMENT
from saiban.programmes.models import Enrolment
from saiban.registry.models import Household, Identifier, Membership, Person, Profile
from saiban.scoring.models import Score, Scorecard
from tests.access import world
from tests.programmes import places

DISTRICTS = ("Rajanpur", "Attock", "Lahore")
NAMES = ("Gulnaz Akhtar", "Rasool Bakhsh", "Shahida Parveen", "Karam Elahi", "Noor Bhari")
IN_URDU = ("گل ناز اختر", "رسول بخش", "شاہدہ پروین", "کرم الٰہی", "نور بھری")
VILLAGES = ("Basti Malook", "Kotla Naseer", "Chak 17 Janubi")
DAY = date(2025, 3, 1)
NUMBERS = count(1)
Lake = dict[str, list[dict[str, Any]]]


class Changes:
    """Draws changes; ``planted`` is whatever would tell who somebody is."""

    def __init__(self, draw: Generator) -> None:
        self.draw, self.planted = draw, {*NAMES, *IN_URDU, *VILLAGES}
        self.card = Scorecard.objects.get(code="punjab-pmt-2016", version=1)
        self.act: dict[str, Callable[[], Iterable[int]]] = {
            "found": self.found, "answer": self.answer, "move": self.move, "leave": self.leave,
            "go_over": self.go_over, "score": self.score, "enrol": self.enrol, "suspend": self.suspend,
        }  # fmt: skip

    def do(self, name: str) -> None:
        """Change something and note it; where there is nobody yet, a household is found."""
        with transaction.atomic():
            touched = sorted(set(self.act[name]() if Household.objects.exists() else self.found()))
            system = Actor.objects.get(username="system")
            change = ChangeSet.objects.create(kind="registry.household", reason="tests", actor=system)
            for pk in touched:
                ChangeSetItem.objects.create(change_set=change, subject_id=pk)
            if touched:
                lake.note("core.changeset", change.pk)

    def any_name(self) -> str:
        return str(self.draw.choice(list(self.act)))

    def one(self, rows: Any) -> Any:
        found = list(rows.order_by("pk"))
        return found[int(self.draw.integers(len(found)))] if found else None

    def home(self) -> Household:
        return self.one(Household.objects.all())

    def member(self) -> Membership | None:
        return self.one(Membership.objects.filter(during__upper_inf=True, cancelled=False, head=False))

    def tehsil(self) -> Area:
        return world.tehsil(str(self.draw.choice(DISTRICTS)))

    def found(self) -> Iterable[int]:
        """A household with a head and two more, all with names and numbers."""
        number = next(NUMBERS)
        code, head = f"HH-{number:05d}-0000001", NAMES[number % len(NAMES)]
        home = world.household(self.tehsil(), code, head=head, band="unscored", score=None)
        Household.objects.filter(pk=home.pk).update(village=VILLAGES[number % len(VILLAGES)])
        self.planted |= {code, "زینب بی بی", "Rojhan"}
        for line in (2, 3):
            place = number * 10 + line
            person = Person.objects.create(
                name_en=NAMES[place % 5], name_ur=IN_URDU[place % 5], father_name_en=NAMES[(place + 1) % 5],
                sex="male", birth_date=DAY - timedelta(days=300 * place % 20_000),
            )  # fmt: skip
            Membership.objects.create(
                person=person, household=home, relation="child", line_no=line, during=(DAY, None)
            )
            Profile.objects.create(person=person, area_path=home.area_path, values={"schooling_years": line})
        for person in Person.objects.filter(memberships__household=home):
            digits = f"9{next(NUMBERS):011d}1"
            row: Identifier = world.number_of(person, digits)
            self.planted |= {digits, row.masked}
        return [home.pk]

    def answer(self) -> Iterable[int]:
        profile = self.one(Profile.objects.filter(household__isnull=False))
        day = (DAY + timedelta(days=int(self.draw.integers(500)))).isoformat()
        profile.values["rooms"] = int(self.draw.integers(1, 9))
        profile.origin["rooms"] = {"source": "psc-survey", "on": day, "observation": 1, "too_old": False}
        profile.save()
        return [profile.household_id]

    def move(self) -> Iterable[int]:
        home, area = self.home(), self.tehsil()
        Household.objects.filter(pk=home.pk).update(area=area, area_path=area.path)
        Profile.objects.filter(household=home).update(area_path=area.path)
        Enrolment.objects.filter(household=home).update(area_path=area.path)
        return [home.pk]

    def leave(self) -> Iterable[int]:
        gone = self.member()
        if gone:
            Membership.objects.filter(pk=gone.pk).update(cancelled=True)
        return [gone.household_id] if gone else []

    def go_over(self) -> Iterable[int]:
        """Someone leaves one household for another."""
        gone, home = self.member(), self.home()
        if gone is None or gone.household_id == home.pk:
            return []
        day = gone.during.lower + timedelta(days=1)
        Membership.objects.filter(pk=gone.pk).update(during=(gone.during.lower, day))
        Membership.objects.create(
            person=gone.person, household=home, relation="other", line_no=9, during=(day, None)
        )
        return [gone.household_id, home.pk]

    def score(self) -> Iterable[int]:
        home = self.home()
        points = round(float(self.draw.uniform(5, 70)), 2)
        band = "poor" if points <= 30 else "above"
        Score.objects.create(household=home, scorecard=self.card, score=points, band=band)
        Profile.objects.filter(household=home).update(score=points, band=band)
        return [home.pk]

    def enrol(self) -> Iterable[int]:
        home = self.home()
        head = Person.objects.filter(memberships__household=home, memberships__head=True).first()
        made = places.of_list("PSPA-SAR", home, head)
        lake.note(ENROLMENT, made.pk)
        return []

    def suspend(self) -> Iterable[int]:
        place = self.one(Enrolment.objects.all())
        if place:
            Enrolment.objects.filter(pk=place.pk).update(state="suspended")
            lake.note(ENROLMENT, place.pk)
        return []


def read_lake(folder: Path) -> Lake:
    """All tables at the versions that belong together."""
    current = manifest.read()
    assert current is not None
    found: Lake = {}
    for name, shown in current.tables.items():
        rows = DeltaTable(str(folder / name), version=shown.version).to_pyarrow_table()
        assert rows.num_rows == shown.rows, name
        found[name] = sorted(rows.to_pylist(), key=lambda row, key=rows.column_names[0]: row[key])
    return found


def assert_whole(held: Lake) -> None:
    """No table is ahead of another: everybody's household is there, with the score that it is shown with."""
    homes = {row["household_key"]: row for row in held["households"]}
    assert len(homes) == len(held["households"])
    for name in ("persons", "scores", "enrolments"):
        strangers = [row for row in held[name] if row["household_key"] and row["household_key"] not in homes]
        assert strangers == [], name
    newest = {row["household_key"]: row["score"] for row in held["scores"] if row["decides"]}
    assert {key: row["score"] for key, row in homes.items() if row["score"] is not None} == newest


def assert_nobody_is_named(folder: Path, held: Lake, planted: set[str]) -> None:
    """No planted name, number or code in any column of text, nor in the log or the manifest."""
    texts = {
        value for rows in held.values() for row in rows for value in row.values() if isinstance(value, str)
    }
    files = [*folder.rglob("*.json"), *folder.glob("*.json")]
    said = "\n".join([*texts, *(path.read_text() for path in files)])
    assert [each for each in planted if each in said] == []
    assert set(held) == {table.name for table in tables()}
