"""Pages of rules: the list, a version, the editor with its preview, and the moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from saiban.core.http import SaibanRequest, duty_required
from saiban.core.services import require
from saiban.data.errors import BadInput
from saiban.scoring import queries, rule_trial, services
from saiban.scoring.forms import PreviewForm, RuleForm, SeenForm, in_a_sentence
from saiban.scoring.models import Rule
from saiban.scoring.pages import rules as pages
from saiban.ui import slots, words
from saiban.ui.components import Action, Link, Page
from saiban.ui.confirming import confirmed

Context = dict[str, Any]
KEPT = ("code", "title_en", "title_ur", "unit", "text", "reference")


@duty_required
@require_GET
def rules(request: SaibanRequest) -> HttpResponse:
    """List all rules with their versions."""
    require(request.actor, "scoring.rule.view")
    can_add = request.actor.may("scoring.rule.add")
    actions = [Action(_("Add a rule"), reverse("scoring:rule-add"), main=True)] if can_add else []
    shown = {"page": Page(_("Rules"), actions=actions), "rows": queries.rules(actor=request.actor)}
    return render(request, "scoring/rules.html", shown)


@duty_required
@require_GET
def rule(request: SaibanRequest, rule_id: int) -> HttpResponse:
    """Show a version: its text and words, whom it selects now (or did when tested), its life."""
    actor = request.actor
    found = queries.rule_page(actor=actor, rule_id=rule_id)
    is_counted = actor.may("scoring.rule.preview") and (
        "count" in request.GET or queries.is_quickly_counted(actor)
    )
    preview = queries.preview_rule(actor=actor, rule=found.rule) if is_counted else None
    panels = slots.fill("scoring.rule.side", actor, [found.rule.pk])
    shown = pages.rule(actor, found, preview) | {"panels": panels}
    return render(request, "scoring/rule.html", shown)


@duty_required
@require_http_methods(["GET", "POST"])
def add(request: SaibanRequest) -> HttpResponse:
    """Add a rule, or (``?from=``) the next version of one."""
    require(request.actor, "scoring.rule.add")
    if request.method == "GET":
        return render(request, "scoring/rule_form.html", _editor(RuleForm(initial=_former(request))))
    form = RuleForm(request.POST)
    if form.is_valid():
        try:
            kept = {name: form.cleaned_data[name] for name in KEPT}
            row = services.add_rule(actor=request.actor, **kept)
            messages.success(request, _("Added as a draft. Test it next."))
            return redirect("scoring:rule", row.pk)
        except BadInput as error:
            form.add_error(error.place if error.place in form.fields else "text", in_a_sentence(error))
    return render(request, "scoring/rule_form.html", _editor(form) | _fault(form), status=422)


@duty_required
@require_POST
def preview(request: SaibanRequest) -> HttpResponse:
    """Show whom a rule would select: beside the editor as one types, or on the editor's page."""
    require(request.actor, "scoring.rule.preview")
    form = PreviewForm(request.POST)
    shown = _previewed(request, form) if form.is_valid() else _fault(form)
    status = 200 if form.is_valid() else 422
    if request.htmx:
        return render(request, "scoring/rule_preview.html", shown, status=status)
    editor = RuleForm(initial={name: request.POST.get(name, "") for name in (*KEPT, "cost")})
    return render(request, "scoring/rule_form.html", _editor(editor) | shown, status=status)


@duty_required
@require_GET
def fields(request: SaibanRequest) -> HttpResponse:
    """List the names that a rule may use, with their answers; ``?find=`` narrows them."""
    require(request.actor, "scoring.rule.view")
    shown = pages.names(request.GET.get("find", "")[:100])
    if request.htmx:
        return render(request, "scoring/rule_names.html", shown)
    page = Page(_("What a rule may ask"), trail=[Link(_("Rules"), reverse("scoring:rules"))])
    return render(request, "scoring/rule_fields.html", shown | {"page": page})


@duty_required
@require_POST
def test(request: SaibanRequest, rule_id: int) -> HttpResponse:
    """Test a rule; one that selects nobody or nearly everybody only after a tick."""
    require(request.actor, "scoring.rule.test")
    row = queries.rule(actor=request.actor, rule_id=rule_id)
    seen = request.POST.get("seen") == "on"
    try:
        services.test_rule(actor=request.actor, rule_id=rule_id, seen=seen)
    except services.SelectsNobodyOrNearlyAll as refused:
        return _ask(request, row, refused.results)
    messages.success(request, _("Tested. Another person may approve it now."))
    return redirect("scoring:rule", rule_id)


@duty_required
@require_http_methods(["GET", "POST"])
def approve(request: SaibanRequest, rule_id: int) -> HttpResponse:
    """Approve a tested rule, after a page that says what follows."""
    require(request.actor, "scoring.rule.approve")
    services.ask_area(request.actor)
    row = queries.rule(actor=request.actor, rule_id=rule_id)
    is_odd = bool(row.tested) and rule_trial.nobody_or_nearly_all(row.tested)
    form = SeenForm(request.POST or None, nobody=not row.tested["eligible"]) if is_odd else None

    def then(asked: str = "", seen: bool = False) -> HttpResponse:
        services.approve_rule(actor=request.actor, rule_id=rule_id, seen=seen)
        messages.success(request, _("Approved. Schemes may run by it."))
        return redirect("scoring:rule", rule_id)

    return confirmed(
        request,
        page=Page(_("Approve %(title)s?") % {"title": row}, trail=_trail(row)),
        consequences=[
            *([_selects(row.tested)] if row.tested else []),
            _("Your name stands beside it as the one who approved it."),
            _("Schemes may run by it; who is eligible follows from it."),
            _("It cannot be changed afterwards, only retired."),
        ],
        confirm=_("Approve"),
        back=reverse("scoring:rule", args=[row.pk]),
        then=then,
        form=form,
        dangerous=False,
    )


@duty_required
@require_http_methods(["GET", "POST"])
def retire(request: SaibanRequest, rule_id: int) -> HttpResponse:
    """Take a rule out of use, with a reason."""
    require(request.actor, "scoring.rule.retire")
    services.ask_area(request.actor)
    row = queries.rule(actor=request.actor, rule_id=rule_id)

    def then(reason: str) -> HttpResponse:
        services.retire_rule(actor=request.actor, rule_id=rule_id, reason=reason)
        messages.success(request, _("Retired. What was decided by it stays."))
        return redirect("scoring:rule", rule_id)

    return confirmed(
        request,
        page=Page(_("Retire %(title)s?") % {"title": row}, trail=_trail(row)),
        consequences=[
            _("No scheme opens a cycle by it any more."),
            _("What was decided by it stays on record."),
        ],
        confirm=_("Retire"),
        back=reverse("scoring:rule", args=[row.pk]),
        then=then,
    )


def _ask(request: SaibanRequest, row: Rule, results: Any) -> HttpResponse:
    """Ask whether it was seen that a rule selects nobody or nearly everybody."""
    asked = request.POST if "asked" in request.POST else None
    shown = {
        "page": Page(_("Test %(title)s?") % {"title": row}, trail=_trail(row)),
        "consequences": [
            pages.warning(results),
            _selects(results),
            _("If that is not meant, leave it as it is and add a version with another text."),
        ],
        "form": SeenForm(asked, nobody=not results["eligible"]),
        "confirm": _("Test"),
        "cancel_url": reverse("scoring:rule", args=[row.pk]),
    }
    return render(request, "ui/confirm.html", shown, status=422)


def _selects(results: Any) -> str:
    return _("It selects %(eligible)s of %(judged)s; of %(unknown)s it is not known.") % {
        name: words.number(results[name]) for name in ("eligible", "judged", "unknown")
    }


def _editor(form: RuleForm) -> Context:
    return {
        "page": Page(_("Add a rule"), trail=[Link(_("Rules"), reverse("scoring:rules"))]),
        "form": form,
        **pages.names(""),
    }


def _fault(form: PreviewForm) -> Context:
    """What is wrong with the text, and what else keeps it from being counted."""
    if form.fault is None:
        return {"others": [error for name in ("cost", "unit") for error in form.errors.get(name, ())]}
    return {"fault": pages.fault(form.fault, form.cleaned_data.get("text", ""))}


def _previewed(request: SaibanRequest, form: PreviewForm) -> Context:
    """The rule in words, and whom it selects; as one types, only where that is quickly counted."""
    row = Rule(unit=form.cleaned_data["unit"], text=form.cleaned_data["text"])
    shown: Context = {"previewed": True, "clauses": pages.in_words(row)}
    if "preview" not in request.POST and not queries.is_quickly_counted(request.actor):
        return shown
    found = queries.preview_rule(actor=request.actor, rule=row)
    return shown | pages.counted(row, found.counts, found.on, form.cleaned_data["cost"])


def _former(request: SaibanRequest) -> Context:
    """What the next version begins with: the version before it."""
    number = request.GET.get("from", "")
    if not number.isdecimal():
        return {"unit": Rule.Unit.HOUSEHOLD}
    row = queries.rule(actor=request.actor, rule_id=int(number))
    return {name: getattr(row, name) for name in KEPT}


def _trail(row: Rule) -> list[Link]:
    return [
        Link(_("Rules"), reverse("scoring:rules")),
        Link(row.title, reverse("scoring:rule", args=[row.pk])),
    ]
