"""A database that is migrated and laid, kept on the tests' server: later runs begin with a copy of it.

Its name tells of what it was made: the migrations, what they use, and the facts that are laid. Where
any of it differs, tests migrate anew, once, and keep that.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path

import django
from django.conf import settings
from django.db import DatabaseError, connections

import saiban

SOURCE = Path(saiban.__file__).parent
MADE_OF = (
    "*/migrations/*.py",
    "core/migration_tools.py",
    "core/embedded.py",
    "*/foundation.py",
    "partners/services.py",
    "intake/services/*.py",
    "data/**/*.csv",
    "data/**/*.yaml",
)
TOLD_OF = ("core_audit", "core_auditpending", "core_auditidset", "core_auditlink", "core_announcement")


def lay() -> None:
    """Lay what stands before any test: areas, agencies, the system's actor, partners, agreements, sources.

    What was told and written of that is taken away, so that a test finds its own alone.
    """
    from saiban.core import foundation, outbox
    from saiban.intake import foundation as sources
    from saiban.partners import foundation as partners

    foundation.lay()
    partners.lay(foundation.system_actor())
    sources.lay(foundation.system_actor())
    outbox.drain()
    with connections["owner"].cursor() as owner:
        owner.execute(f"truncate {', '.join(TOLD_OF)} restart identity")


@cache
def name() -> str:
    """The name of the database that was made of what stands here."""
    digest = hashlib.sha256(django.__version__.encode() + Path(__file__).read_bytes())
    for path in sorted(path for pattern in MADE_OF for path in SOURCE.glob(pattern)):
        digest.update(path.relative_to(SOURCE).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{_prefix()}{digest.hexdigest()[:16]}"


def _prefix() -> str:
    return f"{settings.TEST_NAME}_laid_"


def is_there() -> bool:
    """Whether it was kept by an earlier run, or by another worker of this one."""
    return name() in _kept()


def keep(database: str) -> None:
    """Keep a copy of a database to which nobody is connected; drop the former ones of this set of tests."""
    with connections["owner"].creation._nodb_cursor() as cursor:
        for former in _kept():
            if former != name():
                cursor.execute(f'drop database if exists "{former}"')
        try:
            cursor.execute(f'create database "{name()}" template "{database}"')
        except DatabaseError:  # another worker was quicker
            if not is_there():
                raise


def _kept() -> list[str]:
    with connections["owner"].creation._nodb_cursor() as cursor:
        cursor.execute("select datname from pg_database")
        names = [row[0] for row in cursor.fetchall()]
    return [found for found in names if re.fullmatch(re.escape(_prefix()) + "[0-9a-f]{16}", found)]
