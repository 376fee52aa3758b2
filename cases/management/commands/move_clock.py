"""Live through a year in minutes: the system's date moves forward, for training and acceptance tests alone."""

import argparse
import re
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from cases import clock
from cases.rules.period import add_months
from cases.rules.wording import WEEKDAYS, counted, day_text
from cases.rules.workdays import known_years, workdays_after
from cases.ui.commands import OneLineCommand, day

#: The day that was asked for, from the system's today.
Target = Callable[[date], date]


class CannotMove(Exception):
    """The date stays; the message is one Danish sentence that says why, and what to do."""


class Command(OneLineCommand):
    help = (
        "Flytter systemets dato frem, til øvelse og afprøvning: move_clock 2027-01-15, +30d, +2w, +3m eller "
        "--to-next-working-day. Uden argument: siger, hvilken dag det er for systemet. Findes ikke i produktion."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "to", nargs="?", type=target, metavar="DAG", help="2027-01-15, eller +30d, +2w, +3m fra systemets dato"
        )
        parser.add_argument("--to-next-working-day", action="store_true", help="til den næste hverdag")

    def handle(self, *args: Any, to: Target | None, to_next_working_day: bool, **options: Any) -> None:
        if to and to_next_working_day:
            self.refuse("Skriv enten en dag eller --to-next-working-day, ikke begge.")
        chosen = _next_working_day if to_next_working_day else to
        if chosen:
            try:
                _move(chosen)
            except CannotMove as error:
                self.refuse(str(error))
        today = clock.today()
        self.stdout.write(f"For systemet er det {WEEKDAYS[today.weekday()]} den {day_text(today)}. {_how_far()}")


def target(text: str) -> Target:
    """A day, or a span such as +30d, +2w or +3m."""
    span = re.fullmatch(r"\+(\d+)([dwm])", text, re.ASCII)
    if span:
        number, unit = int(span[1]), span[2]
        return lambda today: (
            add_months(today, number) if unit == "m" else today + timedelta(days=number * (7 if unit == "w" else 1))
        )
    if text.startswith("+"):
        raise argparse.ArgumentTypeError(f"»{text}« er ikke et spring. Skriv fx +30d, +2w eller +3m.")
    fixed = day(text)
    return lambda today: fixed


def _next_working_day(today: date) -> date:
    return workdays_after(today, 1)


def _move(chosen: Target) -> None:
    if settings.IS_PRODUCTION:
        raise CannotMove("Uret kan ikke flyttes i produktion: her er datoen altid den rigtige.")
    now = timezone.localtime(clock.now())
    try:
        to = chosen(now.date())
        if to.year not in known_years():
            raise ValueError
    except (ValueError, OverflowError):
        raise CannotMove(f"Så langt kan uret ikke flyttes: kalenderen går til og med {known_years()[-1]}.") from None
    if to < now.date():
        raise CannotMove(
            f"Uret går kun frem, og for systemet er det den {day_text(now.date())}: "
            "ellers ville sagernes historik ligge før sig selv. Begynd forfra med nye data, hvis du vil tilbage."
        )
    if to == now.date():
        return
    try:
        # At the same time of day.
        clock.move(to=datetime.combine(to, now.time(), tzinfo=now.tzinfo))
    except clock.Fixed:
        raise CannotMove(
            "Uret kan ikke flyttes, for CLOCK_FILE er ikke sat. Sæt den til samme fil her og for web, worker og beat."
        ) from None
    except OSError as error:
        raise CannotMove(
            f"Urets fil {settings.CLOCK_FILE} kan ikke skrives ({error.strerror}). Start systemet med make run først."
        ) from None


def _how_far() -> str:
    days = clock.days_moved()
    if days == 0:
        return "Uret er ikke flyttet."
    return f"Uret er flyttet {counted(abs(days), 'dag', 'dage')} {'frem' if days > 0 else 'tilbage'}."
