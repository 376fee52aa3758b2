"""The health of the law for deploy and monitoring: status 1 while there is an error, else 0."""

import json
import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import OperationalError, ProgrammingError

from cases import clock
from cases.law import health as law_health
from cases.law.health import Finding, Level
from cases.rules.wording import day_text
from cases.ui.commands import OneLineCommand, day

UNHEALTHY = 1


class Command(OneLineCommand):
    help = (
        "Lovens tilstand: værdier der mangler eller ophører, kladder der venter, helligdage, kontrol og planer. "
        "Slutter med 1, når der er en fejl, og ellers med 0."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--on", type=day, metavar="DATO", help="som det ser ud den dag; ellers i dag")
        parser.add_argument("--json", action="store_true", help="svar til maskiner")

    def handle(self, *args: Any, on: date | None, **options: Any) -> None:
        on = on or clock.today()
        try:
            found = law_health.findings(on=on, at=clock.now())
        except (OperationalError, ProgrammingError) as error:
            reason = str(error).strip().splitlines()[0]
            raise CommandError(f"Databasen kan ikke spørges om loven: {reason}", returncode=UNHEALTHY) from None
        counts = law_health.count(found)
        if options["json"]:
            self.stdout.write(json.dumps(_data(found, counts, on), ensure_ascii=False, indent=2))
        else:
            self._print(found, counts, on)
        if counts[Level.ERROR]:
            sys.exit(UNHEALTHY)

    def _print(self, found: list[Finding], counts: dict[Level, int], on: date) -> None:
        self.stdout.write(f"Lovens tilstand den {day_text(on)}: {law_health.counts_in_words(counts)}.")
        for finding in found:
            self.stdout.write(f"{finding.level_name.upper():<10}{finding.text}")
            for line in (*finding.details, *([f"-> {finding.to_do}"] if finding.to_do else [])):
                self.stdout.write(f"{'':<10}{line}")


def _data(found: list[Finding], counts: dict[Level, int], on: date) -> dict[str, Any]:
    return {
        "on": on.isoformat(),
        "errors": counts[Level.ERROR],
        "warnings": counts[Level.WARNING],
        "findings": [
            {
                "level": str(finding.level),
                "code": finding.code,
                "text": finding.text,
                "details": list(finding.details),
                "to_do": finding.to_do,
                "url": f"{settings.SITE_URL}{finding.path}" if finding.path else "",
            }
            for finding in found
        ],
    }
