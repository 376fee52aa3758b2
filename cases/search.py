"""Finding a case by name, case number or CPR number, among those the user may see. A reading: nothing is saved."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import transaction

from cases import cpr
from cases.models import AccessLog, Case, Citizen, User

SHOWN = 25
CPR_LOOKUPS_AN_HOUR = 60
_WINDOW = timedelta(hours=1)

_CPR = re.compile(r"\d{6}[\s-]*\d{4}")
_CASE_NUMBER = re.compile(r"(?:s\s*-?\s*)?(\d{1,18})", re.IGNORECASE)


class By(StrEnum):
    """How a case was asked for; the access log says so, and never what was typed."""

    CPR = "cpr"
    NUMBER = "sagsnummer"
    NAME = "navn"


@dataclass(frozen=True)
class Found:
    by: By
    cases: list[Case]
    has_more: bool = False


def kind_of(text: str) -> By:
    """What the text is: a CPR number by its shape, a case number, or else a name."""
    text = text.strip()
    if _CPR.fullmatch(text):
        return By.CPR
    return By.NUMBER if _CASE_NUMBER.fullmatch(text) else By.NAME


def find(text: str, *, user: User, today: date) -> Found:
    """The user's cases that the text names, open ones first. Raises NotCpr."""
    by = kind_of(text)
    cases = Case.objects.visible_to(user).with_parties()
    if by is By.CPR:
        cases = cases.filter(citizen__in=Citizen.objects.with_cpr(cpr.read(text, today=today)))
    elif match := _CASE_NUMBER.fullmatch(text.strip()):
        cases = cases.filter(number=int(match[1]))
    else:
        cases = cases.filter(citizen__in=Citizen.objects.named(text).values("pk"))
    rows = list(cases.order_by("-status", "citizen__name_key", "pk")[: SHOWN + 1])
    return Found(by=by, cases=rows[:SHOWN], has_more=len(rows) > SHOWN)


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
