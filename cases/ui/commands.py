"""What our commands have in common: bad input is refused with one line and its own status."""

import argparse
import re
from datetime import date
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.rules.workdays import known_years

BAD_INPUT = 2


class OneLineParser(CommandParser):
    """Refuses with one line, without the usage."""

    def error(self, message: str) -> NoReturn:
        if self.called_from_command_line:
            self.exit(BAD_INPUT, f"{message}\n")
        raise CommandError(message, returncode=BAD_INPUT)


class OneLineCommand(BaseCommand):
    """A command whose refusals are one line on standard error and status 2."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # Django names the class itself.
        parser.__class__ = OneLineParser
        assert isinstance(parser, OneLineParser)
        self._parser = parser
        return parser

    def refuse(self, sentence: str) -> NoReturn:
        """End as for bad input, also for what only shows when the command is at work."""
        self._parser.error(sentence)


def day(text: str) -> date:
    """A day written as 2024-01-15."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError
        found = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"»{text}« er ikke en dato. Skriv den som 2024-01-15.") from None
    if found.year not in known_years():
        raise argparse.ArgumentTypeError(f"{found.year} ligger uden for kalenderen.")
    return found
