"""The way back for an administrator who lost telephone, keys and paper, and whom no other administrator can help."""

from argparse import ArgumentParser
from typing import Any

from cases.accounts import proof
from cases.models import User
from cases.ui.commands import OneLineCommand


class Command(OneLineCommand):
    help = "Nulstiller andet trin for en bruger, som sætter et nyt op ved næste log ind: reset_second_step astrid."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="BRUGERNAVN")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            self.refuse(f"»{username}« findes ikke. Intet er ændret.")
        proof.begin_anew(user, None, by="reset_second_step")
        self.stdout.write(f"{username} sætter et nyt andet trin op ved næste log ind.")
