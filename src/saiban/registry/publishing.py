"""Scores and bands in profiles: one statement for a set, with what it moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal

from saiban.registry import copying

TABLE = """
create temporary table if not exists registry_published (household_id bigint, score numeric(9, 4), band text)
on commit drop
"""
# a lower score is a poorer household; only who had a score before can become poor, or cease to be; emptied
# households are not counted
COUNTS = """
select count(*) filter (where n.score < p.score), count(*) filter (where n.score > p.score),
  count(*) filter (where n.band = 'poor' and p.band <> 'poor' and p.score is not null),
  count(*) filter (where n.band <> 'poor' and p.band = 'poor' and n.score is not null),
  count(*) filter (where n.score is not null and p.score is null),
  count(*) filter (where n.band = 'poor' and p.score is null),
  count(*) filter (where n.band = 'poor'), count(*) filter (where n.band = 'near'),
  count(*) filter (where n.band = 'above'), count(*) filter (where n.band = 'unscored')
from registry_published n join registry_profile p on p.household_id = n.household_id and not p.emptied
"""
WRITE = """
update registry_profile p set score = n.score, band = n.band from registry_published n
where p.household_id = n.household_id and (p.score, p.band) is distinct from (n.score, n.band)
"""


@dataclass(frozen=True)
class ScoreOf:
    """A household's score and band by the scorecard that decides; None = not scored."""

    household_id: int
    score: Decimal | None
    band: str


@dataclass(frozen=True)
class Published:
    """How many households went down (poorer) and up, became poor or ceased to be, were scored for the first
    time, and are poor among these; and how many of all stand in each band now."""

    down: int = 0
    up: int = 0
    newly_poor: int = 0
    no_longer_poor: int = 0
    first: int = 0
    first_poor: int = 0
    poor: int = 0
    near: int = 0
    above: int = 0
    unscored: int = 0

    def counts(self) -> dict[str, int]:
        """As a batch keeps them."""
        return asdict(self)


def publish(scores: Sequence[ScoreOf]) -> Published:
    """Write scores into profiles, in the caller's transaction."""
    copying.run(TABLE)
    copying.run("truncate registry_published")
    rows = ((one.household_id, one.score, one.band) for one in scores)
    copying.send_rows("registry_published", ("household_id", "score", "band"), rows)
    counts = copying.rows_of(COUNTS)[0]
    copying.run(WRITE)
    return Published(*counts)
