"""What the law answers without a case: for the command line and the pages alike. The keys of the data are stable."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from inspect import signature
from typing import Any

from cases.rules.facts import Course, PauseFact
from cases.rules.parameter import REGISTRY
from cases.rules.period import Period
from cases.rules.rule_book import Value
from meetings.planning.law import Law
from meetings.rules import channel as channel_rules
from meetings.rules import contact_course
from meetings.rules.channel import ChannelAnswer
from meetings.rules.contact_course import Plan
from meetings.rules.kinds import MeetingKind
from referrals.rules import admissibility, right_and_duty
from referrals.rules.admissibility import Admissibility
from referrals.rules.offers import OfferFact, OfferType
from referrals.rules.right_and_duty import OfferAnswer

# The questions


def values(*, on: date, law: Law) -> dict[str, Value]:
    """Every declared value on a day, by key."""
    return {key: law.book.value_on(REGISTRY[key], on) for key in sorted(REGISTRY)}


def plan(
    *,
    registered_on: date,
    placed_on: date | None,
    target_group: int,
    born_on: date | None,
    has_qualifying_education: bool,
    has_children_at_home: bool,
    pauses: Sequence[PauseFact],
    law: Law,
) -> Plan:
    """The meetings that the law demands; without a placement the course starts with the registration."""
    course = Course(
        registered_on=registered_on,
        placed_on=placed_on or registered_on,
        target_group=target_group,
        born_on=born_on,
        has_qualifying_education=has_qualifying_education,
        has_children_at_home=has_children_at_home,
        pauses=tuple(pauses),
    )
    return contact_course.plan(course=course, book=law.book, table=law.table)


def channel(
    *, placed_on: date, meeting_on: date, kind: MeetingKind, number: int, pauses: Sequence[PauseFact], law: Law
) -> ChannelAnswer:
    """How a meeting may be held."""
    return channel_rules.channel_on(
        course=_course(placed_on, pauses), meeting_on=meeting_on, kind=kind, number=number, book=law.book
    )


def offer(
    *,
    placed_on: date,
    type: OfferType,
    starts_on: date,
    ends_on: date,
    offered_on: date | None,
    pauses: Sequence[PauseFact],
    law: Law,
) -> OfferAnswer:
    """Whether an offer counts; both its days are in it."""
    fact = OfferFact(key=None, type=type, span=Period.of_days_inclusive(starts_on, ends_on), granted_on=offered_on)
    return right_and_duty.judge(course=_course(placed_on, pauses), offer=fact, book=law.book)


def referral(
    *, placed_on: date, sent_on: date, offer_starts_on: date, pauses: Sequence[PauseFact], law: Law
) -> Admissibility:
    """Whether the a-kasse may send a referral."""
    return admissibility.admissible(
        course=_course(placed_on, pauses), sent_on=sent_on, offer_starts_on=offer_starts_on, book=law.book
    )


def _course(placed_on: date, pauses: Sequence[PauseFact]) -> Course:
    """An ordinary course of somebody on benefit, registered on the day of placement."""
    return Course(registered_on=placed_on, placed_on=placed_on, pauses=tuple(pauses))


# The answers as data


def values_data(found: dict[str, Value]) -> dict[str, Any]:
    return {
        key: {"value": _plain(value.value), "act": value.act.slug, "legal_basis": value.legal_basis}
        for key, value in found.items()
    }


def plan_data(answer: Plan) -> dict[str, Any]:
    return {
        "act": answer.act,
        "course_start": answer.placed_on.isoformat(),
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
            for meeting in answer.meetings
        ],
    }


def channel_data(answer: ChannelAnswer) -> dict[str, Any]:
    return {
        "allowed": list(answer.allowed),
        "decided_by": answer.decided_by,
        "why": [step.text for step in answer.why],
    }


def offer_data(answer: OfferAnswer) -> dict[str, Any]:
    due_on = answer.deadline.due_on
    return {
        "counts": answer.counts,
        "deadline": due_on.isoformat() if due_on else None,
        "why": [step.text for step in answer.why],
    }


def referral_data(answer: Admissibility) -> dict[str, Any]:
    return {"admissible": answer.is_admissible, "why": [step.text for step in answer.why]}


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, frozenset) else value


# Each question with its answer as data


@dataclass(frozen=True)
class Question:
    """A question to the law: the facts it asks for are the arguments of its function, in form and command alike."""

    answer: Callable[..., Any]
    data: Callable[[Any], dict[str, Any]]

    def ask(self, facts: Mapping[str, Any], law: Law) -> Any:
        """The answer; facts that the question has no use for are left out."""
        return self.answer(
            law=law, **{name: facts[name] for name in signature(self.answer).parameters if name != "law"}
        )


QUESTIONS = {
    "values": Question(values, values_data),
    "plan": Question(plan, plan_data),
    "channel": Question(channel, channel_data),
    "offer": Question(offer, offer_data),
    "referral": Question(referral, referral_data),
}
