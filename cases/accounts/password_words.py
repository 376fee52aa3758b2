"""The words that no password holds, since who guesses begins with them: names, the work, and the time of year."""

import re
from collections.abc import Iterator

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError

from cases.models import Role, User
from cases.rules.wording import MONTHS, WEEKDAYS

#: Whatever stands between the letters, and in which case they are.
WORK = ("samtaleflow", "jobcenter", "a-kasse", "dagpenge", "kontaktforløb")
SEASONS = ("forår", "sommer", "efterår", "vinter", "jul", "påske")
#: A shorter part of a name stands in many words by chance.
SHORTEST_NAME = 4


class PasswordWords:
    """Refuses a password with the user's or the office's name, a word of the work, or a month or season and a year."""

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        squeezed = _squeezed(password)
        if _TIME_OF_YEAR.search(squeezed):
            what = "en måned, en ugedag eller en årstid med et årstal"
        else:
            found = (what for word, what in _known_words(user) if word in squeezed)
            what = next(found, "")
        if what:
            raise ValidationError(
                f"Adgangskoden indeholder {what}, og det gættes først: Vælg ord uden forbindelse til person, "
                "arbejde og årstid.",
                code="password_has_known_word",
            )

    def get_help_text(self) -> str:
        return (
            "Adgangskoden må ikke indeholde brugerens eller organisationens navn, ord som »Samtaleflow« og »jobcenter« "
            "eller en måned eller årstid med et årstal."
        )


def _known_words(user: AbstractBaseUser | None) -> Iterator[tuple[str, str]]:
    """Each word that is refused, squeezed, and what it is."""
    for word in (*WORK, *(role.label.split()[0] for role in Role)):
        yield _squeezed(word), f"»{word}«"
    if isinstance(user, User):
        # A name that a form has just refused is none.
        for name in (user.first_name, user.last_name, user.username, user.email.partition("@")[0]):
            yield from ((part, "brugerens navn") for part in _parts(name or ""))
        if user.organisation:
            yield from ((part, "organisationens navn") for part in _parts(user.organisation.name))
        team = _squeezed(user.team.name) if user.team else ""
        if len(team) >= SHORTEST_NAME:
            yield team, "teamets navn"


def _parts(name: str) -> Iterator[str]:
    parts = (_squeezed(part) for part in (name, *re.split(r"[\W_]+", name)))
    return (part for part in parts if len(part) >= SHORTEST_NAME)


def _squeezed(text: str) -> str:
    """Letters and figures alone, small, and with the Danish letters as they are written without them."""
    small = text.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    return re.sub(r"[\W_]", "", small)


_NAMES = "|".join(_squeezed(name) for name in (*MONTHS, *WEEKDAYS, *SEASONS))
_YEAR = r"(?:19|20)\d\d"
_TIME_OF_YEAR = re.compile(rf"(?:{_NAMES})(?:en|et)?(?:{_YEAR}|\d\d$)|{_YEAR}(?:{_NAMES})")
