"""The navigation: the one table. What a duty may not open is not shown."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from saiban.messages.queries import unread_count
from saiban.ui.navigation import Item

NAVIGATION: Sequence[Item] = [
    Item(_("Messages"), "messages:inbox", "messages.message.view", _("My work"), unread_count),
    Item(_("Progress"), "desk:progress", "core.progress.view", _("My work")),
    Item(_("Administration"), "desk:administration", "core.actor.view", _("Order")),
    Item(_("Audit"), "desk:audit", "core.audit.view", _("Order")),
]
