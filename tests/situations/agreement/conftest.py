"""The days on which the rules change, and what several sentences of the agreement are shown with."""

from datetime import timedelta

from cases.rules.period import Period
from meetings.rules.kinds import MeetingKind
from referrals.granting import Terms
from referrals.services import offers as offer_services
from tests.law import SHIPPED

CONTACT = MeetingKind.CONTACT_INTERVIEW
BEFORE_B, FROM_B = "2023-03-21", "2023-03-22"
BEFORE_C, FROM_C = "2023-12-31", "2024-01-01"
#: Courses under act a, act b and act c.
OLD, MIDDLE, NEW = "2022-06-01", "2023-04-03", "2024-01-15"


def act(letter):
    return next(one for one in SHIPPED if one.act.letter == letter)


def grant(case, by, *, at, offer_type="internship", is_confirmed=False):
    terms = Terms(
        offer_type, Period.of_days_inclusive(at.date(), at.date() + timedelta(days=27)), "Bageriet", "99000104"
    )
    if offer_type == "other_guidance":
        terms = Terms(offer_type, terms.span)
    return offer_services.grant(
        case_id=case.pk, terms=terms, granted_on=at.date(), is_confirmed=is_confirmed, by=by, at=at
    )
