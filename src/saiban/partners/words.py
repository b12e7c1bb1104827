"""What the pages say of an agreement: what must be known before acting, what a step does, what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from saiban.core.models import Actor, Area, Audit
from saiban.partners import queries
from saiban.partners.models import Agreement
from saiban.partners.transitions import AgreementState
from saiban.ui.components import Banner, Moment, Words
from saiban.ui.words import day

STEPS: dict[str, Words] = {
    "partners.agreement.prepare": gettext_lazy("Prepared by %(name)s"),
    "partners.agreement.approve": gettext_lazy("Approved by %(name)s"),
    "partners.agreement.end": gettext_lazy("Ended by %(name)s"),
}


def area_name(area: Area) -> str:
    """Name an area in the reader's language."""
    return area.name_ur if get_language() == "ur" else area.name_en


def banners(actor: Actor, agreement: Agreement, in_the_way: Agreement | None) -> list[Banner]:
    """Say what must be known of an agreement before acting on it."""
    if agreement.state == AgreementState.DRAFT:
        return [*_of_draft(actor, agreement, in_the_way)]
    if agreement.state == AgreementState.IN_FORCE and queries.today() not in agreement.during:
        return [Banner(_("Today is not among the days of this agreement: nothing passes by it."))]
    return []


def _of_draft(actor: Actor, agreement: Agreement, in_the_way: Agreement | None) -> Iterator[Banner]:
    if agreement.prepared_by_id == actor.pk:
        yield Banner(_("You prepared this: another person has to approve it before anything passes."), "note")
    else:
        yield Banner(_("Nothing passes by this draft until it is approved."), "note")
    if in_the_way:
        sentence = _("%(code)s is in force for the same source on some of these days: it has to end first.")
        yield Banner(sentence % {"code": in_the_way.code})


def what_approval_does(agreement: Agreement) -> list[str]:
    """Say what changes when the agreement comes into force."""
    count = len(agreement.fields)
    counted = ngettext("%(count)d field", "%(count)d fields", count) % {"count": count}
    named = {
        "source": agreement.source,
        "fields": counted,
        "purpose": agreement.purpose,
        "area": area_name(agreement.area),
        "day": day(agreement.during.lower),
        "name": agreement.prepared_by.display_name,
    }
    return [
        _("From %(day)s, the source %(source)s may deliver %(fields)s for households of %(area)s.") % named,
        _("They may be used for this purpose only: %(purpose)s.") % named,
        _("It was prepared by %(name)s. Both names are kept with the decision.") % named,
        _("What you approve cannot be changed, only ended."),
    ]


def what_ending_does(agreement: Agreement) -> list[str]:
    """Say what changes when the agreement ends."""
    named = {"source": agreement.source}
    return [
        _("From today nothing of the source %(source)s is taken in, until another agreement is in force.")
        % named,
        _("What was taken in so far stays, with its source and date."),
        _("An agreement that has ended cannot be put into force again; a new one can be prepared."),
    ]


def moments(rows: Iterable[Audit]) -> list[Moment]:
    """Tell what was done to an agreement, and by whom."""
    return [
        Moment(row.at, str(STEPS[row.action]) % {"name": row.actor.display_name}, more=row.reason)
        for row in rows
        if row.action in STEPS
    ]
