"""Right and duty: by when a counting offer must have begun, which offers count and why not, and what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cases.rules.declaring import CaseDates
from cases.rules.explanation import Explanation, Step, by, unconfirmed_notice
from cases.rules.facts import Course, ExemptionFact, ExemptionReason
from cases.rules.labelled import Labelled
from cases.rules.period import add_months
from cases.rules.rule_book import RuleBook
from cases.rules.transition import Move, answer_across_moves
from cases.rules.unemployment_clock import ONE_DAY, clock_of
from cases.rules.wording import counted, day_text, listed
from cases.rules.workdays import deadline_warning
from meetings.rules.exemption import resting_on
from referrals.rules.offers import GRANTED_TYPES, OfferFact, OfferType
from referrals.rules.parameters import (
    COUNTING_OFFER_TYPES,
    MIN_OFFER_WEEKS,
    OFFER_AFTER_EXEMPTION_MONTHS,
    OFFER_DEADLINE_MONTHS,
    OFFER_GROUPS,
    WAGE_SUBSIDY_GRACE_DAYS,
)


@dataclass(frozen=True)
class OfferDeadline:
    """The last day on which the first counting offer may begin.

    No day without a duty, nor while the exemption that covers the deadline has no end.
    """

    has_duty: bool
    due_on: date | None
    is_postponed: bool
    why: Explanation


@dataclass(frozen=True)
class OfferAnswer:
    """Whether one offer fulfils the duty; a late one would, had it begun in time.

    The alternatives are the types that count on the offer's first day, where its own does not. `against` are the
    steps of the explanation that speak against it.
    """

    counts: bool
    is_late: bool
    deadline: OfferDeadline
    alternatives: tuple[OfferType, ...]
    why: Explanation
    against: Explanation = ()


class DutyState(Labelled):
    """ARRANGED: an offer that will count lies ahead. RESTING: nobody is called, and no alarm is raised."""

    NO_DUTY = "no_duty", "ingen pligt"
    MET = "met", "opfyldt"
    MET_LATE = "met_late", "opfyldt efter fristen"
    ARRANGED = "arranged", "aftalt"
    RESTING = "resting", "hviler"
    MISSING = "missing", "mangler"
    OVERDUE = "overdue", "frist overskredet"


@dataclass(frozen=True)
class DutyStanding:
    """How a course stands with its duty on a day, and the offer that fulfils it or will."""

    state: DutyState
    deadline: OfferDeadline
    offer: OfferFact | None
    counting_types: tuple[OfferType, ...]
    why: Explanation


def offer_due(*, course: Course, book: RuleBook) -> OfferDeadline:
    """Return the last day on which the first counting offer may begin.

    An act that moves running courses leaves a deadline before its day as it was, and demands no offer by such a day.
    """
    return answer_across_moves(lambda law: _offer_due(course, law), _moved, placed_on=course.placed_on, book=book)


def _moved(old: OfferDeadline, new: OfferDeadline, move: Move) -> OfferDeadline:
    if old.due_on is not None and old.due_on < move.day:
        return old
    if (new.has_duty, new.due_on) == (old.has_duty, old.due_on):
        return old
    if not old.has_duty and new.due_on is not None and new.due_on < move.day:
        return old
    return replace(new, why=(move.step, *new.why))


def _offer_due(course: Course, book: RuleBook) -> OfferDeadline:
    dates = CaseDates(course_start=course.placed_on)
    groups = book.in_force(OFFER_GROUPS, dates)
    if course.target_group not in groups.value:
        text = f"I målgruppe {course.target_group} er der ikke ret og pligt til tilbud."
        return OfferDeadline(False, None, False, (by(groups, text),))
    months = book.in_force(OFFER_DEADLINE_MONTHS, dates)
    clock = clock_of(course, book)
    due_on = clock.last_day_of(months.value)
    text = (
        f"Et tilbud, der tæller, skal være begyndt inden for forløbets første "
        f"{counted(months.value, 'måned', 'måneder')}."
    )
    steps = [by(months, text), *clock.why(months.value)]
    is_postponed = False
    for exemption in sorted(_sparing_offers(course), key=lambda exemption: exemption.span):
        if not exemption.span.contains(due_on):
            continue
        is_postponed = True
        name = ExemptionReason(exemption.reason).label
        if exemption.span.end is None:
            text = f"Fristen den {day_text(due_on)} falder i en fritagelse uden slutdato ({name}) og er udskudt."
            return OfferDeadline(True, None, True, (*steps, Step(text, due_on)))
        last_day = exemption.span.end - ONE_DAY
        after = book.in_force(OFFER_AFTER_EXEMPTION_MONTHS, CaseDates(event=last_day))
        new_day = add_months(exemption.span.end, after.value) - ONE_DAY
        text = (
            f"Fristen den {day_text(due_on)} falder i en fritagelse til og med den {day_text(last_day)} ({name}). "
            f"Tilbuddet skal begynde inden {counted(after.value, 'måned', 'måneder')} efter: den {day_text(new_day)}."
        )
        steps.append(by(after, text, new_day))
        due_on = new_day
    warning = deadline_warning(due_on)
    if warning:
        steps.append(Step(warning, due_on))
    return OfferDeadline(True, due_on, is_postponed, tuple(steps))


def counting_types(*, starts_on: date, book: RuleBook) -> tuple[OfferType, ...]:
    """The types that count when they begin on that day."""
    counting = book.in_force(COUNTING_OFFER_TYPES, CaseDates(event=starts_on))
    return tuple(type_ for type_ in OfferType if type_ in counting.value)


def offer_answer(*, course: Course, offer: OfferFact, book: RuleBook) -> OfferAnswer:
    """Whether an offer counts: its type and length by its first day, and whether it begins in time.

    A course that an act moves later is judged by the deadline that it had when the offer began.
    """
    deadline = offer_due(course=course, book=book.without_moves_after(offer.span.start))
    notice = unconfirmed_notice(offer.span.start, book)
    if not deadline.has_duty:
        return OfferAnswer(False, False, deadline, (), deadline.why + notice)
    has_type, type_step = _type(offer, book)
    has_length, length_step = _length(offer, book)
    in_time, time_steps = _time(offer, deadline, course, book)
    begins_in_course = offer.span.start >= course.registered_on
    alternatives = () if has_type else counting_types(starts_on=offer.span.start, book=book)
    against = (
        *(() if has_type else (type_step,)),
        *(() if has_length else (length_step,)),
        *(() if in_time else time_steps),
    )
    return OfferAnswer(
        counts=has_type and has_length and in_time,
        is_late=has_type and has_length and begins_in_course and not in_time,
        deadline=deadline,
        alternatives=alternatives,
        why=(type_step, length_step, *deadline.why, *time_steps, *notice),
        against=against,
    )


@dataclass(frozen=True)
class Fulfilment:
    """The offer that fulfils the duty; one that begins after the deadline does so from its first day, and no sooner."""

    offer: OfferFact
    from_day: date | None


def fulfilment(answers: Iterable[tuple[OfferFact, OfferAnswer]]) -> Fulfilment | None:
    """Return the offer that fulfils the duty or will: the first that counts, else the first late one, else None."""
    judged = sorted(answers, key=lambda one: one[0].span)
    for offer, answer in judged:
        if answer.counts:
            return Fulfilment(offer, None)
    for offer, answer in judged:
        if answer.is_late:
            return Fulfilment(offer, offer.span.start)
    return None


def counting_rule(*, starts_on: date, book: RuleBook) -> Step:
    """Which of the offers that the jobcenter grants count when they begin that day, which do not, and by which rule."""
    counting = book.in_force(COUNTING_OFFER_TYPES, CaseDates(event=starts_on))
    others = [type_ for type_ in GRANTED_TYPES if type_ not in counting.value]
    text = f"Tilbud, der tæller: {_names(counting_types(starts_on=starts_on, book=book))}."
    if others:
        text += f" Tæller ikke: {_names(others)}."
    return by(counting, text, starts_on)


def standing(*, course: Course, offers: Iterable[OfferFact], on: date, book: RuleBook) -> DutyStanding:
    """How a course stands on a day; `offers` are those that were not cancelled."""
    deadline = offer_due(course=course, book=book)
    types = counting_types(starts_on=on, book=book)
    if not deadline.has_duty:
        return DutyStanding(DutyState.NO_DUTY, deadline, None, types, deadline.why)
    judged = [
        (offer, offer_answer(course=course, offer=offer, book=book)) for offer in sorted(offers, key=lambda o: o.span)
    ]
    begun = [(offer, answer) for offer, answer in judged if offer.span.start <= on]
    ahead = [(offer, answer) for offer, answer in judged if offer.span.start > on]
    for state, found in (
        (DutyState.MET, next(((o, a) for o, a in begun if a.counts), None)),
        (DutyState.MET_LATE, next(((o, a) for o, a in begun if a.is_late), None)),
        (DutyState.ARRANGED, next(((o, a) for o, a in ahead if a.counts), None)),
    ):
        if found is not None:
            offer, answer = found
            return DutyStanding(state, deadline, offer, types, answer.why)
    rest = resting_on(replace(course, exemptions=_sparing_offers(course)), on)
    if rest is not None:
        return DutyStanding(DutyState.RESTING, deadline, None, types, (*deadline.why, rest))
    missing = Step(f"Der mangler et tilbud, der tæller: {_names(types)}.", deadline.due_on)
    is_overdue = deadline.due_on is not None and deadline.due_on < on
    state = DutyState.OVERDUE if is_overdue else DutyState.MISSING
    return DutyStanding(state, deadline, None, types, (*deadline.why, missing, *unconfirmed_notice(on, book)))


def _sparing_offers(course: Course) -> tuple[ExemptionFact, ...]:
    # A share of the citizens may be spared meetings; their offers stand.
    return tuple(
        exemption
        for exemption in course.exemptions
        if not exemption.duty_kept and exemption.reason != ExemptionReason.CONCRETE_ASSESSMENT
    )


def _type(offer: OfferFact, book: RuleBook) -> tuple[bool, Step]:
    starts_on = offer.span.start
    counting = book.in_force(COUNTING_OFFER_TYPES, CaseDates(event=starts_on))
    name = OfferType(offer.type).label
    begins = f"{name[0].upper()}{name[1:]}, der begynder den {day_text(starts_on)},"
    if offer.type in counting.value:
        return True, by(counting, f"{begins} kan tælle som ret- og pligttilbud.", starts_on)
    others = _names(counting_types(starts_on=starts_on, book=book))
    return False, by(counting, f"{begins} tæller ikke som ret- og pligttilbud. Det kan {others}.", starts_on)


def _length(offer: OfferFact, book: RuleBook) -> tuple[bool, Step]:
    weeks = book.in_force(MIN_OFFER_WEEKS, CaseDates(event=offer.span.start))
    least = counted(weeks.value, "uge", "uger")
    if offer.span.days is None:
        return True, by(weeks, f"Tilbuddet har ingen slutdato; det skal vare mindst {least} i træk for at tælle.")
    lasts = f"Tilbuddet varer {counted(offer.span.days, 'dag', 'dage')} i træk"
    if offer.span.days >= 7 * weeks.value:
        return True, by(weeks, f"{lasts}, og det er mindst {least}.")
    return False, by(weeks, f"{lasts}. Det er for kort til at tælle: det skal være mindst {least}.")


def _time(offer: OfferFact, deadline: OfferDeadline, course: Course, book: RuleBook) -> tuple[bool, Explanation]:
    starts_on, due_on = offer.span.start, deadline.due_on
    begins = f"Tilbuddet begynder den {day_text(starts_on)}"
    if starts_on < course.registered_on:
        text = f"{begins}, før tilmeldingen den {day_text(course.registered_on)}, og hører derfor ikke til forløbet."
        return False, (Step(text, starts_on),)
    if due_on is None:
        return True, (Step(f"{begins}, mens fristen er udskudt.", starts_on),)
    if starts_on <= due_on:
        return True, (Step(f"{begins}, inden fristen den {day_text(due_on)} er gået.", starts_on),)
    late = Step(f"{begins}, efter fristen den {day_text(due_on)}.", starts_on)
    if offer.type != OfferType.WAGE_SUBSIDY:
        return False, (late,)
    grace = book.in_force(WAGE_SUBSIDY_GRACE_DAYS, CaseDates(event=starts_on))
    latest = due_on + timedelta(days=grace.value)
    text = (
        f"Et løntilskud, der er bevilget senest den {day_text(due_on)}, kan begynde indtil "
        f"{counted(grace.value, 'dag', 'dage')} efter: senest den {day_text(latest)}."
    )
    allowance = by(grace, text, latest)
    if offer.granted_on is None:
        return False, (late, allowance, Step("Dagen, løntilskuddet er bevilget, er ikke oplyst."))
    granted = Step(f"Løntilskuddet er bevilget den {day_text(offer.granted_on)}.", offer.granted_on)
    return offer.granted_on <= due_on and starts_on <= latest, (late, allowance, granted)


def _names(types: Iterable[OfferType]) -> str:
    return listed(type_.label for type_ in types)
