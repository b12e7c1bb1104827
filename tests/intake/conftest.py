"""Sources with their agreements, a folder for uploads, and short ways to send a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from saiban.core.middleware import DUTY_KEY
from saiban.core.models import Actor
from saiban.intake import foundation, services
from saiban.intake.models import Batch
from saiban.partners import foundation as partners_foundation

Send = Callable[..., Batch]


@pytest.fixture
def uploads(tmp_path: Path, settings: Any) -> Path:
    settings.SAIBAN_UPLOADS = str(tmp_path / "uploads")
    return tmp_path / "uploads"


@pytest.fixture
def sources(system: Actor, uploads: Path) -> None:
    partners_foundation.lay(system)
    foundation.lay(system)


@pytest.fixture
def send(sources: None, system: Actor) -> Send:
    """Receive and load a file; without ``source`` it is the survey's."""

    def sent(path: Path, *, source: str = "psc-survey", name: str = "", scheme: str = "") -> Batch:
        batch = services.receive_batch(
            actor=system, source_code=source, file_name=name or path.name, path=path, scheme=scheme
        )
        return services.load_batch(actor=system, batch_id=batch.pk)

    return sent


@pytest.fixture
def enter(client: Any) -> Callable[..., Any]:
    """Log someone in, under the duty, in a language."""

    def entered(actor: Actor, language: str = "en") -> Any:
        client.force_login(actor)
        session = client.session
        session[DUTY_KEY] = actor.duty.pk
        session.save()
        client.cookies["saiban_language"] = language
        return client

    return entered
