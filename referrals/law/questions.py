"""What the law can be asked on a page without a case: each question with its form, its answer in words, an example."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from cases.law.calculator import OLDEST, YOUNGEST, Answer, Explain, MeetingLine, QuestionForm, Topic
from cases.models.cases import TARGET_GROUP_LABELS
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text, listed
from cases.ui.fields import DateField
from meetings.planning.law import of_book
from meetings.rules.channel import ChannelAnswer, DecidedBy
from meetings.rules.contact_course import Plan
from meetings.rules.kinds import MeetingKind
from referrals.law import answers
from referrals.law.answers import QUESTIONS, Question
from referrals.rules.admissibility import Admissibility
from referrals.rules.offers import OfferType
from referrals.rules.right_and_duty import OfferAnswer


class LawQuestion(QuestionForm):
    question: Question

    def ask(self, book: RuleBook) -> Any:
        return self.question.ask(self.asked(), of_book(book))

    def asked(self) -> dict[str, Any]:
        """Return the facts by the names that the question has for them."""
        return self.cleaned_data


class PlanQuestion(LawQuestion):
    question = QUESTIONS["plan"]
    facts = (
        ("Forløbet", (("registered_on", "placed_on"), ("target_group", "age"), "no_education", "no_children")),
    )  # fmt: skip

    registered_on = DateField(label="Tilmeldt")
    placed_on = DateField(label="Indplaceret", required=False, help_text="Lad feltet stå tomt, hvis det er samme dag")
    target_group = forms.TypedChoiceField(
        label="Målgruppe",
        choices=list(TARGET_GROUP_LABELS.items()),
        coerce=int,
        required=False,
        empty_value=1,  # type: ignore[arg-type]  # the stubs know only texts, and this choice is a number
    )
    age = forms.IntegerField(
        label="Alder ved forløbets start",
        required=False,
        min_value=YOUNGEST,
        max_value=OLDEST,
        help_text="I år, fx 24. Har kun betydning for unge",
        widget=forms.TextInput(attrs={"class": "input-char-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Skriv alderen i hele år fra {YOUNGEST} til {OLDEST}, fx 24."
        ),
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

    def asked(self) -> dict[str, Any]:
        asked = self.cleaned_data
        start = asked["placed_on"] or asked["registered_on"]
        return {
            **asked,
            # A birthday on the first day of the course: the address needs no date of birth.
            "born_on": add_months(start, -12 * asked["age"]) if asked["age"] else None,
            "has_qualifying_education": not asked["no_education"],
            "has_children_at_home": not asked["no_children"],
        }


class ChannelQuestion(LawQuestion):
    question = QUESTIONS["channel"]
    facts = (("Samtalen", (("placed_on", "meeting_on"), ("kind", "number"))),)
    blamed = "meeting_on"

    placed_on = DateField(label="Indplaceret")
    meeting_on = DateField(label="Samtalens dag")
    kind = forms.TypedChoiceField(
        label="Samtale",
        coerce=MeetingKind,
        choices=MeetingKind.options(),
        error_messages={"invalid_choice": "Vælg samtalen på listen."},
    )
    number = forms.IntegerField(
        label="Nummer",
        min_value=1,
        max_value=OLDEST,
        help_text="Forløbets første af sin slags er 1",
        widget=forms.TextInput(attrs={"class": "input-char-4", "inputmode": "numeric", "autocomplete": "off"}),
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), "Skriv samtalens nummer som et tal fra 1 og op, fx 2."
        ),
    )


class OfferQuestion(LawQuestion):
    question = QUESTIONS["offer"]
    facts = (("Tilbuddet", (("placed_on", "type"), ("starts_on", "ends_on"), "offered_on")),)
    blamed = "starts_on"

    placed_on = DateField(label="Indplaceret")
    type = forms.TypedChoiceField(
        label="Tilbud",
        coerce=OfferType,
        choices=OfferType.options(),
        error_messages={"invalid_choice": "Vælg tilbuddet på listen."},
    )
    starts_on = DateField(label="Første dag")
    ends_on = DateField(label="Sidste dag")
    offered_on = DateField(label="Bevilget", required=False, help_text="Har kun betydning for løntilskud efter fristen")

    def clean_ends_on(self) -> Any:
        ends_on, starts_on = self.cleaned_data["ends_on"], self.cleaned_data.get("starts_on")
        if starts_on and ends_on < starts_on:
            raise ValidationError("Tilbuddet slutter, før det begynder. Ret en af de to datoer.")
        return ends_on

    def clean_offered_on(self) -> Any:
        offered_on, starts_on = self.cleaned_data["offered_on"], self.cleaned_data.get("starts_on")
        if offered_on and starts_on and offered_on > starts_on:
            raise ValidationError("Tilbuddet er bevilget, efter at det begyndte. Ret en af de to datoer.")
        return offered_on


class ReferralQuestion(LawQuestion):
    question = QUESTIONS["referral"]
    facts = (("Indstillingen", ("placed_on", ("sent_on", "offer_starts_on"))),)
    blamed = "sent_on"

    placed_on = DateField(label="Indplaceret")
    sent_on = DateField(label="Indstillingen sendes")
    offer_starts_on = DateField(label="Tilbuddet begynder")


# The answers, as the page shows them


def _plan_answer(heading: str, found: Plan, explain: Explain) -> Answer:
    number = len(found.meetings)
    return Answer(
        heading=heading,
        says=f"Forløbet begynder den {day_text(found.placed_on)}. Loven kræver {_meetings(number)}.",
        badge="",
        is_good=True,
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
        why=(),
        data=answers.plan_data(found),
    )


def _meetings(number: int) -> str:
    return f"{counted(number, 'samtale', 'samtaler')} i de første måneder" if number else "ikke et fast antal samtaler"


_DECIDED_BY = {
    DecidedBy.CITIZEN: "Borgeren vælger.",
    DecidedBy.AUTHORITY: "Den, der har ansvaret for samtalen, vælger og ser borgerens ønske.",
    DecidedBy.LAW: "Loven bestemmer.",
}


def _channel_answer(heading: str, found: ChannelAnswer, explain: Explain) -> Answer:
    ways = listed((way.label for way in found.allowed), "eller")
    return Answer(
        heading=heading,
        says=f"Samtalen kan holdes ved {ways}. {_DECIDED_BY[found.decided_by]}",
        badge="",
        is_good=True,
        details=(),
        meetings=(),
        why=explain(found.why),
        data=answers.channel_data(found),
    )


def _offer_answer(heading: str, found: OfferAnswer, explain: Explain) -> Answer:
    due_on = found.deadline.due_on
    says = "Tilbuddet tæller som ret- og pligttilbud." if found.counts else "Tilbuddet tæller ikke."
    if not found.deadline.has_duty:
        says = "Der er ikke ret og pligt til tilbud."
    return Answer(
        heading=heading,
        says=says,
        badge="tæller" if found.counts else "tæller ikke",
        is_good=found.counts,
        details=(f"Et tilbud, der tæller, skal begynde senest den {day_text(due_on)}.",) if due_on else (),
        meetings=(),
        why=explain(found.why),
        data=answers.offer_data(found),
    )


def _referral_answer(heading: str, found: Admissibility, explain: Explain) -> Answer:
    details = [] if found.is_admissible else [*found.refusals]
    if found.latest_start:
        details.append(f"Tilbuddet skal begynde senest den {day_text(found.latest_start)}.")
    return Answer(
        heading=heading,
        says="A-kassen kan sende indstillingen." if found.is_admissible else "A-kassen kan ikke sende indstillingen.",
        badge="kan sendes" if found.is_admissible else "kan ikke sendes",
        is_good=found.is_admissible,
        details=tuple(details),
        meetings=(),
        why=explain(found.why),
        data=answers.referral_data(found),
    )


TOPICS: dict[str, Topic] = {
    "plan": Topic(
        "Kontaktforløb",
        "Hvilke samtaler kræver loven, hvem holder dem, og hvornår?",
        "",
        PlanQuestion,
        LawQuestion.ask,
        _plan_answer,
        {"registered_on": "15-01-2024", "target_group": "1"},
    ),
    "channel": Topic(
        "Samtaleform",
        "Hvordan må en samtale holdes, og hvem bestemmer det?",
        "samtaleform",
        ChannelQuestion,
        LawQuestion.ask,
        _channel_answer,
        {"placed_on": "06-05-2024", "meeting_on": "14-05-2024", "kind": "contact_interview", "number": "1"},
    ),
    "offer": Topic(
        "Tilbud",
        "Tæller et tilbud som ret- og pligttilbud, og hvad er fristen?",
        "tilbud",
        OfferQuestion,
        LawQuestion.ask,
        _offer_answer,
        {"placed_on": "15-01-2024", "type": "internship", "starts_on": "01-07-2024", "ends_on": "28-07-2024"},
    ),
    "referral": Topic(
        "Indstilling",
        "Kan a-kassen sende en indstilling om et tilbud til jobcentret?",
        "indstilling",
        ReferralQuestion,
        LawQuestion.ask,
        _referral_answer,
        {"placed_on": "15-01-2024", "sent_on": "10-02-2024", "offer_starts_on": "01-03-2024"},
    ),
}
