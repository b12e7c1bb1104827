"""The audit page: who did or saw what, on whom, when, why."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from saiban.core.http import SaibanRequest, duty_required
from saiban.desk.forms import TrailForm
from saiban.desk.queries import trail as queries
from saiban.desk.queries.trail import Asked
from saiban.desk.tables import AuditTable
from saiban.ui import tables
from saiban.ui.components import Page


@duty_required
@require_GET
def trail(request: SaibanRequest) -> HttpResponse:
    """Show the audit as it was asked, in pages or as a file."""
    form = TrailForm(
        request.GET or None, actions=queries.actions() if request.actor.may("core.audit.view") else []
    )
    asked = Asked(**form.cleaned_data) if form.is_bound and form.is_valid() else Asked()
    wants_file = request.GET.get("export", "") in AuditTable.exports
    read = queries.trail_to_take_along if wants_file else queries.trail
    table = tables.arrange(request, AuditTable(read(actor=request.actor, asked=asked)))
    file = tables.export(request, table, name="audit") if wants_file else None
    if file:
        return file
    table.codes = queries.codes_of(row.record for row in table.paginated_rows)
    shown = {
        "page": Page(_("Audit"), identity=_("Kept for good: no row can be changed or removed unnoticed.")),
        "form": form,
        "narrowed": bool(asked.words),
        "table": table,
        "chain": queries.chain_state(),
    }
    return render(request, "desk/trail.html", shown, status=422 if form.is_bound and form.errors else 200)
