"""How the installation runs, for monitoring: status 1 while something is late or missing, else 0."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from cases import clock
from cases.operation import state
from cases.operation.state import Problem
from cases.ui.commands import OneLineCommand

UNHEALTHY = 1


class Command(OneLineCommand):
    help = "Driftens tilstand: om gennemgangen kører, og om beskeder venter. Slutter med 1, når noget er galt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="svar til maskiner")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = state.missing()
        found = [Problem(f"{part}_missing", f"{part}: svarer ikke, som den skal.") for part in missing]
        # What does not answer cannot be asked what is late.
        if not {"database", "migrations"} & set(missing):
            found += state.problems(at=clock.now())
        if options["json"]:
            errors = [{"code": problem.code, "text": problem.text} for problem in found]
            self.stdout.write(json.dumps({"errors": errors}, ensure_ascii=False, indent=2))
        else:
            for problem in found:
                self.stdout.write(f"{problem.code:<16}{problem.text}")
            self.stdout.write("Driften kører." if not found else "Driften har fejl.")
        if found:
            sys.exit(UNHEALTHY)
