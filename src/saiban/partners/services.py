"""The only writers of partners: one person prepares an agreement, another approves; an end has a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.utils import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from saiban.core import audit
from saiban.core.errors import Refused
from saiban.core.models import Actor, Area
from saiban.core.services import get_visible, service
from saiban.data.dictionary import fields as dictionary
from saiban.data.errors import BadInput
from saiban.partners.models import Agreement, Partner
from saiban.partners.transitions import AGREEMENT_MOVES, AgreementState


class OverlappingAgreement(Refused):
    """Another agreement of the same source is in force for some of these days."""

    code = "partners.overlapping_agreement"
    sentence = _(
        "Another agreement of this source is in force for some of these days. "
        "End it first, or change the days."
    )


class CodeTaken(Refused):
    """The code stands for another agreement already."""

    code = "partners.code_taken"
    sentence = _("Another agreement has this code. Prepare it anew with a code of its own.")


@service("partners.agreement.prepare")
def prepare_agreement(
    *,
    actor: Actor,
    code: str,
    partner_id: int,
    source: str,
    basis: str,
    purpose: str,
    fields: Iterable[str],
    area_code: str,
    starts_on: date,
    ends_on: date | None = None,
) -> Agreement:
    """Write a draft; ``ends_on`` is the first day on which it no longer holds.

    Raises: NotVisible (404), BadInput.
    """
    codes = sorted(set(fields))
    _check(codes, starts_on, ends_on)
    agreement = Agreement.objects.create(
        code=code,
        partner=get_visible(Partner.objects.all(), actor=actor, pk=partner_id),
        source=source,
        basis=basis,
        purpose=purpose,
        fields=codes,
        area=get_visible(Area.objects.all(), actor=actor, code=area_code),
        during=DateRange(starts_on, ends_on),
        prepared_by=actor,
    )
    audit.note(subject=agreement, source=source)
    return agreement


def _check(codes: list[str], starts_on: date, ends_on: date | None) -> None:
    known = {**dictionary("household"), **dictionary("person"), **dictionary("benefit")}
    strangers = [code for code in codes if code not in known]
    if strangers or not codes:
        raise BadInput(str(_("An agreement names fields of the dictionary.")), place=", ".join(strangers))
    if ends_on is not None and ends_on <= starts_on:
        raise BadInput(str(_("The agreement would end before it begins.")), place=ends_on.isoformat())


@service("partners.agreement.approve")
def approve_agreement(*, actor: Actor, agreement_id: int) -> Agreement:
    """Put a draft into force; another person than the one who prepared it.

    Raises: NotVisible (404), IllegalMove (409), SecondPersonNeeded (403), OverlappingAgreement (409),
    CodeTaken (409).
    """
    agreement = get_visible(Agreement.objects.select_for_update(of=("self",)), actor=actor, pk=agreement_id)
    AGREEMENT_MOVES.move(
        agreement, to=AgreementState.IN_FORCE, actor=actor, prepared_by=agreement.prepared_by_id
    )
    try:
        with transaction.atomic():
            agreement.save(update_fields=["state"])
    except IntegrityError as error:
        raise (OverlappingAgreement if "one_agreement" in str(error) else CodeTaken) from None
    audit.note(subject=agreement)
    return agreement


@service("partners.agreement.end")
def end_agreement(*, actor: Actor, agreement_id: int, reason: str) -> Agreement:
    """End an agreement today: from today on nothing passes by it.

    Raises: NotVisible (404), IllegalMove (409), ReasonMissing (422).
    """
    agreement = get_visible(Agreement.objects.select_for_update(of=("self",)), actor=actor, pk=agreement_id)
    AGREEMENT_MOVES.move(agreement, to=AgreementState.ENDED, actor=actor, reason=reason)
    agreement.during = _until(agreement.during, timezone.localdate())
    agreement.save(update_fields=["state", "during"])
    audit.note(subject=agreement, reason=reason)
    return agreement


def _until(during: DateRange, day: date) -> DateRange:
    """Cut the days at ``day``; one that had not begun keeps its days, for the record."""
    if during.lower >= day or (during.upper is not None and during.upper <= day):
        return during
    return DateRange(during.lower, day)
