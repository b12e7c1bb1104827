"""Is the database server one that saiban can work on? If not: which sentence says what to do.

``faults`` looks at what a server says of itself, ``refusal`` at the error with which it let nobody in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import NotSupportedError, connection
from django.db.migrations.executor import MigrationExecutor

from saiban.core.embedded import EXTENSIONS, OLDEST
from saiban.data.errors import BadInput

PLACE = "the database server"
LOOK = """
select current_setting('server_version_num')::int, (select array_agg(extname::text) from pg_extension),
  has_schema_privilege(current_user, 'public', 'usage'), current_user
"""
# libpq tells these apart by words alone; the first that is found in them is said
REFUSALS = (
    ("password authentication failed", "the password is wrong. Correct it in DATABASE_URL"),
    (
        "no password supplied",
        "it asks for a password, and DATABASE_URL has none: postgresql://saiban_app:…@…",
    ),
    ("no pg_hba.conf entry", "it lets nobody in from here. Allow both roles in its pg_hba.conf"),
    ("role ", "the role is not there. Run what `saiban provision` prints as its superuser"),
    ("does not exist", "the database is not there. Run what `saiban provision` prints as its superuser"),
    ("too many clients", "all its places are taken. Raise max_connections, or run fewer workers"),
    ("remaining connection slots", "all its places are taken. Raise max_connections, or run fewer workers"),
    ("could not translate host name", "its name is not known here. Correct the host in DATABASE_URL"),
    ("failed to resolve host", "its name is not known here. Correct the host in DATABASE_URL"),
    ("starting up", "it is starting. Wait a minute and try again"),
)
ABSENT = "nobody answers there. Start it, or correct host and port in DATABASE_URL"
AWAY = ("connection refused", "no such file", "timeout expired", "could not connect", "timed out")


def faults(version: int, extensions: Iterable[str], *, may_use: bool, role: str) -> Iterator[str]:
    """Yield what is wrong with a server; ``version`` as in server_version_num, 180006 for 18.6."""
    if version < OLDEST * 10_000:
        yield f"it is PostgreSQL {version // 10_000}; saiban needs {OLDEST} or later. Upgrade the server."
        return  # what else is missing is for the newer server
    if missing := sorted(set(EXTENSIONS) - set(extensions)):
        made = " ".join(f"create extension {name};" for name in missing)
        yield f"extensions are missing. As its superuser, in saiban's database: {made}"
    if not may_use:
        yield f"{role} may not use the schema public. As its owner: grant usage on schema public to {role};"


def require_usable() -> None:
    """Ask the server that the settings name. Raises: BadInput where saiban cannot work on it."""
    try:
        connection.ensure_connection()
    except NotSupportedError as error:  # Django itself refuses servers that are older still
        version = connection.connection.info.server_version
        raise BadInput(next(faults(version, EXTENSIONS, may_use=True, role="")), place=PLACE) from error
    with connection.connection.cursor() as cursor:
        version, extensions, may_use, role = cursor.execute(LOOK).fetchone()
    found = list(faults(version, extensions, may_use=may_use, role=role))
    if found:
        raise BadInput(" ".join(found), place=PLACE)


def require_migrated() -> None:
    """Ask that the database is as this version needs it. Raises: BadInput where migrations are to come."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise BadInput(
            "the database is older than this version of saiban",
            place=PLACE,
            expected="`saiban migrate` to be run first, and `saiban demo` before `saiban --demo …`",
        )


def refusal(error: BaseException | None) -> str | None:
    """Give the sentence for an error of connecting, here or further down; None where it is another error."""
    while error is not None:
        if type(error).__name__ == "OperationalError":
            words = str(error).lower()
            for part, sentence in REFUSALS:
                if part in words and (part != "role " or "does not exist" in words):
                    return f"{PLACE}: {sentence}."
            if any(part in words for part in AWAY):
                return f"{PLACE}: {ABSENT}."
        error = error.__cause__ or error.__context__
    return None
