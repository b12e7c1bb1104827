"""How far the work on a batch is, as its page shows it: whole, and stage by stage."""

from __future__ import annotations

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from saiban.core.models import Progress
from saiban.intake import queries
from saiban.intake.models import Batch
from saiban.intake.queries import PartsSoFar
from saiban.intake.transitions import BatchState
from saiban.ui.components import Job, Stage

STEPS = {
    "read": gettext_lazy("reading the file"),
    "check": gettext_lazy("checking the rows"),
    "divide": gettext_lazy("dividing it into parts"),
    "seal": gettext_lazy("sealing what identifies"),
    "load": gettext_lazy("writing the observations"),
    "people": gettext_lazy("finding the people"),
    "profiles": gettext_lazy("working out what holds"),
}
SCORED_BY_THEN = timedelta(hours=1)  # what was not scored by then has failed: no page shows it as going on


def job_of(shown: Batch) -> Job | None:
    """The work that goes on with this batch, or that broke off; None where all is done."""
    row = queries.latest_progress(shown)
    here = reverse("intake:batch", args=[shown.pk])
    if row is not None and row.state == Progress.State.FAILED:
        return _of_step(row, here)
    if shown.state in (BatchState.CHECKED, BatchState.LOADED, BatchState.APPLIED):
        return None if _is_done(shown) else _of_parts(shown, queries.parts_so_far(shown), here)
    if row is not None and row.state != Progress.State.DONE:
        return _of_step(row, here)
    is_waiting = shown.state == BatchState.RECEIVED
    return Job(_("Waiting for the worker"), 0, None, here, "waiting") if is_waiting else None


def _of_step(row: Progress, here: str) -> Job:
    began = row.step_started_at or row.started_at
    return Job(
        _("Loading") if row.name in ("intake.batch.load", "intake.batch.check") else _("Applying"),
        row.done,
        row.total,
        here,
        row.state,  # type: ignore[arg-type]
        step=STEPS.get(row.step, ""),
        error=row.error,
        seconds=(row.updated_at - began).total_seconds() if began else None,
    )


def _of_parts(shown: Batch, parts: PartsSoFar, here: str) -> Job | None:
    """Parts are loaded, applied, scored and judged side by side: all of them together, and each stage."""
    to_score, scored = queries.households_moved(shown), queries.households_scored(shown)
    judged = queries.households_judged(shown)
    if shown.state == BatchState.APPLIED and _is_given_up(parts):
        return None
    began = parts.first_loaded_at
    return Job(
        _("Loading, applying and scoring"),
        parts.applied,
        parts.in_all,
        here,
        "running" if began else "waiting",
        seconds=(timezone.now() - began).total_seconds() if began else None,
        stages=[
            Stage(_("Observations written"), parts.loaded, parts.in_all),
            Stage(_("Of them in profiles"), parts.applied, parts.in_all),
            Stage(_("Households scored"), scored, to_score or None),
            Stage(_("Of them judged by the rules of schemes"), judged, to_score or None),
        ],
    )


def _is_done(shown: Batch) -> bool:
    """Whether all whom it moved are scored and judged."""
    followed = min(queries.households_scored(shown), queries.households_judged(shown))
    return shown.state == BatchState.APPLIED and followed >= queries.households_moved(shown)


def _is_given_up(parts: PartsSoFar) -> bool:
    return parts.last_applied_at is None or timezone.now() - parts.last_applied_at > SCORED_BY_THEN
