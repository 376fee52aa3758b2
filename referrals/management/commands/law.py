"""Asks the rules without a case: for lawyers, support and integration. The JSON keys are stable."""

import argparse
import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.management.base import CommandParser
from django.db import OperationalError, ProgrammingError, connection

from cases import seam
from cases.law import shipped_acts
from cases.law.calculator import CodeField, Question
from cases.law.questions import ValuesQuestion
from cases.models import Act
from cases.rules.facts import PauseFact
from cases.rules.labelled import Labelled
from cases.rules.period import Period
from cases.ui.commands import OneLineCommand, OneLineParser, day
from cases.ui.fields import DateField
from meetings.models import MeetingRule
from meetings.planning.law import Law
from meetings.rules.contact_course import MeetingTable, row_of


class Command(OneLineCommand):
    help = "Svarer på, hvad loven siger: law values, plan, channel, offer, referral. Virker også uden database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        questions = parser.add_subparsers(dest="question", required=True, parser_class=OneLineParser)
        for question in (ValuesQuestion(), *(one for app in seam.INSTALLED for one in app.law.questions)):
            asked = questions.add_parser(question.name, help=question.help, allow_abbrev=False)
            for name, field in question.form.base_fields.items():
                _add_fact(asked, *question.form.on_command_line.get(name, (name, field)))
            if question.form.may_have_pauses:
                asked.add_argument(
                    "--pause", dest="pauses", type=pause, action="append", default=[], metavar="FRA:TIL:SLAGS"
                )
            asked.add_argument("--draft", metavar="LOV", help="som om dette udkast var offentliggjort")
            asked.add_argument("--json", action="store_true", help="svar til maskiner")
            asked.set_defaults(asked=question, refuse=asked.error)

    def handle(self, *args: Any, asked: Question, refuse: Callable[[str], None], **options: Any) -> None:
        try:
            found = asked.ask(options, _law(options["draft"]))
        except ValueError as error:
            # The rules refuse what cannot be with one Danish sentence.
            refuse(str(error))
            return
        if options["json"]:
            self.stdout.write(json.dumps(asked.data(found), ensure_ascii=False, indent=2))
            return
        for line in asked.lines(found):
            self.stdout.write(line)


def _add_fact(parser: argparse.ArgumentParser, name: str, field: forms.Field) -> None:
    """Ask for one fact, by its field on the page: --placed-on for `placed_on`."""
    option, about = f"--{name.replace('_', '-')}", f"{field.label}. {field.help_text}".removesuffix(". ")
    if isinstance(field, forms.BooleanField):
        parser.add_argument(option, action="store_true", help=about)
        return
    read: Callable[[str], Any] = int
    metavar = "NR"
    if isinstance(field, DateField):
        # A page has its days written in another way, and its hints say so.
        read, metavar, about = day, "DATO", f"{field.label}, fx 2024-01-15"
    elif isinstance(field, CodeField):
        read, metavar = _reader(field.codes, field.noun), "KODE"
    is_required = field.required and field.initial is None
    parser.add_argument(option, type=read, default=field.initial, required=is_required, metavar=metavar, help=about)


def _reader(codes: type[Labelled], noun: str) -> Callable[[str], Labelled]:
    """Reads one of the codes; what is none is refused with all of them."""

    def read(text: str) -> Labelled:
        try:
            return codes(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"»{text}« er ikke {noun}. Vælg {', '.join(codes)}.") from None

    return read


def pause(text: str) -> PauseFact:
    """A pause written as FROM:TO:KIND, both days included."""
    parts = text.split(":")
    if len(parts) != 3:
        raise argparse.ArgumentTypeError(f"»{text}« er ikke en pause. Skriv den som 2024-10-07:2024-10-20:employment.")
    try:
        return PauseFact(kind=parts[2], span=Period.of_days_inclusive(day(parts[0]), day(parts[1])))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _law(draft: str | None) -> Law:
    """The published law, and one draft as if it were published last on its day."""
    return _stored_law(draft) or _shipped_law(draft)


def _stored_law(draft: str | None) -> Law | None:
    """The law of the database; None when there is no database, or no act in it."""
    # A server that does not answer must not keep the question waiting.
    connection.settings_dict["OPTIONS"].setdefault("connect_timeout", 3)
    try:
        book = Act.objects.rule_book()
        if not book.acts:
            return None
        book = book.with_draft(draft) if draft else book
        return Law(book=book, table=MeetingRule.objects.table(book))
    except (OperationalError, ProgrammingError):
        return None


def _shipped_law(draft: str | None) -> Law:
    shipped = shipped_acts.read_acts()
    book = shipped_acts.rule_book(shipped)
    table = MeetingTable({one.act.slug: tuple(row_of(row) for row in one.rows) for one in shipped})
    return Law(book=book.with_draft(draft) if draft else book, table=table)
