"""How far somebody has proved who they are: the second step after the password, and once more for what matters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from cases.accounts import factors, security_log
from cases.accounts.leading import DOORS, STEPS, lead_to
from cases.accounts.login import end_sessions
from cases.models import SecurityEvent, SecurityKind, User
from cases.request import AppRequest

#: Of a session: whether the second step is owed or has been passed. One that says nothing has not passed it.
_STEP, _OWED, _PASSED = "second_step", "owed", "passed"


NO_SECOND_STEP = "SECOND_STEP is off: whoever knows a password logs in by it alone."


class TooManyCodes(Exception):
    """So many wrong codes were typed that none is read for a while."""


def begin(request: HttpRequest, user: object) -> None:
    """After the password: whoever has a second step takes it, also where none is demanded."""
    if isinstance(user, User) and factors.has_any(user):
        request.session[_STEP] = _OWED


def is_owed(request: HttpRequest) -> bool:
    """Whether the session's user has proved nothing but a password, and must prove more."""
    step = request.session.get(_STEP)
    return step == _OWED or (settings.SECOND_STEP_IS_DEMANDED and step != _PASSED)


def passed(request: HttpRequest, *, by: str) -> None:
    """The second step was taken: a new key for the session, and a line of the log."""
    request.session.cycle_key()
    request.session[_STEP] = _PASSED
    security_log.note(SecurityKind.FACTOR_PASSED, request, user=request.user, detail=by)


def ask_second_step(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever owes the second step is led there, and from there to what they asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_owing = request.user.is_authenticated and is_owed(request)
        if not is_owing or request.path in {reverse(name) for name in (*DOORS, *STEPS)}:
            return get_response(request)
        return lead_to(request, "second_step")

    return middleware


@transaction.atomic(durable=True)
def try_code(request: AppRequest, code: str, *, at: datetime, now: datetime) -> str:
    """What the code proves; empty where it is wrong, and that is noted. Raises TooManyCodes.

    One at a time: who sends many guesses at once is counted as if they came one by one.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=request.user.pk)
    wrong = SecurityEvent.objects.filter(kind=SecurityKind.FACTOR_FAILED, user=user, at__gt=now - factors.WITHIN)
    if wrong.count() >= factors.WRONG_CODES:
        raise TooManyCodes
    by = factors.accept(user, code, at=at, now=now)
    if not by:
        security_log.note(SecurityKind.FACTOR_FAILED, request, user=user)
    return by


def begin_anew(user: User, request: HttpRequest | None, *, by: str) -> None:
    """Take all second steps from somebody who lost them; the next is set up at the next log-in."""
    with transaction.atomic():
        factors.forget_all(user)
        end_sessions(user)
        security_log.note(SecurityKind.FACTOR_CHANGED, request, user=user, detail=f"nulstillet af {by}")


def check(**_: Any) -> list[CheckMessage]:
    """For `manage.py check --deploy`: whether a password alone logs in."""
    return [] if settings.SECOND_STEP_IS_DEMANDED else [Warning(NO_SECOND_STEP, id="cases.W002")]
