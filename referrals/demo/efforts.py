"""The offers of the courses in bulk: of all types, some that count and some that do not, and some that are missing."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.models import Event, User
from cases.rules import explanation
from cases.rules.period import Period
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules.spans import local
from referrals.demo.office import Office
from referrals.demo.sketch import Sketch
from referrals.models import Offer
from referrals.offers import duty as offers_duty
from referrals.offers.moves import granted_text
from referrals.rules.lifecycle import OfferStatus
from referrals.rules.offers import EMPLOYER_TYPES, OfferFact, OfferType
from referrals.rules.right_and_duty import offer_answer, offer_due

#: Invented, with a right check digit; none has been given to anybody.
EMPLOYERS = (
    ("Prøvebageriet Kringlen", "99000201"),
    ("Solby Trælast (opdigtet)", "99000228"),
    ("Plejecenter Æbleengen", "99000236"),
    ("Åmarkens Auto", "99000244"),
    ("Bæltets Lagerhotel", "99000252"),
    ("Klitlund Genbrug", "99000260"),
)
#: Before and after guidance stopped to count, and what it is today: the shift that the agreement wants.
_MIX = {
    OfferType.INTERNSHIP: (22, 34, 40),
    OfferType.WAGE_SUBSIDY: (10, 14, 16),
    OfferType.COMMUNITY_WORK: (6, 5, 4),
    OfferType.ORDINARY_WAGE_HOURS: (4, 12, 16),
    OfferType.ORDINARY_EDUCATION: (8, 10, 12),
    OfferType.OTHER_GUIDANCE: (44, 18, 6),
    OfferType.BASIC_SKILLS: (4, 4, 4),
    OfferType.PRIOR_LEARNING: (2, 3, 2),
}
_SHIFT_ON = date(2023, 3, 22)
_LATELY = timedelta(days=200)


def write(sketches: Iterable[Sketch], *, office: Office, law: Law, rng: Random, at: datetime) -> None:
    """Write the offers, their history, and how each case stands with right and duty; each case has its facts."""
    for sketch in sketches:
        offers = [_offer(sketch, span, office=office, law=law, rng=rng, at=at) for span in _spans(sketch, law, rng, at)]
        Offer.objects.bulk_create(offers)
        Event.objects.bulk_create(event for offer in offers for event in _told(offer))
        offers_duty.refresh(case=sketch.case, at=sketch.case.created_at, law=law)


def _spans(sketch: Sketch, law: Law, rng: Random, at: datetime) -> Iterator[Period]:
    """One or two offers; the longer the course, the surer the first."""
    course = planning_stored.course_of(sketch.case)
    if not offer_due(course=course, book=law.book).has_duty:
        return
    today = timezone.localtime(at).date()
    lasts = (sketch.until - sketch.case.placed_on).days
    if lasts < 35 or rng.random() > 0.35 + min(lasts, 180) / 300:
        return
    first = sketch.case.placed_on + timedelta(days=rng.randint(28, min(lasts, 178)))
    for _ in range(2 if rng.random() < 0.3 else 1):
        weeks = rng.choice((1, 2, 4, 4, 4, 8, 13, 26))
        ahead = first > sketch.until
        if ahead and (not sketch.case.is_open or first > today + timedelta(days=40)):
            return
        end = first + timedelta(weeks=weeks)
        yield Period(first, end if sketch.case.is_open else max(min(end, sketch.until), first + timedelta(days=1)))
        first = end + timedelta(days=rng.randint(7, 40))


def _offer(sketch: Sketch, span: Period, *, office: Office, law: Law, rng: Random, at: datetime) -> Offer:
    case, today = sketch.case, timezone.localtime(at).date()
    by = case.municipality_caseworker or office.workers[case.municipality_id][0]
    stage = 0 if span.start < _SHIFT_ON else 1 if span.start < today - _LATELY else 2
    type_ = rng.choices([*_MIX], [weights[stage] for weights in _MIX.values()])[0]
    granted_on = min(max(span.start - timedelta(days=rng.randint(3, 14)), case.registered_on), today, span.start)
    fact = OfferFact(key=None, type=type_, span=span, granted_on=granted_on)
    answer = offer_answer(course=planning_stored.course_of(case), offer=fact, book=law.book)
    employer, number = rng.choice(EMPLOYERS) if type_ in EMPLOYER_TYPES else ("Solby Kursuscenter", "")
    offer = Offer(
        case=case,
        type=str(type_),
        employer=employer,
        employer_cvr=number,
        span=DateRange(span.start, span.end),
        granted_on=granted_on,
        granted_at=_moment(granted_on, 10, at),
        granted_by=by,
        counts=answer.counts,
        is_late=answer.is_late,
        explanation=explanation.to_data(answer.why),
    )
    _bring_to_today(offer, by=by, at=at, is_forgotten=case.is_open and rng.random() < 0.08)
    return offer


def _bring_to_today(offer: Offer, *, by: User, at: datetime, is_forgotten: bool) -> None:
    """Begun and ended as far as the day has come; now and then somebody has forgotten to say so."""
    today, span = timezone.localtime(at).date(), offer.period
    if span.start > today or is_forgotten and span.start > today - timedelta(days=14):
        return
    offer.status, offer.started_at, offer.started_by = str(OfferStatus.STARTED), _moment(span.start, 11, at), by
    assert span.end is not None
    if span.end > today or is_forgotten and span.end > today - timedelta(days=14):
        return
    offer.status, offer.ended_at, offer.ended_by = str(OfferStatus.ENDED), _moment(span.end, 9, at), by


def _told(offer: Offer) -> Iterator[Event]:
    moments = [
        # They are drawn only where there is a duty.
        ("referrals.offer_granted", offer.granted_at, granted_text(offer, has_duty=True)),
        ("referrals.offer_started", offer.started_at, f"Tilbud begyndt: {offer}."),
        ("referrals.offer_ended", offer.ended_at, f"Tilbud afsluttet: {offer}."),
    ]
    for kind, moment, text in moments:
        if moment is not None:
            yield Event(
                case=offer.case,
                kind=kind,
                at=moment,
                by=offer.granted_by,
                text=text,
                data={"offer": offer.pk, "referral": None},
            )


def _moment(day: date, hour: int, at: datetime) -> datetime:
    return min(local(day, time(hour, 20)), at)
