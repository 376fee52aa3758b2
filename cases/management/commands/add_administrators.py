"""The first administrators of an installation: two, since one drafts an act and another publishes it."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from cases.accounts import offices
from cases.models import User
from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = (
        "Laver administratorer: add_administrators astrid bo. Adgangskoden skrives på tastaturet, to gange for hver; "
        "eller, fra et program, på standard input, en linje for hver."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("usernames", nargs="+", metavar="BRUGERNAVN")

    def handle(self, *args: Any, usernames: list[str], **options: Any) -> None:
        taken = sorted(User.objects.filter(username__in=usernames).values_list("username", flat=True))
        if taken:
            self.refuse(f"»{'« og »'.join(taken)}« findes allerede. Intet er ændret.")
        for username in usernames:
            try:
                offices.add_administrator(username=username, password=_password(username))
            except ValidationError as error:
                raise CommandError(f"{username}: {' '.join(error.messages)}", returncode=2) from None
            self.stdout.write(f"Administratoren {username} er lavet og kan logge ind.")


def _password(username: str) -> str:
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass(f"Adgangskode for {username}: ")
        if getpass.getpass("Den samme igen: ") != password:
            raise ValidationError("De to adgangskoder er ikke ens. Begynd forfra.")
    validate_password(password, User(username=username))
    return password
