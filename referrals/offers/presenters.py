"""How a case stands with right and duty on its page, and what the page of an offer says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from cases.accounts.access import Permission, has
from cases.models import Act, Case, Event, User
from cases.rules.explanation import Explanation, Step, from_data
from cases.seam import Part
from meetings.planning import stored as planning_stored
from referrals.models import Offer
from referrals.rules.lifecycle import OfferStatus
from referrals.rules.right_and_duty import DutyStanding, DutyState, counting_rule, standing

HISTORY_SIZE = 50

# The page of a case


@dataclass(frozen=True)
class DutyPart:
    """What the page of a case says about right and duty."""

    case: Case
    state: str
    variant: str
    duty: DutyStanding
    rule: Step
    offers: Sequence[Offer]
    today: date
    may_grant: bool


_VARIANTS = {
    DutyState.MET: "success",
    DutyState.ARRANGED: "success",
    DutyState.MISSING: "warning",
    DutyState.OVERDUE: "error",
}


def part_of(case: Case, user: User, at: datetime) -> Part | None:
    """Right and duty on the page of a case: by when, what counts and what not, and the offers."""
    today = timezone.localtime(at).date()
    book = Act.objects.rule_book()
    offers = list(case.offers.order_by("-span", "-pk"))
    duty = standing(
        course=planning_stored.course_of(case),
        offers=[offer.as_fact() for offer in offers if not offer.is_cancelled],
        on=today,
        book=book,
    )
    part = DutyPart(
        case=case,
        state=duty.state.label,
        variant=_VARIANTS.get(duty.state, "info"),
        duty=duty,
        rule=counting_rule(starts_on=max(today, case.placed_on), book=book),
        offers=offers,
        today=today,
        may_grant=case.is_open and has(user, Permission.GRANT_OFFER, organisation=case.municipality),
    )
    return Part(template="referrals/offers/duty_block.html", data=part)


# The page of an offer


def moves_of(offer: Offer, *, user: User) -> dict[str, bool]:
    """Return, by the name of each action, whether this user may do it with the offer now."""
    is_ours = has(user, Permission.GRANT_OFFER, organisation=offer.case.municipality)
    is_open = is_ours and offer.case.is_open
    status = offer.status
    return {
        "start": is_open and status == OfferStatus.GRANTED,
        "end": is_ours and status == OfferStatus.STARTED,
        "change": is_open and status in (OfferStatus.GRANTED, OfferStatus.STARTED),
        "cancel": is_ours and status == OfferStatus.GRANTED,
        "undo": is_open and status in (OfferStatus.STARTED, OfferStatus.ENDED),
        "follow_up": is_ours and status != OfferStatus.CANCELLED,
    }


def why_of(offer: Offer) -> Explanation:
    """Return the stored explanation of whether the offer counts."""
    return from_data(offer.explanation)


def history_of(offer: Offer) -> QuerySet[Event]:
    """What happened to this offer, the newest first."""
    events = Event.objects.for_case(offer.case).filter(kind__startswith="referrals.offer_", data__offer=offer.pk)
    return events[:HISTORY_SIZE]
