"""Resolution against a model in plain Python that sorts the words about one field by hand."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import ibis
import pyarrow as pa
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from saiban.calc.precedence import Precedence, Window, months_before, shipped_precedence
from saiban.calc.resolve import lifted, resolved
from saiban.data.dictionary import fields

ON = date(2026, 7, 1)
MORNING = datetime(2026, 7, 1)  # noqa: DTZ001 Arrow's timestamps here have no zone
SELF = {"household"}
SOURCES = ("clerk", "psc-survey", "household", "excise-vehicles", "stranger")
PRECEDENCE = shipped_precedence()
WINDOWS = PRECEDENCE.windows
VALUES = {
    "has_motorcycle": ["true", "false"],
    "household_size": ["2", "9", "10"],
    "land_acres": ['"0.5"', '"2"', '"12.5"'],
    "toilet": ['"none"', '"sewer"'],
    "electricity_units": ["90", "93", "200"],
}
SCHEMA = pa.schema(
    [
        ("subject_id", pa.int64()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("source", pa.string()),
        ("self_report", pa.bool_()),
        ("observed_on", pa.date32()),
        ("received_at", pa.timestamp("us")),
        ("observation_id", pa.int64()),
    ]
)
Word = dict[str, object]


@st.composite
def words(draw: st.DrawFn) -> list[Word]:
    rows = []
    for number in range(draw(st.integers(1, 60))):
        field = draw(st.sampled_from(sorted(VALUES)))
        source = draw(st.sampled_from(SOURCES))
        observed = ON - timedelta(days=draw(st.sampled_from([-5, 0, 0, 1, 20, 50, 80, 95, 400, 1300])))
        rows.append(
            word(
                draw(st.integers(1, 4)),
                field,
                draw(st.sampled_from(VALUES[field])),
                source,
                observed,
                number,
                received=MORNING + timedelta(hours=draw(st.integers(0, 1))),
            )
        )
    return rows


def word(
    subject: int,
    field: str,
    value: str,
    source: str,
    observed: date,
    number: int,
    *,
    received: datetime = MORNING,
) -> Word:
    said = {
        "subject_id": subject,
        "field": field,
        "value": value,
        "source": source,
        "self_report": source in SELF,
    }
    return {**said, "observed_on": observed, "received_at": received, "observation_id": number}


def resolve(rows: list[Word], *, on: date = ON, windows: dict[str, Window] = WINDOWS) -> list[Word]:
    observations = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    precedence = ibis.memtable(PRECEDENCE.table(on=on))
    found = resolved(observations, precedence, on=on, windows=windows).order_by(
        ["subject_id", "field", "place"]
    )
    return found.to_pyarrow().to_pylist()


def newness(w: Word) -> tuple[object, ...]:
    return (w["observed_on"], w["received_at"], w["observation_id"])


def raised_by(field: str, new: str, old: str) -> int:
    """1: the new value says more need, -1: less, 0: neither."""
    direction = PRECEDENCE.need_when.get(field)
    if direction is None or json.loads(new) == json.loads(old):
        return 0
    if isinstance(direction, bool):
        return 1 if json.loads(new) == direction else -1
    rises = Decimal(str(json.loads(new))) > Decimal(str(json.loads(old)))
    return 1 if rises == (direction == "higher") else -1


def one_word(rows: list[Word]) -> Word:
    """What one source says of one field: its newest word, or what its window makes of the months."""
    newest = max(rows, key=newness)
    window = WINDOWS.get(newest["field"])
    alone = {**newest, "heard": 1, "since": newest["observed_on"]}
    if window is None:
        return alone
    by_month: dict[tuple[int, int], Word] = {}
    for w in sorted(rows, key=newness):
        by_month[(w["observed_on"].year, w["observed_on"].month)] = w
    first = months_before(newest["observed_on"].replace(day=1), window.months - 1)
    inside = [w for (year, month), w in by_month.items() if date(year, month, 1) >= first]
    if len(inside) < window.at_least:
        return alone
    numbers = [Fraction(w["value"]) for w in inside]
    value = round(sum(numbers) / len(numbers)) if window.take == "mean" else sum(n != 0 for n in numbers)
    since = min(w["observed_on"] for w in inside)
    return {**newest, "value": str(value), "heard": len(inside), "since": since}


def in_order(rows: list[Word]) -> list[Word]:
    """The words about one field of one subject, the one that holds first; built step by step, not by one sort
    key.
    """
    heard = [w for w in rows if w["observed_on"] <= ON]
    newest = [one_word([w for w in heard if w["source"] == s]) for s in {w["source"] for w in heard}]
    for w in newest:
        w["too_old"] = w["observed_on"] < months_before(ON, fields("household")[w["field"]].max_age)
    newest.sort(key=newness, reverse=True)
    newest.sort(key=lambda w: PRECEDENCE.rank(w["field"], w["source"]))
    young = [w for w in newest if not w["too_old"]]
    checked = next((w for w in young if not w["self_report"]), None)
    ahead, behind = [], []
    if checked:
        for w in [w for w in young if w["self_report"]]:
            moves = raised_by(w["field"], w["value"], checked["value"])
            if moves == 1 and w["observed_on"] >= checked["observed_on"]:
                ahead.append(w)
            if moves == -1:
                behind.append(w)
    middle = [w for w in young if w not in ahead and w not in behind]
    # among the too old, whatever they say of need: a self-report may not use age to get ahead
    return [*ahead, *middle, *behind, *[w for w in newest if w["too_old"]]]


def expected(rows: list[Word]) -> list[Word]:
    result = []
    for subject, field in sorted({(w["subject_id"], w["field"]) for w in rows}):
        ordered = in_order([w for w in rows if (w["subject_id"], w["field"]) == (subject, field)])
        differ = [not w["too_old"] and w["value"] != ordered[0]["value"] for w in ordered]
        for place, w in enumerate(ordered, start=1):
            result.append(
                {**w, "place": place, "disagrees": any(differ) if place == 1 else differ[place - 1]}
            )
    return result


@pytest.mark.slow
@settings(
    max_examples=30, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)  # shrinking compiles for minutes
@given(words())
def test_the_order_is_that_of_the_model(rows: list[Word]) -> None:
    assert resolve(rows) == expected([dict(w) for w in rows])


@settings(max_examples=5, deadline=None)
@given(words(), st.randoms(use_true_random=False))
def test_one_subject_alone_resolves_as_in_the_batch_in_any_order(rows: list[Word], shuffler) -> None:
    batch = resolve(rows)
    shuffled = list(rows)
    shuffler.shuffle(shuffled)
    assert resolve(shuffled) == batch
    alone = [w for w in rows if w["subject_id"] == 1]
    assert resolve(alone) == [w for w in batch if w["subject_id"] == 1]


def holding(*rows: Word) -> Word:
    return resolve(list(rows))[0]


def test_a_self_report_raises_need_at_once() -> None:
    register = word(1, "has_motorcycle", "true", "excise-vehicles", date(2026, 5, 31), 1)
    sold = word(1, "has_motorcycle", "false", "household", date(2026, 6, 20), 2)
    assert holding(register, sold)["source"] == "household"


def test_a_self_report_lowers_need_only_after_a_check() -> None:
    visit = word(1, "has_motorcycle", "false", "psc-survey", date(2026, 1, 5), 1)
    bought = word(1, "has_motorcycle", "true", "household", date(2026, 6, 20), 2)
    assert holding(visit, bought)["source"] == "psc-survey"
    confirmed = word(1, "has_motorcycle", "true", "excise-vehicles", date(2026, 6, 30), 3)
    assert holding(visit, bought, confirmed)["value"] == "true"


def test_a_self_report_older_than_the_check_raises_nothing() -> None:
    said = word(1, "has_motorcycle", "false", "household", date(2026, 3, 1), 1)
    register = word(1, "has_motorcycle", "true", "excise-vehicles", date(2026, 5, 31), 2)
    assert holding(said, register)["source"] == "excise-vehicles"


def test_a_self_report_alone_holds() -> None:
    assert holding(word(1, "has_motorcycle", "true", "household", date(2026, 3, 1), 1))["place"] == 1


def test_a_value_that_is_too_old_loses_against_a_younger_one_but_is_kept() -> None:
    old = word(1, "electricity_units", "90", "disco-electricity", date(2026, 1, 31), 1)
    said = word(1, "electricity_units", "200", "stranger", date(2026, 6, 1), 2)
    held, kept = resolve([old, said])
    assert (held["source"], held["disagrees"]) == ("stranger", False)
    assert (kept["too_old"], kept["disagrees"]) == (True, False)
    assert holding(old)["too_old"] is True


def bills(*units: int, source: str = "disco-electricity") -> list[Word]:
    """Bills of the last months, the newest in June 2026."""
    days = [months_before(date(2026, 6, 30), back) for back in range(len(units))]
    rows = zip(units, days, strict=True)
    return [word(1, "electricity_units", str(n), source, day, no) for no, (n, day) in enumerate(rows, 1)]


def test_of_monthly_bills_the_mean_of_three_months_holds() -> None:
    held = holding(*bills(300, 90, 60, 900))
    assert (held["value"], held["heard"]) == ("150", 3)
    assert (held["since"], held["observed_on"]) == (date(2026, 4, 30), date(2026, 6, 30))


def test_a_mean_rounds_half_to_even() -> None:
    assert [holding(*bills(*two))["value"] for two in ((1, 2), (2, 3), (0, 1))] == ["2", "2", "0"]


def test_a_month_not_reported_is_not_zero_and_one_month_alone_is_no_mean() -> None:
    june, _may, april = bills(300, 0, 100)
    assert holding(june, april)["value"] == "200"
    only = holding(june)
    assert (only["value"], only["heard"], only["since"]) == ("300", 1, june["observed_on"])


def test_a_month_sent_again_speaks_once_by_its_newest_word() -> None:
    again = word(1, "electricity_units", "200", "disco-electricity", date(2026, 6, 30), 9)
    assert holding(*bills(999, 100), again)["value"] == "150"


def test_the_mean_of_each_source_stands_by_itself() -> None:
    rows = [*bills(100, 200), *bills(10, 20, source="psc-survey")]
    assert [(w["source"], w["value"]) for w in resolve(rows)] == [
        ("disco-electricity", "150"), ("psc-survey", "15"),
    ]  # fmt: skip


def test_a_count_is_of_months_that_said_something() -> None:
    window = Window(take="count", months=12, at_least=1, unit="months", reason="as a test")
    found = resolve(bills(3, 0, 2, 0, 1), windows={"electricity_units": window})
    assert [(w["value"], w["heard"]) for w in found] == [("3", 5)]


def test_what_is_observed_later_is_not_heard() -> None:
    rows = [
        word(1, "toilet", '"none"', "clerk", date(2026, 6, 1), 1),
        word(1, "toilet", '"sewer"', "clerk", date(2026, 7, 2), 2),
    ]
    assert [w["value"] for w in resolve(rows)] == ['"none"']
    assert [w["value"] for w in resolve(rows, on=date(2026, 7, 2))] == ['"sewer"']


def test_disagreement_is_marked_on_the_one_that_holds_and_on_the_other() -> None:
    rows = [
        word(1, "toilet", '"none"', "clerk", date(2026, 6, 1), 1),
        word(1, "toilet", '"sewer"', "psc-survey", date(2026, 6, 1), 2),
        word(1, "toilet", '"none"', "pslm-2015", date(2026, 6, 1), 3),
    ]
    assert [(w["source"], w["disagrees"]) for w in resolve(rows)] == [
        ("clerk", True), ("psc-survey", True), ("pslm-2015", False),
    ]  # fmt: skip


def test_a_motorcycle_of_one_member_is_the_households() -> None:
    rows = [
        word(11, "has_motorcycle", "true", "excise-vehicles", date(2026, 4, 30), 1),
        word(12, "has_motorcycle", "false", "excise-vehicles", date(2026, 5, 31), 2),
        word(21, "has_motorcycle", "true", "excise-vehicles", date(2026, 4, 30), 3),
        word(21, "has_motorcycle", "false", "excise-vehicles", date(2026, 5, 31), 4),
        word(31, "has_motorcycle", "true", "excise-vehicles", date(2026, 4, 30), 5),
    ]
    observations = ibis.memtable(pa.Table.from_pylist(rows, schema=SCHEMA))
    members = ibis.memtable({"person_id": [11, 12, 21], "household_id": [1, 1, 2]})
    found = lifted(observations, members).order_by("subject_id").to_pyarrow().to_pylist()
    assert [(w["subject_id"], w["value"], w["observation_id"]) for w in found] == [
        (1, "true", 1),
        (2, "false", 4),
    ]


def test_precedence_knows_its_fields_and_sources() -> None:
    assert PRECEDENCE.rank("has_motorcycle", "excise-vehicles") < PRECEDENCE.rank(
        "has_motorcycle", "psc-survey"
    )
    assert PRECEDENCE.rank("toilet", "clerk") == 1
    with pytest.raises(ValueError, match="listed under"):
        Precedence(sources={}, default=("nobody",), fields={}, need_when={})
    with pytest.raises(ValueError, match="are none"):
        Precedence(sources={}, default=(), fields={"wealth": ()}, need_when={})
    with pytest.raises(ValueError, match="true or false for a bool"):
        Precedence(sources={}, default=(), fields={}, need_when={"has_car": "higher"})
    mean = {"take": "mean", "months": 3, "at_least": 2, "unit": "rooms", "reason": "as a test"}
    with pytest.raises(ValueError, match="whole numbers"):
        Precedence(sources={}, default=(), fields={}, need_when={}, windows={"land_acres": mean})
    with pytest.raises(ValueError, match="no more than months"):
        Window(**mean | {"at_least": 4})
