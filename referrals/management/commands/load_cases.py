"""Fill an empty database with a country of invented cases, and plan them all.

The same number and seed on the same day give the same country. Asked as the owner of the tables.
"""

import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from cases import clock
from cases.operation import roles
from referrals.demo import country, office

SECONDS_BETWEEN = 2


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("cases", type=int)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, cases: int, seed: int, **options: Any) -> None:
        if settings.IS_PRODUCTION:
            raise CommandError("These cases have passwords that everybody knows: nothing is loaded in production mode.")
        if cases < 1:
            raise CommandError("There is nothing to load: write how many cases, as in `load_cases 10000`.")
        at = clock.now()
        with roles.as_owner(connection):
            roles.require_owner(connection)
            call_command("load_acts", verbosity=0)
            try:
                country.write(cases=cases, at=at, seed=seed, told=self._progress("loaded", cases))
            except country.NotEmpty as error:
                raise CommandError(str(error)) from error
            country.plan_all(at=at, told=self._progress("planned", cases))
            with connection.cursor() as cursor:
                # Autovacuum would do it within a minute; until then pages would be slow.
                cursor.execute("VACUUM ANALYZE")
        self.stdout.write(f"Log-ins, all with the password {office.PASSWORD}")
        for username, who in country.LOG_INS.items():
            self.stdout.write(f"  {username:<8}{who}")

    def _progress(self, done_is: str, number: int) -> Callable[[int], None]:
        begun = said = time.monotonic()

        def tell(done: int) -> None:
            nonlocal said
            now = time.monotonic()
            if now - said < SECONDS_BETWEEN and done < number:
                return
            said, rate = now, done / max(now - begun, 0.001)
            left = f"{(number - done) / rate:,.0f} seconds left" if done < number else f"in {now - begun:,.0f} seconds"
            self.stdout.write(f"{done:,} of {number:,} cases {done_is}, {rate:,.0f} a second, {left}")

        return tell
