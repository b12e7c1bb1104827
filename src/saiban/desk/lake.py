"""What the page of the lake shows: how fresh it is, what it holds, what goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from saiban.core import seal
from saiban.core.lake import state as lake
from saiban.core.lake.state import LakeState
from saiban.core.models import Actor
from saiban.desk.queries import work
from saiban.ui import words
from saiban.ui.components import Action, Banner, Figure, Page, Words

WHY: dict[str, Words] = {
    "first": gettext_lazy("there was none before"),
    "asked": gettext_lazy("it was asked for"),
    "keys": gettext_lazy("the key of its tokens had changed"),
    "columns": gettext_lazy("its columns had changed"),
}
TABLES: dict[str, Words] = {
    "households": gettext_lazy("Households"),
    "persons": gettext_lazy("Persons"),
    "scores": gettext_lazy("Scores"),
    "enrolments": gettext_lazy("Enrolments"),
}
UNITS = (
    (1e9, gettext_lazy("%(size)s GB")),
    (1e6, gettext_lazy("%(size)s MB")),
    (1e3, gettext_lazy("%(size)s kB")),
)


@dataclass(frozen=True)
class TableLine:
    """One table of the lake."""

    name: str
    label: Words
    version: int
    rows: int
    files: int
    size: str
    written_at: datetime | None


def page(actor: Actor) -> dict[str, Any]:
    """Everything that the page shows."""
    state, latest = lake.lake_state(), lake.latest_work(since=timezone.now() - work.RECENT)
    job = work.job(latest, actor, at=reverse("desk:lake")) if latest else None
    is_busy = job is not None and job.going
    return {
        "page": Page(_("Lake"), identity=_("what analysts read"), actions=_actions(actor, state, is_busy)),
        "lake": state,
        "figures": _figures(state) if state.written_at else [],
        "banners": list(_banners(state)),
        "lines": [_line(name, table) for name, table in state.tables.items()],
        "job": job if is_busy or (job and job.state == "failed") else None,
        "reload_seconds": 5 if is_busy else None,
        "why": WHY.get(state.rebuilt_why, ""),
        "who": lake.who_rebuilt() if state.rebuilt_why == "asked" else None,
        "key_path": " → ".join(map(str, seal.token_path())),
        "days": settings.SAIBAN_LAKE_DAYS,
        "may_ask": actor.may("core.lake.ask"),
    }


def _actions(actor: Actor, state: LakeState, is_busy: bool) -> list[Action]:
    if is_busy or not actor.may("core.lake.ask"):
        return []
    anew = Action(_("Build it anew"), reverse("desk:lake-rebuild"), main=state.written_at is None)
    if state.written_at is None:
        return [anew]
    return [anew, Action(_("Write now"), reverse("desk:lake-write"), post=True, main=True)]


def _figures(state: LakeState) -> list[Figure]:
    since = _("the oldest since %(moment)s") % {"moment": words.moment(state.oldest)} if state.oldest else ""
    files = sum(table.files for table in state.tables.values())
    in_files = ngettext("in %(count)s file", "in %(count)s files", files) % {"count": words.number(files)}
    rows = sum(table.rows for table in state.tables.values())
    households = (
        _("what is known of them has moved since") if state.behind else _("all that is known is in it")
    )
    return [
        Figure(
            _("Last written"),
            words.moment(state.written_at),
            _("as of change set %(number)s") % {"number": words.number(state.change_set or 0)},
        ),
        Figure(_("Changes that wait"), words.number(state.behind), since or _("nothing waits")),
        Figure(_("Households behind"), words.number(lake.households_waiting()), households),
        Figure(
            _("Rows"), words.number(rows), f"{in_files}, {size(sum(t.size for t in state.tables.values()))}"
        ),
    ]


def _banners(state: LakeState) -> list[Banner]:
    found = []
    if state.is_late:
        found.append(late_banner(state.oldest))
    if not state.is_sound:
        said = _("The key of its tokens or its columns have changed: the next write builds it anew.")
        found.append(Banner(said, tone="note"))
    return found


def late_banner(oldest: datetime | None) -> Banner:
    """Say that the lake is older than it may be."""
    said = _("Changes wait since %(moment)s; analysts read what was known then. See whether the worker runs.")
    return Banner(said % {"moment": words.moment(oldest)}, title=_("The lake is late"))


def _line(name: str, table: Any) -> TableLine:
    label = TABLES.get(name, name)
    return TableLine(name, label, table.version, table.rows, table.files, size(table.size), table.moment)


def size(count: int) -> str:
    """Write a number of bytes in the largest unit that fits.

    >>> size(2_340_000)
    '2.3 MB'
    """
    unit, text = next((one for one in UNITS if count >= one[0]), UNITS[-1])
    return str(text) % {"size": words.number(count / unit, 1)}
