"""Whether the logs are what they were when they were sealed: status 1 when they are not, else 0."""

import re
import sys
from argparse import ArgumentParser
from typing import Any

from cases.operation import sealing
from cases.rules.wording import counted
from cases.ui.commands import OneLineCommand

BROKEN = 1

_HEAD = re.compile(r"\w+:\d+:[a-p]{64}")


class Command(OneLineCommand):
    help = "Efterprøver loggenes segl. Slutter med 1, når noget er ændret, slettet eller skudt ind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--head",
            action="append",
            default=[],
            dest="heads",
            metavar="LOG:NUMMER:SEGL",
            help="et segl, som workerens log har fra en tidligere nat; kan gives flere gange",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for head in options["heads"]:
            if not _HEAD.fullmatch(head):
                self.refuse(f"»{head}« er intet segl. Skriv det, som workerens log har det: log:nummer:segl.")
        found = list(sealing.faults(heads=options["heads"]))
        for fault in found:
            self.stdout.write(fault)
        if found:
            sys.exit(BROKEN)
        for head in sealing.heads():
            self.stdout.write(head)
        for log, notes, gone in sealing.erased():
            self.stdout.write(
                f"{log}: {counted(gone, 'række', 'rækker')} slettet efter reglerne, noteret {notes} gange."
            )
        rows = counted(sealing.sealed_rows(), "række", "rækker")
        self.stdout.write(f"Loggene er, som de blev forseglet: {rows}.")
