"""Erases once more, in a restored database, what was erased after it was dumped."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from cases import clock
from cases.erasure import erasing, services
from cases.models import Case, CaseStatus, Erasure
from cases.operation import roles
from cases.operation.logs import in_figures
from cases.ui.commands import OneLineCommand

#: A line of the list, or the end of a line of the worker's log. Any other key names a case that nobody erased.
_LINE = re.compile(r"^(?:.*\berased case )?([0-9a-p]{8}(?:-[0-9a-p]{4}){3}-[0-9a-p]{12})\s*$", re.MULTILINE)
_PORTION = 20


class Command(OneLineCommand):
    help = (
        "Sletter i en gendannet database de sager, hvis nøgler står i filen: listen fra `erasures`, eller workerens "
        "log. Sletter intet, hvis en af dem er åben eller skal bevares. Kræver ejerens adresse i MIGRATE_DATABASE_URL."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FIL")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        if not path.is_file():
            self.refuse(f"Filen »{path}« findes ikke.")
        keys = {in_figures(key) for key in _LINE.findall(path.read_text())}
        with roles.as_owner(connection):
            roles.require_owner(connection)
            named = Case.objects.filter(public_id__in=keys).order_by("pk")
            kept = named.filter(~Q(status=CaseStatus.CLOSED) | Q(services.held()))
            if keys_kept := list(kept.values_list("public_id", flat=True)):
                listed = ", ".join(map(str, keys_kept))
                self.refuse(f"Intet er slettet. Disse sager er åbne eller skal bevares: {listed}. Se efter hvorfor.")
            found = list(named.values_list("pk", "public_id"))
            for start in range(0, len(found), _PORTION):
                portion, at = found[start : start + _PORTION], clock.now()
                with transaction.atomic():
                    erasing.erase([pk for pk, _ in portion], at=at, asks_for_approval=False)
                    # The dump has no stone of it, and the next list must name it too.
                    Erasure.objects.bulk_create(
                        Erasure(case_key=pk, case_public_id=key, erased_at=at) for pk, key in portion
                    )
        self.stdout.write(f"{len(found)} af {len(keys)} sager stod i databasen og er slettet igen.")
