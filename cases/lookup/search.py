"""Finding a case by name, number, birthday, telephone or mail, among those the user may see. Nothing is saved."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from cases.models import AccessLog, Case, Citizen, CitizenContact, User
from cases.models.cases import CaseQuerySet
from cases.people import cpr, phones
from cases.ui.fields import DateField

SHOWN = 25
CPR_LOOKUPS_AN_HOUR = 60
_WINDOW = timedelta(hours=1)

_CPR = re.compile(r"\d{6}[\s-]*\d{4}")
_NUMBER_WITH_LETTER = re.compile(r"s\s*-?\s*\d{1,18}", re.IGNORECASE)
_FIGURES = re.compile(r"[\d\s()+./\-]*\d[\d\s()+./\-]*")
_LONGEST_NUMBER = 18


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
    """The user's cases that the text names, open ones first. Raises NotCpr."""
    text, by = text.strip(), kind_of(text)
    cases = Case.objects.visible_to(user)
    if by is By.FIGURES:
        # Each question has an index of its own, which one with an "or" in it would not take.
        found = [pk for question in _of_figures(text, user=user, today=today) for pk in _some(cases.filter(question))]
        cases = cases.filter(pk__in=found)
    else:
        cases = cases.filter(_asked(text, by, user=user, today=today))
    rows = list(cases.with_parties().order_by("-status", "citizen__name_key", "pk")[: SHOWN + 1])
    return Found(by=by, cases=rows[:SHOWN], has_more=len(rows) > SHOWN)


def _asked(text: str, by: By, *, user: User, today: date) -> Q:
    match by:
        case By.CPR:
            return Q(citizen__in=Citizen.objects.with_cpr(cpr.read(text, today=today)))
        case By.MAIL:
            return _contact(user, email__iexact=text)
        case By.NUMBER:
            return Q(number=int(re.sub(r"\D", "", text)))
        case _:
            return Q(citizen__in=Citizen.objects.named(text).values("pk"))


def _of_figures(text: str, *, user: User, today: date) -> Iterator[Q]:
    """What figures may mean: more than one thing, and never guessed."""
    if text.isdecimal() and len(text) <= _LONGEST_NUMBER:
        yield Q(number=int(text))
    if phones.is_readable(text):
        yield _contact(user, phone=phones.read(text))
    if born_on := _birthday(text, today):
        yield Q(citizen__born_on=born_on)


def _contact(user: User, **ways: str) -> Q:
    """By what the user's own organisation was told, and no other."""
    contacts = CitizenContact.objects.filter(organisation=user.organisation_id, **ways)
    return Q(citizen__in=contacts.values("citizen"))


def _birthday(text: str, today: date) -> date | None:
    try:
        day: date | None = DateField().clean(text)
    except ValidationError:
        return None
    # With a year of two figures it lies behind us.
    return day if day is None or day <= today else day.replace(year=day.year - 100)


def _some(cases: CaseQuerySet) -> list[int]:
    return list(cases.order_by("-status", "-pk").values_list("pk", flat=True)[: SHOWN + 1])


@contextmanager
def in_turn(user: User) -> Iterator[None]:
    """Let the user ask by CPR number once at a time, so that what counts is logged before the next is counted."""
    with transaction.atomic():
        User.objects.select_for_update(no_key=True).get(pk=user.pk)
        yield


def seconds_to_wait(user: User, at: datetime) -> int:
    """How long until the user may ask by CPR number again; 0 when it is allowed now."""
    asked = AccessLog.objects.filter(user=user, at__gt=at - _WINDOW, detail__startswith=By.CPR)
    oldest = asked.order_by("-at").values_list("at", flat=True)[CPR_LOOKUPS_AN_HOUR - 1 :].first()
    return max(int((oldest + _WINDOW - at).total_seconds()), 1) if oldest else 0
