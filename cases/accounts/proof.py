"""How far somebody has proved who they are: the second step after the password, and once more for what matters."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

from cases.accounts import factors, login, security_log
from cases.accounts.leading import DOORS, STEPS, lead_to
from cases.accounts.login import BEGUN, end_sessions, is_within, moment
from cases.models import SecurityEvent, SecurityKind, User
from cases.request import CAME_FROM, AppRequest, user_of
from cases.unsaved import reading

#: Of a session: whether the second step is owed or has been passed. One that says nothing has not passed it.
_STEP, _OWED, _PASSED = "second_step", "owed", "passed"


NO_SECOND_STEP = "SECOND_STEP is off: whoever knows a password logs in by it alone."


#: In the session: when its user last typed the password, and took the second step. To log in is both, where both are.
PASSWORD, SECOND_STEP = "proved_at", "second_step_at"
#: To make law, to take a list or a person out of the house, a whole CPR number, to erase, and who may do what. One of
#: the steps is enough for these.
WHAT_MATTERS = (
    *("admin:cases_act_publish", "admin:cases_act_withdraw", "admin:cases_act_run_export"),
    *("meetings:worklist_export", "meetings:overview_export", "meetings:overview_list_export"),
    *("meetings:law_changes_export", "cases:show_cpr", "cases:insight"),
    *("cases:erasure", "cases:erasure_approve", "cases:hold"),
    *("admin:cases_user_add", "admin:cases_user_change", "admin:cases_user_invite", "admin:cases_user_step"),
)
#: What somebody logs in by: after it, a stolen session would be its thief's for good. The pages that set up a new one
#: call `ask_for_both` themselves, since who has none yet is asked for nothing.
WHAT_GUARDS = ("second_step_app_forget", "second_step_key_forget", "recovery_codes", "own_password")
#: In an address: what was asked for is done by pressing once more.
ONCE_MORE = "igen"


class TooManyCodes(Exception):
    """So many wrong codes were typed that none is read for a while."""


def begin(request: HttpRequest, user: object) -> None:
    """After the password: whoever has a second step takes it, also where none is demanded."""
    login.begin(request)
    if isinstance(user, User) and factors.has_any(user):
        request.session[_STEP] = _OWED


def vouched_for(request: HttpRequest) -> None:
    """After the organisation's own log-in: it has asked for as much as we would."""
    login.begin(request)
    request.session[_STEP], request.session[SECOND_STEP] = _PASSED, moment()


def is_owed(request: HttpRequest) -> bool:
    """Whether the session's user has proved nothing but a password, and must prove more."""
    step = request.session.get(_STEP)
    return step == _OWED or (settings.SECOND_STEP_IS_DEMANDED and step != _PASSED)


def passed(request: HttpRequest, *, by: str) -> None:
    """The second step was taken: a new key for the session, and a line of the log."""
    request.session.cycle_key()
    request.session[_STEP], request.session[SECOND_STEP] = _PASSED, moment()
    security_log.note(SecurityKind.FACTOR_PASSED, request, user=request.user, detail=by)


def ask_second_step(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Whoever owes the second step is led there, and from there to what they asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        is_owing = request.user.is_authenticated and is_owed(request)
        if not is_owing or request.path in {reverse(name) for name in (*DOORS, *STEPS)}:
            return get_response(request)
        return lead_to(request, "second_step")

    return middleware


def is_fresh(request: HttpRequest) -> bool:
    """Whether the session's user has proved lately, by either step, who they are."""
    return _is_lately(request, BEGUN, PASSWORD, SECOND_STEP)


def is_step_fresh(request: HttpRequest) -> bool:
    return _is_lately(request, SECOND_STEP)


def _is_password_fresh(request: HttpRequest) -> bool:
    return _is_lately(request, BEGUN, PASSWORD)


def _is_lately(request: HttpRequest, *moments: str) -> bool:
    return any(is_within(settings.PROVE_AGAIN_AFTER, request.session.get(name, "")) for name in moments)


def proved_again(request: HttpRequest, *, by: str, steps: Iterable[str] = (PASSWORD,)) -> None:
    """The user has taken these steps once more: a new key for the session, and a line of the log."""
    request.session.cycle_key()
    for name in steps:
        request.session[name] = moment()
    security_log.note(SecurityKind.PROVED_AGAIN, request, user=request.user, detail=by)


def ask_for_both(request: HttpRequest) -> HttpResponse | None:
    """Ask for what is lacking of the two steps in the last half hour; None where nothing is, or there is but one."""
    if not _is_password_fresh(request):
        return ask_again(request)
    return ask_again(request, "second_step") if is_step_lacking(request) else None


def is_step_lacking(request: HttpRequest) -> bool:
    """Whether the user has typed the password lately, and has a second step that was not taken lately."""
    return _is_password_fresh(request) and not is_step_fresh(request) and factors.has_any(user_of(request))


def ask_again(request: HttpRequest, by: str = "prove_again") -> HttpResponse:
    """To the page of that name, which asks once more who it is, and back: what was typed stands there again.

    Who wanted a file or pressed a button comes back to the page where it was, and presses once more.
    """
    name = request.resolver_match.view_name if request.resolver_match else ""
    is_page = request.method == "GET" and not name.endswith("_export")
    page = request.get_full_path() if is_page else reading.page_of(request)
    more = {} if is_page else {ONCE_MORE: "1"}
    address = f"{reverse(by)}?{urlencode({CAME_FROM: page, **more}, safe='/')}"
    is_part = bool(request.headers.get("HX-Request"))
    answer = HttpResponse(headers={"HX-Redirect": address}) if is_part else redirect(address)
    if request.method == "POST" and reading.typed_in(request).fields:
        # Read by KeepUnsaved.
        answer.is_turned_away = answer.leads_on = True  # type: ignore[attr-defined]  # names of our own
    return answer


class AskAgain(MiddlewareMixin):
    """What matters is opened only by who has proved lately who they are, and what guards the account by both steps."""

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match and request.user.is_authenticated else ""
        if name in WHAT_GUARDS:
            return ask_for_both(request)
        return ask_again(request) if name in WHAT_MATTERS and not is_fresh(request) else None


@transaction.atomic(durable=True)
def try_code(request: AppRequest, code: str, *, at: datetime, now: datetime) -> str:
    """What the code proves; empty where it is wrong, and that is noted. Raises TooManyCodes.

    One at a time: who sends many guesses at once is counted as if they came one by one. Wrong answers by a passkey are
    no guesses, and come from whoever sits before somebody's session, without the password: they lock no codes.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=request.user.pk)
    failed = SecurityEvent.objects.filter(kind=SecurityKind.FACTOR_FAILED, user=user, at__gt=now - factors.WITHIN)
    if failed.exclude(detail=factors.PASSKEY).count() >= factors.WRONG_CODES:
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
