"""Fill an empty installation with an invented office: organisations, people, and courses around today's date.

Can be run again: it does nothing where there are cases already. --logins only prints who can log in.
"""

from argparse import ArgumentParser
from datetime import datetime
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from cases import clock
from cases.models import Case
from referrals.demo import history, office, stories
from referrals.demo.names import Invented

SEED = 727


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the log-ins and change nothing")

    def handle(self, *args: Any, logins: bool, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("The demo has passwords that everybody knows: it does not run in production mode.")
        if logins:
            self._print_log_ins()
        else:
            fill(at=clock.now())

    def _print_log_ins(self) -> None:
        if not office.is_there():
            return
        self.stdout.write(f"Log-ins of the demo, all with the password {office.PASSWORD}")
        for one in office.LOG_INS:
            where = f", {one.organisation}" if one.organisation else ""
            self.stdout.write(f"  {one.username:<8}{one.name:<16}{one.role.label}{where}: {one.sees}")


def fill(*, at: datetime) -> None:
    """Make the office and its courses where there is nothing yet, and tell the stories that have not been told."""
    if not Case.objects.exists():
        with transaction.atomic():
            rng = Random(SEED)
            people = Invented(rng, today=timezone.localtime(at).date())
            history.write(office=office.write(), people=people, rng=rng, at=at)
    if office.is_there():
        stories.tell_all(office=office.read(), at=at)
