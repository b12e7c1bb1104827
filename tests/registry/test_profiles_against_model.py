"""Random deliveries and corrections in random order, with repeats: profiles are those of a model in plain
Python, today and on the days on which corrections end."""

from __future__ import annotations

import json
import tempfile
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from saiban.core import outbox, seal
from saiban.data.dictionary import fields
from saiban.intake.models import Part, SourceKey
from saiban.registry import resolving, services, tasks
from saiban.registry.correcting import services as correcting
from saiban.registry.models import Correction, Link, Profile
from tests.intake import files

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SURVEY, BILLS, VEHICLES = "psc-survey", "disco-electricity", "excise-vehicles"
CLERK, LIFT = "clerk", "lift"
HOMES = ("H-1", "H-2", "H-3")
DAYS = ("2016-03-01", "2021-06-15", "2024-02-29", "2026-05-04", "2026-05-31", "2026-09-30")
LENGTHS = (1, 30, 90)  # days for which a correction holds
LOOKS = (0, 1, 29, 30, 31, 90)  # days from today on which everything is looked at
MONTHS = ("2025-09", "2026-03", "2026-04", "2026-05")
YES = {"yes": True, "no": False}
# whose word counts, first to last, written down anew: from the register of the rules, not from the program
RANKS = {
    "electricity_units": (BILLS, CLERK, SURVEY),
    "has_electricity": (CLERK, BILLS, SURVEY),
    "has_motorcycle": (CLERK, VEHICLES, SURVEY),
    "dwelling_rented": (CLERK, SURVEY, BILLS),
    "rooms": (CLERK, SURVEY),
    "has_gas": (CLERK, SURVEY),
}


@dataclass(frozen=True)
class Word:
    """One source, one field, one day; ``turn`` is the order in which words were received. A correction has a
    day on which it ends."""

    home: str
    source: str
    field: str
    value: Any
    on: date
    turn: int
    ends: date | None = None


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
corrected = st.one_of(
    st.tuples(st.just("rooms"), st.sampled_from([3, 9])),
    st.tuples(st.sampled_from(["has_gas", "has_electricity", "has_motorcycle"]), st.booleans()),
    st.tuples(st.just("dwelling_rented"), st.booleans()),
    st.tuples(st.just("electricity_units"), st.integers(0, 400)),
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
        st.tuples(st.just(CLERK), st.sampled_from(HOMES), corrected, st.sampled_from(LENGTHS)),
        st.tuples(st.just(CLERK), st.sampled_from(HOMES), corrected, st.sampled_from(LENGTHS)),
        st.tuples(st.just(LIFT), st.integers(0, 7)),
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
                said = [w for w in said if w.on <= today and holds(w, said, today)]
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


def holds(word: Word, said: list[Word], today: date) -> bool:
    """A correction holds while no later one of the same answer was made, and not on its last day."""
    if word.ends is None:
        return True
    return word.turn == max(w.turn for w in said) and today < word.ends


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


CORRECTED = [  # one ends in between, one is replaced, one is lifted, one stands behind the bills
    (SURVEY, {"H-1": ANSWERS | {"interviewed_on": "2026-09-30"}}),
    (BILLS, {"H-1": BILL | {"month": "2026-05", "units_kwh": "33"}}),
    (CLERK, "H-1", ("rooms", 9), 30),
    (CLERK, "H-1", ("has_gas", True), 90),
    (CLERK, "H-1", ("has_gas", False), 1),
    (CLERK, "H-1", ("has_motorcycle", True), 90),
    (LIFT, 2),
    (CLERK, "H-1", ("electricity_units", 400), 90),
    ("again", 0),
]


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],  # a counterexample costs minutes to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=deliveries)
@example(made=CORRECTED)
@example(made=THREE_BILLS)
def test_profiles_are_those_of_the_model(send, scorecards, system, manager, second, made):
    words: list[Word] = []
    today = timezone.localdate()
    with transaction.atomic(), tempfile.TemporaryDirectory() as folder:
        for turn, delivery in enumerate(made):
            if delivery[0] == CLERK:
                words += correct(manager, second, turn, delivery)
            elif delivery[0] == LIFT:
                words = lifted(second, words, delivery[1])
            else:
                sent = [one for one in made[:turn] if one[0] not in (CLERK, LIFT)]
                words += deliver(send, system, Path(folder), sent, turn, delivery)
        found = found_in_registry()
        looked_at = [(day, resolved_on(day)) for day in (today + timedelta(days=n) for n in LOOKS)]
        ended, later = found_after(31)
        transaction.set_rollback(True)
    assert found == expected(words, today)
    for day, then in looked_at:
        assert then == expected(words, day), day
    known = expected(words, today + timedelta(days=31))
    assert later == {home: known[home] for home in ended}
    assert ended == {w.home for w in words if w.ends and ends_within(w, words, today, 31)}


def ends_within(word: Word, words: list[Word], today: date, days: int) -> bool:
    """Whether a correction that holds today has ended so many days later."""
    said = [w for w in words if (w.home, w.field, w.source) == (word.home, word.field, CLERK)]
    return holds(word, said, today) and word.ends <= today + timedelta(days=days)


def correct(proposer, second, turn: int, delivery) -> list[Word]:
    """Correct an answer of a household that is there, and have it approved where it moves a score."""
    _, home, (code, value), days = delivery
    household_id = known_homes().get(home)
    if household_id is None:
        return []
    ends = timezone.localdate() + timedelta(days=days)
    row = correcting.propose_correction(
        actor=proposer, household_id=household_id, field=code, value=value, reason="seen there", ends_on=ends
    )
    if row.state == "proposed":
        correcting.approve_correction(actor=second, correction_id=row.pk)
    outbox.drain()
    return [Word(home, CLERK, code, value, timezone.localdate(), turn, ends)]


def lifted(actor, words: list[Word], number: int) -> list[Word]:
    """Lift one of the corrections in force; the model forgets what it and those before it said."""
    rows = Correction.objects.filter(state="approved").order_by("pk")
    if not rows:
        return words
    row = rows[number % len(rows)]
    correcting.lift_correction(actor=actor, correction_id=row.pk, reason="not so")
    home = {pk: name for name, pk in known_homes().items()}[row.household_id]
    return [w for w in words if (w.home, w.field, w.source) != (home, row.field, CLERK)]


def resolved_on(day: date) -> dict[str, dict[str, tuple[Any, str, str]]]:
    """What the look back (or forward) to a day finds."""
    homes = known_homes()
    households, _persons = resolving.profiles_of(resolving.heard(sorted(homes.values()), on=day))
    rows = {row["subject_id"]: row for row in households.to_pylist()}
    return {
        name: chosen(*(json.loads(rows[pk][part]) for part in ("values", "origin")))
        for name, pk in homes.items()
    }


def found_after(days: int) -> tuple[set[str], dict[str, dict[str, tuple[Any, str, str]]]]:
    """Let days pass and the worker come: the households of which a correction ended, and their profiles."""
    moment = timezone.now() + timedelta(days=days)
    with patch.object(timezone, "now", lambda: moment):
        tasks.expire_corrections()
    ended = set(Correction.objects.filter(ending="expired").values_list("household_id", flat=True))
    names = {name for name, pk in known_homes().items() if pk in ended}
    found = found_in_registry()
    return names, {name: found[name] for name in names}


def deliver(send, system, folder: Path, before, turn: int, delivery) -> list[Word]:
    """Send a file, or something again: its rows in another file, and all parts applied once more. Where the
    source has said nothing else since, the rows are refused: they would say nothing new.
    """
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
    if batch.state == "refused" and batch.refusal["code"] == "same_rows":
        return []
    assert (batch.state, batch.rejected_rows) == ("loaded", 0), batch.refusal
    outbox.drain()
    return words_of(delivery, turn)


def known_homes() -> dict[str, int]:
    """The households that a survey has named."""
    found = {}
    for home in HOMES:
        key = SourceKey.objects.filter(namespace=SURVEY, token=seal.token(SURVEY, home)).first()
        if key is not None:
            found[home] = Link.objects.get(subject_id=key.subject_id, undone_at=None).household_id
    return found


def found_in_registry() -> dict[str, dict[str, tuple[Any, str, str]]]:
    profiles = {home: Profile.objects.get(household_id=pk) for home, pk in known_homes().items()}
    return {home: chosen(profile.values, profile.origin) for home, profile in profiles.items()}


def chosen(values, origin) -> dict[str, tuple[Any, str, str]]:
    return {
        code: (values[code], origin[code]["source"], origin[code]["on"]) for code in RANKS if code in values
    }
