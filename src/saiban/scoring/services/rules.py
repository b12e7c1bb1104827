"""The life of rules: added as drafts, tested on everybody, approved by another person, retired."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from saiban.core import audit, locks
from saiban.core.errors import Refused
from saiban.core.models import Actor
from saiban.core.services import get_visible, service
from saiban.data.errors import BadInput
from saiban.registry import copying
from saiban.scoring import judging, rule_trial
from saiban.scoring.models import Rule
from saiban.scoring.services.scorecards import TrialFailed, ask_area
from saiban.scoring.transitions import RULE_MOVES, RuleState

CODE = re.compile(r"[a-z][a-z0-9-]{2,59}")
FRESH = timedelta(days=30)  # a test older than this says too little of the people of today


class SelectsNobodyOrNearlyAll(Refused):
    """A rule that selects nobody or nearly everybody is mostly a slip: whoever means it says so."""

    code = "scoring.rule_selects_nobody_or_nearly_all"
    status = 422

    def __init__(self, results: Mapping[str, Any]) -> None:
        """Keep what it selects, for the page that asks."""
        self.results = results
        words = {"eligible": f"{results['eligible']:,}", "judged": f"{results['judged']:,}"}
        super().__init__(_("The rule selects %(eligible)s of %(judged)s. Say that you have seen it.") % words)


class RuleNotTested(Refused):
    """What would be approved is not what was tested: the numbers of policy or the people have moved on."""

    code = "scoring.rule_not_tested"


@service("scoring.rule.add")
def add_rule(
    *, actor: Actor, code: str, title_en: str, title_ur: str, unit: str, text: str, reference: str
) -> Rule:
    """Add a rule as a draft; of a code that is there already, its next version.

    ``text`` is CEL over the field dictionary. Raises: BadInput naming the character of the rule, a code of
    another form, a title or reference that is empty, another unit or the same text as a former version.
    """
    text = plain(text)
    _ask_words(code, title_en, title_ur, unit, reference)
    row = Rule(code=code, title_en=title_en.strip(), title_ur=title_ur.strip(), unit=unit, text=text)
    judging.checked(row)
    copying.rows_of("select pg_advisory_xact_lock(%s)", [locks.RULE_VERSIONS])
    former = list(Rule.objects.filter(code=code).order_by("-version"))
    _ask_former(former, row)
    row.version = former[0].version + 1 if former else 1
    row.digest = digest(text, unit)
    row.reference, row.author = reference.strip(), actor
    row.save()
    audit.note(subject=row, code=code, version=row.version, digest=row.digest)
    return row


@service("scoring.rule.test")
def test_rule(*, actor: Actor, rule_id: int, seen: bool = False) -> Rule:  # noqa: PT028 no test of pytest
    """Try a rule out on made-up cases and on the whole registry, and keep what it may be approved on.

    ``seen``: the actor has seen that it selects nobody or nearly everybody. Raises: TrialFailed, IllegalMove
    (409), SelectsNobodyOrNearlyAll (422).
    """
    row = _locked(actor, rule_id)
    RULE_MOVES.move(row, to=RuleState.TESTED, actor=actor)
    row.tested = rule_trial.try_out(row, on=timezone.localdate())
    if row.tested["equal"] != row.tested["cases"]:
        raise TrialFailed(
            _("Its two ways of answering do not agree. Report this to the makers of the system.")
        )
    _ask_seen(row, seen)
    row.save(update_fields=["state", "tested"])
    audit.note(subject=row, judged=row.tested["judged"], eligible=row.tested["eligible"], seen=seen)
    return row


@service("scoring.rule.approve")
def approve_rule(*, actor: Actor, rule_id: int, seen: bool = False) -> Rule:
    """Approve a tested rule, as another person than its author; schemes may run by it from now on.

    Raises: ProvinceNeeded, SecondPersonNeeded (403), IllegalMove, RuleNotTested, PolicyNotConfirmed (409),
    SelectsNobodyOrNearlyAll (422) without ``seen``.
    """
    ask_area(actor)
    row = _locked(actor, rule_id)
    RULE_MOVES.move(row, to=RuleState.APPROVED, actor=actor, prepared_by=row.author_id)
    _ask_tested(row)
    _ask_seen(row, seen)
    row.approver, row.approved_at = actor, timezone.now()
    row.save(update_fields=["state", "approver", "approved_at"])
    audit.note(subject=row, digest=row.digest, seen=seen)
    return row


@service("scoring.rule.retire")
def retire_rule(*, actor: Actor, rule_id: int, reason: str) -> Rule:
    """Take a rule out of use: no scheme opens a cycle by it any more; decisions made by it stay.

    Raises: ProvinceNeeded (403), ReasonMissing (422), IllegalMove (409).
    """
    ask_area(actor)
    row = _locked(actor, rule_id)
    RULE_MOVES.move(row, to=RuleState.RETIRED, actor=actor, reason=reason)
    row.save(update_fields=["state"])
    audit.note(subject=row, reason=reason.strip())
    return row


def plain(text: str) -> str:
    r"""The text as it is kept: lines end in ``\n``, no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def digest(text: str, unit: str) -> str:
    """What a rule is, in 64 characters: its unit and text."""
    return sha256(f"{unit}\n{text}".encode()).hexdigest()


def _locked(actor: Actor, rule_id: int) -> Rule:
    return get_visible(Rule.objects.select_for_update(of=("self",)), actor=actor, pk=rule_id)


def _ask_words(code: str, title_en: str, title_ur: str, unit: str, reference: str) -> None:
    """Refuse a rule that nobody can name or trace."""
    if not CODE.fullmatch(code):
        raise BadInput(
            _("This is not a code."),
            place="code",
            expected=_("small Latin letters, digits and hyphens, three at least, a letter first"),
        )
    if unit not in Rule.Unit.values:
        raise BadInput(
            _("A rule speaks of households or of persons."), place="unit", expected="household, person"
        )
    for place, words in (("title_en", title_en), ("title_ur", title_ur), ("reference", reference)):
        if not words.strip():
            raise BadInput(
                _("This is empty."), place=place, expected=_("a title in both languages, and a reference")
            )


def _ask_former(former: list[Rule], row: Rule) -> None:
    """Refuse a version that is no new version of the same rule."""
    if former and former[0].unit != row.unit:
        raise BadInput(
            _("The versions of a rule speak of the same unit."), place="unit", expected=former[0].unit
        )
    for version in former:
        if version.digest == digest(row.text, row.unit):
            raise BadInput(
                _("This text is there already."),
                place=f"{version.code} {version.version}",
                expected=_("a text that differs from all former versions"),
            )


def _ask_seen(row: Rule, seen: bool) -> None:
    if rule_trial.nobody_or_nearly_all(row.tested) and not seen:
        raise SelectsNobodyOrNearlyAll(row.tested)


def _ask_tested(row: Rule) -> None:
    """Refuse what was not tested as it is today. Raises: PolicyNotConfirmed, RuleNotTested (409)."""
    today = timezone.localdate()
    policy = judging.policy_of(row, on=today, decides=True)
    same_numbers = {name: str(number) for name, number in policy.items()} == row.tested["policy"]
    is_fresh = today - date.fromisoformat(row.tested["on"]) <= FRESH
    if not (same_numbers and is_fresh and row.tested["digest"] == row.digest):
        raise RuleNotTested(
            _("The test is older than 30 days, or numbers of policy have changed since. Test it anew.")
        )
