"""Logging in: the form's Danish texts, the user in one query, and an expired session in the middle of a page."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from ipaddress import ip_address, ip_network
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.sessions.models import Session
from django.core.signing import BadSignature, TimestampSigner, b62_decode
from django.db.models import OuterRef, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cases import clock
from cases.models import Deputy, User
from cases.statements import Statement
from cases.ui.fields import PlainErrors


class LogInForm(PlainErrors, AuthenticationForm):
    """Says the same of an unknown user and a wrong password."""

    error_messages = {
        "invalid_login": "Brugernavn eller adgangskode passer ikke. Se efter, om Caps Lock er slået til.",
        "inactive": "Brugernavn eller adgangskode passer ikke. Se efter, om Caps Lock er slået til.",
    }


class UserBackend(ModelBackend):
    """The user of a request with organisation, team and whom they stand in for, in one query: most pages ask for it."""

    def get_user(self, user_id: int) -> User | None:
        today = clock.today()
        for user in _USERS.rows(None, pk=user_id, today=today):
            if self.user_can_authenticate(user):
                user._looks_after = today, [user.pk, *vars(user)["stands_in_for"]]
                return user
        return None


def _user(nobody: None, *, pk: int, today: date) -> QuerySet[User]:
    stands_in_for = Deputy.objects.at_work().on(today).filter(deputy=OuterRef("pk")).order_by().values("user")
    rows = User.objects.select_related("organisation", "team").filter(pk=pk)
    return rows.annotate(stands_in_for=ArraySubquery(stands_in_for))


_USERS = Statement(_user)


class LoginRequired(LoginRequiredMiddleware):
    """As Django's; a part of a page is not answered with a log-in page inside it, but leaves the page."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        if request.headers.get("HX-Request"):
            login = redirect_to_login(request.headers.get("HX-Current-URL", "/"), self.get_login_url(view_func))
            return HttpResponse(headers={"HX-Redirect": login.url})
        return super().handle_no_permission(request, view_func)


#: Where the session keeps when its user logged in and when it was last used, as signed moments read by the real clock.
BEGUN, USED = "begun_at", "used_at"
#: And where: what the browser called itself, and its address.
DEVICE, ADDRESS = "device", "address"
_SIGNER = TimestampSigner(salt="cases.accounts.login")
#: Each use lets a session live on; it is written this seldom.
SECONDS_BETWEEN_WRITES = 60


def keep_sessions(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A session lives on with each use, by the minute, but not longer than the longest of days.

    After that day the user logs in anew, and what they sent is kept for them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if BEGUN not in request.session:
                begin(request)
            if not is_within(settings.SESSION_LONGEST_AGE, request.session[BEGUN]):
                logout(request)
            elif not is_within(SECONDS_BETWEEN_WRITES, request.session.get(USED, "")):
                request.session[USED] = moment()
        return get_response(request)

    return middleware


def begin(request: HttpRequest) -> None:
    """Note in a new session when and where its user logged in."""
    request.session[BEGUN] = request.session[USED] = moment()
    request.session[DEVICE] = request.headers.get("User-Agent", "")[:200]
    request.session[ADDRESS] = client_address(request)


def moment() -> str:
    """This moment by the real clock, signed, as a session keeps it."""
    return _SIGNER.sign("at")


def is_within(seconds: int, signed: str) -> bool:
    """Whether so many seconds have not passed since that moment; of what is none, False."""
    try:
        _SIGNER.unsign(signed, max_age=seconds)
    except BadSignature:
        return False
    return True


def moment_of(signed: str) -> datetime | None:
    """The moment that a session keeps; None of what is none."""
    try:
        _SIGNER.unsign(signed)
    except BadSignature:
        return None
    return datetime.fromtimestamp(b62_decode(signed.split(":")[1]), tz=UTC)


def end_sessions(user: User) -> None:
    """End all sessions of the user: no key that somebody holds opens anything, also once the user is let in again."""
    theirs = [row.pk for row in Session.objects.iterator() if row.get_decoded().get(SESSION_KEY) == str(user.pk)]
    Session.objects.filter(pk__in=theirs).delete()


#: Failures of one user at one address, and of all users there: a municipality may be one address.
USER_LIMIT, ADDRESS_LIMIT = 5, 30


class LockOut(AxesDatabaseHandler):  # type: ignore[misc]  # django-axes brings no types
    """Locks a user at an address, and an address that tries many users; never a user at every address."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        """The failures of the user, or those of the address weighed so that the limit of a user fits them too."""
        of_user, of_address = (
            attempts.aggregate(failures=Sum("failures_since_start"))["failures"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(of_user, of_address * USER_LIMIT // ADDRESS_LIMIT)


def locked(request: HttpRequest, response: HttpResponse, credentials: dict[str, str]) -> HttpResponse:
    """The page that says so; a program is told when to try again."""
    page = render(request, "registration/locked.html", status=429)
    page.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return page


def client_address(request: HttpRequest) -> str | None:
    """Who asks: the last address before our own proxies. A stranger's word about it counts for nothing.

    Of IPv6 it is the line, the first 64 bits: whoever has one of its addresses has them all, and would never be locked.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    forwarded = [text.strip() for text in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    while forwarded and _is_trusted(peer) and is_address(forwarded[-1]):
        peer = forwarded.pop()
    return _line_of(peer) or None


def _line_of(address: str) -> str:
    if not is_address(address):
        return address
    read = ip_address(address)
    if read.version == 4 or read.ipv4_mapped:
        return str(getattr(read, "ipv4_mapped", None) or read)
    return str(ip_network(f"{read}/64", strict=False).network_address)


def _is_trusted(peer: str) -> bool:
    # A proxy on a socket of this machine has no address.
    if not is_address(peer):
        return "unix" in settings.TRUSTED_PROXIES
    address = ip_address(peer)
    return any(address in ip_network(proxy) for proxy in settings.TRUSTED_PROXIES if proxy != "unix")


def is_address(text: str) -> bool:
    """Whether it is a number of the network, and not a name."""
    try:
        return bool(ip_address(text))
    except ValueError:
        return False
