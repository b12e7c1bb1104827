"""A fresh database for each demo: the demo's cluster is its own, so nothing else is lost."""

import psycopg

from saiban.core import embedded

CLUSTER = "pg-demo"


def renew() -> None:
    """Drop the demo's database and make it anew, empty, with its roles' rights."""
    application, _owner = embedded.ensure(CLUSTER)
    with psycopg.connect(
        f"host={application['HOST']} dbname=postgres user=postgres", autocommit=True
    ) as connection:
        connection.execute("drop database if exists saiban with (force)")
        connection.execute(embedded.DATABASE_SQL)
