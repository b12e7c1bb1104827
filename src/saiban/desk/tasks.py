"""What the desk does when others announce something: it tells the people concerned. By the clock it counts
how areas stand.
"""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone, translation

from saiban.core import foundation
from saiban.core.models import ActorKind, Duty
from saiban.desk import services
from saiban.desk.queries import standing
from saiban.intake.models import Batch
from saiban.intake.queries import refusal_of
from saiban.messages import services as messages
from saiban.registry.models import Correction
from saiban.registry.transitions import CorrectionState
from saiban.ui import words


def tell_of_batch(batch_id: int) -> None:
    """Hear ``intake.batch.applied`` and ``intake.batch.refused``: tell the one who received the file."""
    batch = Batch.objects.select_related("source", "received_by").get(pk=batch_id)
    person = batch.received_by
    if person.kind != ActorKind.PERSON:
        return
    with translation.override(person.language):
        said = {"file": batch.file_name, "source": str(batch.source)}
        if batch.state == "refused":
            template, said = "intake.batch.refused", said | {"refusal": str(refusal_of(batch) or "")}
        else:
            template, said = "intake.batch.applied", said | _counts(batch)
    messages.send(
        actor=foundation.system_actor(),
        to=person,
        template=template,
        key=f"batch:{batch.pk}:{batch.state}:told",
        link=reverse("intake:batch", args=[batch.pk]),
        **said,
    )


def _counts(batch: Batch) -> dict[str, str]:
    changed = batch.outcome.get("profiles", {}).get("changed", 0)
    counts = {"rows": batch.rows, "rejected": batch.rejected_rows, "changed": changed}
    return {name: words.number(count) for name, count in counts.items()}


def tell_of_correction(correction_id: int) -> None:
    """Hear ``registry.correction.decided``: tell the one who proposed it. The reason stands on its page."""
    row = Correction.objects.select_related("proposed_by").get(pk=correction_id)
    approved = row.state != CorrectionState.REFUSED
    with translation.override(row.proposed_by.language):
        said = {"field": words.field_label(row.field)}
    messages.send(
        actor=foundation.system_actor(),
        to=row.proposed_by,
        template=f"registry.correction.{'approved' if approved else 'refused'}",
        key=f"correction:{row.pk}:told",
        link=reverse("registry:correction", args=[row.pk]),
        **said,
    )


def tell_of_duty_given(duty_id: int) -> None:
    """Hear ``core.duty.given``: tell the one who has it now."""
    duty = _duty(duty_id)
    with translation.override(duty.actor.language):
        said = {"duty": duty.label, "starts_on": words.day(duty.starts_on), "purpose": duty.purpose}
    _tell(duty, "core.duty.given", **said)


def tell_of_duty_ended(duty_id: int) -> None:
    """Hear ``core.duty.ended``: tell the one who had it."""
    duty = _duty(duty_id)
    with translation.override(duty.actor.language):
        said = {"duty": duty.label}
    _tell(duty, "core.duty.ended", **said)


def _duty(duty_id: int) -> Duty:
    return Duty.objects.select_related("actor", "area").get(pk=duty_id)


def _tell(about: Duty, template: str, **said: object) -> None:
    messages.send(
        actor=foundation.system_actor(),
        to=about.actor,
        template=template,
        key=f"duty:{about.pk}:{template}:told",
        link=reverse("desk:enter"),
        **said,
    )


def count_areas_after_batch(area_id: int) -> None:
    """Hear ``scoring.district.scored``: while an import works, nothing is done by the clock."""
    count_areas()


def count_areas() -> None:
    """Every few minutes: count how areas stand, if that is due."""
    system = foundation.system_actor()
    if standing.is_due(system, timezone.now()):
        services.count_areas(actor=system)
