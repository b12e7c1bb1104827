"""From what sources said to what holds: for each subject and field, the newest word of every source, in
order.

The same expression serves a batch of millions and one subject.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from saiban.calc.precedence import UNRANKED

AHEAD, ORDINARY, BEHIND = 0, 1, 2
OBSERVATION_COLUMNS = (
    "subject_id", "field", "value", "source", "self_report", "observed_on", "received_at", "observation_id",
)  # fmt: skip


def resolved(observations: ir.Table, precedence: ir.Table, *, on: date) -> ir.Table:
    """Put the newest word of each source in order, per subject and field.

    In:      observations  one row per fact: subject_id, field string, value string (JSON text: ``12``,
             ``"piped"``, ``true``), source string, self_report boolean, observed_on date, received_at
             timestamp, observation_id int64 (unique per fact of a field); facts observed after ``on`` are not
             heard. precedence  ``Precedence.table(on=on)``: field, source (one row each), rank, oldest_on,
             need_when.
    Out:     one row per subject, field and source: the columns of observations, and
             place int64       1 holds, 2 … stand behind it in this order
             too_old boolean   older than the field's greatest age: loses against every younger one
             disagrees boolean within the greatest age and another value than the one that holds; of the one
             that
                               holds: some other one disagrees. Never null.
    Order:   not too old; a self-report that raises need and is no older than the checked value, and last one
             that lowers it (see below); rank; observed_on, received_at, observation_id, the newest first: a
             total order.
    Checked: the value that would hold without self-reports, if it is not too old. A self-report goes ahead of
             it or stays behind it by the field's need_when; without a checked value or a direction, ranks
             alone decide.
    Source:  docs/algorithms/resolution.md.
    """
    newest = _newest_of_each_source(observations, on)
    ranked = _ranked(newest, precedence)
    urgent = _with_urgency(_with_checked(ranked))
    placed = urgent.mutate(place=_row_number(urgent, [urgent.too_old, urgent.urgency_, urgent.rank_]))
    return _with_disagreement(placed).select(*OBSERVATION_COLUMNS, "place", "too_old", "disagrees")


def _newest_first(table: ir.Table) -> list[ir.Value]:
    return [table.observed_on.desc(), table.received_at.desc(), table.observation_id.desc()]


def _newest_of_each_source(observations: ir.Table, on: date) -> ir.Table:
    heard = observations.filter(observations.observed_on <= ibis.literal(on, "date"))
    window = ibis.window(group_by=["subject_id", "field", "source"], order_by=_newest_first(heard))
    numbered = heard.mutate(turn_=ibis.row_number().over(window))
    return numbered.filter(numbered.turn_ == 0).drop("turn_")


def _ranked(newest: ir.Table, precedence: ir.Table) -> ir.Table:
    """Add rank, age and direction; age and direction are the field's, for sources too that have no rank."""
    limits = precedence.group_by("field").aggregate(
        oldest_on=precedence.oldest_on.max(), need_when=precedence.need_when.max()
    )
    ranks = precedence.select("field", "source", "rank")
    joined = newest.left_join(ranks, ["field", "source"]).drop("field_right", "source_right")
    joined = joined.left_join(limits, "field")
    return joined.mutate(
        rank_=joined["rank"].fill_null(UNRANKED),
        too_old=(joined.observed_on < joined.oldest_on).fill_null(False),
    ).select(*OBSERVATION_COLUMNS, "rank_", "too_old", "need_when")


def _row_number(table: ir.Table, first: list[ir.Value], *also_by: str) -> ir.IntegerValue:
    group = ["subject_id", "field", *also_by]
    return ibis.row_number().over(ibis.window(group_by=group, order_by=[*first, *_newest_first(table)])) + 1


def _with_checked(table: ir.Table) -> ir.Table:
    """Add value and day of what would hold without self-reports, to every row of the subject's field."""
    turn = table.mutate(turn_=_row_number(table, [table.too_old, table.rank_], "self_report"))
    is_checked = (turn.turn_ == 1) & (turn.self_report == False) & (turn.too_old == False)  # noqa: E712
    everyone = ibis.window(group_by=["subject_id", "field"])
    return turn.mutate(
        checked_=ibis.ifelse(is_checked, turn.value, ibis.null("string")).max().over(everyone),
        checked_on_=ibis.ifelse(is_checked, turn.observed_on, ibis.null("date")).max().over(everyone),
    )


def _with_urgency(table: ir.Table) -> ir.Table:
    raises, lowers = _moves_need(table)
    applies = table.self_report & table.checked_.notnull() & (table.too_old == False)  # noqa: E712
    return table.mutate(
        urgency_=ibis.cases(
            (applies & raises & (table.observed_on >= table.checked_on_), AHEAD),
            (applies & lowers, BEHIND),
            else_=ORDINARY,
        )
    )


def _moves_need(table: ir.Table) -> tuple[ir.BooleanValue, ir.BooleanValue]:
    """Does the value say more need than the checked one, or less?"""
    need, value, checked = table.need_when, table.value, table.checked_
    is_bool, differs = need.isin(["true", "false"]), value != checked
    number, checked_number = _number(value), _number(checked)
    is_above, is_below = number > checked_number, number < checked_number
    raises = (
        (is_bool & differs & (value == need))
        | ((need == "higher") & is_above)
        | ((need == "lower") & is_below)
    )
    lowers = (
        (is_bool & differs & (checked == need))
        | ((need == "higher") & is_below)
        | ((need == "lower") & is_above)
    )
    return raises.fill_null(False), lowers.fill_null(False)


def _number(value: ir.StringValue) -> ir.DecimalValue:
    """A number of JSON text, a decimal in quotes too; null for words."""
    return value.replace('"', "").try_cast("decimal(18,6)")


def _with_disagreement(table: ir.Table) -> ir.Table:
    everyone = ibis.window(group_by=["subject_id", "field"])
    holding = table.mutate(
        holds_=ibis.ifelse(table.place == 1, table.value, ibis.null("string")).max().over(everyone)
    )
    others = holding.mutate(differs_=(holding.too_old == False) & (holding.value != holding.holds_))  # noqa: E712
    anyone = others.differs_.any().over(everyone)
    return others.mutate(disagrees=ibis.ifelse(others.place == 1, anyone, others.differs_))


def lifted(person_observations: ir.Table, members: ir.Table) -> ir.Table:
    """Facts said of persons that are facts of their household: a motorcycle of one member is the household's.

    In:      person_observations  columns as for ``resolved``, of household fields, subject_id = the person's.
             members  person_id, household_id: who belongs where now; one row per person.
    Out:     the columns of ``resolved``'s observations with subject_id = household_id, one row per household,
             field and source: of the newest words about its members any true one wins, else the newest.
    """
    newest = _newest_of_each_source(person_observations, date.max)
    of_household = newest.inner_join(members, newest.subject_id == members.person_id)
    window = ibis.window(
        group_by=["household_id", "field", "source"],
        order_by=[(of_household.value == "true").desc(), *_newest_first(of_household)],
    )
    numbered = of_household.mutate(turn_=ibis.row_number().over(window))
    chosen = numbered.filter(numbered.turn_ == 0)
    return chosen.mutate(subject_id=chosen.household_id).select(*OBSERVATION_COLUMNS)
