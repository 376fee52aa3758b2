"""Asks the rules without a case: for lawyers, support and integration. The JSON keys are stable."""

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import OperationalError, ProgrammingError, connection

from cases.law import shipped_acts
from cases.models import Act
from cases.rules.explanation import Explanation
from cases.rules.facts import PauseFact
from cases.rules.period import Period
from cases.rules.rule_book import Value
from cases.rules.wording import day_text
from cases.ui.commands import OneLineCommand, OneLineParser, day
from meetings.models import MeetingRule
from meetings.planning.law import Law
from meetings.rules.channel import ChannelAnswer, DecidedBy
from meetings.rules.contact_course import MeetingTable, Plan, row_of
from meetings.rules.kinds import MeetingKind
from referrals.law.answers import QUESTIONS
from referrals.rules.admissibility import Admissibility
from referrals.rules.offers import OfferType
from referrals.rules.right_and_duty import OfferAnswer

DECIDED_BY_NAMES = {
    DecidedBy.CITIZEN: "borgeren",
    DecidedBy.AUTHORITY: "den, der har ansvaret",
    DecidedBy.LAW: "loven",
}


class Command(OneLineCommand):
    help = "Svarer på, hvad loven siger: law values, plan, channel, offer, referral. Virker også uden database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        questions = parser.add_subparsers(dest="question", required=True, parser_class=OneLineParser)

        values = questions.add_parser("values", help="alle regelværdier på en dag", allow_abbrev=False)
        values.add_argument("--on", type=day, required=True, metavar="DATO")

        plan_ = questions.add_parser("plan", help="samtaler, som loven kræver i et forløb", allow_abbrev=False)
        plan_.add_argument("--registered-on", type=day, required=True, metavar="DATO", help="tilmeldt som ledig")
        plan_.add_argument("--placed-on", type=day, metavar="DATO", help="indplaceret; ellers som tilmeldt")
        plan_.add_argument("--born", dest="born_on", type=day, metavar="DATO")
        for option, fact, about in (
            ("--no-education", "has_qualifying_education", "uden erhvervskompetencegivende uddannelse"),
            ("--no-children", "has_children_at_home", "uden hjemmeboende børn"),
        ):
            plan_.add_argument(option, dest=fact, action="store_false", help=about)
        plan_.add_argument("--target-group", type=int, default=1, metavar="NR")

        channel = questions.add_parser("channel", help="hvordan en samtale må holdes", allow_abbrev=False)
        channel.add_argument("--placed-on", type=day, required=True, metavar="DATO")
        channel.add_argument("--meeting-on", type=day, required=True, metavar="DATO")
        channel.add_argument("--number", type=int, default=1, metavar="NR", help="forløbets første af sin slags er 1")
        channel.add_argument("--kind", type=kind, default=MeetingKind.CONTACT_INTERVIEW, metavar="SLAGS")

        offer = questions.add_parser("offer", help="om et tilbud tæller som ret- og pligttilbud", allow_abbrev=False)
        offer.add_argument("--placed-on", type=day, required=True, metavar="DATO")
        offer.add_argument("--type", type=offer_type, required=True, metavar="TYPE")
        offer.add_argument("--starts-on", type=day, required=True, metavar="DATO", help="tilbuddets første dag")
        offer.add_argument("--ends-on", type=day, required=True, metavar="DATO", help="tilbuddets sidste dag")
        offer.add_argument("--offered-on", type=day, metavar="DATO", help="bevilget; har betydning for løntilskud")

        referral = questions.add_parser("referral", help="om a-kassen kan sende en indstilling", allow_abbrev=False)
        referral.add_argument("--placed-on", type=day, required=True, metavar="DATO")
        referral.add_argument("--sent-on", type=day, required=True, metavar="DATO")
        referral.add_argument("--offer-starts-on", type=day, required=True, metavar="DATO")

        for question in (plan_, channel, offer, referral):
            question.add_argument(
                "--pause", dest="pauses", type=pause, action="append", default=[], metavar="FRA:TIL:SLAGS"
            )
        for question, show in (
            (values, self.values),
            (plan_, self.plan),
            (channel, self.channel),
            (offer, self.offer),
            (referral, self.referral),
        ):
            question.add_argument("--draft", metavar="LOV", help="som om dette udkast var offentliggjort")
            question.add_argument("--json", action="store_true", help="svar til maskiner")
            question.set_defaults(show=show, refuse=question.error)

    def handle(
        self, *args: Any, question: str, show: Callable[[Any], None], refuse: Callable[[str], None], **options: Any
    ) -> None:
        asked = QUESTIONS[question]
        try:
            answer = asked.ask(options, _law(options["draft"]))
        except ValueError as error:
            # The rules refuse what cannot be with one Danish sentence.
            refuse(str(error))
            return
        if options["json"]:
            self.stdout.write(json.dumps(asked.data(answer), ensure_ascii=False, indent=2))
        else:
            show(answer)

    def values(self, found: dict[str, Value]) -> None:
        rows = [
            (key, value.parameter.text_of(value.value) or "ingen", value.act.slug, value.legal_basis)
            for key, value in found.items()
        ]
        self._table(("Regelværdi", "Værdi", "Lov", "Hjemmel"), rows)

    def plan(self, answer: Plan) -> None:
        self.stdout.write(f"Forløb fra den {day_text(answer.placed_on)}. Lov: {answer.act or 'ingen'}.")
        for note in answer.notes:
            self.stdout.write(note.text)
        rows = [
            (
                f"{meeting.number}.",
                meeting.kind.label,
                meeting.responsible.label,
                meeting.window_from.isoformat(),
                meeting.due_on.isoformat(),
                "ja" if meeting.is_enforced else "nej, historisk",
                meeting.legal_basis,
            )
            for meeting in answer.meetings
        ]
        if rows:
            self._table(("Nr.", "Samtale", "Holdes af", "Tidligst", "Senest", "Håndhæves", "Hjemmel"), rows)
        for meeting in answer.meetings:
            self.stdout.write(f"\n{meeting.number}. {meeting.kind.label}, {meeting.responsible.label}:")
            self._why(meeting.why)

    def channel(self, answer: ChannelAnswer) -> None:
        ways = ", ".join(channel.label for channel in answer.allowed)
        self._table(("Mulige former", "Vælges af"), [(ways, DECIDED_BY_NAMES[answer.decided_by])])
        self._why(answer.why)

    def offer(self, answer: OfferAnswer) -> None:
        due_on = answer.deadline.due_on
        self._table(("Tæller", "Frist"), [(_yes_no(answer.counts), due_on.isoformat() if due_on else "ingen")])
        self._why(answer.why)

    def referral(self, answer: Admissibility) -> None:
        latest = answer.latest_start.isoformat() if answer.latest_start else "ingen"
        self._table(("Kan sendes", "Tilbuddet begynder senest"), [(_yes_no(answer.is_admissible), latest)])
        self._why(answer.why)

    def _why(self, steps: Explanation) -> None:
        for step in steps:
            self.stdout.write(f"  {step.text}")

    def _table(self, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
        for row in (head, ["-" * width for width in widths], *rows):
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def kind(text: str) -> MeetingKind:
    try:
        return MeetingKind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"»{text}« er ikke en slags samtale. Vælg {', '.join(MeetingKind)}.") from None


def offer_type(text: str) -> OfferType:
    try:
        return OfferType(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"»{text}« er ikke en tilbudstype. Vælg {', '.join(OfferType)}.") from None


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


def _yes_no(answer: bool) -> str:
    return "ja" if answer else "nej"
