"""A server that saiban cannot work on is refused with a sentence that says what to do."""

import pytest
from django.db import DatabaseError, OperationalError
from django.db import connection as django_connection
from django.db.migrations.recorder import MigrationRecorder

from saiban.core import embedded, server
from saiban.core.embedded import EXTENSIONS
from saiban.data.errors import BadInput


def faults(version=180006, extensions=EXTENSIONS, *, may_use=True):
    return list(server.faults(version, extensions, may_use=may_use, role="saiban_app"))


def test_a_server_of_today_has_no_fault():
    assert faults() == faults(190000) == []


@pytest.mark.parametrize("version", [150018, 170010])
def test_an_older_server_is_refused_by_its_name(version):
    [said] = faults(version)
    assert f"PostgreSQL {version // 10000};" in said
    assert "18 or later" in said


def test_of_an_older_server_only_its_age_is_said():
    assert len(faults(150018, extensions=[], may_use=False)) == 1


@pytest.mark.django_db
def test_one_that_django_refuses_by_itself_is_told_of_our_version(monkeypatch):
    monkeypatch.setattr(django_connection.features.__class__, "minimum_database_version", (99,))
    monkeypatch.setattr(server, "OLDEST", 99)
    fresh = django_connection.copy()
    monkeypatch.setattr(server, "connection", fresh)
    monkeypatch.setattr("django.db.backends.base.base.RAN_DB_VERSION_CHECK", set())
    with pytest.raises(BadInput, match="PostgreSQL 18; saiban needs 99 or later"):
        server.require_usable()
    fresh.close()


@pytest.mark.django_db
def test_provisioning_ends_on_an_older_server_before_anything_is_made():
    lines = embedded.provision_sql().splitlines()
    assert lines[:2] == ["\\set ON_ERROR_STOP on", embedded.version_sql()]
    with django_connection.cursor() as cursor:
        cursor.execute(embedded.version_sql())
        with pytest.raises(DatabaseError, match="saiban needs 99 or later: nothing was made"):
            cursor.execute(embedded.version_sql(99))


def test_missing_extensions_are_named_with_their_command():
    [said] = faults(extensions=["plpgsql", "ltree"])
    assert "create extension btree_gist; create extension pg_trgm;" in said


def test_a_role_without_rights_is_told_which():
    assert faults(may_use=False) == [
        "saiban_app may not use the schema public. As its owner: grant usage on schema public to saiban_app;"
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('FATAL:  password authentication failed for user "saiban_app"', "the password is wrong"),
        ("fe_sendauth: no password supplied", "DATABASE_URL has none"),
        ('FATAL:  database "saiban" does not exist', "the database is not there"),
        ('FATAL:  role "saiban_app" does not exist', "the role is not there"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1"', "pg_hba.conf"),
        ("connection failed: Connection refused Is the server running?", "nobody answers there"),
        ("FATAL:  sorry, too many clients already", "max_connections"),
    ],
)
def test_each_closed_door_has_its_sentence(words, said):
    assert said in (server.refusal(OperationalError(words)) or "")


def test_a_sentence_is_found_under_another_error_and_none_is_made_up():
    outer = RuntimeError("starting failed")
    outer.__cause__ = OperationalError("connection refused")
    assert "nobody answers" in (server.refusal(outer) or "")
    assert server.refusal(ValueError("connection refused")) is None
    assert server.refusal(OperationalError("canceling statement due to lock timeout")) is None


@pytest.mark.django_db
def test_the_server_of_the_tests_is_usable_and_one_without_extensions_is_not(monkeypatch):
    server.require_usable()
    monkeypatch.setattr(server, "EXTENSIONS", (*EXTENSIONS, "nosuch"))
    with pytest.raises(BadInput, match="create extension nosuch;"):
        server.require_usable()
    assert django_connection.is_usable()


@pytest.mark.django_db
def test_a_database_on_which_a_migration_is_to_come_is_not_served(monkeypatch):
    server.require_migrated()
    applied = MigrationRecorder(django_connection).applied_migrations()
    applied.pop(max(key for key in applied if key[0] == "registry"))
    monkeypatch.setattr(MigrationRecorder, "applied_migrations", lambda self: applied)
    with pytest.raises(BadInput, match="`saiban migrate` to be run first"):
        server.require_migrated()


def test_nobody_at_the_address_is_said_by_the_driver_in_words_that_are_known():
    import psycopg

    with pytest.raises(psycopg.OperationalError) as absent:
        psycopg.connect("postgresql://saiban_app:x@127.0.0.1:1/saiban", connect_timeout=2)
    assert "nobody answers" in (server.refusal(absent.value) or "")
