"""Why did the score of a household move? Two scores held side by side, indicator by indicator."""

from dataclasses import dataclass
from decimal import Decimal

from saiban.calc.scorecard.single import PointsLine, ScoredHousehold


@dataclass(frozen=True)
class MovedIndicator:
    """An indicator whose value or points differ between two scores; ``difference`` = after - before, in
    points.
    """

    code: str
    field: str
    before: object
    after: object
    points_before: Decimal | None
    points_after: Decimal | None

    @property
    def difference(self) -> Decimal:
        """By how much it moved the prediction; an indicator without points counts as 0."""
        return (self.points_after or Decimal(0)) - (self.points_before or Decimal(0))


def compare(before: ScoredHousehold, after: ScoredHousehold) -> tuple[MovedIndicator, ...]:
    """Indicators that differ, the strongest first; between two scorecards also those that only one of them
    has.
    """
    old = {line.code: line for line in before.points}
    new = {line.code: line for line in after.points}
    fields = {line.code: line.field for line in (*before.points, *after.points)}
    pairs = [(code, field, old.get(code), new.get(code)) for code, field in fields.items()]
    moved = [_moved(code, field, left, right) for code, field, left, right in pairs if left != right]
    return tuple(sorted(moved, key=lambda line: abs(line.difference), reverse=True))


def _moved(code: str, field: str, before: PointsLine | None, after: PointsLine | None) -> MovedIndicator:
    return MovedIndicator(
        code=code,
        field=field,
        before=before.value if before else None,
        after=after.value if after else None,
        points_before=before.points if before else None,
        points_after=after.points if after else None,
    )
