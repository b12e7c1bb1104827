"""Which errors are the database's absence or slowness, and which are faults of ours."""

import duckdb
import psycopg
import psycopg_pool
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError
from psycopg import errors

from saiban.core import unavailable
from saiban.core.unavailable import Away, BrokenOff, Stopped, Uncertain


def wrapped(cause, kind=OperationalError):
    """As Django hands on an error of the driver."""
    error = kind(str(cause))
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (errors.QueryCanceled("canceling statement due to statement timeout"), Stopped),
        (errors.LockNotAvailable("canceling statement due to lock timeout"), Stopped),
        (errors.IdleInTransactionSessionTimeout("terminating connection"), Stopped),
        (errors.DeadlockDetected("deadlock detected"), Stopped),
        (errors.TooManyConnections("sorry, too many clients already"), Away),
        (psycopg_pool.PoolTimeout("couldn't get a connection after 10.00 sec"), Away),
        (psycopg_pool.TooManyRequests("the pool has already 9 requests waiting"), Away),
        (psycopg.OperationalError("connection failed: Connection refused"), Away),
        (errors.ConnectionTimeout("connection timeout expired"), Away),
        (errors.AdminShutdown("terminating connection due to administrator command"), BrokenOff),
        (psycopg.OperationalError("server closed the connection unexpectedly"), BrokenOff),
    ],
)
def test_each_error_of_the_driver_is_one_of_three_wrapped_or_not(cause, kind):
    assert type(unavailable.cause(cause)) is type(unavailable.cause(wrapped(cause))) is kind
    assert unavailable.cause(cause).status == 503


def test_only_a_connection_that_breaks_off_in_a_form_is_not_certain():
    gone = wrapped(errors.AdminShutdown("terminating connection"))
    assert type(unavailable.cause(gone, safe=False)) is Uncertain
    assert type(unavailable.cause(wrapped(errors.QueryCanceled("")), safe=False)) is Stopped
    closed = InterfaceError("connection already closed")
    assert type(unavailable.cause(closed, safe=False)) is Uncertain


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("connection failed"),
        ConnectionError("connection timeout"),
        duckdb.OperationalError("connection failed"),
        InterfaceError("cursor already closed"),
        wrapped(errors.UniqueViolation("duplicate key"), IntegrityError),
        wrapped(errors.UndefinedTable("no such table"), ProgrammingError),
        wrapped(errors.DiskFull("could not extend file")),
    ],
)
def test_anything_else_is_another_error(error):
    assert unavailable.cause(error) is None
