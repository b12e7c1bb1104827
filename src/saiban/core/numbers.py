"""Numbers that others issued: parsed and validated at the edge, shown masked, never logged.

CNIC and B-Form: 13 digits, province digit 1–7, last digit odd for men and even for women, never 0
(python-stdnum
``stdnum.pk.cnic``). Numbers that begin with 9 are issued to nobody: the synthetic province uses them, and
they are
refused outside demo and test settings. Mobile numbers: ten digits that begin with 3 after +92 (Pakistan's
national numbering plan); a landline, or a part of a number, is not taken for one.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from saiban.data.errors import BadInput

SYNTHETIC = "9"
_DIGITS = str.maketrans("۰۱۲۳۴۵۶۷۸۹٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015\u2212./\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_MOBILE = re.compile(r"3\d{9}", re.ASCII)
_PLAIN_MOBILE = re.compile(r"(?:0|\+92)(3\d{9})", re.ASCII)  # nearly all: the library takes its time


def digits(text: str) -> str:
    """Strip separators and unseen marks of direction, and turn Urdu and Arabic digits into Latin ones."""
    return _SEPARATORS.sub("", text.translate(_DIGITS))


def parse_cnic(text: str) -> str:
    """Return the 13 digits of a CNIC. Raises: BadInput.

    >>> parse_cnic("34201-0891231-8")
    '3420108912318'
    """
    number = digits(text)
    if not re.fullmatch(r"[1-79]\d{11}[1-9]", number, re.ASCII):
        raise BadInput(str(_("This is not a CNIC.")), expected=str(_("13 digits, such as 34201-0891231-8")))
    if number.startswith(SYNTHETIC) and not settings.SAIBAN_DEMO:
        raise BadInput(
            str(_("No CNIC begins with 9: this is a synthetic number.")), expected=str(_("an issued CNIC"))
        )
    return number


def parse_bform(text: str) -> str:
    """Return the 13 digits of a B-Form number: a CNIC's form, which it becomes at 18. Raises: BadInput."""
    try:
        return parse_cnic(text)
    except BadInput as error:
        raise BadInput(str(_("This is not a B-Form number.")), expected=error.expected) from None


def parse_phone(text: str) -> str:
    """Return a Pakistani mobile number in E.164. Raises: BadInput.

    >>> parse_phone("0300-1234567")
    '+923001234567'
    """
    if plain := _PLAIN_MOBILE.fullmatch(digits(text)):
        return f"+92{plain[1]}"
    import phonenumbers

    try:
        number = phonenumbers.parse(digits(text), "PK")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or number.country_code != 92 or not _MOBILE.fullmatch(str(number.national_number)):
        raise BadInput(
            str(_("This is not a mobile number of Pakistan.")),
            expected=str(_("11 digits, such as 0300-1234567")),
        )
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def parse_electricity_reference(text: str) -> str:
    """Return the 14 digits of an electricity reference, without the printed U or R. Raises: BadInput."""
    number = digits(text).rstrip("UuRr")
    if not re.fullmatch(r"\d{14}", number, re.ASCII):
        raise BadInput(
            str(_("This is not an electricity reference number.")),
            expected=str(_("14 digits, as printed on the bill")),
        )
    return number


PARSERS = {
    "cnic": parse_cnic,
    "bform": parse_bform,
    "phone": parse_phone,
    "electricity_reference": parse_electricity_reference,
}


def mask(kind: str, number: str) -> str:
    """Show only what a person needs to recognise a number: the last three digits, written as it is printed.

    >>> mask("cnic", "3420108912318")
    '*****-*****31-8'
    """
    if kind in ("cnic", "bform") and len(number) == 13:
        return f"*****-*****{number[10:12]}-{number[12]}"
    return "*" * (len(number) - 3) + number[-3:]
