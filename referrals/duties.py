"""Writes how a case stands with right and duty, and which of its offers count, in the caller's transaction."""

from datetime import datetime

from cases.models import Case, Event, User
from cases.rules import explanation
from cases.rules.danish import day_text
from cases.services import events
from meetings import planning
from referrals.models import Offer, OfferDuty
from referrals.rules.right_and_duty import OfferAnswer, fulfilment, judge, offer_due


def refresh(*, case: Case, at: datetime, by: User | None = None, law: planning.Law | None = None) -> None:
    """Judge the case's offers anew, and write by when a counting one must begin; the caller has locked the case.

    The history says when an offer comes to count or no longer does, and when the deadline moves.
    """
    book = (law or planning.law_in_force()).book
    course = planning.course_of(case)
    answers = [
        (offer, offer.as_fact(), judge(course=course, offer=offer.as_fact(), book=book))
        for offer in case.offers.standing().order_by("span", "pk")
    ]
    for offer, _, answer in answers:
        _write_answer(case, offer, answer, by=by, at=at)
    if not case.is_open:
        OfferDuty.objects.filter(case=case).delete()
        return
    deadline = offer_due(course=course, book=book)
    found = fulfilment((fact, answer) for _, fact, answer in answers) if deadline.has_duty else None
    before = OfferDuty.objects.filter(case=case).first()
    if before is not None and before.due_on != deadline.due_on:
        text = "Fristen for et tilbud, der tæller, er {was} {now}.".format(
            was=f"flyttet fra den {day_text(before.due_on)} til" if before.due_on else "nu",
            now=f"den {day_text(deadline.due_on)}" if deadline.due_on else "bortfaldet eller udskudt uden dato",
        )
        events.record(case=case, kind="referrals.offer_deadline_moved", by=by, at=at, text=text)
    OfferDuty.objects.update_or_create(
        case=case,
        defaults={
            "municipality_id": case.municipality_id,
            "worker_id": case.municipality_caseworker_id,
            "due_on": deadline.due_on,
            "fulfilled_by_id": found.offer.key if found else None,
            "fulfilled_from": found.from_day if found else None,
        },
    )


def _write_answer(case: Case, offer: Offer, answer: OfferAnswer, *, by: User | None, at: datetime) -> None:
    why = explanation.to_data(answer.why)
    if (offer.counts, offer.is_late, offer.explanation) == (answer.counts, answer.is_late, why):
        return
    is_turned = offer.counts != answer.counts
    offer.counts, offer.is_late, offer.explanation = answer.counts, answer.is_late, why
    offer.save(update_fields=["counts", "is_late", "explanation"])
    if is_turned:
        result = "tæller nu" if answer.counts else "tæller ikke længere"
        text = f"{offer} {result} som ret- og pligttilbud."
        data = {"offer": offer.pk, "referral": offer.referral_id}
        events.record(case=case, kind="referrals.offer_judged", by=by, at=at, text=text, **data)


def on_case_changed(event: Event) -> None:
    """A case was opened, or a fact of it changed that its deadline or its offers rest on."""
    case = Case.objects.with_parties().select_related("handover").get(pk=event.case_id)
    refresh(case=case, at=event.at, by=event.by)
