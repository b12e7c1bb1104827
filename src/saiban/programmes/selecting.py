"""Who of a cycle's candidates gets a place: an order that everyone can check, cut where the budget ends.

What it does in words: docs/algorithms/selection.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

LOTTERY_DIGITS = 16
NO_BOUND = 1_000_000
COLUMNS = ("household_id", "person_id", "outcome", "rank", "lottery")


def select(candidates: ir.Table, *, places: int, seed: str) -> ir.Table:
    """Put candidates into line and say what becomes of each.

    In:      candidates  one row per household and person (``person_id`` null: the household as such):
             household_id, person_id int64; score decimal(9,4), lower = poorer, null = not scored;
             household_size int64, null = not known; answer "eligible" | "unknown";
             held  "" | "renewal" (has a running place of this scheme: keeps it) | "other" (has a place that
             this cycle cannot pay: suspended, or of a department's list); barred  bool: has a place elsewhere
             that excludes this one; room int64, null = no bound: how many more places of this scheme the caps
             leave to the household.
    Units:   places = how many the budget pays for the whole cycle.
    Out:     ``COLUMNS``: outcome "selected" | "enrolled" | "no_budget" | "overlap" | "unknown"; rank 1 … n in
             line, null for who does not stand in it; lottery, hexadecimal. Independent of the order of rows.
    Source:  docs/algorithms/selection.md.
    """
    import ibis

    drawn = candidates.mutate(lottery=_lottery(candidates, seed))
    sorted_out = drawn.mutate(standing=_standing(drawn))
    is_fresh = sorted_out.standing == "fresh"
    of_home = ibis.window(group_by=["household_id", "standing"], order_by=_order(sorted_out))
    turn = ibis.row_number().over(of_home) + 1
    room = sorted_out.room.fill_null(NO_BOUND)
    turned = sorted_out.mutate(standing=ibis.ifelse(is_fresh & (turn > room), "overlap", sorted_out.standing))
    in_line = turned.standing.isin(["renewal", "fresh"])
    line = ibis.window(group_by=in_line, order_by=[turned.standing == "fresh", *_order(turned)])
    rank = ibis.ifelse(in_line, ibis.row_number().over(line) + 1, ibis.null("int64"))
    placed = turned.mutate(rank=rank)
    outcome = ibis.cases(
        (placed.rank > places, "no_budget"),
        (placed.standing == "fresh", "selected"),
        (placed.standing == "renewal", "enrolled"),
        (placed.standing == "other", "enrolled"),
        else_=placed.standing,
    )
    return placed.mutate(outcome=outcome).select(*COLUMNS)


def _lottery(rows: ir.Table, seed: str) -> ir.StringValue:
    """The first digits of SHA-256 over seed, household and person."""
    import ibis

    person = ibis.coalesce(rows.person_id.cast("string"), ibis.literal(""))
    text = ibis.literal(f"{seed}:") + rows.household_id.cast("string") + ":" + person
    digits: ir.StringValue = text.hexdigest("sha256").left(LOTTERY_DIGITS)
    return digits


def _standing(rows: ir.Table) -> ir.StringValue:
    """In line as one who renews or as a newcomer, or why not."""
    import ibis

    words: ir.StringValue = ibis.cases(
        (rows.held == "other", "other"),
        (rows.answer == "unknown", "unknown"),
        (rows.held == "renewal", "renewal"),
        (rows.barred, "overlap"),
        else_="fresh",
    )
    return words


def _order(rows: ir.Table) -> list[ir.Value]:
    """Poorest first, then the larger household, then the lottery; who is not scored comes last."""
    return [
        rows.score.isnull(),
        rows.score,
        -rows.household_size.fill_null(0),
        rows.lottery,
        rows.household_id,
        rows.person_id.fill_null(0),
    ]


def select_table(candidates: pa.Table, *, places: int, seed: str) -> pa.Table:
    """``select`` over an Arrow table, in DuckDB."""
    import ibis

    from saiban.calc import engine

    connection = engine.connect(memory="1GB")
    try:
        connection.register("candidates", candidates)
        chosen_from = engine.over(connection).table("candidates")
        query = str(ibis.to_sql(select(chosen_from, places=places, seed=seed), dialect="duckdb"))
        chosen: pa.Table = connection.execute(query).to_arrow_table()
    finally:
        connection.close()
    return chosen


def places_within(budget_paisa: int, cost_paisa: int) -> int:
    """How many places a budget pays for the whole cycle.

    >>> places_within(1_000, 300)
    3
    """
    return budget_paisa // cost_paisa
