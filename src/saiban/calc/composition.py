"""Fields of a household that follow from its members: counts by age, the head, schooling and work.

What is not known of a member makes the count unknown (null), it is never left out of it: a household that
does not tell the age of one of its members has no known number of children under 5.

Ages are completed years on the reference day. School age is 5 to 16 (the ages of free and compulsory
education in Article 25-A of the Constitution; the survey's own children of school age never exceed those of 5
to 17). Work is asked of members of 10 years and over, as the survey does.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

SCHOOL_AGES = (5, 16)
SCHOOLING_ASKED_FROM = 5
WORK_ASKED_FROM = 10
WORK_FIELDS = {
    "workers_paid": "paid",
    "workers_self_employed": "self_employed",
    "workers_cultivator": "cultivator",
    "workers_sharecropper": "sharecropper",
}


def age_on(birth_date: ir.DateValue, day: ir.DateValue) -> ir.IntegerValue:
    """Completed years; a birthday counts from its own day."""
    return (_as_number(day) - _as_number(birth_date)) // 10_000


def _as_number(day: ir.DateValue) -> ir.IntegerValue:
    """20260731 for 31 July 2026: a difference of such numbers holds the years in its ten-thousands."""
    return day.year().cast("int64") * 10_000 + day.month().cast("int64") * 100 + day.day().cast("int64")


def with_age(members: ir.Table, *, on: date | str) -> ir.Table:
    """Add the age from ``birth_date``, on one day for all or on the day in a column (the day of the
    interview).
    """
    day = members[on] if isinstance(on, str) else ibis.literal(on, "date")
    return members.mutate(age=age_on(members.birth_date, day))


def composition(members: ir.Table, *, key: str = "household_id") -> ir.Table:
    """Count the members of each household into the composition fields of the dictionary.

    In:      members  one row per member; the key; age int64 (see ``with_age``), sex, relation, work_status
             strings, schooling_years int64, in_school and unskilled_work boolean; all nullable.
    Out:     one row per household: the key and every field of the dictionary with ``composition: true``, null
             where a member's answer is missing that the count needs. Head fields are null without exactly one
             head.
    Source:  docs/algorithms/composition.md.
    """
    described = _described(members)
    counted = described.group_by(key).aggregate(
        **_ages(described), **_head(described), **_schooling(described), **_work(described)
    )
    return counted.mutate(children_5_13_all_in_school=_all_in_school(counted)).drop("out_of_school_5_13_")


def _described(members: ir.Table) -> ir.Table:
    age = members.age
    is_old_enough = (age >= WORK_ASKED_FROM).fill_null(True)
    works = ibis.cases((age < WORK_ASKED_FROM, False), else_=members.work_status != "none")
    woman = (members.sex == "female") & members.relation.isin(["head", "spouse"])
    return members.mutate(
        works_=works,
        is_asked_work_=is_old_enough,
        is_pupil_age_=_within(age, *SCHOOL_AGES),
        is_head_=(members.relation == "head").fill_null(False),
        is_lady_=woman.fill_null(False),
    )


def _within(age: ir.IntegerValue, least: int, most: int) -> ir.BooleanValue:
    """Both ends included; not ``between``, whose null test Spark cannot read as Ibis writes it."""
    return (age >= least) & (age <= most)


def _count(condition: ir.BooleanValue) -> ir.IntegerValue:
    """How many members fulfil it; null where one of them does not tell."""
    known = condition.cast("int64")
    return ibis.ifelse(condition.isnull().any(), ibis.null("int64"), known.sum())


def _ages(members: ir.Table) -> dict[str, ir.Value]:
    age = members.age
    return {
        "household_size": members.count(),
        "members_under_5": _count(age < 5),
        "members_0_13": _count(age <= 13),
        "members_5_17": _count(_within(age, 5, 17)),
        "members_18_64": _count(_within(age, 18, 64)),
        "members_65_plus": _count(age >= 65),
    }


def _head(members: ir.Table) -> dict[str, ir.Value]:
    is_head = members.is_head_
    has_one = is_head.cast("int64").sum() == 1

    def of_head(value: ir.Value) -> ir.Value:
        return ibis.ifelse(has_one, value.max(where=is_head), ibis.null(value.type()))

    woman = of_head((members.sex == "female").cast("int64")) == 1
    return {
        "head_female": woman,
        "head_age": of_head(members.age),
        "head_schooling_years": of_head(members.schooling_years),
        "female_head_or_spouse_schooling": ibis.cases(
            (members.is_lady_.cast("int64").sum() == 0, "no_woman"),
            (members.schooling_years.max(where=members.is_lady_) >= 1, "class_1_or_higher"),
            else_="none",
        ),
    }


def _schooling(members: ir.Table) -> dict[str, ir.Value]:
    is_unknown = members.schooling_years.isnull() & (members.age >= SCHOOLING_ASKED_FROM).fill_null(True)
    in_school = ibis.cases(
        (members.is_pupil_age_ == False, False),  # noqa: E712
        else_=members.is_pupil_age_ & members.in_school,
    )
    is_5_to_13 = _within(members.age, 5, 13)
    out_of_school = ibis.cases((is_5_to_13 == False, False), else_=is_5_to_13 & (members.in_school == False))  # noqa: E712
    highest = members.schooling_years.max().fill_null(0)
    return {
        "max_schooling_years": ibis.ifelse(is_unknown.any(), ibis.null("int64"), highest),
        "children_school_age": _count(members.is_pupil_age_),
        "children_in_school": _count(in_school),
        "out_of_school_5_13_": _count(out_of_school),
    }


def _all_in_school(counted: ir.Table) -> ir.BooleanValue:
    return counted.out_of_school_5_13_ == 0


def _work(members: ir.Table) -> dict[str, ir.Value]:
    def working(condition: ir.BooleanValue) -> ir.BooleanValue:
        return ibis.cases((members.works_ == False, False), else_=members.works_ & condition)  # noqa: E712

    counts = {code: _count(working(members.work_status == status)) for code, status in WORK_FIELDS.items()}
    return {
        "workers": _count(members.works_),
        **counts,
        "workers_elementary": _count(working(members.unskilled_work)),
    }
