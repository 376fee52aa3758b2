"""Whether the worklists are right, and looked at in time, for whoever doubts it: status 1 where they are not."""

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from itertools import islice
from typing import Any

from cases import clock
from cases.models import Case, Organisation
from cases.ui.commands import OneLineCommand
from meetings.due import looks
from meetings.due.looks import LateLook
from meetings.planning import from_scratch
from meetings.planning.from_scratch import Difference

UNEQUAL = 1

#: So many differences are told, and mended, at a time.
_PORTION = 1000


class Command(OneLineCommand):
    help = (
        "Regner alle arbejdslister ud igen af sagernes krav, samtaler, pauser og fritagelser, og siger, hvor et punkt "
        "er et andet, og hvor en sag først ses efter, når noget er forfaldet. Slutter med 1, når noget ikke passer."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mend", action="store_true", help="skriv det, der ikke passer, om")

    def handle(self, *args: Any, **options: Any) -> None:
        differences, is_right = from_scratch.differences(), True
        while found := list(islice(differences, _PORTION)):
            is_right = False
            self._tell(found)
            if options["mend"]:
                from_scratch.mend(found)
        late_looks = looks.late_looks(clock.now())
        while late := list(islice(late_looks, _PORTION)):
            is_right = False
            self._tell_late(late)
            if options["mend"]:
                looks.mend(late)
        if is_right:
            self.stdout.write("Arbejdslisterne er rigtige.")
        elif options["mend"]:
            self.stdout.write("Arbejdslisterne er skrevet om.")
        else:
            self.stdout.write("Arbejdslisterne er ikke rigtige.")
            sys.exit(UNEQUAL)

    def _tell(self, found: Sequence[Difference]) -> None:
        cases = Case.objects.in_bulk({one.case_id for one in found})
        organisations = Organisation.objects.in_bulk({one.organisation_id for one in found})
        for one in found:
            # A case may have been erased since it was counted.
            if case := cases.get(one.case_id):
                self.stdout.write(f"{case.label}, {organisations[one.organisation_id]}: {_in_words(one)}")

    def _tell_late(self, late: Sequence[LateLook]) -> None:
        cases = Case.objects.in_bulk({one.case_id for one in late})
        for one in late:
            if case := cases.get(one.case_id):
                kept = f"er {one.look_at}" if one.look_at else "mangler"
                self.stdout.write(f"{case.label}: næste eftersyn {kept}, skal være senest {one.wanted_by}")


def _in_words(one: Difference) -> str:
    if not one.is_wanted:
        return "punktet skal ikke være der"
    if one.entry is None:
        return "punktet mangler"
    return ", ".join(f"{name} {kept}, skal være {wanted}" for name, (kept, wanted) in one.columns.items())
