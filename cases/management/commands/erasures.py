"""Prints the keys of all erased cases, to be kept beside the dumps."""

from typing import Any

from cases.models import Erasure
from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = (
        "Skriver nøglen på hver slettet sag, en på hver linje. Gem listen uden for databasen; den nævner ingen person."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        erased = Erasure.objects.filter(erased_at__isnull=False).order_by("pk")
        for key in erased.values_list("case_public_id", flat=True).iterator():
            self.stdout.write(str(key))
