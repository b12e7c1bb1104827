"""The navigation: the one table. What a duty may not open is not shown."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from saiban.messages.queries import unread_count
from saiban.programmes.queries.proposals import waiting
from saiban.registry.correcting.waiting import waiting as corrections_waiting
from saiban.registry.erasure.queries import waiting as erasures_waiting
from saiban.ui.navigation import Item

MINE, PEOPLE, BENEFITS = _("My work"), _("People"), _("Benefits")
INCOMING, ORDER = _("Incoming"), _("Order")

NAVIGATION: Sequence[Item] = [
    Item(_("Today"), "desk:today", "desk.today.view", MINE),
    Item(_("Messages"), "messages:inbox", "messages.message.view", MINE, unread_count),
    Item(_("Progress"), "desk:progress", "core.progress.view", MINE),
    Item(_("Households"), "registry:households", "registry.household.list", PEOPLE),
    Item(_("What surveys found"), "registry:findings", "registry.finding.list", PEOPLE),
    Item(_("What is known"), "registry:fields", "registry.knowledge.view", PEOPLE),
    Item(_("Corrections"), "registry:corrections", "registry.correction.view", PEOPLE, corrections_waiting),
    Item(_("Survey coverage"), "registry:coverage", "registry.knowledge.view", PEOPLE),
    Item(_("Erasures"), "registry:erasures", "registry.erasure.view", PEOPLE, erasures_waiting),
    Item(_("Scorecards"), "scoring:scorecards", "scoring.scorecard.view", PEOPLE),
    Item(_("Rules"), "scoring:rules", "scoring.rule.view", PEOPLE),
    Item(_("Schemes"), "programmes:schemes", "programmes.scheme.view", BENEFITS),
    Item(_("Overlaps"), "programmes:overlaps", "programmes.overlap.view", BENEFITS),
    Item(_("Unserved"), "programmes:unserved", "programmes.unserved.list", BENEFITS),
    Item(_("Proposals"), "programmes:proposals", "programmes.proposal.list", BENEFITS, waiting),
    Item(_("Batches"), "intake:batches", "intake.batch.view", INCOMING),
    Item(_("Sources"), "intake:sources", "intake.source.view", INCOMING),
    Item(_("Partners"), "partners:partners", "partners.partner.view", INCOMING),
    Item(_("Lake"), "desk:lake", "core.lake.view", ORDER),
    Item(_("Administration"), "desk:administration", "core.actor.view", ORDER),
    Item(_("Audit"), "desk:audit", "core.audit.view", ORDER),
]
