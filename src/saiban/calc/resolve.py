"""From what sources said to what holds: for each subject and field, the newest word of every source, in
order.

The same expression serves a batch of millions and one subject.
"""

from collections.abc import Mapping
from datetime import date

import ibis
import ibis.expr.types as ir

from saiban.calc.precedence import UNRANKED, Window

AHEAD, ORDINARY, BEHIND = 0, 1, 2
OBSERVATION_COLUMNS = (
    "subject_id", "field", "value", "source", "self_report", "observed_on", "received_at", "observation_id",
)  # fmt: skip
WORD_COLUMNS = (*OBSERVATION_COLUMNS, "heard", "since")
RESOLVED_COLUMNS = (*OBSERVATION_COLUMNS, "place", "too_old", "disagrees", "heard", "since")
NO_WINDOWS: Mapping[str, Window] = {}


def resolved(
    observations: ir.Table, precedence: ir.Table, *, on: date, windows: Mapping[str, Window] = NO_WINDOWS
) -> ir.Table:
    """Put the newest word of each source in order, per subject and field.

    In:      observations  one row per fact: subject_id, field string, value string (JSON text: ``12``,
             ``"piped"``, ``true``), source string, self_report boolean, observed_on date, received_at
             timestamp, observation_id int64 (unique per fact of a field); facts observed after ``on`` are not
             heard. precedence  ``Precedence.table(on=on)``: field, source (one row each), rank, oldest_on,
             need_when. windows  ``Precedence.windows``: fields of which a source's word is made of several
             months; the mean is exact and rounded half to even to whole units.
    Out:     one row per subject, field and source: the columns of observations, and
             place int64       1 holds, 2 … stand behind it in this order
             too_old boolean   older than the field's greatest age: loses against every younger one
             disagrees boolean within the greatest age and another value than the one that holds; of the one
             that
                               holds: some other one disagrees. Never null.
             heard int64       of how many months' words a value of a window is made; 1 where the newest alone
                               counts. The other columns are those of the newest of them.
             since date        day of the first of them
    Order:   not too old; a self-report that raises need and is no older than the checked value, and last one
             that lowers it (see below); rank; observed_on, received_at, observation_id, the newest first: a
             total order.
    Checked: the value that would hold without self-reports, if it is not too old. A self-report goes ahead of
             it or stays behind it by the field's need_when; without a checked value or a direction, ranks
             alone decide.
    Source:  docs/algorithms/resolution.md.
    """
    subject_field = ["subject_id", "field"]
    counted = _plain(observations, on, windows).group_by(subject_field).aggregate(words_=ibis._.count())
    single = counted.filter(counted.words_ == 1)
    alone = _plain(observations.semi_join(single, subject_field), on, windows)
    several = _plain(observations.anti_join(single, subject_field), on, windows)
    words = _word_of_each_source(several)
    if windows:
        words = words.union(_word_of_each_window(observations, on, windows))
    return _placed_alone(alone, precedence).union(_placed(words, precedence))


def _plain(observations: ir.Table, on: date, windows: Mapping[str, Window]) -> ir.Table:
    """What is heard of fields whose newest fact counts alone.

    Narrowed after a join, not before it: a table that an expression names twice is read twice, while a filter
    that it names twice is kept whole in between.
    """
    heard = observations.filter(observations.observed_on <= ibis.literal(on, "date"))
    return heard.filter(heard.field.notin(sorted(windows))) if windows else heard


def _placed_alone(alone: ir.Table, precedence: ir.Table) -> ir.Table:
    """What is alone holds; it may be too old, and nobody disagrees."""
    limits = precedence.group_by("field").aggregate(oldest_on=precedence.oldest_on.max())
    joined = alone.left_join(limits, "field")
    return joined.select(
        *(joined[name] for name in OBSERVATION_COLUMNS),
        place=ibis.literal(1, "int64"),
        too_old=(joined.observed_on < joined.oldest_on).fill_null(False),
        disagrees=ibis.literal(False),
        heard=ibis.literal(1, "int64"),
        since=joined.observed_on,
    )


def _placed(words: ir.Table, precedence: ir.Table) -> ir.Table:
    """All words in order, by windows over the subject's field: one that looks for what is checked, one that
    puts in order and sees who disagrees. Each is sorted once, which is what takes the time.
    """
    return _in_order(_with_urgency(_with_checked(_ranked(words, precedence)))).select(*RESOLVED_COLUMNS)


def _newest_first(table: ir.Table) -> list[ir.Value]:
    return [table.observed_on.desc(), table.received_at.desc(), table.observation_id.desc()]


def _word_of_each_source(heard: ir.Table) -> ir.Table:
    """The newest word of each source."""
    newest = _newest_of_each_source(heard)
    return newest.mutate(heard=ibis.literal(1, "int64"), since=newest.observed_on).select(WORD_COLUMNS)


def _word_of_each_window(observations: ir.Table, on: date, windows: Mapping[str, Window]) -> ir.Table:
    """What the months of its window say together, of each source."""
    windowed = observations.filter(observations.field.isin(sorted(windows)))
    return _together(_one_word_a_month(windowed, on, windows), windows).select(WORD_COLUMNS)


def _one_word_a_month(observations: ir.Table, on: date, windows: Mapping[str, Window]) -> ir.Table:
    """The newest word of each month that lies in its source's window, with its number; ``turn_`` 0 is the
    newest."""
    heard = observations.filter(observations.observed_on <= ibis.literal(on, "date"))
    month = heard.observed_on.year().cast("int64") * 12 + heard.observed_on.month().cast("int64")
    dated = heard.mutate(month_=month)
    of_month = ibis.window(
        group_by=["subject_id", "field", "source", "month_"], order_by=_newest_first(dated)
    )
    monthly = dated.mutate(turn_=ibis.row_number().over(of_month))
    monthly = monthly.filter(monthly.turn_ == 0).drop("turn_")
    of_source = ibis.window(group_by=["subject_id", "field", "source"])
    newest = monthly.mutate(last_=monthly.month_.max().over(of_source))
    length = ibis.cases(*((newest.field == code, window.months) for code, window in windows.items()), else_=1)
    inside = newest.filter(newest.month_ > newest.last_ - length)
    return inside.mutate(turn_=inside.last_ - inside.month_, number_=_number(inside.value).cast("int64"))


def _together(months: ir.Table, windows: Mapping[str, Window]) -> ir.Table:
    """One row per source: the newest word with the value of the window, where enough months were reported."""
    of_source = ibis.window(group_by=["subject_id", "field", "source"])
    says_so = (months.number_ != 0).fill_null(False)
    summed = months.mutate(
        heard=months.number_.count().over(of_source).cast("int64"),
        sum_=months.number_.sum().over(of_source).cast("int64"),
        yes_=says_so.ifelse(1, 0).sum().over(of_source).cast("int64"),
        since=months.observed_on.min().over(of_source),
    )
    values = {"mean": _mean(summed.sum_, summed.heard), "count": summed.yes_}
    taken = ibis.cases(
        *(
            ((summed.field == code) & (summed.heard >= window.at_least), values[window.take].cast("string"))
            for code, window in windows.items()
        ),
        else_=ibis.null("string"),
    )
    found = summed.mutate(taken_=taken).filter(summed.turn_ == 0)
    return found.mutate(
        value=found.taken_.coalesce(found.value),
        heard=ibis.ifelse(found.taken_.isnull(), 1, found.heard).cast("int64"),
        since=ibis.ifelse(found.taken_.isnull(), found.observed_on, found.since),
    )


def _mean(total: ir.IntegerValue, count: ir.IntegerValue) -> ir.IntegerValue:
    """The mean in whole units, half to even; exact, as what is divided is a multiple of the divisor."""
    rest = ((total % count) + count) % count
    whole = ((total - rest) / count).cast("int64")
    is_odd = (whole % 2) != 0
    goes_up = (rest * 2 > count) | ((rest * 2 == count) & is_odd)
    return whole + goes_up.ifelse(1, 0)


def _newest_of_each_source(heard: ir.Table) -> ir.Table:
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
    ).select(*OBSERVATION_COLUMNS, "heard", "since", "rank_", "too_old", "need_when")


def _of_field(table: ir.Table, first: list[ir.Value]) -> ibis.expr.builders.WindowBuilder:
    """All words about a subject's field, in order."""
    order = [*first, *_newest_first(table)]
    return ibis.window(group_by=["subject_id", "field"], order_by=order, preceding=None, following=None)


def _with_checked(table: ir.Table) -> ir.Table:
    """Add value and day of what would hold without self-reports, to every row of the subject's field."""
    everyone = _of_field(table, [table.self_report, table.too_old, table.rank_])
    is_checked = (table.self_report == False) & (table.too_old == False)  # noqa: E712
    return table.mutate(
        checked_=ibis.ifelse(is_checked, table.value, ibis.null("string")).first().over(everyone),
        checked_on_=ibis.ifelse(is_checked, table.observed_on, ibis.null("date")).first().over(everyone),
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


def _in_order(table: ir.Table) -> ir.Table:
    """Add place and disagreement. Somebody disagrees with what holds, where the least or the greatest value
    that is not too old is another.
    """
    everyone = _of_field(table, [table.too_old, table.urgency_, table.rank_])
    current = ibis.ifelse(table.too_old, ibis.null("string"), table.value)
    placed = table.mutate(
        place=ibis.row_number().over(everyone) + 1,
        holds_=table.value.first().over(everyone),
        least_=current.min().over(everyone),
        most_=current.max().over(everyone),
    )
    anyone = ((placed.least_ != placed.holds_) | (placed.most_ != placed.holds_)).fill_null(False)
    differs = (placed.too_old == False) & (placed.value != placed.holds_)  # noqa: E712
    return placed.mutate(disagrees=ibis.ifelse(placed.place == 1, anyone, differs))


def lifted(person_observations: ir.Table, members: ir.Table) -> ir.Table:
    """Facts said of persons that are facts of their household: a motorcycle of one member is the household's.

    In:      person_observations  columns as for ``resolved``, of household fields, subject_id = the person's.
             members  person_id, household_id: who belongs where now; one row per person.
    Out:     the columns of ``resolved``'s observations with subject_id = household_id, one row per household,
             field and source: of the newest words about its members any true one wins, else the newest.
    """
    newest = _newest_of_each_source(person_observations)
    of_household = newest.inner_join(members, newest.subject_id == members.person_id)
    window = ibis.window(
        group_by=["household_id", "field", "source"],
        order_by=[(of_household.value == "true").desc(), *_newest_first(of_household)],
    )
    numbered = of_household.mutate(turn_=ibis.row_number().over(window))
    chosen = numbered.filter(numbered.turn_ == 0)
    return chosen.mutate(subject_id=chosen.household_id).select(*OBSERVATION_COLUMNS)
