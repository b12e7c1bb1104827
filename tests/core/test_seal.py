import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.core.exceptions import ImproperlyConfigured
from hypothesis import HealthCheck, given
from hypothesis import settings as terms
from hypothesis import strategies as st

from saiban.core import seal

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = "/////////////////////////////////////////w8="


@pytest.fixture
def keys(settings):
    def use(*entries):
        settings.SAIBAN_KEYS = list(entries)
        for cached in (seal.ring, seal._cipher, seal._begun):
            cached.cache_clear()

    yield use
    for cached in (seal.ring, seal._cipher, seal._begun):
        cached.cache_clear()


@given(plain=st.binary(max_size=400), context=st.binary(max_size=40))
def test_what_is_sealed_opens_with_its_context_and_with_no_other(plain, context):
    blob = seal.seal(plain, context=context)
    assert seal.unseal(blob, context=context) == plain
    with pytest.raises(InvalidTag):
        seal.unseal(blob, context=context + b"x")


def test_a_subjects_facts_open_with_its_salt_only():
    one, other = seal.new_salts(2)
    blob = seal.seal_for(one, b"name", context=b"s")
    assert seal.unseal_for(one, blob, context=b"s") == b"name"
    with pytest.raises(InvalidTag):
        seal.unseal_for(other, blob, context=b"s")


def test_the_derivation_is_hkdf(keys):
    keys(f"1:{KEY}")
    salt = bytes(range(32))
    expected = HKDF(SHA256(), 32, salt, b"saiban/facts/v1").derive(bytes(range(32)))
    assert seal.ring().derive("facts", salt=salt) == expected


@terms(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.text(max_size=80))
def test_a_token_is_an_hmac_under_the_key_of_its_namespace(keys, number):
    keys(f"1:{KEY}")
    for namespace in ("cnic", "phone"):
        key = seal.ring().derive(f"token:{namespace}")
        expected = b"\x01" + hmac.digest(key, number.encode(), "sha256")
        assert [seal.token(namespace, number) for _ in range(2)] == [expected] * 2


def test_a_new_key_seals_opens_what_the_old_one_sealed_and_leaves_the_tokens_alone(keys):
    keys(f"1:{KEY}")
    blob, token = seal.seal(b"secret", context=b""), seal.token("cnic", "3420108912318")
    keys(f"2:{OTHER}", f"1:{KEY}")
    assert seal.unseal(blob, context=b"") == b"secret"
    assert seal.seal(b"secret", context=b"")[1] == 2
    assert seal.token("cnic", "3420108912318") == token
    assert (token[0], len(token)) == (1, 33)


def test_a_key_that_stands_there_twice_is_refused(keys):
    keys(f"1:{KEY}", f"1:{OTHER}")
    with pytest.raises(ImproperlyConfigured, match="twice"):
        seal.ring()


def test_nothing_is_sealed_or_opened_for_an_erased_subject():
    blob = seal.seal_for(seal.new_salts(1)[0], b"name", context=b"s")
    with pytest.raises(ValueError, match="erased"):
        seal.seal_for(b"", b"name", context=b"s")
    with pytest.raises(ValueError, match="erased"):
        seal.unseal_for(b"", blob, context=b"s")


def test_equal_numbers_of_two_namespaces_have_two_tokens():
    assert seal.token("cnic", "1") != seal.token("phone", "1")
    assert seal.token("cnic", "1") == seal.token("cnic", "1")


@pytest.mark.parametrize("entry", ["1", "0:" + KEY, "256:" + KEY, "1:AAAA", "x:" + KEY, "1:***"])
def test_a_wrong_key_entry_is_refused(keys, entry):
    keys(entry)
    with pytest.raises(ImproperlyConfigured, match="SAIBAN_KEYS"):
        seal.ring()


def test_without_keys_only_development_seals_and_says_so(keys, settings):
    keys()
    with pytest.warns(seal.DevelopmentKeyWarning):
        seal.ring()
    seal.ring.cache_clear()
    settings.SAIBAN_DEVELOPMENT_KEY = False
    with pytest.raises(ImproperlyConfigured):
        seal.ring()
