"""What the law can be asked about offers and referrals without a case."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from cases.law.calculator import Answer, CodeField, Explain, QuestionForm, in_columns, step_lines
from cases.rules.period import Period
from cases.rules.wording import day_text
from cases.ui.fields import DateField
from meetings.law.questions import LawQuestion, ordinary_course
from meetings.planning.law import Law
from referrals.rules import admissibility, right_and_duty
from referrals.rules.admissibility import Admissibility
from referrals.rules.offers import OfferFact, OfferType
from referrals.rules.right_and_duty import OfferAnswer


class OfferForm(QuestionForm):
    facts = (("Tilbuddet", (("placed_on", "type"), ("starts_on", "ends_on"), "offered_on")),)
    blamed = "starts_on"

    placed_on = DateField(label="Indplaceret")
    type = CodeField(OfferType, label="Tilbud", noun="en tilbudstype", pick="Vælg tilbuddet på listen.")
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


class OfferQuestion(LawQuestion):
    """Whether an offer counts; both its days are in it."""

    name = "offer"
    help = "om et tilbud tæller som ret- og pligttilbud"
    form = OfferForm
    title = "Tilbud"
    asks = "Tæller et tilbud som ret- og pligttilbud, og hvad er fristen?"
    address = "tilbud"
    example = {"placed_on": "15-01-2024", "type": "internship", "starts_on": "01-07-2024", "ends_on": "28-07-2024"}

    def ask(self, facts: Mapping[str, Any], law: Law) -> OfferAnswer:
        span = Period.of_days_inclusive(facts["starts_on"], facts["ends_on"])
        offer = OfferFact(key=None, type=facts["type"], span=span, granted_on=facts["offered_on"])
        return right_and_duty.offer_answer(course=ordinary_course(facts), offer=offer, book=law.book)

    def data(self, found: OfferAnswer) -> dict[str, Any]:
        due_on = found.deadline.due_on
        return {
            "counts": found.counts,
            "deadline": due_on.isoformat() if due_on else None,
            "why": [step.text for step in found.why],
        }

    def show(self, found: OfferAnswer, explain: Explain) -> Answer:
        due_on = found.deadline.due_on
        says = "Tilbuddet tæller som ret- og pligttilbud." if found.counts else "Tilbuddet tæller ikke."
        if not found.deadline.has_duty:
            says = "Der er ikke ret og pligt til tilbud."
        return Answer(
            says=says,
            badge="tæller" if found.counts else "tæller ikke",
            is_good=found.counts,
            details=(f"Et tilbud, der tæller, skal begynde senest den {day_text(due_on)}.",) if due_on else (),
            why=explain(found.why),
        )

    def lines(self, found: OfferAnswer) -> Iterator[str]:
        due_on = found.deadline.due_on
        yield from in_columns(("Tæller", "Frist"), [(_yes_no(found.counts), due_on.isoformat() if due_on else "ingen")])
        yield from step_lines(found.why)


class ReferralForm(QuestionForm):
    facts = (("Indstillingen", ("placed_on", ("sent_on", "offer_starts_on"))),)
    blamed = "sent_on"

    placed_on = DateField(label="Indplaceret")
    sent_on = DateField(label="Indstillingen sendes")
    offer_starts_on = DateField(label="Tilbuddet begynder")


class ReferralQuestion(LawQuestion):
    """Whether the a-kasse may send a referral."""

    name = "referral"
    help = "om a-kassen kan sende en indstilling"
    form = ReferralForm
    title = "Indstilling"
    asks = "Kan a-kassen sende en indstilling om et tilbud til jobcentret?"
    address = "indstilling"
    example = {"placed_on": "15-01-2024", "sent_on": "10-02-2024", "offer_starts_on": "01-03-2024"}

    def ask(self, facts: Mapping[str, Any], law: Law) -> Admissibility:
        return admissibility.admissible(
            course=ordinary_course(facts),
            sent_on=facts["sent_on"],
            offer_starts_on=facts["offer_starts_on"],
            book=law.book,
        )

    def data(self, found: Admissibility) -> dict[str, Any]:
        return {"admissible": found.is_admissible, "why": [step.text for step in found.why]}

    def show(self, found: Admissibility, explain: Explain) -> Answer:
        details = [] if found.is_admissible else [*found.refusals]
        if found.latest_start:
            details.append(f"Tilbuddet skal begynde senest den {day_text(found.latest_start)}.")
        can = "kan" if found.is_admissible else "kan ikke"
        return Answer(
            says=f"A-kassen {can} sende indstillingen.",
            badge=f"{can} sendes",
            is_good=found.is_admissible,
            details=tuple(details),
            why=explain(found.why),
        )

    def lines(self, found: Admissibility) -> Iterator[str]:
        latest = found.latest_start.isoformat() if found.latest_start else "ingen"
        yield from in_columns(("Kan sendes", "Tilbuddet begynder senest"), [(_yes_no(found.is_admissible), latest)])
        yield from step_lines(found.why)


def _yes_no(answer: bool) -> str:
    return "ja" if answer else "nej"


QUESTIONS = (OfferQuestion(), ReferralQuestion())
