"""Someone at a keyboard, who goes through the pages of a browser test."""

from typing import Any

from django.urls import reverse

from tests.cast import PASSWORD
from tests.ui.helpers import assert_axe_clean, assert_no_overflow, screenshot

MOST_TABS = 400
SAVE = "main form button[type=submit], main form button.btn-primary"


class Walker:
    """Goes from one place of a page to the next by Tab, presses, types, and looks at each page."""

    def __init__(self, page: Any, name: str) -> None:
        self.page, self.name, self.seen = page, name, 0

    def at(self, name: str, *args: Any) -> None:
        """Go to an address by its name."""
        self.page.at(reverse(name, args=args))

    def reach(self, selector: str) -> Any:
        """Tab on until the element has the focus; past the navigation by the link that skips it."""
        if selector.startswith("main ") and self._focus_is("body"):
            self.page.keyboard.press("Tab")
            if self._focus_is(".skip"):
                self.page.keyboard.press("Enter")
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if self._focus_is(selector):
                return self.page.locator(selector).first
        raise AssertionError(f"{selector} cannot be reached by Tab on {self.page.url}")

    def _focus_is(self, selector: str) -> bool:
        found: bool = self.page.evaluate("s => document.activeElement.matches(s)", selector)
        return found

    def type(self, selector: str, text: str) -> None:
        """Write over what stands in a field."""
        self.reach(selector)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def type_day(self, selector: str, digits: str) -> None:
        """Write a day, month first, into a field that takes it part by part."""
        self.reach(selector)
        self.page.keyboard.type(digits)

    def press(self, selector: str, key: str = "Enter") -> None:
        """Press a link or a button that leads to another page."""
        self.reach(selector)
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def log_in(self, name: str) -> None:
        """Give name and password at the door."""
        self.page.at("/")
        self.type("input[name=login]", name)
        self.type("input[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def look(self, what: str, *, axe: bool = True) -> None:
        """Keep a picture; nothing may be wider than the window, nor (if asked) break a rule of axe."""
        self.seen += 1
        screenshot(self.page, f"walk-{self.name}-{self.seen:02}-{what}")
        assert_no_overflow(self.page)
        if axe and "without" not in self.name:
            assert_axe_clean(self.page)

    def text(self) -> str:
        """What the page says, without its frame."""
        said: str = self.page.locator("main").inner_text()
        return said
