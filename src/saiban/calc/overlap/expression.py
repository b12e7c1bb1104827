"""Overlaps of a set of enrolments as one expression."""

from collections.abc import Collection, Sequence
from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from saiban.calc.overlap.policy import ALL, Cap, Level, OverlapPolicy, Pair, pairs

COLUMNS = (
    "kind",
    "level",
    "policy",
    "person_id",
    "household_id",
    "left_id",
    "right_id",
    "left_scheme",
    "right_scheme",
    "from_on",
    "yearly_paisa",
    "total_paisa",
    "enrolments",
)
LEVELS: tuple[Level, ...] = ("person", "household")
PAIR = dt.dtype("array<struct<left_code: string, right_code: string, policy: string>>")


def overlaps(
    enrolments: ir.Table, policy: OverlapPolicy, *, on: date, schemes: Collection[str] = ()
) -> ir.Table:
    """Find who is in one scheme twice, in two that exclude each other, or above a cap, on a day.

    In:      enrolments  one row per enrolment; enrolment_id (unique), scheme string, unit string ("person" or
             "household": whose place it is; as a person's where the household is not known), person_id and
             household_id (null = it is not known who that is),
             starts_on date, ends_on date (that day excluded; null = open), yearly_paisa int64 (0 in kind).
             Ids are of any type that can be ordered. Only enrolments that are open on ``on`` count.
             schemes     the codes that ``all`` in an exclusion stands for, beside those of the policy.
    Units:   paisa a year.
    Out:     ``COLUMNS``, one row per (kind, policy, left_id, right_id), in no order. kind "twice" (policy
             ""), "exclusive" or "cap"; level "person" or "household", and who it is: at level household
             person_id is null. left_id < right_id. from_on: open together since. yearly_paisa: what ending
             one would save, the lesser of the two; for a cap what is above it. total_paisa and enrolments
             of a cap (null for the others), left_id the first of those counted, the right ones empty.
             Of n enrolments of one person in one scheme, n - 1 rows: each with the one of the lowest id.
    Source:  docs/algorithms/overlaps.md.
    """
    open_ = _open_on(enrolments, on)
    in_force = pairs(policy, on=on, schemes=schemes)
    found = [_twice(open_, level) for level in LEVELS]
    for level in LEVELS:
        exclusive = [pair for pair in in_force if pair.level == level]
        if exclusive:
            found.append(_exclusive(open_, level, exclusive))
    found += [_above(open_, cap) for cap in policy.caps if cap.holds_on(on)]
    return ibis.union(*found)


def _open_on(enrolments: ir.Table, on: date) -> ir.Table:
    day = ibis.literal(on, "date")
    ends_on = enrolments.ends_on
    is_open = (enrolments.starts_on <= day) & (ends_on.isnull() | (ends_on > day))
    columns = ["enrolment_id", "scheme", "unit", "person_id", "household_id", "starts_on", "yearly_paisa"]
    open_ = enrolments.filter(is_open).select(columns)
    # a household's place whose household nobody knows is told apart by the person who was named
    return open_.mutate(unit=ibis.ifelse(open_.household_id.isnull(), "person", open_.unit))


def _key(level: Level) -> str:
    return f"{level}_id"


def _twice(open_: ir.Table, level: Level) -> ir.Table:
    """Each later enrolment of one unit in one scheme beside the first."""
    key = _key(level)
    of_unit = open_.filter((open_.unit == level) & open_[key].notnull())
    several = of_unit.group_by([key, "scheme"]).having(of_unit.count() > 1)
    firsts = several.aggregate(first_id=of_unit.enrolment_id.min())
    numbered = of_unit.join(firsts, [key, "scheme"])
    later = numbered.filter(numbered.enrolment_id != numbered.first_id)
    first = of_unit.view()
    joined = first.join(later, first.enrolment_id == later.first_id, rname="right_{name}")
    return _rows(joined, level, kind="twice", policy=ibis.literal(""))


def _exclusive(open_: ir.Table, level: Level, exclusive: Sequence[Pair]) -> ir.Table:
    """Every two enrolments of one person or household whose schemes make a pair of the policy."""
    key = _key(level)
    codes = sorted({code for pair in exclusive for code in (pair.left, pair.right)})
    concerned = open_.filter(open_.scheme.isin(codes) & open_[key].notnull())
    other = concerned.view()
    same = [concerned[key] == other[key], concerned.enrolment_id < other.enrolment_id]
    both = concerned.join(other, same, rname="right_{name}")
    table = _pair_table(exclusive)
    is_pair = [both.scheme == table.left_code, both.right_scheme == table.right_code]
    joined = both.join(table, is_pair)
    return _rows(joined, level, kind="exclusive", policy=joined.policy)


def _pair_table(exclusive: Sequence[Pair]) -> ir.Table:
    """The pairs in both orders, for either scheme may have the lower id; a literal, so that SQL holds it."""
    rows = [
        {"left_code": left, "right_code": right, "policy": pair.policy}
        for pair in exclusive
        for left, right in ((pair.left, pair.right), (pair.right, pair.left))
    ]
    table = ibis.literal(rows, type=PAIR).unnest().name("pair").as_table()
    return table.select(**{name: table.pair[name] for name in ("left_code", "right_code", "policy")})


def _rows(joined: ir.Table, level: Level, *, kind: str, policy: ir.StringValue) -> ir.Table:
    """The columns of the answer from two enrolments side by side."""
    return joined.select(
        kind=ibis.literal(kind),
        level=ibis.literal(level),
        policy=policy,
        **_whose(joined, level),
        left_id=joined.enrolment_id,
        right_id=joined.right_enrolment_id,
        left_scheme=joined.scheme,
        right_scheme=joined.right_scheme,
        from_on=ibis.greatest(joined.starts_on, joined.right_starts_on),
        yearly_paisa=ibis.least(joined.yearly_paisa, joined.right_yearly_paisa).cast("int64"),
        total_paisa=ibis.null("int64"),
        enrolments=ibis.null("int64"),
    )


def _whose(joined: ir.Table, level: Level) -> dict[str, ir.Value]:
    if level == "household":
        return {"person_id": ibis.null(joined.person_id.type()), "household_id": joined.household_id}
    households = ibis.coalesce(joined.household_id, joined.right_household_id)
    return {"person_id": joined.person_id, "household_id": households}


def _above(open_: ir.Table, cap: Cap) -> ir.Table:
    """Those whose enrolments in the schemes of a cap come to more than it a year, one row for each."""
    key = _key(cap.level)
    counted = open_.filter(open_[key].notnull())
    if cap.schemes != ALL:
        counted = counted.filter(counted.scheme.isin(cap.schemes))
    total = counted.yearly_paisa.sum()
    above = counted.group_by(key).having(total > cap.yearly_paisa).aggregate()
    theirs = counted.semi_join(above, key)
    summed = theirs.group_by(key).aggregate(
        total_paisa=theirs.yearly_paisa.sum().cast("int64"),
        enrolments=theirs.count().cast("int64"),
        first_id=theirs.enrolment_id.min(),
        from_on=theirs.starts_on.max(),
    )
    first = theirs.select("enrolment_id", "scheme", other_household_id="household_id")
    joined = summed.join(first, summed.first_id == first.enrolment_id)
    return joined.select(
        kind=ibis.literal("cap"),
        level=ibis.literal(cap.level),
        policy=ibis.literal(cap.code),
        person_id=joined.person_id if cap.level == "person" else ibis.null(open_.person_id.type()),
        household_id=joined.other_household_id,
        left_id=joined.first_id,
        right_id=ibis.null(open_.enrolment_id.type()),
        left_scheme=joined.scheme,
        right_scheme=ibis.literal(""),
        from_on=joined.from_on,
        yearly_paisa=joined.total_paisa - cap.yearly_paisa,
        total_paisa=joined.total_paisa,
        enrolments=joined.enrolments,
    )
