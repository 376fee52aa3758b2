"""What the law can be asked about meetings without a case: the contact course, and how a meeting may be held."""

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.law.calculator import (
    OLDEST,
    YOUNGEST,
    Answer,
    CodeField,
    Explain,
    MeetingLine,
    NumberField,
    PageQuestion,
    QuestionForm,
    in_columns,
    step_lines,
)
from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.facts import Course
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text, listed
from cases.ui.fields import DateField
from meetings.planning.law import Law, of_book
from meetings.rules import channel as channel_rules
from meetings.rules import contact_course
from meetings.rules.channel import ChannelAnswer, DecidedBy
from meetings.rules.contact_course import Plan
from meetings.rules.kinds import MeetingKind


class LawQuestion(PageQuestion):
    """A question that reads the acts and their tables of meetings."""

    def law_of(self, book: RuleBook) -> Law:
        return of_book(book)


def ordinary_course(facts: Mapping[str, Any]) -> Course:
    """The course of somebody on benefit, registered on the day of placement."""
    return Course(registered_on=facts["placed_on"], placed_on=facts["placed_on"], pauses=tuple(facts["pauses"]))


class PlanForm(QuestionForm):
    facts = (
        ("Forløbet", (("registered_on", "placed_on"), ("target_group", "age"), "no_education", "no_children")),
    )  # fmt: skip
    # A page has only the age: its address needs no date of birth.
    on_command_line = {"age": ("born", DateField(label="Født", required=False))}

    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret", required=False, help_text="Lad feltet stå tomt, hvis det er samme dag")
    target_group = forms.TypedChoiceField(
        label="Målgruppe",
        choices=list(TARGET_GROUP_LABELS.items()),
        coerce=int,
        required=False,
        initial=1,
        empty_value=1,  # type: ignore[arg-type]  # the stubs know only texts, and this choice is a number
    )
    age = NumberField(
        label="Alder ved forløbets start",
        required=False,
        smallest=YOUNGEST,
        largest=OLDEST,
        help_text="I år, fx 24. Har kun betydning for unge",
        refusal=f"Skriv alderen i hele år fra {YOUNGEST} til {OLDEST}, fx 24.",
    )
    no_education = forms.BooleanField(label="Uden en uddannelse, der giver erhvervskompetence", required=False)
    no_children = forms.BooleanField(label="Uden hjemmeboende børn", required=False)

    def clean_placed_on(self) -> Any:
        placed_on, registered_on = self.cleaned_data["placed_on"], self.cleaned_data.get("registered_on")
        if placed_on and registered_on and placed_on < registered_on:
            raise ValidationError("Indplaceringen ligger før tilmeldingen. Ret en af de to datoer.")
        return placed_on

    def refuse(self, error: ValueError) -> None:
        self.blamed = "placed_on" if self.cleaned_data["placed_on"] else "registered_on"
        super().refuse(error)


class PlanQuestion(LawQuestion):
    """The meetings that the law demands; without a placement the course starts with the registration."""

    name = "plan"
    help = "samtaler, som loven kræver i et forløb"
    form = PlanForm
    title = "Kontaktforløb"
    asks = "Hvilke samtaler kræver loven, hvem holder dem, og hvornår?"
    example = {"registered_on": "15-01-2024", "target_group": "1"}

    def ask(self, facts: Mapping[str, Any], law: Law) -> Plan:
        start, age = facts["placed_on"] or facts["registered_on"], facts.get("age")
        course = Course(
            registered_on=facts["registered_on"],
            placed_on=start,
            target_group=facts["target_group"],
            # Of an age, the birthday on the first day of the course.
            born_on=add_months(start, -12 * age) if age else facts.get("born"),
            has_qualifying_education=not facts["no_education"],
            has_children_at_home=not facts["no_children"],
            pauses=tuple(facts["pauses"]),
        )
        return contact_course.plan(course=course, book=law.book, table=law.table)

    def data(self, found: Plan) -> dict[str, Any]:
        return {
            "act": found.act,
            "course_start": found.placed_on.isoformat(),
            "meetings": [
                {
                    "number": meeting.number,
                    "kind": meeting.kind,
                    "responsible": meeting.responsible,
                    "window_from": meeting.window_from.isoformat(),
                    "due_on": meeting.due_on.isoformat(),
                    "enforced": meeting.is_enforced,
                    "legal_basis": meeting.legal_basis,
                    "why": [step.text for step in meeting.why],
                }
                for meeting in found.meetings
            ],
        }

    def show(self, found: Plan, explain: Explain) -> Answer:
        return Answer(
            says=f"Forløbet begynder den {day_text(found.placed_on)}. Loven kræver {_meetings(len(found.meetings))}.",
            details=tuple(step.text for step in found.notes),
            meetings=tuple(
                MeetingLine(
                    f"{meeting.number}. {meeting.kind.label}",
                    meeting.responsible.label,
                    meeting.window_from,
                    meeting.due_on,
                    meeting.is_enforced,
                    meeting.legal_basis,
                    explain(meeting.why),
                )
                for meeting in found.meetings
            ),
        )

    def lines(self, found: Plan) -> Iterator[str]:
        yield f"Forløb fra den {day_text(found.placed_on)}. Lov: {found.act or 'ingen'}."
        yield from (note.text for note in found.notes)
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
            for meeting in found.meetings
        ]
        if rows:
            yield from in_columns(("Nr.", "Samtale", "Holdes af", "Tidligst", "Senest", "Håndhæves", "Hjemmel"), rows)
        for meeting in found.meetings:
            yield f"\n{meeting.number}. {meeting.kind.label}, {meeting.responsible.label}:"
            yield from step_lines(meeting.why)


def _meetings(number: int) -> str:
    return f"{counted(number, 'samtale', 'samtaler')} i de første måneder" if number else "ikke et fast antal samtaler"


class ChannelForm(QuestionForm):
    facts = (("Samtalen", (("placed_on", "meeting_on"), ("kind", "number"))),)
    blamed = "meeting_on"

    placed_on = DateField(label="Indplaceret")
    meeting_on = DateField(label="Samtalens dag")
    kind = CodeField(
        MeetingKind,
        label="Samtale",
        noun="en slags samtale",
        pick="Vælg samtalen på listen.",
        initial=MeetingKind.CONTACT_INTERVIEW,
    )
    number = NumberField(
        label="Nummer",
        smallest=1,
        largest=OLDEST,
        help_text="Forløbets første af sin slags er 1",
        refusal="Skriv samtalens nummer som et tal fra 1 og op, fx 2.",
        initial=1,
    )


class ChannelQuestion(LawQuestion):
    """How a meeting may be held."""

    name = "channel"
    help = "hvordan en samtale må holdes"
    form = ChannelForm
    title = "Samtaleform"
    asks = "Hvordan må en samtale holdes, og hvem bestemmer det?"
    address = "samtaleform"
    example = {"placed_on": "06-05-2024", "meeting_on": "14-05-2024", "kind": "contact_interview", "number": "1"}

    def ask(self, facts: Mapping[str, Any], law: Law) -> ChannelAnswer:
        return channel_rules.channel_on(
            course=ordinary_course(facts),
            meeting_on=facts["meeting_on"],
            kind=facts["kind"],
            number=facts["number"],
            book=law.book,
        )

    def data(self, found: ChannelAnswer) -> dict[str, Any]:
        return {
            "allowed": list(found.allowed),
            "decided_by": found.decided_by,
            "why": [step.text for step in found.why],
        }

    def show(self, found: ChannelAnswer, explain: Explain) -> Answer:
        ways = listed((way.label for way in found.allowed), "eller")
        says = f"Samtalen kan holdes ved {ways}. {_DECIDES[found.decided_by]}"
        return Answer(says=says, why=explain(found.why))

    def lines(self, found: ChannelAnswer) -> Iterator[str]:
        ways = ", ".join(channel.label for channel in found.allowed)
        yield from in_columns(("Mulige former", "Vælges af"), [(ways, _DECIDED_BY[found.decided_by])])
        yield from step_lines(found.why)


_DECIDES = {
    DecidedBy.CITIZEN: "Borgeren vælger.",
    DecidedBy.AUTHORITY: "Den, der har ansvaret for samtalen, vælger og ser borgerens ønske.",
    DecidedBy.LAW: "Loven bestemmer.",
}
_DECIDED_BY = {
    DecidedBy.CITIZEN: "borgeren",
    DecidedBy.AUTHORITY: "den, der har ansvaret",
    DecidedBy.LAW: "loven",
}

QUESTIONS = (PlanQuestion(), ChannelQuestion())
