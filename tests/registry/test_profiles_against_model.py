"""Random deliveries in random order, with repeats: profiles are those of a model in plain Python."""

from __future__ import annotations

import tempfile
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from saiban.core import outbox, seal
from saiban.data.dictionary import fields
from saiban.intake.models import Part, SourceKey
from saiban.registry import services
from saiban.registry.models import Link, Profile
from tests.intake import files

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SURVEY, BILLS, VEHICLES = "psc-survey", "disco-electricity", "excise-vehicles"
HOMES = ("H-1", "H-2", "H-3")
DAYS = ("2016-03-01", "2021-06-15", "2024-02-29", "2026-05-04", "2026-05-31", "2026-09-30")
MONTHS = ("2025-09", "2026-03", "2026-04", "2026-05")
YES = {"yes": True, "no": False}
# whose word counts, first to last, written down anew: from the register of the rules, not from the program
RANKS = {
    "electricity_units": (BILLS, SURVEY),
    "has_electricity": (BILLS, SURVEY),
    "has_motorcycle": (VEHICLES, SURVEY),
    "dwelling_rented": (SURVEY, BILLS),
    "rooms": (SURVEY,),
    "has_gas": (SURVEY,),
}


@dataclass(frozen=True)
class Word:
    """One source, one field, one day; ``turn`` is the order in which words were received."""

    home: str
    source: str
    field: str
    value: Any
    on: date
    turn: int


# --- what is delivered

answer = st.sampled_from(sorted(YES))
surveyed = st.fixed_dictionaries(
    {
        "interviewed_on": st.sampled_from(DAYS),
        "rooms": st.sampled_from(["1", "2", "5"]),
        "has_electricity": answer,
        "has_gas": answer,
        "dwelling_rented": answer,
        "has_motorcycle": answer,
    }
)
billed = st.fixed_dictionaries(
    {
        "month": st.sampled_from(MONTHS),
        "units_kwh": st.integers(0, 400).map(str),
        "occupancy": st.sampled_from(["tenant", "owner"]),
        "connection": st.sampled_from(["active", "disconnected"]),
    }
)
some_homes = st.lists(st.sampled_from(HOMES), min_size=1, unique=True)


def of_homes(cells):
    return some_homes.flatmap(lambda homes: st.fixed_dictionaries(dict.fromkeys(homes, cells)))


deliveries = st.lists(
    st.one_of(
        st.tuples(st.just(SURVEY), of_homes(surveyed)),
        st.tuples(st.just(BILLS), of_homes(billed)),
        st.tuples(st.just(BILLS), of_homes(billed)),  # more than of others: a mean takes three months
        st.tuples(
            st.just(VEHICLES), of_homes(st.sampled_from(["motorcycle", "car"])), st.sampled_from(MONTHS)
        ),
        st.tuples(st.just("again"), st.integers(0, 7)),
    ),
    min_size=2,
    max_size=8,
)


def cnic(home: str) -> str:
    return files.number(100 + HOMES.index(home))


def meter(home: str) -> str:
    return f"{7000 + HOMES.index(home):014d}"


def rows_of(delivery) -> list[files.Row]:
    source, cells = delivery[0], delivery[1]
    if source == SURVEY:
        return [row for home, answers in cells.items() for row in _survey_rows(home, answers)]
    if source == BILLS:
        return [{"reference_no": meter(home), "bill_rupees": "1"} | bill for home, bill in cells.items()]
    return [
        files.VEHICLE | {"owner_cnic": cnic(home), "registration_no": f"LEA-{n}", "vehicle_class": kind}
        for n, (home, kind) in enumerate(cells.items())
    ]


def _survey_rows(home: str, answers: files.Row) -> list[files.Row]:
    known = {"electricity_reference": meter(home), "phone": f"0300{HOMES.index(home):07d}"}
    return files.household(home, home=known | answers, members=[files.HEAD | {"cnic": cnic(home)}])


def words_of(delivery, turn: int) -> list[Word]:
    source, cells = delivery[0], delivery[1]
    found: list[tuple[str, dict[str, Any], date]] = []
    if source == SURVEY:
        for home, said in cells.items():
            yes = {
                code: YES[said[code]]
                for code in ("has_electricity", "has_gas", "dwelling_rented", "has_motorcycle")
            }
            found.append(
                (home, yes | {"rooms": int(said["rooms"])}, date.fromisoformat(said["interviewed_on"]))
            )
    elif source == BILLS:
        for home, said in cells.items():
            facts = {
                "electricity_units": int(said["units_kwh"]),
                "dwelling_rented": said["occupancy"] == "tenant",
                "has_electricity": said["connection"] == "active",
            }
            found.append((home, facts, last_day(said["month"])))
    else:
        found = [
            (home, {"has_motorcycle": True}, last_day(delivery[2]))
            for home, kind in cells.items()
            if kind == "motorcycle"
        ]
    return [
        Word(home, source, code, value, on, turn)
        for home, facts, on in found
        for code, value in facts.items()
    ]


def last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, monthrange(year, number)[1])


# --- the model


def expected(words: list[Word], today: date) -> dict[str, dict[str, tuple[Any, str, str]]]:
    """For each surveyed household and field: value, source and day of the word that holds."""
    homes = {word.home for word in words if word.source == SURVEY}
    found: dict[str, dict[str, tuple[Any, str, str]]] = {home: {} for home in homes}
    for home in homes:
        for code, ranks in RANKS.items():
            best = None
            for rank, source in enumerate(ranks):
                said = [w for w in words if (w.home, w.field, w.source) == (home, code, source)]
                if not said:
                    continue
                newest = max(said, key=lambda w: (w.on, w.turn))
                value = mean_of_months(said) if code == "electricity_units" else newest.value
                place = (is_too_old(code, newest.on, today), rank)
                if best is None or place < best[0]:
                    best = (place, (value, source, newest.on.isoformat()))
            if best is not None:
                found[home][code] = best[1]
    return found


def mean_of_months(said: list[Word]) -> int:
    """Of the newest month's and the two before it, each by its newest word; round() is half to even."""
    of_month: dict[int, Word] = {}
    for word in sorted(said, key=lambda w: (w.on, w.turn)):
        of_month[word.on.year * 12 + word.on.month] = word
    last = max(of_month)
    heard = [of_month[month].value for month in range(last - 2, last + 1) if month in of_month]
    return round(Fraction(sum(heard), len(heard)))


def is_too_old(code: str, on: date, today: date) -> bool:
    year, month = divmod(today.year * 12 + today.month - 1 - fields("household")[code].max_age, 12)
    return on < date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


# --- both

ANSWERS = {"rooms": "2"} | dict.fromkeys(
    ("has_electricity", "has_gas", "dwelling_rented", "has_motorcycle"), "no"
)
BILL = {"occupancy": "owner", "connection": "active"}
THREE_BILLS = [  # the mean of 10, 20 and 33, then with a correction of the middle one
    *((BILLS, {"H-1": BILL | {"month": month, "units_kwh": units}}) for month, units in
      (("2026-05", "33"), ("2026-03", "10"), ("2026-04", "20"))),
    (SURVEY, {"H-1": ANSWERS | {"interviewed_on": "2026-05-04"}}),
    (BILLS, {"H-1": BILL | {"month": "2026-04", "units_kwh": "47"}}),
]  # fmt: skip


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a counterexample costs minutes to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=deliveries)
@example(made=THREE_BILLS)
def test_profiles_are_those_of_the_model(send, scorecards, system, made):
    words = []
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        for turn, delivery in enumerate(made):
            words += deliver(send, system, Path(folder), made[:turn], delivery)
        found = found_in_registry()
        transaction.set_rollback(True)
    assert found == expected(words, timezone.localdate())


def deliver(send, system, folder: Path, before, delivery) -> list[Word]:
    """Send a file, or something again: its rows in another file, and all parts applied once more."""
    turn = len(before)
    if delivery[0] == "again":
        sent = [one for one in before if one[0] != "again"]
        if not sent:
            return []
        delivery = sent[delivery[1] % len(sent)]
        for part in Part.objects.all():
            services.apply_part(actor=system, part_id=part.pk)
    name = f"{turn}-{delivery[0]}-{delivery[2] if delivery[0] == VEHICLES else '2026-05'}.csv"
    rows = [row | {"note": f"turn {turn}"} for row in rows_of(delivery)]  # the very same file is refused
    batch = send(files.as_csv(folder / name, rows), source=delivery[0])
    assert (batch.state, batch.rejected_rows) == ("loaded", 0), batch.refusal
    outbox.drain()
    return words_of(delivery, turn)


def found_in_registry() -> dict[str, dict[str, tuple[Any, str, str]]]:
    found = {}
    for home in HOMES:
        key = SourceKey.objects.filter(namespace=SURVEY, token=seal.token(SURVEY, home)).first()
        if key is None:
            continue
        link = Link.objects.get(subject_id=key.subject_id, undone_at=None)
        profile = Profile.objects.get(household_id=link.household_id)
        found[home] = {
            code: (profile.values[code], profile.origin[code]["source"], profile.origin[code]["on"])
            for code in RANKS
            if code in profile.values
        }
    return found
