"""Where somebody is logged in, for themselves to see and to end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from cases.accounts.login import ADDRESS, BEGUN, DEVICE, USED, moment_of
from cases.models import User

_BROWSERS = (
    *(("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome")),
    *(("Chrome", "Chrome"), ("Safari", "Safari")),
)
_SYSTEMS = (
    *(("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Mac OS X", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux")),
)


@dataclass(frozen=True)
class OwnSession:
    """One of somebody's sessions, by a mark from which its key cannot be told."""

    mark: str
    device: str
    address: str
    begun_at: datetime | None
    used_at: datetime | None
    is_this: bool


def device_of(agent: str) -> str:
    """What a browser says it is, in a few words; of the rest nothing is kept."""
    browser, system = (
        next((name for sign, name in known if re.search(rf"\b{sign}", agent)), "") for known in (_BROWSERS, _SYSTEMS)
    )
    return f"{browser or 'En browser'} på {system or 'en ukendt enhed'}"


def of(request: HttpRequest, user: User, *, at: datetime) -> list[OwnSession]:
    """The user's sessions at that real moment, this one first and then the one that was used last."""
    this = request.session.session_key
    sessions = [
        OwnSession(
            mark=_mark(row),
            device=device_of(kept.get(DEVICE, "")),
            address=kept.get(ADDRESS, ""),
            begun_at=moment_of(kept.get(BEGUN, "")),
            used_at=moment_of(kept.get(USED, "")),
            is_this=row.session_key == this,
        )
        for row, kept in _of(user, at=at)
    ]
    return sorted(sessions, key=lambda one: (not one.is_this, -(one.used_at.timestamp() if one.used_at else 0)))


def end(request: HttpRequest, user: User, mark: str, *, at: datetime) -> int:
    """End that session of the user, or without a mark all but this one; how many there were."""
    this = request.session.session_key
    others = [row for row, _ in _of(user, at=at) if row.session_key != this]
    ended = [row.pk for row in others if not mark or constant_time_compare(_mark(row), mark)]
    return Session.objects.filter(pk__in=ended).delete()[0]


def _of(user: User, *, at: datetime) -> Iterator[tuple[Session, dict[str, str]]]:
    # What has not ended is of the last two hours, and this page is opened seldom: no table of its own for it.
    for row in Session.objects.filter(expire_date__gt=at).iterator():
        kept = row.get_decoded()
        if kept.get(SESSION_KEY) == str(user.pk):
            yield row, kept


def _mark(row: Session) -> str:
    return salted_hmac("cases.accounts.own_sessions", row.session_key).hexdigest()
