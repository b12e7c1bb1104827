"""The pages of what comes in: sources, uploads, batches, rejected rows."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saiban.core.errors import IllegalMove
from saiban.core.http import SaibanRequest, duty_required
from saiban.core.models import Actor
from saiban.core.services import get_visible, require
from saiban.data.dictionary import DictionaryField
from saiban.data.errors import BadInput
from saiban.intake import prescribed, queries, services, sheets, working
from saiban.intake.filters import BatchFilters, RejectedFilters
from saiban.intake.forms import UploadForm
from saiban.intake.models import Batch, Source
from saiban.intake.reasons import note
from saiban.intake.room import NoRoom, is_no_room
from saiban.intake.tables import BatchTable, FormatTable, RejectedTable, SourceTable
from saiban.intake.tasks import load_uploaded
from saiban.intake.transitions import BatchState
from saiban.intake.uploading import why_refused
from saiban.partners.fields import Group, groups
from saiban.ui import slots, words
from saiban.ui.charts import Part
from saiban.ui.components import Action, Banner, Figure, Link, Page, Step
from saiban.ui.tables import arrange

BANDS = {
    "poor": pgettext_lazy("band", "poor"),
    "near": pgettext_lazy("band", "near the cut-off"),
    "above": pgettext_lazy("band", "above the cut-off"),
    "unscored": pgettext_lazy("band", "not scored"),
}
MOVED = "intake.batch.moved"  # rooms downstream say what a batch moved, and why
OF_SOURCE = "intake.source.main"
RELOAD_SECONDS = 3


def _home() -> Link:
    return Link(_("Batches"), reverse("intake:batches"))


@duty_required
@require_GET
def batches(request: SaibanRequest) -> HttpResponse:
    """List what was delivered."""
    require(request.actor, "intake.batch.view")
    filters = BatchFilters(
        request.GET or None, queryset=queries.batches(actor=request.actor), request=request
    )
    table = arrange(request, BatchTable(filters.qs))
    table.filter = filters
    page = Page(_("Batches"), actions=[*_upload_action(request.actor)])
    return render(request, "intake/list.html", {"page": page, "table": table})


def _upload_action(actor: Actor) -> list[Action]:
    may = actor.may("intake.batch.receive")
    return [Action(_("Upload a file"), reverse("intake:upload"), main=True)] if may else []


@duty_required
@require_http_methods(["GET", "POST"])
def upload(request: SaibanRequest) -> HttpResponse:
    """Take a file; the worker loads it, the page of the batch shows how far it is."""
    require(request.actor, "intake.batch.receive")
    form = UploadForm(request.actor, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        batch = _receive(request, form)
        if batch is not None:
            load_uploaded.enqueue(batch.pk)
            return redirect("intake:batch", batch.pk)
    refused = why_refused(request)
    if refused:  # in place of “no file was sent”
        form.errors["file"] = form.error_class([refused])
    page = Page(_("Upload a file"), trail=[_home()])
    shown = {"page": page, "form": form, "cancel_url": reverse("intake:batches")}
    return render(request, "intake/upload.html", shown, status=422 if form.errors else 200)


def _receive(request: SaibanRequest, form: UploadForm) -> Batch | None:
    file, source = form.cleaned_data["file"], form.cleaned_data["source"]
    try:
        return services.receive_batch(
            actor=request.actor,
            source_code=source.code,
            file_name=file.name,
            content=file.file,
            scheme=form.cleaned_data["scheme"],
        )
    except BadInput as error:
        expected = _("Expected: %(expected)s.") % {"expected": error.expected} if error.expected else ""
        form.add_error("file", f"{error.message} {expected}".strip())
    except OSError as error:
        if not is_no_room(error):
            raise
        form.add_error("file", str(NoRoom.sentence))
    return None


@duty_required
@require_POST
def load_again(request: SaibanRequest, batch_id: int) -> HttpResponse:
    """Let the worker try a batch again whose loading broke off."""
    require(request.actor, "intake.batch.receive")
    batch = get_visible(Batch.objects.all(), actor=request.actor, pk=batch_id)
    if not queries.has_broken_off(batch):
        raise IllegalMove
    load_uploaded.enqueue(batch.pk)
    return redirect("intake:batch", batch.pk)


@duty_required
@require_GET
def batch(request: SaibanRequest, batch_id: int) -> HttpResponse:
    """Show one delivery: what came in, what it moved, what has to be mended."""
    shown = queries.batch_on_page(actor=request.actor, batch_id=batch_id)
    job = working.job_of(shown)
    is_over = shown.state == BatchState.APPLIED and not (job and job.going)  # the page reloads until then
    context = {
        "page": _batch_page(request.actor, shown),
        "batch": shown,
        "refusal": queries.refusal_of(shown),
        "job": job,
        "reload_seconds": RELOAD_SECONDS if job and job.going else None,
        "steps": _steps(shown),
        "left_out": _left_out(shown),
        "notes": [note(kept) for kept in shown.notes],
        "bands": _bands(shown),
        "panels": slots.fill(MOVED, request.actor, [shown.pk]) if is_over else [],
        "table": _rejected_table(request, shown),
        "may_download": request.actor.may("intake.batch.download_rejected"),
    }
    return render(request, "intake/batch.html", context)


def _batch_page(actor: Actor, shown: Batch) -> Page:
    actions = []
    if queries.has_broken_off(shown) and actor.may("intake.batch.receive"):
        actions.append(Action(_("Load it again"), reverse("intake:load-again", args=[shown.pk]), post=True))
    if shown.state == BatchState.REFUSED:
        actions += _upload_action(actor)
    if shown.rejected_rows and actor.may("intake.batch.download_rejected"):
        sheet = reverse("intake:rejected-sheet", args=[shown.pk, "xlsx"])
        actions.append(Action(_("Download rejected rows"), sheet, main=True))
    identity = [str(shown.source), words.moment(shown.received_at), str(shown.received_by)]
    if shown.scheme:
        identity.insert(0, shown.scheme)
    return Page(shown.file_name, identity=identity, trail=[_home()], actions=actions)


def _steps(shown: Batch) -> list[Step]:
    """The river: from rows to scores, as far as it has flowed."""
    if shown.state in (BatchState.RECEIVED, BatchState.REFUSED):
        return []
    steps = [Step(_("Rows"), shown.rows)]
    if shown.rejected_rows:
        steps.append(
            Step(_("Rejected"), shown.rejected_rows, _("to mend and send again"), "#rejected", rejected=True)
        )
    steps.append(Step(_subjects_label(shown), shown.subjects, _subjects_note(shown)))
    steps.append(Step(_("Observations"), shown.observations))
    profiles = shown.outcome.get("profiles")
    if profiles:
        steps.append(Step(_("Profiles made or changed"), profiles["changed"], _of_read(profiles)))
    steps += _steps_of_list(shown.outcome)
    steps += _steps_of_scores(shown.outcome.get("scores", {}))
    return [*steps, *_steps_of_eligibility(shown.outcome.get("eligibility", {}))]


def _steps_of_list(outcome: dict[str, Any]) -> list[Step]:
    """What a list of beneficiaries made: enrolments, and overlaps between them."""
    places, overlaps = Counter(outcome.get("enrolments", {})), Counter(outcome.get("overlaps", {}))
    steps = []
    if places:
        new = _("%(count)s of them new") % {"count": words.number(places["new"])}
        steps.append(Step(_("Enrolments made or changed"), places["new"] + places["changed"], new))
    if overlaps:
        gone = _("%(count)s are gone") % {"count": words.number(overlaps["gone"])}
        steps.append(Step(_("Overlaps found"), overlaps["new"], gone))
    return steps


def _steps_of_scores(scores: dict[str, Any]) -> list[Step]:
    """What became of scores: a first score is not one that moved."""
    count = Counter(scores)
    steps = []
    if count["first"]:
        poor = _("%(count)s of them poor") % {"count": words.number(count["first_poor"])}
        steps.append(Step(_("Scored for the first time"), count["first"], poor))
    moved = count["up"] + count["down"]
    if scores and (moved or not count["first"]):
        steps.append(Step(_("Scores moved"), moved, _up_and_down(count)))
        if moved:
            back = _("%(count)s no longer poor") % {"count": words.number(count["no_longer_poor"])}
            steps.append(Step(_("Newly poor"), count["newly_poor"], back))
    return steps


def _steps_of_eligibility(counts: dict[str, Any]) -> list[Step]:
    """What followed in schemes that are run here: proposals, where there are any."""
    entering, leaving = counts.get("newly_eligible", 0), counts.get("no_longer_eligible", 0)
    if not (entering or leaving):
        return []
    gone = _("%(count)s no longer eligible") % {"count": words.number(leaving)}
    return [Step(_("Became eligible"), entering, gone)]


def _bands(shown: Batch) -> list[Part]:
    """Where the households that were scored stand now."""
    scores = Counter(shown.outcome.get("scores", {}))
    return [Part(label, scores[code]) for code, label in BANDS.items() if scores[code]]


def _subjects_label(shown: Batch) -> str:
    load = shown.outcome.get("load", {})
    if load.get("households"):
        return _("Households and persons") if load.get("persons") else _("Households")
    return _("Electricity connections") if load.get("meters") else _("Persons")


def _subjects_note(shown: Batch) -> str:
    new = shown.outcome.get("load", {}).get("new_subjects", 0)
    return _("%(count)s spoken of for the first time") % {"count": words.number(new)}


def _of_read(profiles: dict[str, Any]) -> str:
    return _("of %(count)s households touched") % {"count": words.number(profiles.get("read", 0))}


def _up_and_down(count: Counter[str]) -> str:
    return _("up %(up)s, down %(down)s") % {
        "up": words.number(count["up"]),
        "down": words.number(count["down"]),
    }


def _left_out(shown: Batch) -> str:
    check = shown.outcome.get("check", {})
    count = check.get("left_out", 0)
    if not count:
        return ""
    said = ngettext(
        "%(count)s row was left out: this source takes only rows in which %(only)s.",
        "%(count)s rows were left out: this source takes only rows in which %(only)s.",
        count,
    )
    return said % {"count": words.number(count), "only": check["only"]}


def _rejected_table(request: SaibanRequest, shown: Batch) -> RejectedTable | None:
    if not shown.rejected_rows:
        return None
    filters = RejectedFilters(
        request.GET or None, queryset=queries.rejections(actor=request.actor, batch=shown)
    )
    table = arrange(request, RejectedTable(filters.qs))
    table.filter = filters
    return table


@duty_required
@require_GET
def rejected_sheet(request: SaibanRequest, batch_id: int, kind: str) -> HttpResponse:
    """Hand out the rejected rows as they came, to mend and send again."""
    if kind not in sheets.KINDS:
        raise Http404
    return _handed_out(sheets.rejected_sheet(actor=request.actor, batch_id=batch_id, kind=kind))


@duty_required
@require_GET
def list_format(request: SaibanRequest) -> HttpResponse:
    """Show the prescribed columns of lists of beneficiaries."""
    require(request.actor, "intake.source.view")
    table = arrange(request, FormatTable(prescribed.prescribed_columns()))
    trail = [Link(_("Sources"), reverse("intake:sources"))]
    actions = [
        Action(_("Template as CSV"), reverse("intake:list-template", args=["csv"])),
        Action(_("Template as XLSX"), reverse("intake:list-template", args=["xlsx"]), main=True),
    ]
    page = Page(_("Lists of beneficiaries: the prescribed columns"), trail=trail, actions=actions)
    return render(request, "intake/list_format.html", {"page": page, "table": table})


@duty_required
@require_GET
def list_template(request: SaibanRequest, kind: str) -> HttpResponse:
    """Hand out the heading of a list, to fill in."""
    require(request.actor, "intake.source.view")
    if kind not in sheets.KINDS:
        raise Http404
    return _handed_out(prescribed.template(kind))


def _handed_out(sheet: sheets.Sheet) -> HttpResponse:
    response = HttpResponse(sheet.content, content_type=sheet.content_type)
    response["Content-Disposition"] = content_disposition_header(True, sheet.name)
    return response


@duty_required
@require_GET
def sources(request: SaibanRequest) -> HttpResponse:
    """List where data come from."""
    require(request.actor, "intake.source.view")
    table = arrange(request, SourceTable(queries.sources(actor=request.actor)))
    page = Page(_("Sources"), actions=_upload_action(request.actor))
    return render(request, "intake/list.html", {"page": page, "table": table})


@duty_required
@require_GET
def source(request: SaibanRequest, source_id: int) -> HttpResponse:
    """Show one source: its last delivery, its agreement, its fields, and where its data went."""
    shown = get_visible(queries.sources(actor=request.actor), actor=request.actor, pk=source_id)
    may_see_batches = request.actor.may("intake.batch.view")
    delivered = (
        BatchTable(queries.batches(actor=request.actor).filter(source=shown), exclude=("source",))
        if may_see_batches
        else None
    )
    trail = [Link(_("Sources"), reverse("intake:sources"))]
    actions = _upload_action(request.actor) if shown.kind != Source.Kind.INTERNAL else []
    agreement = queries.agreement_of(shown)
    context = {
        "page": Page(str(shown), identity=[shown.code, str(shown.partner)], trail=trail, actions=actions),
        "figures": _source_figures(shown, agreement),
        "banner": None
        if agreement
        else Banner(_("No agreement is in force: nothing of this source is taken."), "bad"),
        "groups": _groups(agreement.fields) if agreement else [],
        "agreement": agreement,
        "may_see_partners": request.actor.may("partners.partner.view"),
        "panels": slots.fill(OF_SOURCE, request.actor, [shown.pk]),
        "table": arrange(request, delivered) if delivered is not None else None,
    }
    return render(request, "intake/source.html", context)


def _groups(codes: list[str]) -> list[tuple[Group, list[DictionaryField]]]:
    """Fields of an agreement, as its own page groups them."""
    return [(group, lines) for group in groups() if (lines := group.lines(codes))]


def _source_figures(shown: Any, agreement: Any) -> list[Figure]:
    last = words.moment(shown.last_received) if shown.last_received else _("none yet")
    expected = shown.expected_every_days
    every = (
        _("expected every %(days)s days") % {"days": expected} if expected else _("expected at no fixed time")
    )
    return [
        Figure(_("Last delivery"), last, _("late: %(every)s") % {"every": every} if shown.is_late else every),
        Figure(_("Batches"), words.number(shown.batch_count), _("received so far")),
        Figure(_("Observations"), words.number(shown.observation_count or 0), _("taken so far")),
        Figure(
            _("Agreement"), agreement.code if agreement else _("none"), agreement.purpose if agreement else ""
        ),
    ]
