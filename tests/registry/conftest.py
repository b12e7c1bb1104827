"""Two households taken in from small real files: one in Rajanpur, one in Attock; and ways to change them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saiban.calc.scorecard import Scorecard as Definition
from saiban.core import outbox
from saiban.core.models import Area
from saiban.registry.models import Household
from saiban.scoring import foundation as scoring_foundation
from saiban.scoring import trial
from tests.intake import files
from tests.intake.conftest import Send, send, sources, uploads

__all__ = ["send", "sources", "uploads"]
TakeIn = Callable[..., None]
COMPARED, ALIKE = trial._equal, dict[str, int]()


@pytest.fixture
def take_in(send: Send, tmp_path: Path) -> TakeIn:
    """Send rows as a file of a source, and let everything follow that follows."""
    count = 0

    def taken(rows, *, source="psc-survey", scheme="", month="2026-05"):
        nonlocal count
        count += 1
        folder = tmp_path / str(count)
        folder.mkdir()
        batch = send(files.as_csv(folder / f"{source}-{month}.csv", rows), source=source, scheme=scheme)
        assert batch.state == "loaded", batch.refusal
        assert batch.rejected_rows == 0
        outbox.drain()
        return batch

    return taken


def _alike(card: Definition, answers: Any) -> int:
    """How many made-up households come out alike in both ways: asked once of a scorecard."""
    key = card.model_dump_json()
    if key not in ALIKE:
        ALIKE[key] = COMPARED(card, answers)
    return ALIKE[key]


@pytest.fixture
def scorecards(system, sources, monkeypatch):
    with monkeypatch.context() as lighter:
        lighter.setattr(trial, "_equal", _alike)
        scoring_foundation.lay(system)


@pytest.fixture
def rajanpur():
    """Answers of a place in Rajanpur: district and tehsil."""
    district = Area.objects.get(level="district", name_en="Rajanpur")
    tehsil = Area.objects.filter(level="tehsil", parent=district).order_by("code").first()
    return {"district": district.code, "tehsil": tehsil.code, "village": "Umarkot"}


@pytest.fixture
def people(take_in, scorecards, rajanpur):
    """Zainab's household in Rajanpur (H-1), another one in Attock (H-2)."""
    take_in(files.household("H-1", home=rajanpur) + files.other("H-2", 77))


@pytest.fixture
def home(people):
    return Household.objects.get(village="Umarkot")


@pytest.fixture
def elsewhere(people):
    return Household.objects.get(village="Kamra")
