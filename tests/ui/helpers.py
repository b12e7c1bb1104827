"""What every browser test asks of a page."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "tests/ui/vendor/axe-core-4.14.1/axe.min.js").read_text(encoding="utf-8")
SCREENSHOTS = ROOT / "var" / "screenshots"
LANGUAGES = ("en", "ur")
# of each page; the two that the first two leave to guess are looked at with the slow tests
VIEWS = (
    ("en", 1280),
    ("ur", 360),
    pytest.param("en", 360, marks=pytest.mark.slow),
    pytest.param("ur", 1280, marks=pytest.mark.slow),
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str | None:
    """The browser to use: ``SAIBAN_CHROMIUM``, else the first one on the search path."""
    named = os.environ.get("SAIBAN_CHROMIUM")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    return named or next((path for path in found if path), None)


def assert_axe_clean(page: Any) -> None:
    """No violation of any axe rule, on the page as it stands."""
    page.evaluate(AXE)
    violations = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    found = [f"{v['id']}: {v['help']}: {[node['html'][:200] for node in v['nodes'][:5]]}" for v in violations]
    assert not found, "\n".join(found)


def assert_no_overflow(page: Any) -> None:
    """Nothing is wider than the window."""
    page_width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert page_width == window, page.url


def screenshot(page: Any, name: str) -> Path:
    """Keep a picture of the whole page under var/screenshots."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
