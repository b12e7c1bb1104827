"""The page that a day begins with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.desk import moving, waiting
from saiban.desk.lake import late_banner
from saiban.desk.queries import today as queries
from saiban.desk.queries.today import Delivered, Today, ToDecide
from saiban.ui import slots, words
from saiban.ui.components import Action, Figure, Page, Step
from saiban.ui.hexmap import CLASSES, HexMap, even_edges, hexmap

PEOPLE = "registry.household.list"
NEED, COVERAGE = "need", "coverage"


@duty_required
@require_GET
def today(request: SaibanRequest) -> HttpResponse:
    """Show how things stand, what waits, what came in and what it moved; cut to the actor's area."""
    actor = request.actor
    found = queries.today(actor=actor, day=timezone.localdate())
    waits = waiting.waits(actor, found)
    shows = _map_shows(found, request.GET.get("map", ""))
    shown = {
        "page": _head(actor, found),
        "today": found,
        "figures": _figures(actor, found),
        "map": _map(found, shows) if found.scored else None,
        "map_shows": shows,
        "map_links": _map_links(found),
        "waits": waits,
        "late": sum(wait.late for wait in waits),
        "delivered": found.delivered,
        "steps": _steps(found.delivered) if found.delivered else [],
        "examples": [moving.moment(one) for one in found.examples],
        "panels": slots.fill("desk.today.waits", actor, []),
        "sees_people": actor.may(PEOPLE),
        "lake_late": late_banner(found.lake_late) if found.lake_late else None,
        "may_upload": actor.may("intake.batch.receive"),
    }
    return render(request, "desk/today.html", shown)


def _head(actor: Actor, found: Today) -> Page:
    place = actor.duty.area if actor.duty else None
    name = (place.name_ur if get_language() == "ur" else place.name_en) if place else ""
    actions = []
    if actor.may("intake.batch.receive"):
        actions.append(Action(_("Upload a file"), reverse("intake:upload"), main=True))
    return Page(_("Today"), identity=[name, words.day(found.day)], actions=actions)


def _figures(actor: Actor, found: Today) -> list[Figure]:
    figures = [_late(found)]
    if actor.may(PEOPLE):
        poor = _overlaps(found.overlaps) if found.overlaps else _poor(found)
        counts = [] if found.to_be_counted else [_households(actor, found), _moved(found)]
        figures = [poor, *counts, *figures]
    if found.unserved is not None:
        figures = [_unserved(found, found.unserved), *figures]
    return figures


def _unserved(found: Today, count: int) -> Figure:
    url = reverse("programmes:unserved")
    if not found.poor:
        return Figure(_("Poor households in no scheme"), words.number(count), _("nobody is known to be poor"))
    why = _("%(share)s of %(count)s poor households today") % {
        "share": words.percent(count / found.poor, 1),
        "count": words.number(found.poor),
    }
    return Figure(_("Poor households in no scheme"), words.number(count), why, url)


def _overlaps(found: ToDecide) -> Figure:
    why = _("%(amount)s a year") % {"amount": words.rupees(found.yearly_paisa)}
    url = reverse("programmes:overlaps")
    return Figure(_("Double benefits to decide"), words.number(found.count), why, url)


def _households(actor: Actor, found: Today) -> Figure:
    census = actor.duty.area.households if actor.duty else None
    why = _("in the registry today")
    if census:
        why = _("in the registry today; the census counted %(count)s") % {"count": words.number(census)}
    return Figure(_("Households"), words.number(found.households), why, reverse("registry:households"))


def _poor(found: Today) -> Figure:
    if not found.scored:
        why = _("not counted yet") if found.to_be_counted else _("nothing is scored yet")
        return Figure(_("Poor households"), words.NOTHING, why)
    why = _("%(share)s of %(count)s that have a score today") % {
        "share": words.percent(found.poor / found.scored, 1),
        "count": words.number(found.scored),
    }
    url = reverse("registry:households") + "?band=poor"
    return Figure(_("Poor households"), words.number(found.poor), why, url)


def _moved(found: Today) -> Figure:
    why = _("profiles that were made or changed since midnight")
    return Figure(_("Households that moved today"), words.number(found.moved), why)


def _late(found: Today) -> Figure:
    late = found.late
    if late:
        names = [f"{one.source} ({words.duration(one.days_late * words.DAY)})" for one in late[:2]]
        why = ", ".join(names)
    else:
        count = len([one for one in found.sources if one.source.expected_every_days])
        why = ngettext(
            "of %(count)s source that delivers regularly",
            "of %(count)s sources that deliver regularly",
            count,
        ) % {"count": words.number(count)}
    return Figure(_("Late sources"), words.number(len(late)), why, reverse("intake:sources"))


def _map_shows(found: Today, asked: str) -> str:
    """Need or coverage, as asked; else coverage, once any poor household is in a scheme."""
    if found.unserved is None or not found.poor:
        return NEED
    if asked in (NEED, COVERAGE):
        return asked
    return COVERAGE if found.unserved < found.poor else NEED


def _map_links(found: Today) -> list[tuple[str, str]]:
    """What the map can be switched to, where there is a choice."""
    if found.unserved is None or not found.poor:
        return []
    return [(NEED, _("need: the poor")), (COVERAGE, _("coverage: the poor in no scheme"))]


def _map(found: Today, shows: str) -> HexMap:
    covers = shows == COVERAGE
    shares = {one.code: one.unserved_share if covers else one.share for one in found.districts if one.code}
    known = [share for share in shares.values() if share is not None]
    titles = {
        NEED: _("Poor households by district, of those that have a score"),
        COVERAGE: _("Poor households in no scheme by district, of all poor ones"),
    }
    return hexmap(
        shares,
        title=titles[shows],
        value_title=_("In no scheme") if covers else _("Poor"),
        edges=_edges({round(share, 2) for share in known}),
        words=words.percent,
        url=lambda code: _district_url(code, shows) if code in shares else "",
    )


def _edges(shares: set[float]) -> Sequence[float]:
    """Choose the classes by the shares themselves; with too few districts to do so, by tens of percent."""
    return even_edges(sorted(shares)) if len(shares) >= CLASSES else (0.1, 0.2, 0.3, 0.4)


def _district_url(code: str, shows: str) -> str:
    if shows == COVERAGE:
        return reverse("programmes:unserved") + f"?area={code}"
    return reverse("registry:households") + f"?area={code}&band=poor"


def _steps(delivered: Delivered) -> Sequence[Step]:
    single = delivered.batches[0] if len(delivered.batches) == 1 else None
    url = reverse("intake:batch", args=[single.pk]) if single else reverse("intake:batches")
    steps = [
        Step(_("Rows"), delivered.rows, _files(delivered), url),
        Step(_("Profiles"), delivered.changed, _("made or changed")),
        Step(_("Scored for the first time"), delivered.first),
        Step(_("Score went up"), delivered.up),
        Step(_("Score went down"), delivered.down),
        Step(_("Newly poor"), delivered.newly_poor, _("had a score before")),
        Step(_("No longer poor"), delivered.no_longer_poor),
    ]
    if delivered.newly_eligible is not None:
        steps.append(Step(_("Newly eligible"), delivered.newly_eligible, _("for a scheme that is run here")))
    if delivered.newly_conflicting is not None:
        address = reverse("programmes:overlaps")
        steps.append(Step(_("Newly conflicting"), delivered.newly_conflicting, _("benefits"), address))
    return steps


def _files(delivered: Delivered) -> Any:
    count = len(delivered.batches)
    said = {"count": words.number(count), "rejected": words.number(delivered.rejected)}
    return (
        ngettext(
            "in %(count)s file, %(rejected)s rejected", "in %(count)s files, %(rejected)s rejected", count
        )
        % said
    )
