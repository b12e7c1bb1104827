"""The tables of the composition agree with the rooms."""

import importlib
import re
from pathlib import Path

import saiban
from saiban.config.cli import COMMANDS
from saiban.config.duties import DUTIES
from saiban.config.listeners import LISTENERS
from saiban.core.models import Role
from saiban.core.services import LOOKS, SERVICES

SRC = Path(saiban.__file__).parent


def load_doors():
    for path in SRC.rglob("*.py"):
        if path.stem in ("services", "queries", "administration") or path.parent.name in (
            "services",
            "queries",
        ):
            importlib.import_module(
                "saiban." + ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")
            )
    return SERVICES.keys() | LOOKS.keys()


def words_in_code(pattern):
    return {hit for path in SRC.rglob("*.py") for hit in re.findall(pattern, path.read_text())}


def test_every_role_has_a_grant():
    assert set(DUTIES) == set(Role.values)


def test_every_door_is_opened_by_some_duty():
    granted = {permission for grant in DUTIES.values() for permission in grant.permissions}
    assert load_doors() - granted - {name for name in load_doors() if name.startswith("tests.")} == set()


def test_every_permission_granted_is_asked_somewhere():
    asked = (
        load_doors()
        | words_in_code(r"may\(\s*\"([a-z_.]+)\"")
        | words_in_code(r"Move\(\s*\"([a-z_.]+)\"")
        | words_in_code(r"permission=\"([a-z_.]+)\"")
    )
    granted = {permission for grant in DUTIES.values() for permission in grant.permissions}
    assert granted - asked == set()


def test_every_announcement_has_its_row_among_the_listeners():
    announced = words_in_code(r"announce\(\s*\"([a-z_.]+)\"")
    assert announced == set(LISTENERS)


def test_every_command_can_be_loaded():
    for target, _words in COMMANDS.values():
        module, attribute = target.split(":")
        assert callable(getattr(importlib.import_module(module), attribute))
