"""Organisations, teams and users from two lists that a spreadsheet writes."""

import csv
import io
import os
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cases.accounts import invitations, offices
from cases.accounts.offices import FileLine, WrongLines
from cases.models import User
from cases.rules.wording import counted, listed
from cases.ui.commands import OneLineCommand

ORGANISATIONS = ("art", "navn", "cvr-nummer", "kode", "telefon", "e-mail", "mødested", "teams")
USERS = ("brugernavn", "fornavn", "efternavn", "e-mail", "rolle", "organisation", "team")


class Command(OneLineCommand):
    help = (
        "Indlæser organisationer og teams, og brugere, fra CSV-filer. Hele filen læses, før noget gemmes; det, "
        "der findes i forvejen, bliver, som det er. Eksempler ligger i docs/deploy."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisations", type=Path, metavar="ORGANISATIONER.csv")
        parser.add_argument("users", type=Path, nargs="?", metavar="BRUGERE.csv")
        parser.add_argument(
            "--links", type=Path, metavar="FIL", help="en ny fil til de links, hvor de nye brugere vælger adgangskode"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="sig for hver linje, hvad der ville blive lavet, og gem intet"
        )

    def handle(
        self,
        *args: Any,
        organisations: Path,
        users: Path | None,
        links: Path | None,
        dry_run: bool = False,
        **options: Any,
    ) -> None:
        if users and not links and not dry_run:
            self.refuse("Skriv med --links en ny fil, hvor de nye brugeres links skal stå.")
        if links and links.exists():
            self.refuse(f"{links} findes allerede. Skriv navnet på en ny fil.")
        if links and not os.access(links.parent, os.W_OK):
            self.refuse(f"Der kan ikke skrives i mappen {links.parent}. Vælg en anden.")

        def hand_out(users: Sequence[User]) -> None:
            if links and users:
                _write_privately(links, {user.username: invitations.link_for(user) for user in users})

        try:
            loaded = offices.load(
                organisations=self._lines(organisations, ORGANISATIONS),
                users=self._lines(users, USERS) if users else [],
                hand_out=hand_out,
                is_trial=dry_run,
            )
        except WrongLines as error:
            self.refuse(f"{error}\nIntet er gemt.")
        except OSError as error:
            # Links that nobody can read would be of no use.
            self.refuse(f"Linkene kan ikke skrives i {links}: {error.strerror}.\nIntet er gemt.")
        number = (
            f"{counted(len(loaded.organisations), 'organisation', 'organisationer')} og "
            f"{counted(len(loaded.users), 'bruger', 'brugere')}"
        )
        if dry_run:
            self.stdout.write("\n".join(loaded.sentences))
            self.stdout.write(f"{number} ville blive lavet; {loaded.already} findes i forvejen. Intet er gemt.")
        else:
            self.stdout.write(f"{number} er lavet; {loaded.already} fandtes i forvejen.")

    def _lines(self, path: Path, columns: Sequence[str]) -> list[FileLine]:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self.refuse(f"{path} kan ikke læses: {error.strerror}.")
        except UnicodeDecodeError:
            self.refuse(f"{path} er ikke i UTF-8, så æ, ø og å kan ikke læses. Gem den i Excel som »CSV UTF-8«.")
        try:
            # What holds a NUL is no text: the database would refuse it.
            table = _table(text) if "\x00" not in text else None
        except csv.Error:
            table = None
        if table is None:
            self.refuse(f"{path} er ikke en CSV-fil.")
        header = [name.strip().lower() for name in table[0]] if table else []
        if sorted(header) != sorted(columns):
            self.refuse(f"{path}: den første linje skal have kolonnerne {', '.join(columns)}.")
        wide = [f"linje {number}" for number, values in enumerate(table[1:], start=2) if any(values[len(header) :])]
        if wide:
            self.refuse(
                f"{path.name} {listed(wide)}: der er flere felter end kolonner. Sæt anførselstegn om et felt, der har "
                "skilletegnet i sig.\nIntet er gemt."
            )
        return [
            FileLine(place=f"{path.name} linje {number}", cells=_cells(header, values))
            for number, values in enumerate(table[1:], start=2)
            if any(values)
        ]


def _table(text: str) -> list[list[str]]:
    first_line = text.partition("\n")[0]
    return list(csv.reader(io.StringIO(text), delimiter=";" if ";" in first_line else ","))


def _cells(header: Sequence[str], values: Sequence[str]) -> dict[str, str]:
    # A line that is too short lacks its last cells: they are empty, and its fields say so.
    return {name: value.strip() for name, value in zip(header, [*values, *[""] * len(header)], strict=False)}


def _write_privately(path: Path, links: dict[str, str]) -> None:
    with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        csv.writer(file, delimiter=";").writerows([("brugernavn", "link"), *links.items()])
