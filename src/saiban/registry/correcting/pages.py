"""What the pages of corrections show: plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from saiban.core.models import Actor
from saiban.registry import pages
from saiban.registry.correcting.queries import CorrectionPage, is_late
from saiban.registry.models import Correction
from saiban.registry.queries import HouseholdPage, source_names
from saiban.registry.transitions import CorrectionState
from saiban.ui.components import Action, Banner, Link, Page, Words
from saiban.ui.slots import FilledPanel
from saiban.ui.words import answer_label, day, field_label

Context = dict[str, Any]


def ask_correction(shown: HouseholdPage, field: str, *, moves_score: bool) -> Context:
    """The page on which one answer is corrected: what is in use, what each source says, and the form."""
    row = shown.household
    waits = next((one for one in shown.corrections if one.field == field and one.waits), None)
    line = next((line for line in shown.values if line.field == field), None)
    second = _("This answer is weighed in the score: another person approves the correction before it holds.")
    return {
        "page": Page(_("Correct: %(field)s") % {"field": field_label(field)}, trail=pages.trail_of(row)),
        "banner": Banner(second, "note") if moves_score and waits is None else None,
        "line": line,
        "now": answer_label(field, line.value) if line else "",
        "sides": pages.sides(shown, line) if line else [],
        "waits": pages.correction_line(waits) if waits else None,
        "button": _("Propose the correction") if moves_score else _("Save the correction"),
        "cancel_url": reverse("registry:household", args=[row.pk]),
    }


def correction(actor: Actor, shown: CorrectionPage, main: Sequence[FilledPanel]) -> Context:
    """One correction, with the steps that the actor may take."""
    row, sources = shown.row, source_names()
    return {
        "page": Page(
            _("Correction: %(field)s") % {"field": field_label(row.field)},
            identity=row.household.code,
            trail=trail(),
            actions=[Action(words, reverse(f"registry:correction-{step}", args=[row.pk]), main=main_one)
                     for step, words, main_one in steps(actor, row)],
        ),
        "row": row,
        "label": field_label(row.field),
        "value": answer_label(row.field, row.value),
        "before": answer_label(row.field, row.before),
        "before_source": sources.get(row.before_source, row.before_source),
        "now": answer_label(row.field, shown.now),
        "now_source": sources.get(shown.now_source, shown.now_source),
        "late": is_late(row),
        "may_see_household": actor.may("registry.household.view"),
        "main": main,
    }  # fmt: skip


def trail() -> list[Link]:
    """The way back to the list."""
    return [Link(_("Corrections"), reverse("registry:corrections"))]


def steps(actor: Actor, row: Correction) -> list[tuple[str, Words, bool]]:
    """The steps that the actor may take on a correction, the main one last."""
    is_mine = row.proposed_by_id == actor.pk
    found: list[tuple[str, Words, bool]] = []
    if row.state == CorrectionState.PROPOSED and is_mine and actor.may("registry.correction.withdraw"):
        found.append(("withdraw", _("Withdraw"), False))
    if row.state == CorrectionState.PROPOSED and not is_mine:
        if actor.may("registry.correction.refuse"):
            found.append(("refuse", _("Refuse"), False))
        if actor.may("registry.correction.approve"):
            found.append(("approve", _("Approve"), True))
    may_lift = actor.may("registry.correction.lift") and row.not_lifted_by != actor.pk
    if row.state == CorrectionState.APPROVED and may_lift:
        found.append(("lift", _("Lift"), False))
    return found


def consequences(step: str, shown: CorrectionPage, filled: Sequence[FilledPanel]) -> list[Words]:
    """What a step will do, to whom."""
    row = shown.row
    words: Mapping[str, Any] = {
        "field": field_label(row.field),
        "code": row.household.code,
        "value": answer_label(row.field, row.value),
        "now": answer_label(row.field, shown.now),
        "day": day(row.ends_on),
    }
    if step == "approve":
        becomes = _("%(field)s of household %(code)s: %(now)s is in use now, %(value)s from now on.")
        until = _("It holds until %(day)s; on that day what the sources say holds again.")
        moved = [said for panel in filled for said in panel.context["consequences"]]
        return [becomes % words, until % words, *moved]
    if step == "lift":
        again = _("%(field)s of household %(code)s: what the sources say holds again at once.")
        return [
            again % words,
            _("The score follows within a moment."),
            _("What was said stays on record, with your reason."),
        ]
    stays = _("%(field)s of household %(code)s stays as it is: %(now)s.") % words
    if step == "refuse":
        return [stays, _("Who proposed it reads your reason on the page of the correction.")]
    return [stays, _("It can be proposed anew at any time.")]
