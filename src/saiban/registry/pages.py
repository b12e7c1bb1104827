"""What the pages of the registry show: plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from saiban.core.models import Actor
from saiban.data.dictionary import fields
from saiban.registry.bands import BANDS
from saiban.registry.correcting.waiting import OpenCorrection
from saiban.registry.emptied import WentTo
from saiban.registry.models import Household, Identifier, Person, ProfileChange
from saiban.registry.queries import ErasedPage, HouseholdPage, PastPage, PersonPage, ValueLine
from saiban.registry.tables import HouseholdsToTake, HouseholdTable
from saiban.ui.components import Action, Banner, Disagreement, Figure, Link, Moment, Page, Side
from saiban.ui.pointmap import Point
from saiban.ui.slots import FilledPanel
from saiban.ui.words import answer_label, day, field_label, number, percent, score

Context = dict[str, Any]
MOST_MOMENTS = 15
GROUPS = ("members", "dwelling", "belongings", "computed")
OF_DWELLING = {
    "province", "urban", "rooms", "dwelling_rented", "dwelling_kind", "has_electricity", "has_gas",
    "water_source", "toilet", "drainage",
}  # fmt: skip
NARROWED_BY = ("area", "show", "band", "disagreement", "older", "sort")


def asked(query: Mapping[str, str]) -> str:
    """Say how a list was narrowed, in codes."""
    return "&".join(f"{name}={query[name][:40]}" for name in NARROWED_BY if query.get(name))


def hidden_columns(actor: Actor) -> tuple[str, ...]:
    """Columns that the duty does not show."""
    return () if actor.sees("personal") else ("head_name",)


def table_for(actor: Actor) -> type[HouseholdTable]:
    """The list of households, to be taken along by who may."""
    return HouseholdsToTake if actor.may("registry.household.export") else HouseholdTable


def trail_of(row: Household) -> list[Link]:
    """The way from the list to a household."""
    return [
        Link(_("Households"), reverse("registry:households")),
        Link(row.code, reverse("registry:household", args=[row.pk])),
    ]


def household(actor: Actor, shown: HouseholdPage, filled: Mapping[str, Sequence[FilledPanel]]) -> Context:
    """The page of a household; ``filled`` are its slots main, side and timeline."""
    row = shown.household
    title = _("Household of %(name)s") % {"name": shown.head_name} if shown.head_name else row.code
    actions = [
        Action(_("Look back"), reverse("registry:household-past", args=[row.pk])),
        Action(_("All that was said"), reverse("registry:household-history", args=[row.pk])),
    ]
    if _may_correct(actor, shown):
        actions.append(Action(_("Correct"), reverse("registry:correct", args=[row.pk])))
    identity = " · ".join([row.code, members_in_words(len(shown.members)), _area_name(row.area)])
    trail = [Link(_("Households"), reverse("registry:households")), Link(_area_name(row.area))]
    return {
        "page": Page(title, identity=identity, trail=trail, actions=actions),
        "banner": _emptied(shown),
        "went": _went(shown),
        "shown": shown,
        "figures": _figures(shown),
        "groups": groups(shown),
        "corrections": [correction_line(row) for row in shown.corrections],
        "disagreements": [_disagreement(actor, shown, line) for line in shown.disagreements],
        "points": _points(shown),
        "moments": _moments(shown, filled["timeline"]),
        "main": filled["main"],
        "side": filled["side"],
        "may_see_person": actor.may("registry.person.view"),
        "may_ask_erasure": actor.may("registry.erasure.request"),
        "may_unmask": actor.may("registry.number.unmask"),
    }


def _may_correct(actor: Actor, shown: HouseholdPage) -> bool:
    """Whether to offer it: answers of a household in which nobody lives any more count nowhere."""
    return shown.left is None and actor.may("registry.correction.propose")


def _emptied(shown: HouseholdPage) -> Banner | None:
    if shown.left is None:
        return None
    if any(home.joined for home in shown.left.homes):
        words = _("It is counted as the household that is named below, and what was known of it went there.")
    else:
        words = _("It is counted and chosen nowhere. What was known of it stays below.")
    return Banner(words, "note", title=_("Nobody lives in this household any more"))


def _went(shown: HouseholdPage) -> Context | None:
    """Where the people of an emptied household went, in words."""
    left = shown.left
    if left is None:
        return None
    away, lost = left.out_of_sight, left.unknown
    outside = ngettext(
        "%(count)s member lives outside the area of your duty.",
        "%(count)s members live outside the area of your duty.",
        away,
    )
    unknown = ngettext(
        "Of %(count)s former member nothing tells where they live.",
        "Of %(count)s former members nothing tells where they live.",
        lost,
    )
    said = [words % {"count": number(count)} for words, count in ((outside, away), (unknown, lost)) if count]
    return {"homes": [_home_of(home) for home in left.homes], "said": said}


def _home_of(home: WentTo) -> Context:
    told = ngettext("%(count)s member lives here now", "%(count)s members live here now", home.members)
    words = told % {"count": number(home.members)} if home.members else ""
    joined = _("It is counted as this household now.") if home.joined else ""
    return {"row": home.household, "area": _area_name(home.household.area), "words": words, "joined": joined}


def members_in_words(count: int) -> str:
    """How many members, in words."""
    return ngettext("%(count)s member", "%(count)s members", count) % {"count": count}


def _area_name(area: Any) -> str:
    return str(area.name_ur if translation.get_language() == "ur" else area.name_en)


def _figures(shown: HouseholdPage) -> list[Figure]:
    band, _tone = BANDS[shown.profile.band]
    count = len(shown.disagreements)
    return [
        Figure(_("Poverty score"), score(shown.profile.score), band),
        Figure(_("Evidence"), percent(shown.fresh_share), _("of the answers were seen within 24 months")),
        Figure(_("Members"), number(len(shown.members)), _("in the household today")),
        Figure(
            _("Disagreements"),
            number(count),
            _("sources say different things") if count else _("all sources agree"),
        ),
    ]


def groups(shown: HouseholdPage | PastPage) -> list[Context]:
    """The answers by what they are about; a group that nothing is known of is left out."""
    titles = {
        "members": _("About the members"),
        "dwelling": _("About the dwelling"),
        "belongings": _("Belongings and land"),
        "computed": _("Computed from the answers"),
    }
    found = {name: [line for line in shown.values if group_of(line.field) == name] for name in GROUPS}
    return [
        {
            "title": titles[name],
            "lines": [line_of(shown.sources, line) for line in lines],
            "summary": _group_in_words(lines),
        }
        for name, lines in found.items()
        if lines
    ]


def group_of(code: str) -> str:
    """The group in which an answer about a household stands."""
    field = fields("household")[code]
    if field.derived:
        return "computed"
    if field.composition:
        return "members"
    return "dwelling" if code in OF_DWELLING else "belongings"


def _group_in_words(lines: Sequence[ValueLine]) -> str:
    """How many answers, and how many of them are too old or disputed."""
    old, disputed = (sum(getattr(line, name) for line in lines) for name in ("too_old", "disagrees"))
    words = [ngettext("%(count)s answer", "%(count)s answers", len(lines)) % {"count": len(lines)}]
    if old:
        words.append(_("%(count)s too old") % {"count": old})
    if disputed:
        words.append(_("%(count)s disputed") % {"count": disputed})
    return " · ".join(words)


def line_of(sources: Mapping[str, str], line: ValueLine, level: Any = "household") -> Context:
    """One answer as a template shows it."""
    return {
        "field": line.field,
        "label": field_label(line.field, level),
        "value": answer_label(line.field, line.value, level),
        "source": sources.get(line.source, line.source),
        "on": line.on,
        "too_old": line.too_old,
        "disagrees": line.disagrees,
    }


def sides(shown: HouseholdPage, line: ValueLine) -> list[Side]:
    """What each source says of a field, the one in use first."""
    first = Side(
        shown.sources.get(line.source, line.source), answer_label(line.field, line.value), line.on, wins=True
    )
    others = [
        Side(
            shown.sources.get(other["source"], other["source"]),
            answer_label(line.field, other["value"]),
            date.fromisoformat(other["on"]),
        )
        for other in line.others
    ]
    return [first, *others]


def correction_line(row: OpenCorrection) -> Context:
    """A correction as the page of its household shows it."""
    return {
        "row": row,
        "label": field_label(row.field),
        "value": answer_label(row.field, row.value),
        "url": reverse("registry:correction", args=[row.pk]),
    }


def _disagreement(actor: Actor, shown: HouseholdPage, line: ValueLine) -> Disagreement:
    url = reverse("registry:correct-field", args=[shown.household.pk, line.field])
    return Disagreement(
        field_label(line.field),
        sides(shown, line),
        Action(_("Decide"), url) if _may_correct(actor, shown) else None,
    )


def _points(shown: HouseholdPage) -> list[Point]:
    row = shown.household
    if not shown.shows_place or row.latitude is None or row.longitude is None:
        return []
    return [Point(float(row.latitude), float(row.longitude), row.village or row.code)]


def _moments(shown: HouseholdPage, panels: Sequence[FilledPanel]) -> list[Moment]:
    """What was said, what moved, and what rooms downstream add, the latest first."""
    moments = [_said(shown, observation) for observation in shown.observations]
    moments += [_moved(shown.sources, change) for change in shown.changes]
    for panel in panels:
        moments += panel.context["moments"]
    return sorted(moments, key=_when, reverse=True)[:MOST_MOMENTS]


def _when(moment: Moment) -> datetime:
    if isinstance(moment.when, datetime):
        return moment.when
    return datetime.combine(moment.when, time.min, tzinfo=UTC)


def _said(shown: HouseholdPage, observation: Any) -> Moment:
    source = shown.sources.get(observation.source_code, observation.source_code)
    words = _("%(source)s reported, as seen on %(day)s") % {
        "source": source,
        "day": day(observation.observed_on),
    }
    if observation.reason:
        words = _("%(source)s: %(reason)s") % {"source": source, "reason": observation.reason}
    return Moment(observation.received_at, words)


def _moved(sources: Mapping[str, str], change: ProfileChange) -> Moment:
    said = {"field": field_label(change.field), "before": answer_label(change.field, change.before)}
    if change.after is None:
        words = _("%(field)s: %(before)s before, now nothing is known") % said
    else:
        said["after"] = answer_label(change.field, change.after)
        said["source"] = sources.get(change.source, change.source)
        words = _("%(field)s: %(before)s, now %(after)s (%(source)s)") % said
    return Moment(change.change_set.made_at, words)


def person(actor: Actor, shown: PersonPage) -> Context:
    """The page of a person."""
    home = next((row.household for row in shown.memberships if row.during.upper is None), None)
    trail = [*trail_of(home)] if home else []
    return {
        "page": Page(
            str(shown.person),
            identity=shown.person.get_sex_display(),
            trail=trail,
            actions=_of_person(shown.person),
        ),
        "banner": _erased_person(shown),
        "may_ask_erasure": actor.may("registry.erasure.request") and shown.person.erased_at is None,
        "shown": shown,
        "lines": [line_of(shown.sources, line, "person") for line in shown.values],
        "may_unmask": actor.may("registry.number.unmask"),
    }


def _of_person(person: Person) -> list[Action]:
    if person.erased_at is not None:
        return []
    return [Action(_("All that was said"), reverse("registry:person-history", args=[person.pk]))]


def _erased_person(shown: PersonPage) -> Banner | None:
    if shown.person.erased_at is None:
        return None
    words = _("Erased on %(day)s. Nothing says any more who this was.")
    return Banner(words % {"day": day(shown.person.erased_at)}, "note")


def erased(shown: ErasedPage, panels: Sequence[FilledPanel]) -> Context:
    """The page of a household that was erased: its code, its dates, and money that is accounted for."""
    row = shown.household
    words = _("Erased on %(day)s. Nothing says any more who lived here.") % {"day": day(row.erased_at)}
    identity = [row.code, members_in_words(len(shown.memberships)), _area_name(row.area)]
    return {
        "page": Page(_("Household that was erased"), identity=identity, trail=trail_of(row)[:1]),
        "banner": Banner(words, "note"),
        "shown": shown,
        "panels": panels,
    }


def unmask(identifier: Identifier, number_in_full: str) -> Context:
    """The page before a number is shown in full, and the one that shows it."""
    if identifier.person_id:
        back = reverse("registry:person", args=[identifier.person_id])
    else:
        back = reverse("registry:household", args=[identifier.household_id])
    return {
        "page": Page(_("Show the number in full?") if not number_in_full else identifier.get_kind_display()),
        "consequences": [
            _("%(kind)s %(number)s is shown to you once, on the next page.")
            % {"kind": identifier.get_kind_display(), "number": identifier.masked},
            _("Your name, the time and the reason are kept, and auditors read them."),
        ],
        "confirm": _("Show the number"),
        "cancel_url": back,
        "dangerous": True,
        "number": number_in_full,
    }
