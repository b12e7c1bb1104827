"""``saiban score`` without ``--input``: every household of the registry, by the scorecards in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from saiban.config.cli.setup import django_ready
from saiban.data.errors import BadInput

if TYPE_CHECKING:
    from saiban.scoring.computing import Computed


def score_registry(code: str | None, *, refused: bool) -> None:
    """Score the registry by all scorecards in use, or by the newest version of one; print what moved.

    Raises: BadInput for options that only a file takes, or a code that is not in use.
    """
    if refused:
        raise BadInput("these options need a file.", place="--id, --out, --explain", expected="--input FILE")
    django_ready()
    from saiban.core import foundation
    from saiban.scoring import services
    from saiban.scoring.models import Scorecard

    in_use = Scorecard.objects.scoring().order_by("code", "-version")
    chosen = in_use.filter(code=code).first() if code else None
    if code and chosen is None:
        known = ", ".join(in_use.values_list("code", flat=True)) or "none yet"
        raise BadInput(
            "this scorecard is not in use.", place=f"--scorecard {code}", expected=f"one of: {known}"
        )
    scorecard_id = chosen.pk if chosen else None
    _show(services.score_registry(actor=foundation.system_actor(), scorecard_id=scorecard_id))


def _show(computed: Computed) -> None:
    from dataclasses import asdict

    from rich.console import Console
    from rich.table import Table

    table = Table("Households", "Count", title="The registry, scored")
    for name, count in asdict(computed).items():
        table.add_row(name.replace("_", " "), f"{count:,}")
    Console().print(table)
