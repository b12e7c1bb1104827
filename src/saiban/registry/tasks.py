"""What the registry does when others announce something."""

from __future__ import annotations

from django.utils import timezone

from saiban.core import foundation, outbox
from saiban.registry import ageing, copying, services
from saiban.registry.correcting import services as correcting
from saiban.registry.erasure import services as erasure
from saiban.registry.knowledge import counting
from saiban.registry.models import Correction, Link, Membership

AT_ONCE = 2500  # aged households refreshed in one transaction: nobody waits long for their rows


def apply_part(part_id: int) -> None:
    """Hear ``intake.part.loaded``."""
    services.apply_part(actor=foundation.system_actor(), part_id=part_id)


def refresh_part(part_id: int, change_set_id: int) -> None:
    """Hear ``registry.part.applied``."""
    services.refresh_part(actor=foundation.system_actor(), part_id=part_id, change_set_id=change_set_id)


def renew_names_of_part(part_id: int, change_set_id: int) -> None:
    """Hear ``registry.part.applied``, before profiles do: who is refreshed is found by name."""
    services.renew_names_of_part(
        actor=foundation.system_actor(), part_id=part_id, change_set_id=change_set_id
    )


def count_knowledge(area_id: int) -> None:
    """Hear ``scoring.district.scored``."""
    counting.count_knowledge(actor=foundation.system_actor(), area_id=area_id)


def refresh_observed(observation_id: int, subject_id: int) -> None:
    """Hear ``intake.observation.recorded``: refresh the household that was spoken of, or whose member was."""
    link = Link.objects.filter(subject_id=subject_id, undone_at=None).first()
    if link is None:
        return
    of_person = Membership.objects.filter(person=link.person_id, during__upper_inf=True, cancelled=False)
    ids = [link.household_id] if link.household_id else list(of_person.values_list("household_id", flat=True))
    services.refresh_profiles(
        actor=foundation.system_actor(),
        household_ids=[pk for pk in ids if pk],
        reason="intake.observation.recorded",
    )


def carry_out_erasure(erasure_id: int) -> None:
    """Hear ``registry.erasure.approved``."""
    erasure.carry_out(actor=foundation.system_actor(), erasure_id=erasure_id)


def close_survey(batch_id: int) -> None:
    """Hear ``intake.batch.applied``: tell whom a survey did not find where it went."""
    services.close_survey(actor=foundation.system_actor(), batch_id=batch_id)


def look_for_aged() -> None:
    """Every night: words that passed their field's greatest age give way, also where nothing comes in.
    District by district, and below that by so many households: each a transaction of its own.
    """
    today = timezone.localdate()
    for area_id in counting.districts_to_count():
        outbox.announce("registry.district.aging", key=f"area:{area_id}:aging:{today}", area_id=area_id)


def find_aged(area_id: int) -> None:
    """Hear ``registry.district.aging``."""
    today = timezone.localdate()
    for household_ids in copying.in_chunks(ageing.aged_households(area_id, today), AT_ONCE):
        key = f"household:{household_ids[0]}:aged:{today}"
        outbox.announce("registry.profile.aged", key=key, household_ids=household_ids)


def refresh_aged(household_ids: list[int]) -> None:
    """Hear ``registry.profile.aged``."""
    services.refresh_profiles(
        actor=foundation.system_actor(), household_ids=household_ids, reason="registry.profile.age"
    )


def count_all_knowledge() -> None:
    """Every night: ages move on also where nothing comes in."""
    for area_id in counting.districts_to_count():
        counting.count_knowledge(actor=foundation.system_actor(), area_id=area_id)


def expire_corrections() -> None:
    """Every few minutes: end the corrections whose day has come; most times there are none."""
    if Correction.objects.over_on(timezone.localdate()).exists():
        correcting.expire_corrections(actor=foundation.system_actor())
