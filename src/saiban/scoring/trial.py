"""The trial of a scorecard before it may be approved: does it calculate alike in both ways, and what would it
say?"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from saiban.data.dictionary import DictionaryField, fields
from saiban.registry import copying
from saiban.registry.emptied import LIVED_IN
from saiban.scoring import computing

if TYPE_CHECKING:
    import pyarrow as pa

    from saiban.calc.scorecard import Scorecard as Definition

CASES, SEED = 500, 20260701
SAMPLE = 50_000  # households of the registry that a trial reads at most
Results = dict[str, Any]


def try_out(card: Definition) -> Results:
    """Score made-up households in both ways, and the registry's by this card.

    Out:  on (ISO date), cases, equal (of the made-up ones: how many came out the same to the last digit),
    households,
          scored, bands {band: count}, missing {field: count}, deciles [score at 0, 10 … 100 %].
    """
    answers = made_up(card)
    return {
        "on": timezone.localdate().isoformat(),
        "cases": CASES,
        "equal": _equal(card, answers),
        **_on_registry(card),
    }


def made_up(card: Definition) -> pa.Table:
    """Households drawn within the limits of the dictionary; a twentieth of the answers are not known."""
    import numpy as np
    import pyarrow as pa

    generator = np.random.default_rng(SEED)
    columns = {"household_id": pa.array(range(CASES), pa.int64())}
    for code in card.inputs:
        columns[code] = drawn(fields("household")[code], generator)
    return pa.table(columns)


def drawn(field: DictionaryField, generator: Any, *, width: int = 30) -> pa.Array:
    """Answers of a field for every case, within its limits; numbers at most ``width`` above the least."""
    import pyarrow as pa

    unknown = generator.random(CASES) < 0.05
    if field.type == "bool":
        return pa.array(generator.random(CASES) < 0.5, pa.bool_(), mask=unknown)
    if field.type == "string":
        chosen = generator.choice(list(field.answers), CASES)
        return pa.array([str(answer) for answer in chosen], pa.string(), mask=unknown)
    low = field.minimum or 0
    high = min(field.maximum if field.maximum is not None else 100, low + width)
    numbers = pa.array(generator.integers(low, high + 1, CASES), pa.int64(), mask=unknown)
    return numbers if field.type == "int" else numbers.cast(pa.decimal128(19, 0)).cast(pa.decimal128(22, 3))


def _equal(card: Definition, answers: pa.Table) -> int:
    """How many households have the same score, band and prediction from the table's way and from the single
    one."""
    from saiban.calc.scorecard import score_one

    bands = computing.limits(decides=False)
    by_table = {row["household_id"]: row for row in computing.score_table(card, answers, bands).to_pylist()}
    equal = 0
    for values in answers.to_pylist():
        one, row = score_one(values, card, bands=bands), by_table[values["household_id"]]
        equal += (one.prediction, one.score, one.band) == (row["prediction"], row["score"], row["band"])
    return equal


def _on_registry(card: Definition) -> Results:
    """What the card says of the registry's households: the first ``SAMPLE`` of them where it is larger."""
    found = copying.rows_of(
        f"select p.household_id from registry_profile p where {LIVED_IN} order by 1 limit %s",  # noqa: S608 our own words
        [SAMPLE],
    )
    bands: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    scores = []
    for chunk in copying.in_chunks((row[0] for row in found), computing.CHUNK):
        scored = computing.score_profiles(card, chunk)
        bands.update(scored["band"].to_pylist())
        missing.update(code for text in scored["missing"].to_pylist() if text for code in text.split(","))
        scores += [score for score in scored["score"].to_pylist() if score is not None]
    return {
        "households": len(found),
        "scored": len(scores),
        "bands": dict(bands),
        "missing": dict(missing.most_common(10)),
        "deciles": deciles(sorted(scores)),
    }


def deciles(scores: list[Any]) -> list[str]:
    """The scores at 0, 10 … 100 % of a sorted list, as text; empty for none.

    >>> deciles([1, 2, 3])
    ['1', '1', '1', '1', '2', '2', '2', '2', '3', '3', '3']
    """
    last = len(scores) - 1
    return [str(scores[round(last * tenth / 10)]) for tenth in range(11)] if scores else []
