"""How the rules write days and numbers in their sentences."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

MONTHS = (
    "januar",
    "februar",
    "marts",
    "april",
    "maj",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "december",
)
WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")


@lru_cache(maxsize=20_000)
def day_text(day: date) -> str:
    """15. januar 2024"""
    return f"{day.day}. {MONTHS[day.month - 1]} {day.year}"


def moment_text(moment: datetime) -> str:
    """tirsdag den 12. maj 2026 kl. 10.00, from a moment of local time"""
    return f"{WEEKDAYS[moment.weekday()]} den {day_text(moment.date())} kl. {moment:%H.%M}"


def span_text(starts: datetime, ends: datetime) -> str:
    """tirsdag den 12. maj 2026 kl. 10.00-10.30, from two moments of local time"""
    return f"{moment_text(starts)}-{ends:%H.%M}"


def days_left_text(day: date, *, today: date) -> str:
    """om 3 dage, i morgen, i dag, 2 dage over: how far the last good day is from today"""
    left = (day - today).days
    if left < 0:
        return f"{counted(-left, 'dag', 'dage')} over"
    return {0: "i dag", 1: "i morgen"}.get(left, f"om {left} dage")


def counted(n: int, one: str, many: str) -> str:
    """1 dag, 14 dage"""
    return f"{n} {one if n == 1 else many}"


def pace_text(done: int, *, left: int, seconds: float) -> str:
    """40 i sekundet, ca. 10 minutter tilbage: how fast so much was done, and how long what is left takes at that.

    Below one a minute only the time left is said: the pace, rounded, would contradict it.
    """
    rate = done / seconds
    pace = ""
    if rate >= 1:
        pace = f"{rate:.0f} i sekundet, "
    elif rate * 60 >= 1:
        pace = f"{rate * 60:.0f} i minuttet, "
    minutes = round(left / rate / 60)
    if minutes < 1:
        time_left = "under et minut"
    elif minutes < 120:
        time_left = f"ca. {counted(minutes, 'minut', 'minutter')}"
    else:
        time_left = f"ca. {round(minutes / 60)} timer"
    return f"{pace}{time_left} tilbage"


def listed(words: Iterable[str], last: str = "og") -> str:
    """fremmøde, telefon og video; ingen, where there are no words"""
    *most, final = [*words] or ["ingen"]
    return f"{', '.join(most)} {last} {final}" if most else final
