"""What the demo shows: counts, seconds, and how well the scores find the poor, against the hidden truth."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

LATEST_SQL = """
select s.household_id, c.code, s.score
from (select distinct on (household_id, scorecard_id) household_id, scorecard_id, score
      from scoring_score order by household_id, scorecard_id, id desc) s
join scoring_scorecard c on c.id = s.scorecard_id
"""
NAMES_SQL = """
select k.token, l.household_id from intake_sourcekey k
join registry_link l on l.subject_id = k.subject_id and l.undone_at is null
where k.namespace = %s and l.household_id is not null
"""


@dataclass(frozen=True)
class Errors:
    """Targeting errors of a scorecard at the quota of the truly poorest: shares of 1."""

    scorecard: str
    quota: str
    exclusion: float
    households: int


def consumption_by_household(truth: Path, namespace: str) -> dict[int, int]:
    """Match the hidden truth to our households by the survey's own number. Values: paisa a month per
    adult.
    """
    import pyarrow.parquet as pq
    from django.db import connection

    from saiban.core.seal import token

    table = pq.read_table(truth, columns=["household_no", "consumption_paisa"])
    by_token = {
        token(namespace, number): paisa
        for number, paisa in zip(
            table["household_no"].to_pylist(), table["consumption_paisa"].to_pylist(), strict=True
        )
    }
    with connection.cursor() as cursor:
        cursor.execute(NAMES_SQL, [namespace])
        return {
            household: by_token[bytes(key)] for key, household in cursor.fetchall() if bytes(key) in by_token
        }


def targeting(
    consumption: dict[int, int], quotas: tuple[str, ...] = ("0.20", "0.30", "0.40")
) -> list[Errors]:
    """Compare the poorest by score with the poorest by truth, for each scorecard and quota."""
    import ibis

    from saiban.calc.metrics import errors_at_quota

    found = []
    for code, judged in _judged(consumption).items():
        table = ibis.memtable(judged)
        found += [
            Errors(
                code, quota, float(errors_at_quota(table, quota=Decimal(quota)).exclusion), judged.num_rows
            )
            for quota in quotas
        ]
    return found


def _judged(consumption: dict[int, int]) -> dict[str, pa.Table]:
    """Scores beside the truth, a table for each scorecard: household_id, score, consumption, weight."""
    import pyarrow as pa
    from django.db import connection

    rows: dict[str, list[dict[str, Any]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(LATEST_SQL)
        for household, code, score in cursor.fetchall():
            if household in consumption:
                row = {
                    "household_id": household,
                    "score": score,
                    "consumption": consumption[household],
                    "weight": 1,
                }
                rows.setdefault(code, []).append(row)
    schema = pa.schema(
        [
            ("household_id", pa.int64()),
            ("score", pa.decimal128(9, 4)),
            ("consumption", pa.int64()),
            ("weight", pa.int64()),
        ]
    )
    return {code: pa.Table.from_pylist(rows[code], schema=schema) for code in sorted(rows)}


def counts() -> dict[str, int]:
    """Count what the registry holds."""
    from saiban.core.models import Audit
    from saiban.intake.models import RejectedRow, Subject
    from saiban.programmes.models import Enrolment, Entitlement, Overlap
    from saiban.registry.models import Household, Identifier, Person, Profile
    from saiban.scoring.models import Score

    tables: dict[str, Any] = {
        "households": Household,
        "persons": Person,
        "identifiers": Identifier,
        "subjects spoken of": Subject,
        "rejected rows": RejectedRow,
        "profiles": Profile,
        "scores": Score,
        "places in schemes": Enrolment,
        "overlaps": Overlap,
        "entitlements": Entitlement,
        "audit rows": Audit,
    }
    return {words: model.objects.count() for words, model in tables.items()}


def write(folder: Path, figures: dict[str, Any]) -> None:
    """Write report.json and report.md."""
    (folder / "report.json").write_text(json.dumps(figures, indent=2, default=str) + "\n")
    (folder / "report.md").write_text(markdown(figures))


def of_batch(batch: Any) -> dict[str, Any]:
    """Give a batch as figures."""
    return {
        "source": batch.source.code,
        "rows": batch.rows,
        "rejected": batch.rejected_rows,
        "subjects": batch.subjects,
        "outcome": batch.outcome,
    }


def markdown(figures: dict[str, Any]) -> str:
    """Say the same in tables."""
    parts = [f"# The demo\n\n{figures['made_at']} · {figures['households']:,} synthetic households"]
    parts.append(
        _table("What is there", ("what", "count"), [(w, f"{c:,}") for w, c in figures["counts"].items()])
    )
    parts.append(
        _table(
            "Batches", ("source", "rows", "rejected", "subjects", "outcome"), map(_batch, figures["batches"])
        )
    )
    parts.append(_table("Seconds", ("step", "s"), [(s, f"{t:.1f}") for s, t in figures["seconds"].items()]))
    pairs = zip(figures["targeting_before"], figures["targeting_after"], strict=True)
    rows = [
        (b["scorecard"], f"{Decimal(b['quota']):.0%}", f"{b['exclusion']:.3f}", f"{a['exclusion']:.3f}")
        for b, a in pairs
    ]
    parts.append(
        _table(
            "Targeting errors against the hidden truth",
            ("scorecard", "quota", "before the feeds", "after"),
            rows,
        )
    )
    parts.append(
        "An error is the share of the truly poorest that the score misses, "
        "when as many are chosen as are truly poorest."
    )
    parts += [_doubles(figures["doubles"]), _programme(figures)]
    return "\n\n".join(parts) + "\n"


def _doubles(doubles: dict[str, int]) -> str:
    found = Decimal(doubles["found"]) / max(1, doubles["planted"])
    row = (f"{doubles['planted']:,}", f"{found:.1%}", f"{doubles['false']:,}", f"{doubles['natural']:,}")
    head = ("planted by number", "found", "false", "true, though not planted")
    return _table("Double benefits against the hidden truth", head, [row])


def _programme(figures: dict[str, Any]) -> str:
    rows = [(what, f"{count:,}") for what, count in figures["programme"]["counts"].items()]
    errors = [
        (
            row["group"],
            f"{row['chosen']:,}",
            f"{row['should']:,}",
            f"{row['inclusion']:.3f}",
            f"{row['exclusion']:.3f}",
        )
        for row in figures["programme_targeting"]
    ]
    head = ("persons", "how many", "truly aged and poorest fifth", "inclusion error", "exclusion error")
    pay_list = figures["programme"]["pay_list"]
    return "\n\n".join(
        [
            _table("The scheme run here", ("what", "count"), rows),
            f"List to pay: {pay_list['path']}, SHA-256 of the approved list {pay_list['digest']}",
            _table("Its errors against the hidden truth", head, errors),
        ]
    )


def _table(title: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return f"## {title}\n\n" + "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _batch(batch: dict[str, Any]) -> tuple[str, ...]:
    counted = {
        step: {name: value for name, value in counts.items() if isinstance(value, int) and value}
        for step, counts in batch["outcome"].items()
    }
    outcome = "; ".join(
        f"{step}: " + ", ".join(f"{name.replace('_', ' ')} {value:,}" for name, value in counts.items())
        for step, counts in counted.items()
        if counts
    )
    return batch["source"], f"{batch['rows']:,}", f"{batch['rejected']:,}", f"{batch['subjects']:,}", outcome
