from collections.abc import Sequence
from typing import Any

import pytest
from django.urls import NoReverseMatch

from saiban.ui import navigation, slots
from saiban.ui.components import Action, Job, Page
from saiban.ui.navigation import Item
from saiban.ui.slots import Panel


class Someone:
    """An actor that may what it is told."""

    def __init__(self, *permissions: str) -> None:
        self.permissions = permissions

    def may(self, permission: str) -> bool:
        return permission in self.permissions


NAVIGATION = [
    Item("Pieces", "ui:gallery", "", "My work", lambda actor: 7),
    Item("Confirm", "ui:gallery-confirm", "a.b.see", "Other"),
]
LOST = [Item("Lost", "no:page", "", "")]
PANELS = [
    Panel("page", "late", "", lambda actor, ids: {"ids": list(ids)}, "late.html", order=200),
    Panel("page", "early", "a.b.see", lambda actor, ids: {}, "early.html", order=10),
    Panel("page", "silent", "", lambda actor, ids: None, "silent.html"),
    Panel("elsewhere", "other", "", lambda actor, ids: {}, "other.html"),
]


@pytest.fixture(autouse=True)
def _composition(settings: Any) -> None:
    settings.SAIBAN_NAVIGATION = "tests.ui_room.test_frame.NAVIGATION"
    settings.SAIBAN_PANELS = "tests.ui_room.test_frame.PANELS"


def labels(actor: Someone, path: str = "/") -> list[tuple[str, bool]]:
    return [(str(i.label), i.current) for s in navigation.for_actor(actor, path) for i in s.items]  # type: ignore[arg-type]


def test_item_without_the_permission_is_left_out() -> None:
    assert labels(Someone()) == [("Pieces", False)]
    assert labels(Someone("a.b.see")) == [("Pieces", False), ("Confirm", False)]


def test_item_that_fits_best_is_current() -> None:
    assert labels(Someone("a.b.see"), "/ui/confirm/") == [("Pieces", False), ("Confirm", True)]
    assert labels(Someone("a.b.see"), "/ui/other/") == [("Pieces", True), ("Confirm", False)]


def test_item_shows_what_waits() -> None:
    assert navigation.for_actor(Someone(), "/")[0].items[0].count == 7  # type: ignore[arg-type]


def test_item_without_a_page_is_a_mistake(settings: Any) -> None:
    settings.SAIBAN_NAVIGATION = "tests.ui_room.test_frame.LOST"
    with pytest.raises(NoReverseMatch):
        navigation.for_actor(Someone(), "/")  # type: ignore[arg-type]


@pytest.mark.parametrize(("permissions", "shown"), [([], ["late"]), (["a.b.see"], ["early", "late"])])
def test_slot_is_filled_in_order_by_who_has_something_to_say(
    permissions: Sequence[str], shown: list[str]
) -> None:
    filled = slots.fill("page", Someone(*permissions), [3, 4])  # type: ignore[arg-type]
    assert [panel.name for panel in filled] == shown
    assert filled[-1].context == {"ids": [3, 4]}


def test_fourth_action_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 3"):
        Page("t", actions=[Action("a", "/")] * 4)


def test_main_action_stands_last() -> None:
    with pytest.raises(ValueError, match="last"):
        Page("t", actions=[Action("a", "/", main=True), Action("b", "/")])


def test_job_knows_its_rate_only_when_something_was_done() -> None:
    assert Job("j", 0, 100, "/", seconds=5).seconds_left is None
    assert Job("j", 25, 100, "/", seconds=5).seconds_left == 15
    assert Job("j", 25, None, "/", seconds=5).seconds_left is None
