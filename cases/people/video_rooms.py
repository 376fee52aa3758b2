"""The addresses of video talks: what may be one, and a room of its own for each talk."""

import re
import secrets
import string
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError

from cases.people import cpr

#: Stands in an address where each talk gets a part that nobody can guess.
MARK = "{rum}"

#: So long that the address of any service has room, and so short that it can be printed.
LONGEST = 500

#: Letters alone: digits could look like a CPR number. So many of them hold 128 bits.
_LETTERS, _LENGTH = string.ascii_lowercase, 28

_EXAMPLE = "Kopiér adressen fra videomødet, fx https://moede.example.dk/mit-rum."
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)
_SIGNS = re.compile(r"[!#$%&'()*+,./:;=?@\[\]_~a-zA-Z0-9-]+")


def validate_link(value: str) -> None:
    """Refuse what a citizen cannot open safely. Raises ValidationError with one Danish sentence."""
    try:
        parts = urlsplit(value)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValidationError(f"Adressen kan ikke læses. {_EXAMPLE}") from None
    if parts.scheme != "https" or not _HOST.fullmatch(host):
        raise ValidationError(f"Adressen skal begynde med https:// og et domæne. {_EXAMPLE}")
    if "@" in parts.netloc:
        raise ValidationError(f"Adressen må ikke indeholde brugernavn eller adgangskode. {_EXAMPLE}")
    if not _SIGNS.fullmatch(value):
        raise ValidationError(f"Adressen har mellemrum eller tegn, som ikke kan stå i et link. {_EXAMPLE}")
    if cpr.is_mentioned(value):
        raise ValidationError("Adressen har ti cifre, der ligner et CPR-nummer. Brug et andet rum.")


def validate_room(value: str) -> None:
    """Refuse what is neither an address nor a pattern of one. Raises ValidationError with one Danish sentence."""
    if value.count(MARK) > 1 or MARK in value.partition("//")[2].partition("/")[0]:
        raise ValidationError(f"Skriv {MARK} én gang, efter domænet, fx https://moede.example.dk/{MARK}.")
    validate_link(value.replace(MARK, "rum"))


def is_link(text: str) -> bool:
    """Whether the text is the address of a video talk, and nothing else."""
    try:
        validate_link(text)
    except ValidationError:
        return False
    return True


def for_talk(room: str) -> str:
    """The address for one talk: where the pattern has its mark, a part that nobody can guess."""
    return room.replace(MARK, "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)))
