"""The first administrators of an installation: two, since one drafts an act and another publishes it."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from cases.accounts import invitations, offices
from cases.models import User
from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = (
        "Laver administratorer: add_administrators astrid bo. For hver vises et link, hvor man vælger sin adgangskode."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("usernames", nargs="+", metavar="BRUGERNAVN")

    def handle(self, *args: Any, usernames: list[str], **options: Any) -> None:
        taken = sorted(User.objects.filter(username__in=usernames).values_list("username", flat=True))
        if taken:
            self.refuse(f"»{'« og »'.join(taken)}« findes allerede. Intet er ændret.")
        for username in usernames:
            try:
                user = offices.add_administrator(username=username)
            except ValidationError as error:
                raise CommandError(f"{username}: {' '.join(error.messages)}", returncode=2) from None
            link = invitations.link_for(user)
            self.stdout.write(
                f"Administratoren {username} er lavet og vælger i {invitations.days()} adgangskode her: {link}"
            )
