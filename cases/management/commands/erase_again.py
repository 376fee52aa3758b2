"""Erases once more, in a restored database, what was erased after it was dumped."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from cases import clock
from cases.erasure import erasing
from cases.models import Case
from cases.operation import roles
from cases.ui.commands import OneLineCommand

#: A line of the list, or one that `erasing` wrote to the log: an address beside it names a case that is kept.
_KEY = re.compile(r"^(?:.* erased case )?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\r?$", re.MULTILINE)
_PORTION = 20


class Command(OneLineCommand):
    help = (
        "Sletter i en gendannet database de sager, hvis nøgler står i filen: listen fra `erasures`, eller workerens "
        "log. Kræver ejerens adresse i MIGRATE_DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FIL")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.is_file():
            self.refuse(f"Filen »{path}« findes ikke.")
        keys = set(_KEY.findall(path.read_text()))
        with roles.as_owner(connection):
            roles.require_owner(connection)
            found = list(Case.objects.filter(public_id__in=keys).order_by("pk").values_list("pk", flat=True))
            for start in range(0, len(found), _PORTION):
                with transaction.atomic():
                    erasing.erase(found[start : start + _PORTION], at=clock.now(), is_owner=True)
        self.stdout.write(f"{len(found)} af {len(keys)} sager stod i databasen og er slettet igen.")
