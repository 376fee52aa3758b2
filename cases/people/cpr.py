"""CPR numbers: read, protected, found again, and kept out of the logs.

The number is stored encrypted (AES-GCM) and found through an HMAC with a key of its own, so that
neither a dump nor an index tells it. It points to nothing: a person's CPR number can change. While
keys are changed, a number is found under each of them, and written with the newest.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from stdnum.dk import cpr as stdnum_cpr
from stdnum.exceptions import ValidationError as StdnumError

from cases.people import encryption

#: A replacement number (erstatningsnummer) has 6 added to its first digit.
REPLACEMENT_SHIFT = 6
MENTIONED = "Teksten indeholder et CPR-nummer. Slet det: andre kan læse teksten."
_SHAPE = re.compile(r"^\d{10}$")

# Blanks of all kinds, dots, slashes, and every dash a keyboard or a word processor writes, also the unseen one.
_BETWEEN = r"[\s./\-\u00ad\u200b\u2010-\u2015\u2060\u2212\ufe58\ufe63\uff0d\ufeff]{0,3}"
_RUN = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{9,}}")
# Looked for at each place, so that a date before a number hides no part of it.
_WRITTEN = re.compile(rf"(?<!\d)(?=(\d\d{_BETWEEN}\d\d{_BETWEEN}\d\d{_BETWEEN}\d{{4}})(?!\d))")
_DATE_FIRST = re.compile(r"\d\d?\D{1,3}\d\d?\D{1,3}(?:19|20)\d\d\D|(?:19|20)\d\d\D\d\d\D\d\d\D")
_LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_HIDDEN = "••••••-••••"


class NotCpr(ValueError):
    """The text names no person; the message says why in Danish."""


@dataclass(frozen=True)
class Cpr:
    """A CPR number that has been read: ten digits, and what they tell."""

    digits: str
    born_on: date
    is_replacement: bool

    def __str__(self) -> str:
        return f"{self.digits[:6]}-{self.digits[6:]}"

    @property
    def masked(self) -> str:
        return f"{self.digits[:6]}-••••"


def masked(born_on: date, *, is_replacement: bool) -> str:
    """The number as every page shows it: its first six digits, and nothing that tells the rest."""
    day = born_on.day + REPLACEMENT_SHIFT * 10 * is_replacement
    return f"{day:02d}{born_on:%m%y}-••••"


def in_words(born_on: date, *, is_replacement: bool) -> str:
    """The masked number, and whether it is a replacement number."""
    return f"{masked(born_on, is_replacement=is_replacement)}{' (erstatningsnummer)' * is_replacement}"


def read(text: str, *, today: date) -> Cpr:
    """The CPR number in the text, with or without its hyphen.

    Modulus 11 is not asked for: numbers without it have been given since 2007.
    Raises NotCpr with one Danish sentence.
    """
    digits = re.sub(r"[\s-]", "", text)
    if not _SHAPE.match(digits):
        raise NotCpr("Et CPR-nummer har ti cifre, fx 010190-1234.")
    if digits == "0000000000":
        raise NotCpr("CPR-nummeret 000000-0000 tilhører ingen. Skriv borgerens eget nummer.")
    first = int(digits[0])
    is_replacement = first >= REPLACEMENT_SHIFT
    plain = f"{first - REPLACEMENT_SHIFT}{digits[1:]}" if is_replacement else digits
    try:
        born_on = stdnum_cpr.get_birth_date(plain)
    except StdnumError:
        raise NotCpr(f"Datoen {digits[:2]}-{digits[2:4]}-{digits[4:6]} i CPR-nummeret findes ikke.") from None
    if born_on > today:
        raise NotCpr("CPR-nummeret har en fødselsdato, der ikke er kommet endnu.")
    if born_on.year < today.year - 120:
        raise NotCpr("CPR-nummeret tilhører en person, der ville være over 120 år.")
    return Cpr(digits=digits, born_on=born_on, is_replacement=is_replacement)


def encrypt(number: Cpr) -> bytes:
    """The number sealed, to stand beside its index."""
    return encryption.seal(number.digits, of=f"cpr {index(number)}")


def digits_of(stored: bytes | memoryview, *, index: str) -> str:
    """The ten digits; `index` is what stands beside it. Raises CannotBeRead where the two do not belong together."""
    return encryption.unseal(stored, of=f"cpr {index}")


def decrypt(stored: bytes | memoryview, *, index: str) -> str:
    """The number as written on screens: 010190-1234."""
    digits = digits_of(stored, index=index)
    return f"{digits[:6]}-{digits[6:]}"


def index(number: Cpr) -> str:
    """What the number is found by again, under the newest key; it cannot be turned back."""
    return indexes(number)[0]


def indexes(number: Cpr) -> list[str]:
    """The same under each key, the newest first: what was written before is found until it is written anew."""
    return [_index(key, number.digits) for key in settings.CPR_INDEX_KEYS]


def _index(key: encryption.Key, digits: str) -> str:
    mac = hmac.digest(key.secret, digits.encode(), "sha256")
    return f"{key.id}:{urlsafe_b64encode(mac).decode().rstrip('=')}" if key.id else mac.hex()


def is_mentioned(text: str) -> bool:
    """Whether the text holds something that looks like a CPR number, however it is written."""
    return bool(_mentions(text))


def mask(text: str) -> str:
    """The text with everything that looks like a CPR number made unreadable."""
    for start, end in reversed(_mentions(text)):
        text = f"{text[:start]}{_HIDDEN}{text[end:]}"
    return text


def _mentions(text: str) -> list[tuple[int, int]]:
    """Where the text holds ten digits, of which the first six are a day."""
    found: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        # Ten digits alone count in any grouping; a date and what follows it are no number.
        is_alone = len(_digits(run[0])) == 10 and not _DATE_FIRST.match(run[0])
        written = [match.span(1) for match in _WRITTEN.finditer(text, *run.span())]
        found += [run.span()] if is_alone else written
    return [(start, end) for start, end in found if _begins_with_a_day(_digits(text[start:end]))]


def _digits(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def _begins_with_a_day(digits: str) -> bool:
    day, month = int(digits[:2]), int(digits[2:4])
    if day > REPLACEMENT_SHIFT * 10:
        day -= REPLACEMENT_SHIFT * 10
    return 1 <= month <= 12 and 1 <= day <= _LAST_DAYS[month - 1]
