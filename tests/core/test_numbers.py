import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.pk import cnic as oracle

from saiban.core import numbers
from saiban.data.errors import BadInput


@given(st.text(alphabet="0123456789-", min_size=10, max_size=16))
def test_a_cnic_is_what_stdnum_takes_and_what_the_synthetic_province_uses(text):
    try:
        parsed = numbers.parse_cnic(text)
    except BadInput:
        parsed = None
    digits = text.replace("-", "")
    valid = oracle.is_valid(digits)
    synthetic = digits.startswith("9") and len(digits) == 13 and not digits.endswith("0")
    assert (parsed is not None) == (valid or synthetic)


def test_synthetic_numbers_are_refused_outside_of_a_demo(settings):
    assert numbers.parse_cnic("91234-1234567-1") == "9123412345671"
    settings.SAIBAN_DEMO = False
    with pytest.raises(BadInput, match="synthetic"):
        numbers.parse_cnic("91234-1234567-1")


@pytest.mark.parametrize(
    "text", ["۳۴۲۰۱-۰۸۹۱۲۳۱-۸", "34201 0891231 8", "34201–0891231–8", "\u200f34201-0891231-8\u200e"]
)
def test_urdu_digits_and_separators_are_read(text):
    assert numbers.parse_cnic(text) == "3420108912318"


@pytest.mark.parametrize(
    "text", ["0300-1234567", "03001234567", "+92 300 1234567", "923001234567", "۰۳۰۰۱۲۳۴۵۶۷"]
)
def test_a_phone_is_one_number_however_it_is_written(text):
    assert numbers.parse_phone(text) == "+923001234567"


@pytest.mark.parametrize(
    "text",
    ["", "abc", "12", "+1 202 555 0100", "0300-12345678999", "1234567", "0300-123456", "042-35761999"],
)
def test_no_phone_of_pakistan(text):
    with pytest.raises(BadInput):
        numbers.parse_phone(text)


@given(st.from_regex(r"(0|\+92|0092|92)?[0-9]{9,10}", fullmatch=True))
def test_the_quick_way_of_reading_a_phone_is_the_librarys(text):
    import phonenumbers

    try:
        read = phonenumbers.parse(text, "PK")
    except phonenumbers.NumberParseException:
        read = phonenumbers.PhoneNumber(country_code=0, national_number=0)
    is_mobile = read.country_code == 92 and str(read.national_number)[0] == "3"
    if is_mobile and len(str(read.national_number)) == 10:
        as_library = phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164)
        assert numbers.parse_phone(text) == as_library
    else:
        with pytest.raises(BadInput):
            numbers.parse_phone(text)


def test_an_electricity_reference_has_14_digits():
    assert numbers.parse_electricity_reference("15 12345 1234567 U") == "15123451234567"
    with pytest.raises(BadInput):
        numbers.parse_electricity_reference("1512345123456")


@given(st.from_regex(r"[1-7][0-9]{11}[1-9]", fullmatch=True))
def test_a_mask_shows_three_digits_at_most(number):
    masked = numbers.mask("cnic", number)
    assert sum(character.isdigit() for character in masked) == 3
    assert masked.replace("-", "").endswith(number[-3:])
