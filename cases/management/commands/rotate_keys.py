"""Change the keys of CPR numbers and of all else that is sealed, while everybody goes on working."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings

from cases.operation import keys, rotation
from cases.rules.wording import counted, listed
from cases.ui.commands import OneLineCommand

UNFINISHED = 1


class Command(OneLineCommand):
    help = (
        "Skriver alt, der er forseglet, igen med de nyeste nøgler, lidt ad gangen. Kan afbrydes og begyndes igen. "
        "Slutter med 1, når noget ikke kan skrives."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--add", action="store_true", help="lad de nøgler, der er givet og er nye for databasen, skrive i den"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["add"]:
            new = keys.let_in()
            self.stdout.write(f"Kan skrive nu: {listed(new)}." if new else "Databasen kender alle de givne nøgler.")
            return
        if not settings.CPR_ENCRYPTION_KEYS[0].id:
            self.refuse("CPR_ENCRYPTION_KEY står uden navn. Giv en ny nøgle med navn, fx 1:…, se docs/operation.md.")
        self._rotate()

    def _rotate(self) -> None:
        total, written, refused = rotation.left(), 0, []
        for portion in rotation.portions():
            written += portion.written
            refused += [f"{portion.table} {pk}" for pk in portion.refused]
            self.stdout.write(f"{portion.table}: {written} skrevet; {total} rækker var tilbage ved begyndelsen.")
        for row in refused:
            why = "den er ændret udefra, eller to borgere har det samme nummer. Saml så de to poster."
            self.stdout.write(f"{row} kan ikke skrives: {why}")
        if remaining := rotation.left():
            self.stdout.write(f"{counted(remaining, 'række', 'rækker')} er tilbage. Kør rotate_keys igen.")
            sys.exit(UNFINISHED)
        forgotten = keys.forget_others()
        if forgotten:
            self.stdout.write(f"Intet er tilbage af {listed(forgotten)}: de kan tages ud af miljøet.")
        self.stdout.write("Alt er skrevet med de nyeste nøgler.")
