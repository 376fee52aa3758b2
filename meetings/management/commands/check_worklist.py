"""Whether the worklists are right, for whoever doubts them: status 1 where an entry is not."""

import sys
from argparse import ArgumentParser
from typing import Any

from cases.models import Case, Organisation
from cases.ui.commands import OneLineCommand
from meetings.planning import from_scratch
from meetings.planning.from_scratch import Difference

UNEQUAL = 1


class Command(OneLineCommand):
    help = (
        "Regner alle arbejdslister ud igen af sagernes krav, samtaler, pauser og fritagelser, og siger, hvor et punkt "
        "er et andet. Slutter med 1, når noget ikke passer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="skriv de punkter, der ikke passer, om")

    def handle(self, *args: Any, **options: Any) -> None:
        found = list(from_scratch.differences())
        cases = Case.objects.in_bulk({one.case_id for one in found})
        organisations = Organisation.objects.in_bulk({one.organisation_id for one in found})
        for one in found:
            text = _in_words(one)
            self.stdout.write(f"{cases[one.case_id].label}, {organisations[one.organisation_id]}: {text}")
        if found and options["mend"]:
            from_scratch.mend(found)
            self.stdout.write("Arbejdslisterne er skrevet om.")
        else:
            self.stdout.write("Arbejdslisterne er ikke rigtige." if found else "Arbejdslisterne er rigtige.")
            if found:
                sys.exit(UNEQUAL)


def _in_words(one: Difference) -> str:
    if not one.is_wanted:
        return "punktet skal ikke være der"
    if one.entry is None:
        return "punktet mangler"
    return ", ".join(f"{name} {kept}, skal være {wanted}" for name, (kept, wanted) in one.columns.items())
