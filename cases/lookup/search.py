"""Finding a case by name, number, birthday, telephone or mail, among those the user may see. Nothing is saved."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from cases.models import AccessLog, Case, Citizen, CitizenContact, User
from cases.models.cases import CaseQuerySet
from cases.people import cpr, phones
from cases.ui.fields import DateField

SHOWN = 25
#: While somebody types, from so many letters on.
SUGGESTED = 8
SHORTEST = 2
CPR_LOOKUPS_AN_HOUR = 60
_WINDOW = timedelta(hours=1)
#: Names the locks of turns, one for each user, among the other advisory locks of the database.
_TURNS = 20_261_130

_CPR = re.compile(r"\d{6}[\s-]*\d{4}")
_NUMBER_WITH_LETTER = re.compile(r"s\s*-?\s*\d{1,18}", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s()+./\-]*\d[\d\s()+./\-]*")
_LONGEST_NUMBER = 18
_SHORTEST_PHONE = 3
_DANISH_PHONE = 8

#: So many citizens of one name, or of one beginning of a mail or a telephone number, are looked up one by one.
_FEW = 1_000


#: Who was found by a number that is no longer in force.
NUMBER_BEFORE = "Det CPR-nummer havde borgeren før. Borgeren har fået et andet."


class By(StrEnum):
    """How a case was asked for; the access log says so, and never what was typed."""

    CPR = "cpr"
    NUMBER = "sagsnummer"
    MAIL = "e-mail"
    FIGURES = "tal"
    NAME = "navn"


@dataclass(frozen=True)
class Found:
    by: By
    cases: list[Case]
    has_more: bool = False
    #: What is to be said of how they were found.
    note: str = ""


def kind_of(text: str) -> By:
    """What the text is by its shape: figures may be a case number, a telephone number or a birthday; else a name."""
    text = text.strip()
    if _CPR.fullmatch(text):
        return By.CPR
    if "@" in text:
        return By.MAIL
    if _NUMBER_WITH_LETTER.fullmatch(text):
        return By.NUMBER
    return By.FIGURES if _FIGURES.fullmatch(text) else By.NAME


def find(text: str, *, user: User, today: date) -> Found:
    """The user's cases that the text names, open ones first; if there is none, those of which it is a beginning.

    A case number or a CPR number is always whole. Raises NotCpr.
    """
    text, by = text.strip(), kind_of(text)
    found = _found(by, _meant(text, by, user=user, today=today), user=user, at_most=SHOWN)
    if by is By.CPR and found.cases and not found.cases[0].citizen.has_now(cpr.read(text, today=today)):
        return replace(found, note=NUMBER_BEFORE)
    if found.cases or by in (By.CPR, By.NUMBER):
        return found
    return _found(by, _begun(text, by, user=user, today=today), user=user, at_most=SHOWN)


def suggest(text: str, *, user: User, today: date) -> Found:
    """The few cases that somebody who is still typing may mean: the text is a beginning of what finds them.

    A CPR number is not looked up before it is asked for; it finds nothing here.
    """
    text, by = text.strip(), kind_of(text)
    return _found(by, _begun(text, by, user=user, today=today), user=user, at_most=SUGGESTED)


def _found(by: By, questions: Iterable[Q], *, user: User, at_most: int) -> Found:
    cases = Case.objects.visible_to(user)
    # Each question has an index of its own, which one with an "or" in it would not take; and only those that are shown
    # are joined with what is shown of them.
    found = [pk for question in questions for pk in _first(cases.filter(question), at_most)]
    rows = list(_in_order(cases.filter(pk__in=found).with_parties())[: at_most + 1])
    return Found(by=by, cases=rows[:at_most], has_more=len(rows) > at_most)


def _first(cases: CaseQuerySet, at_most: int) -> list[int]:
    return list(_in_order(cases).values_list("pk", flat=True)[: at_most + 1])


def _in_order(cases: CaseQuerySet) -> CaseQuerySet:
    return cases.order_by("-status", "citizen__name_key", "pk")


def _meant(text: str, by: By, *, user: User, today: date) -> Iterator[Q]:
    """What the whole text may mean: of figures more than one thing, and never guessed."""
    match by:
        case By.CPR:
            yield Q(citizen__in=Citizen.objects.with_cpr(cpr.read(text, today=today)))
        case By.MAIL:
            yield _contact(user, email__iexact=text)
        case By.NUMBER:
            yield Q(number=int(re.sub(r"\D", "", text)))
        case By.NAME:
            yield _named(text)
        case By.FIGURES:
            if text.isdecimal() and len(text) <= _LONGEST_NUMBER:
                yield Q(number=int(text))
            if phones.is_readable(text):
                yield _contact(user, phone=phones.read(text))
            if born_on := _birthday(text, today):
                yield Q(citizen__born_on=born_on)


def _begun(text: str, by: By, *, user: User, today: date) -> Iterator[Q]:
    """What the text may be a beginning of."""
    figures = re.sub(r"\D", "", text)
    if by in (By.NUMBER, By.FIGURES):
        yield _numbered(figures)
    if by is By.FIGURES and len(figures) >= _SHORTEST_PHONE:
        is_foreign = text.startswith(("+", "00"))
        phone = figures.removeprefix("00") if is_foreign else f"{phones.HOME_CODE}{figures}"
        yield _contact_begun(user, phone__startswith=f"+{phone}")
    if by is By.FIGURES:
        if born := _born(figures, today):
            yield born
        if born_on := _birthday(text, today):
            yield Q(citizen__born_on=born_on)
    if by is By.NAME and len(text) >= SHORTEST:
        yield _named(text)
    if by in (By.NAME, By.MAIL) and len(text) >= SHORTEST and " " not in text:
        yield _contact_begun(user, email__istartswith=text)


def _named(text: str) -> Q:
    few = Citizen.objects.few_named(text, at_most=_FEW + 1)
    # Of a rare word the database knows too little: it would read the names of an office's cases one after the other.
    return Q(citizen__in=few if len(few) <= _FEW else Citizen.objects.named(text).values("pk"))


def _numbered(figures: str) -> Q:
    """Case numbers that begin with the figures, as spans of the index."""
    first = int(figures or 0)
    spans = [(first * 10**more, (first + 1) * 10**more - 1) for more in range(_LONGEST_NUMBER - len(figures) + 1)]
    return Q(*(("number__range", span) for span in spans), _connector=Q.OR) if first and spans else Q(pk__in=[])


def _born(figures: str, today: date) -> Q | None:
    """Born on a day written as the first figures of a CPR number: day and month, then what there is of the year."""
    day, month, year = int(figures[:2] or 0), int(figures[2:4] or 0), figures[4:6]
    if len(figures) < 4 or len(figures) == _DANISH_PHONE or not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    years = range(today.year - 120, today.year + 1)
    # As days, and not as parts of one: behind the wall no index of parts is asked (`cases.operation.policies`).
    days = [_day(one, month, day) for one in years if not year or f"{one % 100:02}".startswith(year)]
    return Q(citizen__born_on__in=[one for one in days if one])


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _contact(user: User, **ways: str) -> Q:
    """By what the user's own organisation was told, and no other."""
    contacts = CitizenContact.objects.filter(organisation=user.organisation_id, **ways)
    return Q(citizen__in=contacts.values("citizen"))


def _contact_begun(user: User, **ways: str) -> Q:
    """By a beginning that many may share: of those no more are read than somebody who types on could look through."""
    contacts = CitizenContact.objects.filter(organisation=user.organisation_id, **ways)
    return Q(citizen__in=list(contacts.values_list("citizen", flat=True)[:_FEW]))


def _birthday(text: str, today: date) -> date | None:
    try:
        day: date | None = DateField().clean(text)
    except ValidationError:
        return None
    # With a year of two figures it lies behind us.
    return day if day is None or day <= today else day.replace(year=day.year - 100)


@contextmanager
def in_turn(user: User) -> Iterator[None]:
    """Let the user ask by CPR number once at a time, so that what counts is logged before the next is counted."""
    with transaction.atomic():
        # Not the user's row: whoever books locks that after the case, and an import locks cases in its turn.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_TURNS, user.pk])
        yield


def seconds_to_wait(user: User, at: datetime) -> int:
    """How long until the user may ask by CPR number again; 0 when it is allowed now."""
    oldest = _asked(user, at).order_by("-at").values_list("at", flat=True)[CPR_LOOKUPS_AN_HOUR - 1 :].first()
    return max(int((oldest + _WINDOW - at).total_seconds()), 1) if oldest else 0


def lookups_left(user: User, at: datetime) -> int:
    """How many times the user may still ask by CPR number within the hour."""
    return max(CPR_LOOKUPS_AN_HOUR - _asked(user, at).count(), 0)


def _asked(user: User, at: datetime) -> QuerySet[AccessLog]:
    return AccessLog.objects.filter(user=user, at__gt=at - _WINDOW, detail__startswith=By.CPR)
