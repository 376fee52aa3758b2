"""Opens, moves and takes back offers in the caller's transaction: a jobcenter's own, and a referral's."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.changing import with_parties
from cases.history import events as history_events
from cases.law.services import hold_law_still
from cases.models import Act, Case, Event, User
from cases.rules import explanation
from cases.rules.facts import Party
from cases.rules.period import Period
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from referrals.models import Offer, Referral
from referrals.offers import duty
from referrals.rules.granting import require_offered
from referrals.rules.lifecycle import MoveNotAllowed, OfferMove, OfferStatus, offer_status_after
from referrals.rules.offers import OfferFact
from referrals.rules.right_and_duty import OfferAnswer, offer_answer

CASE_CLOSED = "Sagen er afsluttet."


@dataclass(frozen=True)
class Terms:
    """Holds what is granted: the type, its days, and the employer if there is one."""

    type: str
    span: Period
    employer: str = ""
    employer_cvr: str = ""


def answer_for(*, case: Case, terms: Terms, granted_on: date) -> OfferAnswer:
    """Whether the offer would count. Raises BadFacts."""
    fact = OfferFact(key=None, type=terms.type, span=terms.span, granted_on=granted_on)
    return offer_answer(course=planning_stored.course_of(case), offer=fact, book=Act.objects.rule_book())


def open_offer(
    *, case: Case, terms: Terms, granted_on: date, by: User, at: datetime, referral: Referral | None = None
) -> Offer:
    """Grant an offer, with the frozen answer whether it counts; the caller has locked the case.

    Raises NotOffered, BadFacts, and ValidationError on what the database would refuse.
    """
    hold_law_still()
    law = planning_law.law_in_force()
    require_offered(terms.type, starts_on=terms.span.start, book=law.book)
    answer = answer_for(case=case, terms=terms, granted_on=granted_on)
    offer = Offer(
        case=case,
        referral=referral,
        type=terms.type,
        employer=terms.employer,
        employer_cvr=terms.employer_cvr,
        span=DateRange(terms.span.start, terms.span.end),
        granted_on=granted_on,
        granted_at=at,
        granted_by=by,
        counts=answer.counts,
        is_late=answer.is_late,
        explanation=explanation.to_data(answer.why),
    )
    save(offer)
    text = granted_text(offer, has_duty=answer.deadline.has_duty)
    tell(offer, "referrals.offer_granted", text, by=by, at=at)
    duty.refresh(case=case, at=at, by=by, law=law)
    return offer


def granted_text(offer: Offer, *, has_duty: bool) -> str:
    """What the history says of the grant."""
    where = f" hos {offer.employer}" if offer.employer else ""
    result = "Det tæller som ret- og pligttilbud." if offer.counts else "Det tæller ikke som ret- og pligttilbud."
    if not has_duty:
        result = "Borgeren har ikke ret og pligt til tilbud."
    return f"Tilbud bevilget: {offer}{where}. {result}"


def terms_of(referral: Referral, *, granted_on: date) -> Terms:
    """The offer that a referral asks for.

    A wished first day that has passed becomes the day of the decision: the jobcenter corrects it when it is agreed.
    """
    starts_on = max(referral.proposed_from, granted_on)
    end = starts_on + timedelta(weeks=referral.weeks) if referral.weeks else None
    return Terms(type=referral.offer_type, span=Period(starts_on, end), employer=referral.place)


def offer_from_referral(*, referral: Referral, by: User, at: datetime) -> Offer:
    """Open the offer of a referral that has just been granted; the caller has locked the case."""
    granted_on = timezone.localtime(at).date()
    terms = terms_of(referral, granted_on=granted_on)
    return open_offer(case=referral.case, terms=terms, granted_on=granted_on, by=by, at=at, referral=referral)


def take_back(*, referral: Referral, reason: str, by: User, at: datetime) -> None:
    """Cancel the offer of a grant that is undone. Raises MoveNotAllowed when the offer has begun."""
    for offer in referral.offers.standing().select_for_update():
        offer.case = referral.case
        if offer.status != OfferStatus.GRANTED:
            raise MoveNotAllowed("Tilbuddet er begyndt. Før det tilbage til bevilget, før afgørelsen gøres om.")
        cancel(offer, reason=reason, by=by, at=at)
    duty.refresh(case=referral.case, at=at, by=by)


def cancel(offer: Offer, *, reason: str, by: User, at: datetime) -> None:
    """Cancel an offer that has not begun. Raises MoveNotAllowed."""
    was = kept(offer)
    move(offer, OfferMove.CANCEL)
    offer.cancelled_at, offer.cancelled_by, offer.cancel_reason = at, by, reason
    save(offer)
    tell(offer, "referrals.offer_cancelled", f"Tilbud aflyst: {offer}. {reason}", by=by, at=at, before=was)


def move(offer: Offer, what: OfferMove, *, party: Party = Party.MUNICIPALITY) -> None:
    """Set the state that the move leads to. Raises MoveNotAllowed."""
    offer.status = offer_status_after(OfferStatus(offer.status), what, by=party)


def save(offer: Offer) -> None:
    """Check the constraints, which refuse in Danish, and then save the whole offer."""
    offer.validate_constraints()
    if offer.pk:
        offer.version += 1
    offer.save()


def key_of(offer: Offer) -> str:
    """Return the key under which the data of an event holds the offer."""
    return f"offer/{offer.pk}"


def kept(offer: Offer) -> dict[str, Any]:
    """Return the offer as it stands before a change, for the event that records the change."""
    last_day = offer.period.last_day
    return {
        key_of(offer): {
            "type": offer.type,
            "status": offer.status,
            "first": offer.period.start.isoformat(),
            "last": last_day.isoformat() if last_day else None,
            "employer": offer.employer,
        }
    }


def tell(offer: Offer, kind: str, text: str, *, by: User | None, at: datetime, **data: Any) -> None:
    """Record an event in the history of the case, of the offer, and of the referral behind it if there is one."""
    history_events.record(
        case=offer.case, kind=kind, by=by, at=at, text=text, offer=offer.pk, referral=offer.referral_id, **data
    )


def on_case_closed(event: Event) -> None:
    """Cancel the offers of a closed case that have not begun, and end those under way on its last day at the latest."""
    case = with_parties(event.case_id)
    for offer in case.offers.filter(status__in=[OfferStatus.GRANTED, OfferStatus.STARTED]).select_for_update():
        offer.case = case
        if offer.status == OfferStatus.GRANTED:
            cancel(offer, reason=CASE_CLOSED, by=event.author, at=event.at)
            continue
        was = kept(offer)
        move(offer, OfferMove.END)
        last_day = max(case.last_day, offer.period.start)
        if offer.period.last_day is None or offer.period.last_day > last_day:
            offer.span = DateRange(offer.period.start, last_day + timedelta(days=1))
        offer.ended_at, offer.ended_by = event.at, event.by
        save(offer)
        text = f"Tilbud afsluttet: {offer}. {CASE_CLOSED}"
        tell(offer, "referrals.offer_ended", text, by=event.by, at=event.at, before=was)
    duty.refresh(case=case, at=event.at, by=event.by)
