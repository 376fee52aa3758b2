"""Telephone numbers: read in one way, stored in one form (E.164), and shown in groups."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat, PhoneNumberType

HOME = "DK"
HOME_CODE = 45
_MAY_HOLD = re.compile(r"[\d\s+().\-\u00ad\u2010-\u2015\u2212]+")
_TAKES_SMS = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.UNKNOWN}


class NotPhone(ValueError):
    """The text is not one telephone number; the message says why in Danish."""


def read(text: str) -> str:
    """The number in the text as E.164, Danish unless a country is given; empty for an empty text. Raises NotPhone."""
    if not text.strip():
        return ""
    number = _parsed(text)
    if number is None:
        raise NotPhone("Skriv ét telefonnummer og ikke andet, fx 20 30 40 50.")
    if not phonenumbers.is_valid_number(number):
        if number.country_code != HOME_CODE:
            raise NotPhone("Telefonnummeret findes ikke i det land, det begynder med. Ret det, fx +46 70 123 45 67.")
        raise NotPhone("Telefonnummeret findes ikke. Et dansk nummer har otte cifre, fx 20 30 40 50.")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def tidy(text: str) -> str:
    """The number as it is stored; what cannot be read stays as it was written."""
    try:
        return read(text)
    except NotPhone:
        return text


def shown(stored: str) -> str:
    """A stored number as people read it: 20 30 40 50, or +46 70 123 45 67 abroad."""
    if not stored.startswith("+") or (number := _parsed(stored)) is None:
        return stored
    is_home = number.country_code == HOME_CODE
    return phonenumbers.format_number(
        number, PhoneNumberFormat.NATIONAL if is_home else PhoneNumberFormat.INTERNATIONAL
    )


def is_readable(stored: str) -> bool:
    """Whether what is stored is a number: what was typed before there was a rule may be anything."""
    try:
        return bool(read(stored))
    except NotPhone:
        return False


def takes_sms(stored: str) -> bool:
    """Whether an SMS can reach the number, as far as its kind tells."""
    number = _parsed(stored) if is_readable(stored) else None
    return number is not None and phonenumbers.number_type(number) in _TAKES_SMS


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    # The library finds a number in almost any text, and the first of several.
    if not _MAY_HOLD.fullmatch(text.strip()):
        return None
    try:
        return phonenumbers.parse(text, HOME)
    except NumberParseException:
        return None
