"""The address out is made, asked for and revoked; the address in is kept, read again and again, and forgotten."""

import logging
import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Q

from cases.models import User
from cases.people import encryption
from cases.rules.refusal import Refused
from meetings.calendar_links import caldav, fetching, reading
from meetings.calendar_links.fetching import LoginRefused
from meetings.models import BusyCalendar, BusyTime, CalendarFeed
from meetings.rules.spans import ONE_DAY, Span

logger = logging.getLogger(__name__)

#: How often a calendar of somebody's own is read, and how far ahead.
READ_EVERY = timedelta(minutes=15)
HORIZON = timedelta(weeks=13)
#: Somebody waits for the calendar that has just been given; then whichever was asked longest ago.
_NEW_FIRST = F("asked_at").asc(nulls_first=True)
_FAILED = "Kalenderen kan ikke læses. Kopiér adressen igen, eller del en mindre kalender."


@transaction.atomic(durable=True)
def make_feed(*, user: User, at: datetime) -> str:
    """A new secret for the user's address; the one before it holds no more. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.update_or_create(user=user, defaults={"token_hash": _hash(token), "made_at": at})
    return token


@transaction.atomic(durable=True)
def revoke_feed(*, user: User) -> None:
    """Let the user's address lead nowhere from now on."""
    CalendarFeed.objects.filter(user=user).delete()


def reader_of(*, token: str) -> User | None:
    """Whose talks the address shows; None where it leads nowhere. A reading: nothing is saved."""
    feed = CalendarFeed.objects.filter(token_hash=_hash(token), user__is_active=True).select_related("user").first()
    return feed.user if feed else None


def _hash(token: str) -> str:
    # The secret is long and drawn at random: a plain hash is enough.
    return sha256(token.encode()).hexdigest()


@transaction.atomic(durable=True)
def keep_address(*, user: User, address: str, login: str = "") -> None:
    """Read busy times from this address from now on; those of another address are forgotten.

    `login` is "user:password" of a calendar that is asked by CalDAV. One that was refused is tried anew.
    """
    # One after the other: a form that is sent twice keeps one address.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    kept = BusyCalendar.objects.filter(user=user).first()
    if kept is None or kept.address != address:
        BusyCalendar.objects.filter(user=user).delete()
        kept = BusyCalendar(user=user)
        kept.address_encrypted = encryption.seal(address, of=kept.sealed_as("address_encrypted"))
    if kept.login != login or kept.is_login_refused:
        kept.asked_at, kept.is_login_refused, kept.problem = None, False, ""
    kept.login_encrypted = encryption.seal(login, of=kept.sealed_as("login_encrypted")) if login else None
    kept.save()


@transaction.atomic(durable=True)
def forget_address(*, user: User) -> None:
    """Read it no more; the busy times from it are forgotten."""
    BusyCalendar.objects.filter(user=user).delete()


def read_next(*, at: datetime) -> int:
    """Read one calendar whose turn it is, outside of any transaction; gives how many were read, 0 when all are."""
    with transaction.atomic(durable=True):
        is_due = Q(asked_at=None) | Q(asked_at__lte=at - READ_EVERY)
        # A login that was refused is not tried again and again: that locks an account.
        due = BusyCalendar.objects.filter(is_due, user__is_active=True, is_login_refused=False)
        calendar = due.select_for_update(of=("self",), skip_locked=True).order_by(_NEW_FIRST, "pk").first()
        if calendar is None:
            return 0
        # Claimed before it is read: whoever comes meanwhile takes another, and one that kills us waits its turn.
        calendar.asked_at = at
        calendar.save(update_fields=["asked_at"])
    try:
        spans = _busy_spans(calendar, first=at - ONE_DAY, last=at + HORIZON)
    except Refused as refused:
        return _not_read(calendar, str(refused), is_login_refused=isinstance(refused, LoginRefused))
    except Exception as error:
        # Its name alone: what it says may hold the address, or what stands in the calendar.
        logger.error("The calendar %s could not be read: %s", calendar.pk, type(error).__name__)
        return _not_read(calendar, _FAILED)
    with transaction.atomic(durable=True):
        if BusyCalendar.objects.filter(pk=calendar.pk).update(read_at=at, problem=""):
            BusyTime.objects.filter(calendar=calendar).delete()
            BusyTime.objects.bulk_create(
                BusyTime(calendar=calendar, starts_at=span.starts_at, ends_at=span.ends_at) for span in spans
            )
    return 1


def _busy_spans(calendar: BusyCalendar, *, first: datetime, last: datetime) -> list[Span]:
    if calendar.login:
        found = caldav.calendars(calendar.address, login=calendar.login, first=first, last=last)
    else:
        found = [fetching.fetch(calendar.address)]
    return reading.busy_spans(found, first=first, last=last)


def _not_read(calendar: BusyCalendar, why: str, *, is_login_refused: bool = False) -> int:
    """Keep why the calendar was not read. What was read before stays, with how old it is."""
    # What is said of a login that has been changed meanwhile is not said of the new one.
    rows = BusyCalendar.objects.filter(pk=calendar.pk, login_encrypted=calendar.login_encrypted)
    return rows.update(problem=why[:300], is_login_refused=is_login_refused) or 1
