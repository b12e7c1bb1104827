"""The trial of a rule before it may be approved: do its two ways agree, and whom would it select?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from saiban.scoring import judging
from saiban.scoring.models import Rule
from saiban.scoring.trial import CASES, SEED, drawn

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.calc.rules import CheckedRule
    from saiban.data.dictionary import DictionaryField

Results = dict[str, Any]
NEARLY_ALL = Decimal("0.95")
BECAUSE_SHOWN = 10
WIDEST = 130  # of drawn numbers: all ages


def try_out(rule: Rule, *, on: date) -> Results:
    """Answer the rule for made-up cases in both ways, and for everybody in the registry.

    Out:  on (ISO date), digest, policy {name: number}, cases, equal (how many of them came out the same in
          every clause), and what ``counted`` counts.
    """
    policy = judging.policy_of(rule, on=on, decides=False)
    return {
        "on": on.isoformat(),
        "digest": rule.digest,
        "policy": {name: str(number) for name, number in policy.items()},
        "cases": CASES,
        "equal": agreeing(judging.checked(rule), policy),
        **counted(rule, judging.households(), on=on),
    }


def counted(rule: Rule, household_ids: Iterable[int], *, on: date) -> Results:
    """What a rule says of these households or of who lives in them; numbers only, of nobody in particular.

    Out:  judged, eligible, not_eligible, unknown (households or persons, by the rule's unit); households
          (with somebody eligible); because {input: how many it keeps unknown}; districts {code: [eligible,
          judged]}; clauses [{text, holds, fails, alone (fails this one only), unknown_of}] in their order.
    """
    total: Counter[tuple[str, ...]] = Counter()
    for table in judging.judged(rule, household_ids, on=on, decides=False):
        total += _counts(table, len(judging.checked(rule).clauses))
    return {
        "judged": sum(total["answer", name] for name in ("eligible", "not_eligible", "unknown")),
        **{name: total["answer", name] for name in ("eligible", "not_eligible", "unknown")},
        "households": total["households",],
        "because": dict(_part(total, "because").most_common(BECAUSE_SHOWN)),
        "districts": {
            code: [total["eligible", code], number]
            for code, number in sorted(_part(total, "district").items())
        },
        "clauses": [
            {"text": clause.text, **{name: total[name, str(n)] for name in CLAUSE}}
            for n, clause in enumerate(judging.checked(rule).clauses, start=1)
        ],
    }


CLAUSE = ("holds", "fails", "alone", "unknown_of")


def _part(total: Mapping[tuple[str, ...], int], name: str) -> Counter[str]:
    """The counts of one kind."""
    return Counter({key[1]: number for key, number in total.items() if key[0] == name})


def _counts(table: pa.Table, clauses: int) -> Counter[tuple[str, ...]]:
    """Count the answers of one piece."""
    import pyarrow.compute as pc

    found: Counter[tuple[str, ...]] = Counter()
    is_eligible = pc.equal(table["answer"], "eligible")
    found.update({("answer", name): n for name, n in _values(table["answer"])})
    found.update({("district", code): n for code, n in _values(table["district"])})
    chosen = table.filter(is_eligible)
    found.update({("eligible", code): n for code, n in _values(chosen["district"])})
    found["households",] = pc.count_distinct(chosen["household_id"]).as_py()
    for text, n in _values(table.filter(pc.equal(table["answer"], "unknown"))["because"]):
        found.update({("because", name): n for name in text.split(",")})
    for number in range(1, clauses + 1):
        found.update(_of_clause(table, number, clauses))
    return found


def _of_clause(table: pa.Table, number: int, clauses: int) -> dict[tuple[str, ...], int]:
    """How often a clause holds, fails, fails alone, and is not known."""
    import pyarrow.compute as pc

    def tally(condition: Any) -> int:
        return int(pc.sum(condition).as_py() or 0)

    column = table[f"clause_{number}"]
    fails = pc.fill_null(pc.invert(column), False)
    alone = fails
    for other in range(1, clauses + 1):
        if other != number:
            alone = pc.and_(alone, pc.fill_null(table[f"clause_{other}"], False))
    kinds = {
        "holds": tally(pc.fill_null(column, False)),
        "fails": tally(fails),
        "alone": tally(alone),
        "unknown_of": column.null_count,
    }
    return {(name, str(number)): count for name, count in kinds.items()}


def _values(column: pa.ChunkedArray) -> list[tuple[str, int]]:
    return (
        [(row["values"].as_py(), row["counts"].as_py()) for row in column.value_counts()]
        if len(column)
        else []
    )


def agreeing(rule: CheckedRule, policy: Mapping[str, Decimal]) -> int:
    """How many made-up cases come out the same from the table's way and from the single one."""
    from saiban.calc import engine
    from saiban.calc.rules import answer_one, answers_sql

    cases = made_up(rule)
    connection = engine.connect(memory="1GB")
    try:
        connection.register("cases", cases)
        columns = engine.over(connection).table("cases").schema()
        told = answers_sql(rule, columns, relation="cases", policy=policy, key="case_id", explain=True)
        by_table = {row["case_id"]: row for row in connection.execute(told).to_arrow_table().to_pylist()}
    finally:
        connection.close()
    equal = 0
    for values in cases.to_pylist():
        one, row = answer_one(rule, values, policy=policy), by_table[values["case_id"]]
        clauses = [row[f"clause_{number}"] for number in range(1, len(rule.clauses) + 1)]
        equal += (one.answer, ",".join(one.because), [clause.holds for clause in one.clauses]) == (
            row["answer"],
            row["because"],
            clauses,
        )
    return equal


def made_up(rule: CheckedRule) -> pa.Table:
    """Cases drawn within the limits of the dictionary; a twentieth of the answers are not known."""
    import numpy as np
    import pyarrow as pa

    from saiban.calc.rules import known_fields

    generator, known = np.random.default_rng(SEED), known_fields(rule.unit)
    columns = {"case_id": pa.array(range(CASES), pa.int64())}
    for name in rule.inputs:
        drawing = _decimals if known[name].type == "decimal" else drawn
        columns[name] = drawing(known[name], generator, width=WIDEST)
    return pa.table(columns)


def _decimals(field: DictionaryField, generator: Any, *, width: int) -> pa.Array:
    """Decimals within the limits of a field, in steps of a quarter; a twentieth is not known."""
    import pyarrow as pa

    low = field.minimum or 0
    high = min(field.maximum if field.maximum is not None else width, low + width)
    numbers = [Decimal(int(quarter)) / 4 for quarter in generator.integers(low * 4, high * 4 + 1, CASES)]
    return pa.array(numbers, pa.decimal128(12, field.places), mask=generator.random(CASES) < 0.05)


def nobody_or_nearly_all(results: Mapping[str, Any]) -> bool:
    """Whether a rule selects nobody, or more than 95 in 100: mostly a slip, so it is asked twice."""
    eligible, whole = int(results["eligible"]), int(results["judged"])
    return eligible == 0 or eligible > NEARLY_ALL * whole
