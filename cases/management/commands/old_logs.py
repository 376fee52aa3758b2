"""How much of the logs is over its years, and goes the next night; it takes nothing away."""

from typing import Any

from django.utils import timezone

from cases import clock
from cases.operation import log_ends
from cases.rules.wording import counted
from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = "Siger, hvor meget af loggene der er ældre end lovens år og bliver slettet i nat. Sletter intet."

    def handle(self, *args: Any, **options: Any) -> None:
        for log, before, gone, kept in log_ends.counted(clock.today()):
            self.stdout.write(
                f"{log}: {counted(gone, 'række', 'rækker')} fra før {timezone.localtime(before):%d-%m-%Y} bliver "
                f"slettet; {counted(kept, 'ældre række', 'ældre rækker')} bliver, så længe sagerne står."
            )
