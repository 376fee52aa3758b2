"""Django's own command would make a user who has no role, and whom the database refuses."""

from typing import Any

from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = "Bruges ikke her: administratorer laves med add_administrators."
    requires_system_checks = ()

    def run_from_argv(self, argv: list[str]) -> None:
        # Whatever was asked for, the answer is the same.
        super().run_from_argv(argv[:2])

    def handle(self, *args: Any, **options: Any) -> None:
        self.refuse(
            "Her er ingen superbrugere. Lav de første administratorer med "
            "»manage.py add_administrators NAVN NAVN«, og flere i administrationen."
        )
