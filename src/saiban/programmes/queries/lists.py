"""How good a department's list was, told from the counts that its batch keeps: nobody is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from saiban.core.models import Actor
from saiban.intake.models import Batch
from saiban.intake.transitions import BatchState


@dataclass(frozen=True)
class ListQuality:
    """One list: ``people`` whom it names (linked, stubs_new, stubs_known, contested, unclaimed),
    ``places`` as ``taking.Taken`` counts them, ``filled`` rows of each column that may stay empty.
    """

    batch: Batch
    people: Mapping[str, int]
    places: Mapping[str, int]
    filled: Mapping[str, int]

    @property
    def taken(self) -> int:
        """Rows that were taken."""
        return self.batch.rows - self.batch.rejected_rows

    @property
    def rejected_share(self) -> Decimal:
        """Rejected rows of all rows."""
        return share(self.batch.rejected_rows, self.batch.rows)

    @property
    def stubs(self) -> int:
        """Persons whom lists alone know."""
        return self.people.get("stubs_new", 0) + self.people.get("stubs_known", 0)

    @property
    def filled_shares(self) -> dict[str, Decimal]:
        """The share of taken rows that fill each column that may stay empty, the least filled first."""
        shares = {column: share(count, self.taken) for column, count in self.filled.items()}
        return dict(sorted(shares.items(), key=lambda pair: (pair[1], pair[0])))


def share(part: int, whole: int) -> Decimal:
    """A part of a whole; of nothing, none."""
    return Decimal(part) / whole if whole else Decimal(0)


def quality_of(batch: Batch) -> ListQuality:
    """Read the counts of a batch (no query)."""
    outcome = batch.outcome
    steps = (outcome.get(step, {}) for step in ("people", "enrolments", "filled"))
    return ListQuality(batch, *steps)


def lists(*, actor: Actor) -> QuerySet[Batch]:
    """Lists that were taken in, the newest first."""
    rows = Batch.objects.visible_to(actor).exclude(scheme="").filter(state=BatchState.APPLIED)
    return rows.order_by("-observed_until", "-pk")
