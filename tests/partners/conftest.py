"""A partner, and an agreement at each point of its life."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from saiban.core.models import Actor, Role
from saiban.partners import services
from saiban.partners.models import Agreement, Partner

Prepare = Callable[..., Agreement]


@pytest.fixture
def partner(foundations: None) -> Partner:
    return Partner.objects.create(
        code="wapda", kind="company", name_en="Water and Power", name_ur="پانی و بجلی"
    )


@pytest.fixture
def other_administrator(appoint: Any) -> Actor:
    return appoint("other_administrator", Role.ADMINISTRATOR)


@pytest.fixture
def prepare(manager: Actor, partner: Partner) -> Prepare:
    """Prepare a draft as the data manager; what is not named stays as it is here."""

    def prepared(**changed: Any) -> Agreement:
        said = {
            "code": "AG-1",
            "partner_id": partner.pk,
            "source": "meters",
            "basis": "memorandum of 2026",
            "purpose": "targeting",
            "fields": ["electricity_units", "cnic"],
            "area_code": "PK6",
            "starts_on": date(2026, 1, 1),
        }
        return services.prepare_agreement(actor=manager, **(said | changed))

    return prepared


@pytest.fixture
def draft(prepare: Prepare) -> Agreement:
    return prepare()


@pytest.fixture
def in_force(draft: Agreement, administrator: Actor) -> Agreement:
    return services.approve_agreement(actor=administrator, agreement_id=draft.pk)
