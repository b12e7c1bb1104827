"""Reads of scoring: scorecards, and the scores of households with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from saiban.core import audit
from saiban.core.models import Actor, AreaLevel
from saiban.core.services import get_visible, look
from saiban.data.dictionary import fields
from saiban.registry.models import Household
from saiban.scoring import computing
from saiban.scoring.models import Score, Scorecard

if TYPE_CHECKING:
    from saiban.calc.scorecard import MovedIndicator, ScoredHousehold


class _OfField(Protocol):
    @property
    def field(self) -> str: ...


Part = TypeVar("Part", bound=_OfField)
HUNDRED = 100  # points of a regression are hundredths of its logarithm: about percent of consumption


@dataclass(frozen=True)
class PointsOf:
    """One answer of a score: the value weighed, whence it comes, what it added; the parts that a duty
    shows."""

    field: str
    value: Any
    source: str
    on: str
    points: Decimal | None


@dataclass(frozen=True)
class Explained:
    """A score with its points, the strongest first, and what was missing; ``hidden``: answers the duty
    does not show."""

    score: Score
    lines: Sequence[PointsOf]
    hidden: int

    @property
    def largest(self) -> Decimal:
        """The greatest absolute points: the length of the longest bar."""
        return max((abs(line.points) for line in self.lines if line.points is not None), default=Decimal(1))


@dataclass(frozen=True)
class Comparison:
    """Two scores of a household side by side: what moved, the strongest first."""

    household: Household
    before: Score
    after: Score
    moved: Sequence[MovedIndicator]
    hidden: int


def explain(score: Score, actor: Actor) -> Explained:
    """Calculate the points of a stored score from the answers that went in, by its own scorecard (no
    query)."""
    scored = recalculated(score)
    unit = HUNDRED if computing.definition(score.scorecard).kind == "regression" else 1
    every = {line.field for line in scored.points}
    seen = [line for line in scored.points if _is_seen(line.field, actor)]
    lines = [
        PointsOf(field, parts[0].value, *_whence(score.origin, field), _sum([p.points for p in parts], unit))
        for field, parts in by_field(seen).items()
    ]
    lines.sort(key=lambda line: (line.points is not None, -abs(line.points or Decimal(0))))
    return Explained(score, lines, len(every) - len(lines))


def by_field(parts: Iterable[Part]) -> dict[str, list[Part]]:
    """The terms of a scorecard by the field they weigh: a field may enter by more than one."""
    found: dict[str, list[Part]] = {}
    for part in parts:
        found.setdefault(part.field, []).append(part)
    return found


def _sum(points: Sequence[Decimal | None], unit: int = 1) -> Decimal | None:
    known = [one for one in points if one is not None]
    return sum(known, Decimal(0)) * unit if len(known) == len(points) else None


def recalculated(score: Score) -> ScoredHousehold:
    """The score with its points, from the answers that went in."""
    from saiban.calc.scorecard import score_one

    card = computing.definition(score.scorecard)
    values = {code: exact(code, value) for code, value in score.values.items()}
    return score_one(values, card, bands=computing.limits(decides=False))


def exact(code: str, value: Any) -> Any:
    """A value of a profile as scorecards take it: decimals exact."""
    return Decimal(str(value)) if fields("household")[code].type == "decimal" else value


def _is_seen(code: str, actor: Actor) -> bool:
    return actor.sees(fields("household")[code].sensitivity)


def _whence(origin: Mapping[str, Any], code: str) -> tuple[str, str]:
    """Source and day of an answer; of a derived one, those of its oldest input."""
    derived = fields("household")[code].derived
    known = [origin[name] for name in (derived.inputs if derived else (code,)) if name in origin]
    if not known:
        return "", ""
    oldest = min(known, key=lambda one: one["on"])
    return oldest["source"], oldest["on"]


def scorecards(*, actor: Actor) -> list[Scorecard]:
    """All scorecards, those in use first."""
    return list(
        Scorecard.objects.visible_to(actor)
        .select_related("author", "approver")
        .order_by("-decides", "code", "-version")
    )


def weighed_fields() -> frozenset[str]:
    """The reported household fields that any scorecard weighs which scores: approved, or tested (1 query)."""
    cards = Scorecard.objects.scoring().only("text")
    return frozenset(code for card in cards for code in computing.definition(card).inputs)


def scorecard(*, actor: Actor, scorecard_id: int) -> Scorecard:
    """One scorecard. Raises: NotVisible (404)."""
    return get_visible(Scorecard.objects.select_related("author", "approver"), actor=actor, pk=scorecard_id)


def covers_province(actor: Actor) -> bool:
    """Say whether the actor's duty covers the whole province."""
    return actor.duty is not None and actor.duty.area.level == AreaLevel.PROVINCE


def waiting_for_approval(actor: Actor) -> int:
    """Tested scorecards of others that the actor may approve (1 query)."""
    if not (actor.may("scoring.scorecard.approve") and covers_province(actor)):
        return 0
    return Scorecard.objects.visible_to(actor).filter(state="tested").exclude(author=actor).count()


@look("scoring.score.view")
def history(*, actor: Actor, household_id: int) -> tuple[Household, list[Score]]:
    """Every score of a household, the latest first. Raises: NotVisible (404)."""
    household = get_visible(_households(), actor=actor, pk=household_id)
    audit.note(subject=household)
    scores = Score.objects.visible_to(actor).filter(household=household).select_related("scorecard")
    return household, list(scores.defer("values", "origin")[:100])


@look("scoring.score.view")
def comparison(*, actor: Actor, household_id: int, before_id: int, after_id: int) -> Comparison:
    """Two scores of one household compared. Raises: NotVisible (404)."""
    from saiban.calc.scorecard import compare

    household = get_visible(_households(), actor=actor, pk=household_id)
    rows = Score.objects.filter(household=household).select_related("scorecard")
    before = get_visible(rows, actor=actor, pk=before_id)
    after = get_visible(rows, actor=actor, pk=after_id)
    audit.note(subject=household, before=before.pk, after=after.pk)
    moved = _merged(compare(recalculated(before), recalculated(after)))
    seen = [line for line in moved if _is_seen(line.field, actor)]
    return Comparison(household, before, after, seen, len(moved) - len(seen))


def _merged(moved: Sequence[MovedIndicator]) -> list[MovedIndicator]:
    """One line for each field, the strongest first; a field that two terms weigh moves by their sum."""
    lines = [
        replace(
            parts[0],
            points_before=_sum([part.points_before for part in parts]),
            points_after=_sum([part.points_after for part in parts]),
        )
        for parts in by_field(moved).values()
    ]
    return sorted(lines, key=lambda line: -abs(line.difference))


def _households() -> Any:
    return Household.objects.select_related("area").defer("village", "address", "latitude", "longitude")
