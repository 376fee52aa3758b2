"""Computes and stores the deadline of right and duty and which offers count, in the caller's transaction."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from cases import bulk_rows
from cases.history import events as history_events
from cases.law.services import hold_law_still
from cases.models import Act, Case, Event, User
from cases.rules import explanation
from cases.rules.facts import Course
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from cases.statements import IsOneOf
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from referrals.models import Offer, OfferDuty
from referrals.rules.right_and_duty import OfferAnswer, OfferDeadline, fulfilment, offer_answer, offer_due

_DUTY_FIELDS = ("municipality", "worker", "due_on", "fulfilled_by", "fulfilled_from")


@dataclass(frozen=True)
class Judged:
    """Holds what the rules answer for one case now, beside what is stored of it."""

    case: Case
    deadline: OfferDeadline
    offers: Sequence[tuple[Offer, OfferAnswer]]
    # What was stored; nothing where the case has never been judged, or is closed.
    stored: OfferDuty | None

    @property
    def turned(self) -> Sequence[tuple[Offer, OfferAnswer]]:
        """Return the offers whose answer whether they count has changed, with the new answer."""
        return [(offer, answer) for offer, answer in self.offers if offer.counts != answer.counts]

    @property
    def is_deadline_moved(self) -> bool:
        return self.case.is_open and self.stored is not None and self.stored.due_on != self.deadline.due_on


class Because(NamedTuple):
    """Names the act behind a change: the first words of the history's lines, and the data that they keep."""

    said: str
    data: Mapping[str, str]


def judged_anew(
    courses: Sequence[tuple[Case, Course]], *, book: RuleBook, refused: dict[Case, ValueError] | None = None
) -> list[Judged]:
    """The cases with their facts, judged anew in a constant number of queries; nothing is written.

    The cases that the rules refuse are left out and put among `refused`; without it, what the rules raise is raised.
    """
    cases = [case.pk for case, _ in courses]
    offers: defaultdict[int, list[Offer]] = defaultdict(list)
    for offer in Offer.objects.standing().filter(IsOneOf("case", cases)).order_by("span", "pk"):
        offers[offer.case_id].append(offer)
    stored = {duty.case_id: duty for duty in OfferDuty.objects.filter(IsOneOf("case", cases))}
    judged = []
    for case, course in courses:
        try:
            deadline = offer_due(course=course, book=book)
            answers = [
                (offer, offer_answer(course=course, offer=offer.as_fact(), book=book)) for offer in offers[case.pk]
            ]
        except ValueError as error:
            if refused is None:
                raise
            refused[case] = error
            continue
        judged.append(Judged(case=case, deadline=deadline, offers=answers, stored=stored.get(case.pk)))
    return judged


def write(judged: Sequence[Judged], *, at: datetime, by: User | None = None, because: Because | None = None) -> None:
    """Store the answers, and by when a counting offer must begin; the caller has locked the cases.

    The history says when an offer comes to count or no longer does, and when the deadline moves; `because` names
    the act behind it, where one is.
    """
    told = [event for one in judged for event in _told(one, at=at, by=by, because=because)]
    changed = []
    for one in judged:
        for offer, answer in one.offers:
            why = explanation.to_data(answer.why)
            if (offer.counts, offer.is_late, offer.explanation) != (answer.counts, answer.is_late, why):
                offer.counts, offer.is_late, offer.explanation = answer.counts, answer.is_late, why
                changed.append((offer.pk, offer.counts, offer.is_late, json.dumps(why)))
    bulk_rows.update_rows(Offer, ["counts", "is_late", "explanation"], changed)
    # A closed case has no deadline to keep.
    closed = [one.case for one in judged if not one.case.is_open]
    if closed:
        OfferDuty.objects.filter(case__in=closed).delete()
    duties = [(one, _duty(one)) for one in judged if one.case.is_open]
    bulk_rows.upsert_rows(
        OfferDuty,
        ["case", *_DUTY_FIELDS],
        [(one.case.pk, *duty) for one, duty in duties if duty != _says(one.stored)],
        unique=["case"],
    )
    history_events.record_all(told)


def refresh(*, case: Case, at: datetime, by: User | None = None, law: Law | None = None) -> None:
    """Judge the case's offers anew, and write by when a counting one must begin; the caller has locked the case."""
    hold_law_still()
    _judge_and_write([case], book=law.book if law else Act.objects.rule_book(), at=at, by=by)


def _judge_and_write(cases: Sequence[Case], *, book: RuleBook, at: datetime, by: User | None) -> None:
    courses = [(case, planning_stored.course_of(case)) for case in cases]
    write(judged_anew(courses, book=book), at=at, by=by)


def _duty(one: Judged) -> tuple[Any, ...]:
    """Return the values to store for the case, in the order of the fields."""
    answers = [(offer.as_fact(), answer) for offer, answer in one.offers]
    found = fulfilment(answers) if one.deadline.has_duty else None
    return (
        one.case.municipality_id,
        one.case.municipality_caseworker_id,
        one.deadline.due_on,
        found.offer.key if found else None,
        found.from_day if found else None,
    )


def _says(duty: OfferDuty | None) -> tuple[Any, ...] | None:
    return tuple(duty.serializable_value(name) for name in _DUTY_FIELDS) if duty else None


def _told(one: Judged, *, at: datetime, by: User | None, because: Because | None) -> Iterator[Event]:
    begun, kept = (f"{because.said}: ", because.data) if because else ("", {})
    for offer, answer in one.turned:
        text = begun + turned_text(offer, answer)
        data = {"offer": offer.pk, "referral": offer.referral_id, **kept}
        yield Event(case=one.case, kind="referrals.offer_judged", by=by, at=at, text=text, data=data)
    if one.is_deadline_moved:
        text = begun + moved_text(one)
        yield Event(case=one.case, kind="referrals.offer_deadline_moved", by=by, at=at, text=text, data=dict(kept))


def turned_text(offer: Offer, answer: OfferAnswer) -> str:
    """Return the sentence that says that the offer now counts, or no longer does."""
    return f"{offer} {'tæller nu' if answer.counts else 'tæller ikke længere'} som ret- og pligttilbud."


def moved_text(one: Judged) -> str:
    """Return the sentence that says from which day to which the stored deadline moves."""
    before, after = one.stored.due_on if one.stored else None, one.deadline.due_on
    return "Fristen for et tilbud, der tæller, er {was} {now}.".format(
        was=f"flyttet fra den {day_text(before)} til" if before else "nu",
        now=f"den {day_text(after)}" if after else "bortfaldet eller udskudt uden dato",
    )


def on_cases_changed(events: Sequence[Event]) -> None:
    """Compute right and duty anew when cases are opened, or a fact behind their deadlines or offers changes."""
    hold_law_still()
    cases = planning_stored.with_facts([event.case_id for event in events])
    _judge_and_write(cases, book=Act.objects.rule_book(), at=events[0].at, by=events[0].by)
