"""Shared by all tests: the two database aliases, the foundation, and a fixed cast of people (see
``tests/cast.py``).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings as hypothesis_settings

# how long an example takes says what else the machine does: time is not a test
hypothesis_settings.register_profile("saiban", deadline=None)
hypothesis_settings.load_profile("saiban")

pytest_plugins = ["tests.cast"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give tests that commit both aliases: the mirror alone is never flushed."""
    for item in items:
        for mark in item.iter_markers("django_db"):
            if mark.kwargs.get("transaction"):
                mark.kwargs.setdefault("databases", ["default", "owner"])


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Create the test database through its owner (the plugin would set up only the alias that tests ask for).

    Areas, agencies, the system's actor, partners and sources are laid once; later runs begin with a copy
    (``tests/laid.py``).
    Our connections are closed before the database is dropped.
    """
    from django.db import connections
    from django.test.utils import setup_databases, teardown_databases

    from tests import laid

    with django_db_blocker.unblock():
        owner = connections["owner"]
        if is_laid := laid.is_there():
            owner.settings_dict["TEST"]["TEMPLATE"] = laid.name()
        made = setup_databases(verbosity=0, interactive=False)
        if not is_laid:
            laid.lay()
            connections.close_all()
            laid.keep(owner.settings_dict["NAME"])
    yield
    with django_db_blocker.unblock():
        connections.close_all()
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def in_english() -> None:
    """Begin each test in English: a page that was asked for in Urdu leaves its language to the thread."""
    from django.utils import translation

    translation.activate("en")
