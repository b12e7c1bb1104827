"""The mailbox: a list, and each message on a page of its own."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import get_visible
from saiban.messages import queries, services
from saiban.ui import words
from saiban.ui.components import Action, Link, Page

PER_PAGE = 25


@duty_required
@require_GET
def inbox(request: SaibanRequest) -> HttpResponse:
    """List the actor's messages."""
    page_obj = Paginator(queries.mailbox(actor=request.actor), PER_PAGE).get_page(request.GET.get("page"))
    shown = {"page": Page(_("Messages")), "page_obj": page_obj}
    return render(request, "messages/inbox.html", shown)


@duty_required
@require_POST
def read(request: SaibanRequest, message_id: int) -> HttpResponse:
    """Mark a message as read and show it."""
    services.read(actor=request.actor, message_id=message_id)
    return redirect("messages:message", message_id)


@duty_required
@require_GET
def message(request: SaibanRequest, message_id: int) -> HttpResponse:
    """Show one message."""
    shown = get_visible(queries.mailbox(actor=request.actor), actor=request.actor, pk=message_id)
    actions = [Action(_("Open the page"), shown.link, main=True)] if shown.link else []
    if shown.read_at is None:
        actions.insert(0, Action(_("Mark as read"), reverse("messages:read", args=[shown.pk]), post=True))
    page = Page(
        shown.title,
        identity=[words.moment(shown.sent_at)],
        trail=[Link(_("Messages"), reverse("messages:inbox"))],
        actions=actions,
    )
    return render(request, "messages/message.html", {"page": page, "message": shown})
