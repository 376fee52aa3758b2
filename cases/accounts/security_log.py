"""The security log: every door that was opened, kept shut or moved, whoever stood before it."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from axes.signals import user_locked_out
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import post_save
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import Resolver404, resolve

from cases import clock
from cases.accounts.login import client_address
from cases.models import Role, SecurityEvent, SecurityKind, User
from cases.people import cpr

#: The longest report of a browser that is read; a usual one is a tenth of it.
LONGEST_REPORT = 10_000

#: The directive, the host or the one word for what has none, and the name of our page.
_REPORTED = re.compile(
    r"[a-z-]+ (?:[a-z0-9-]+(?:\.[a-z0-9-]+)+|localhost|inline|eval|wasm-eval|self|data|blob|https?) på [a-z0-9_:-]+"
)


def note(kind: SecurityKind, request: HttpRequest | None, *, user: Any = None, detail: str = "") -> None:
    """Write one line; nothing of it is what somebody typed."""
    match = request.resolver_match if request else None
    SecurityEvent.objects.create(
        at=clock.now(),
        kind=kind,
        user=user if isinstance(user, User) else None,
        address=client_address(request) if request else None,
        route=match.view_name[:80] if match else "",
        detail=detail[:200],
    )


def note_refusals(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Each refusal of somebody who has logged in is a line: of what is not theirs, too often, or by a forged form."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        kind = _kind_of(request, response)
        if kind is not None and request.user.is_authenticated:
            note(kind, request, user=request.user)
        return response

    return middleware


def note_report(request: HttpRequest) -> bool:
    """Note what a browser says that our policy has blocked; False where it is no such report.

    Of addresses only the host and the name of our page are kept: what else stands in one may be a person's.
    """
    try:
        report = json.loads(request.body[:LONGEST_REPORT])["csp-report"]
        page = resolve(urlsplit(report["document-uri"]).path).view_name
        blocked = urlsplit(report["blocked-uri"])
        what = blocked.hostname or blocked.scheme or blocked.path
        detail = f"{report['effective-directive'][:40]} {what[:80]} på {page[:70]}"
    # A form that somebody sends has been read already.
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, Resolver404, RawPostDataException):
        return False
    if not _REPORTED.fullmatch(detail) or cpr.is_mentioned(detail):
        return False
    lately = SecurityEvent.objects.filter(kind=SecurityKind.BLOCKED, at__gt=clock.now() - timedelta(hours=1))
    # Once an hour: what an extension of the browser adds is blocked on every page.
    if not lately.filter(user=request.user.pk, detail=detail).exists():
        note(SecurityKind.BLOCKED, request, user=request.user, detail=detail)
    return True


def note_new_user(user: User, *, by: str) -> None:
    """Note whom a command has made; what the administration changes is noted as it tells its own log."""
    note(SecurityKind.ADMINISTERED, None, detail=f"user {user.pk}: oprettet af {by} som {Role(user.role).label}")


def connect() -> None:
    """Hear of what Django and django-axes do by themselves."""
    for signal, receiver in (
        (user_logged_in, _logged_in),
        (user_logged_out, _logged_out),
        (user_login_failed, _failed),
        (user_locked_out, _locked_out),
    ):
        signal.connect(receiver)
    post_save.connect(_administered, sender=LogEntry)


def _kind_of(request: HttpRequest, response: HttpResponse) -> SecurityKind | None:
    if response.status_code == 429:
        return SecurityKind.LIMITED
    if response.status_code == 403 and getattr(response, "is_turned_away", False):
        return SecurityKind.FORGED
    # An address that has nothing of its own in it leads to nobody's data.
    is_of_something = request.resolver_match is not None and bool(request.resolver_match.kwargs)
    is_refused = response.status_code == 403 or (response.status_code == 404 and is_of_something)
    return SecurityKind.REFUSED if is_refused else None


def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    note(SecurityKind.LOGGED_IN, request, user=user)


def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        note(SecurityKind.LOGGED_OUT, request, user=user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    if not getattr(request, "axes_locked_out", False):
        note(SecurityKind.LOG_IN_FAILED, request, user=_named(credentials.get("username")))


def _locked_out(request: HttpRequest, username: str | None, **_: Any) -> None:
    """Once for each lock: whoever goes on knocking fills no table."""
    user, since = _named(username), clock.now() - settings.AXES_COOLOFF_TIME
    before = SecurityEvent.objects.filter(kind=SecurityKind.LOCKED_OUT, address=client_address(request), at__gt=since)
    if not before.filter(user=user).exists():
        note(SecurityKind.LOCKED_OUT, request, user=user)


def _named(username: str | None) -> User | None:
    """Who has that name. One that nobody has may be a password in the wrong field, and is not kept."""
    return User.objects.filter(username=username).first() if username else None


def _administered(instance: LogEntry, **_: Any) -> None:
    """Which row was changed by whom, and which fields of it, in the words of the administration's own log."""
    model = instance.content_type.model if instance.content_type else ""
    detail = f"{model} {instance.object_id}: {instance.get_change_message()}"
    note(SecurityKind.ADMINISTERED, None, user=instance.user, detail=detail)
