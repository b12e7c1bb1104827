"""Keys go over to new ones: numbers are found before, meanwhile and after, and nothing is lost on the way."""

import base64
from datetime import date

import pytest
from cryptography.exceptions import InvalidTag
from django.db import connection, connections
from django.db.utils import IntegrityError

from saiban.core import locks, rotation, seal
from saiban.core.models import Rotation
from saiban.data.errors import BadInput
from saiban.intake.models import SourceKey, Subject
from saiban.registry.models import Identifier, Person
from saiban.registry.numbers import open_number, sealed_number, token_of

KEYS = {number: base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2, 3)}
NUMBER, OTHER = "9420108912311", "9420108912329"
pytestmark = pytest.mark.django_db(transaction=True)


def forget():
    for cached in (seal.ring, seal._cipher, seal._begun):
        cached.cache_clear()
    seal.use_token_path(())


@pytest.fixture
def keys(settings):
    def use(*numbers):
        settings.SAIBAN_KEYS = [f"{number}:{KEYS[number]}" for number in numbers]
        forget()
        seal.use_token_path(rotation.path())

    use(1)
    yield use
    forget()


@pytest.fixture
def people(keys):
    for name, number in (("Zainab", NUMBER), ("Hussain", OTHER)):
        person = Person.objects.create(name_en=name)
        Identifier.objects.create(
            person=person, kind="cnic", token=token_of("cnic", number),
            sealed=sealed_number("cnic", number), masked="*", source="psc-survey", since=date(2026, 1, 1),
        )  # fmt: skip
        subject = Subject.objects.create(kind="person", salt=seal.new_salts(1)[0])
        SourceKey.objects.create(namespace="cnic", token=token_of("cnic", number), subject=subject)


def found(number, kind="cnic"):
    return list(
        Identifier.objects.filter(kind=kind, token=token_of(kind, number)).values_list(
            "person__name_en", flat=True
        )
    )


def rotate(system, to_key):
    rotation.begin_rotation(actor=system, to_key=to_key)
    for table in rotation.tables():
        after = 0
        while True:
            after, _count = rotation.fill_tokens(actor=system, table=table.table, after=after)
            if not after:
                break
    rotation.switch_tokens(actor=system)


def test_numbers_are_found_under_the_new_key_and_under_no_former_token(keys, people, system):
    former = token_of("cnic", NUMBER)
    keys(2, 1)
    rotate(system, 2)
    assert found(NUMBER) == ["Zainab"]
    assert found(OTHER) == ["Hussain"]
    row = Identifier.objects.get(person__name_en="Zainab")
    assert bytes(row.token)[0] == 2
    assert bytes(row.token) != former
    assert row.token_next is None
    assert SourceKey.objects.filter(namespace="cnic", token=token_of("cnic", NUMBER)).count() == 1
    assert not SourceKey.objects.filter(token=former).exists()


def test_a_second_rotation_goes_on_from_the_first_and_the_path_survives_a_new_process(keys, people, system):
    keys(2, 1)
    rotate(system, 2)
    keys(3, 2, 1)
    rotate(system, 3)
    forget()
    seal.use_token_path(rotation.path())
    assert rotation.path() == (1, 2, 3)
    assert found(NUMBER) == ["Zainab"]


def test_until_all_have_a_second_token_the_first_is_in_force(keys, people, system):
    keys(2, 1)
    rotation.begin_rotation(actor=system, to_key=2)
    table = rotation.tables()[1]
    assert rotation.fill(table, to_key=2, most=1)[1] == 1
    assert found(NUMBER) == ["Zainab"]
    assert found(OTHER) == ["Hussain"]
    assert Identifier.objects.exclude(token_next=None).count() == 1


def test_what_comes_in_meanwhile_goes_over_too(keys, people, system):
    keys(2, 1)
    rotation.begin_rotation(actor=system, to_key=2)
    for table in rotation.tables():
        rotation.fill_tokens(actor=system, table=table.table, after=0)
    late = Person.objects.create(name_en="Late")
    Identifier.objects.create(
        person=late, kind="bform", token=token_of("bform", "9420108912337"), masked="*",
        sealed=sealed_number("bform", "9420108912337"), source="psc-survey", since=date(2026, 1, 1),
    )  # fmt: skip
    rotation.switch_tokens(actor=system)
    assert found("9420108912337", "bform") == ["Late"]


def test_broken_off_it_goes_on_where_it_was(keys, people, system):
    keys(2, 1)
    begun = rotation.begin_rotation(actor=system, to_key=2)
    rotation.fill(rotation.tables()[0], to_key=2, most=1)
    assert rotation.begin_rotation(actor=system, to_key=2) == begun
    rotate(system, 2)
    assert found(NUMBER) == ["Zainab"]
    assert Rotation.objects.get().switched_at is not None


@pytest.mark.parametrize("to_key", [1, 3])
def test_a_key_that_is_in_use_or_unknown_is_refused(keys, people, system, to_key):
    keys(2, 1)
    with pytest.raises(BadInput, match="cannot go over"):
        rotation.begin_rotation(actor=system, to_key=to_key)


def test_two_rotations_at_once_are_refused(keys, people, system):
    keys(3, 2, 1)
    rotation.begin_rotation(actor=system, to_key=2)
    with pytest.raises(BadInput, match="under way"):
        rotation.begin_rotation(actor=system, to_key=3)
    with pytest.raises(IntegrityError):
        Rotation.objects.create(from_key=1, to_key=3)


def test_the_database_refuses_to_change_over_while_a_row_has_no_second_token(keys, people, system):
    with connection.cursor() as cursor, pytest.raises(Exception, match="no second token"):
        cursor.execute("select registry_switch_tokens()")


def test_after_the_change_a_name_is_still_of_one_subject(keys, people, system):
    keys(2, 1)
    rotate(system, 2)
    other = Subject.objects.create(kind="person", salt=seal.new_salts(1)[0])
    with pytest.raises(IntegrityError):
        SourceKey.objects.create(namespace="cnic", token=token_of("cnic", NUMBER), subject=other)


def test_the_change_waits_for_who_holds_the_path(keys, people, system):
    keys(2, 1)
    rotation.begin_rotation(actor=system, to_key=2)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("select pg_advisory_xact_lock_shared(%s)", [locks.ROTATION])
            with connection.cursor() as own:
                own.execute("select pg_try_advisory_xact_lock(%s)", [locks.ROTATION])
                assert own.fetchone() == (False,)
            cursor.execute("rollback")
    finally:
        other.close()


def test_seals_go_over_to_the_current_key_and_open_to_the_same_number(keys, people, system):
    keys(2, 1)
    after, count = rotation.renew_seals(actor=system, what="numbers", after=0)
    assert count == 2
    assert rotation.renew_seals(actor=system, what="numbers", after=0)[1] == 0
    assert rotation.renew_seals(actor=system, what="numbers", after=after) == (0, 0)
    row = Identifier.objects.get(person__name_en="Zainab")
    assert seal.key_of(bytes(row.sealed)) == 2
    assert open_number("cnic", row.token, row.sealed) == NUMBER


def test_a_seal_opens_beside_its_own_token_only_also_after_a_rotation(keys, people, system):
    keys(2, 1)
    rotate(system, 2)
    one, other = Identifier.objects.order_by("pk")
    assert open_number("cnic", one.token, one.sealed) == NUMBER
    with pytest.raises(InvalidTag):
        open_number("cnic", other.token, one.sealed)


def test_a_renewed_token_is_made_of_the_former_without_the_number(keys):
    keys(2, 1)
    former = seal.token("cnic", NUMBER, path=(1,))
    assert seal.renewed_token("cnic", former, 2) == seal.token("cnic", NUMBER, path=(1, 2))
    assert seal.token("cnic", NUMBER, path=(1, 2)) != seal.token("cnic", NUMBER, path=(2,))
