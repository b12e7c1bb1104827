"""The people of every test: one of each duty, and one whose area lies elsewhere.

``clerk`` and ``officer`` work in Rajanpur, ``other_clerk`` in Attock, the others in the whole province;
``zakat_manager`` for another department.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from saiban.core import foundation
from saiban.core.models import Actor, Agency, Area, Duty, Role
from saiban.registry.correcting import services as correcting
from saiban.registry.models import Correction, Household

PASSWORD = "canopy-of-nastaliq-7"
Appoint = Callable[..., Actor]
Correct = Callable[..., Correction]


@pytest.fixture
def foundations(db: None) -> None:
    """Areas, agencies and the system's actor, also after a test that flushed the database."""
    if not Actor.objects.filter(username=foundation.SYSTEM).exists():
        foundation.lay()


@pytest.fixture
def appoint(foundations: None) -> Appoint:
    """Make an actor with one open duty and return it acting under it."""

    def make(
        username: str,
        role: str,
        area: str = "Punjab",
        *,
        language: str = "en",
        agency: str = foundation.OWNER_AGENCY,
    ) -> Actor:
        actor = Actor.objects.create_user(
            username, password=PASSWORD, name_en=username.title(), language=language
        )
        place = Area.objects.filter(name_en=area).order_by("path").first()
        duty = Duty.objects.create(
            actor=actor,
            role=role,
            area=place,
            agency=Agency.objects.get(code=agency),
            purpose="tests",
            starts_on=date(2025, 1, 1),
        )
        return actor.under(duty)

    return make


@pytest.fixture
def administrator(appoint: Appoint) -> Actor:
    return appoint("administrator", Role.ADMINISTRATOR)


@pytest.fixture
def manager(appoint: Appoint) -> Actor:
    return appoint("manager", Role.DATA_MANAGER)


@pytest.fixture
def analyst(appoint: Appoint) -> Actor:
    return appoint("analyst", Role.ANALYST)


@pytest.fixture
def auditor(appoint: Appoint) -> Actor:
    return appoint("auditor", Role.AUDITOR)


@pytest.fixture
def programme_manager(appoint: Appoint) -> Actor:
    return appoint("programme_manager", Role.PROGRAMME_MANAGER)


@pytest.fixture
def approver(appoint: Appoint) -> Actor:
    return appoint("approver", Role.APPROVER)


@pytest.fixture
def zakat_manager(appoint: Appoint) -> Actor:
    """A programme manager of another department: sees the rows of its own schemes only."""
    return appoint("zakat_manager", Role.PROGRAMME_MANAGER, agency="zakat")


@pytest.fixture
def clerk(appoint: Appoint) -> Actor:
    return appoint("clerk", Role.CLERK, "Rajanpur")


@pytest.fixture
def officer(appoint: Appoint) -> Actor:
    return appoint("officer", Role.DISTRICT_OFFICER, "Rajanpur")


@pytest.fixture
def other_clerk(appoint: Appoint) -> Actor:
    return appoint("other_clerk", Role.CLERK, "Attock")


@pytest.fixture
def system(foundations: None) -> Actor:
    return foundation.system_actor()


@pytest.fixture
def second(appoint: Appoint) -> Actor:
    """Another data manager: who approves what the first one proposed."""
    return appoint("second", Role.DATA_MANAGER)


@pytest.fixture
def correct(second: Actor) -> Correct:
    """Make a correction that holds: proposed by an actor, approved by a second person where a score moves."""

    def made(actor: Actor, home: Household, field: str, value: object, **more: Any) -> Correction:
        row = correcting.propose_correction(
            actor=actor,
            household_id=home.pk,
            field=field,
            value=value,
            **({"reason": "seen at the door"} | more),
        )
        if row.state == "proposed":
            row = correcting.approve_correction(actor=second, correction_id=row.pk)
        return row

    return made
