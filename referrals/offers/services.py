"""Everything that changes an offer: one function, one durable transaction each. All of it is the jobcenter's."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.changing import AlreadyClosed, locked
from cases.models import Act, Case, User
from cases.models.people import FollowUpWay, validate_cvr
from cases.reminders.owing import owe
from cases.rules.facts import Party
from cases.rules.period import BadPeriod, Period
from cases.rules.refusal import Refused, Stale
from cases.rules.undo_time import UNDO_WITHIN
from cases.rules.wording import day_text, listed
from cases.ui.paper import require_paper
from referrals.letters import texts as letters_texts
from referrals.models import FollowUp, Offer
from referrals.offers import duty, moves
from referrals.offers.moves import Terms
from referrals.rules.granting import require_offered
from referrals.rules.lifecycle import MoveNotAllowed, OfferMove, OfferStatus, offer_status_after
from referrals.rules.offers import EMPLOYER_TYPES, GRANTED_TYPES, OfferType
from referrals.rules.right_and_duty import OfferAnswer

#: The letter of an offer granted without a referral is a message owed.
OFFER_TO_CITIZEN = "referrals.offer_to_citizen"


class NotYours(Refused):
    """Only the jobcenter of the case grants offers and follows them up, also in the a-kasse's months."""


class StaleOffer(Stale):
    """Somebody changed the offer after the page was opened."""


class NotGrantable(Refused):
    """The jobcenter does not grant this, or not like this."""


class DoesNotCount(Refused):
    """The offer would not count for right and duty: lawful, but the user must have seen why."""

    def __init__(self, warnings: Sequence[str]) -> None:
        self.warnings = tuple(warnings)
        super().__init__(" ".join(warnings))


@transaction.atomic(durable=True)
def grant(*, case_id: int, terms: Terms, granted_on: date, is_confirmed: bool = False, by: User, at: datetime) -> Offer:
    """Grant an offer without a referral. Granting the same again changes nothing.

    Raises NotYours, NotGrantable, NotOffered, DoesNotCount (not yet confirmed), BadFacts, ValidationError and
    AlreadyClosed.
    """
    case = _lock_case(case_id, by=by)
    same = (
        case.offers.standing()
        .filter(
            type=terms.type,
            span=DateRange(terms.span.start, terms.span.end),
            employer_cvr=terms.employer_cvr,
            granted_by=by,
        )
        .first()
    )
    if same is not None:
        return same
    _require_open(case)
    _check_terms(terms, granted_on=granted_on, today=timezone.localdate(at))
    _require_confirmed(case, terms, granted_on=granted_on, is_confirmed=is_confirmed)
    offer = moves.open_offer(case=case, terms=terms, granted_on=granted_on, by=by, at=at)
    require_paper(letters_texts.offer_letter(offer, book=Act.objects.rule_book()))
    owe(kind=OFFER_TO_CITIZEN, case_id=case.pk, subject=offer.pk, version=1, at=at, due_at=at + UNDO_WITHIN)
    return offer


@transaction.atomic(durable=True)
def change(
    *, offer_id: int, terms: Terms, granted_on: date, is_confirmed: bool = False, version: int, by: User, at: datetime
) -> Offer:
    """Correct an offer that is granted or under way; the history keeps what it was. Raises what `grant` raises."""
    offer = _lock(offer_id, by=by)
    was = (Terms(offer.type, offer.period, offer.employer, offer.employer_cvr), offer.granted_on)
    if was == (terms, granted_on):
        return offer
    _require_open(offer.case)
    _check_version(offer, version)
    if offer.status not in (OfferStatus.GRANTED, OfferStatus.STARTED):
        raise MoveNotAllowed(f"Tilbuddet er {offer.get_status_display()} og kan derfor ikke ændres.")
    if offer.status == OfferStatus.STARTED and terms.span.start > timezone.localdate(at):
        raise MoveNotAllowed("Tilbuddet er begyndt. Den første dag kan ikke ligge i fremtiden.")
    _check_terms(terms, granted_on=granted_on, today=timezone.localdate(at))
    require_offered(terms.type, starts_on=terms.span.start, book=Act.objects.rule_book())
    _require_confirmed(offer.case, terms, granted_on=granted_on, is_confirmed=is_confirmed, offer=offer)
    before, kept = str(offer), moves.kept(offer)
    offer.type, offer.employer, offer.employer_cvr = terms.type, terms.employer, terms.employer_cvr
    offer.span = DateRange(terms.span.start, terms.span.end)
    offer.granted_on = granted_on
    moves.save(offer)
    text = f"Tilbud rettet: {offer}{f' hos {offer.employer}' if offer.employer else ''}. Før: {before}."
    moves.tell(offer, "referrals.offer_changed", text, by=by, at=at, before=kept)
    return _judged(offer, by=by, at=at)


@transaction.atomic(durable=True)
def start(*, offer_id: int, first_day: date, version: int, by: User, at: datetime) -> Offer:
    """Register that the offer has begun, and on which day. Doing it again changes nothing."""
    offer = _lock(offer_id, by=by)
    if offer.status == OfferStatus.STARTED and offer.period.start == first_day:
        return offer
    kept = moves.kept(offer)
    moves.move(offer, OfferMove.START)
    _require_open(offer.case)
    _check_version(offer, version)
    if first_day > timezone.localdate(at):
        raise MoveNotAllowed("Den første dag ligger i fremtiden. Registrér starten, når tilbuddet er begyndt.")
    end = offer.period.end
    if end is not None and first_day >= end:
        raise BadPeriod(
            f"Tilbuddet skal slutte den {day_text(end - timedelta(days=1))}, før det begynder den "
            f"{day_text(first_day)}. Ret den sidste dag først."
        )
    if offer.needs_employer:
        raise NotGrantable("Skriv virksomhedens navn og CVR-nummer, før tilbuddet begynder: vælg »Ret tilbuddet«.")
    offer.span = DateRange(first_day, end)
    offer.started_at, offer.started_by = at, by
    moves.save(offer)
    moves.tell(offer, "referrals.offer_started", f"Tilbud begyndt: {offer}.", by=by, at=at, before=kept)
    return _judged(offer, by=by, at=at)


@transaction.atomic(durable=True)
def end(*, offer_id: int, last_day: date, version: int, by: User, at: datetime) -> Offer:
    """Register that the offer has ended, and its last day. Doing it again changes nothing."""
    offer = _lock(offer_id, by=by)
    if offer.status == OfferStatus.ENDED and offer.period.last_day == last_day:
        return offer
    kept = moves.kept(offer)
    moves.move(offer, OfferMove.END)
    _check_version(offer, version)
    if last_day > timezone.localdate(at):
        raise MoveNotAllowed("Den sidste dag ligger i fremtiden. Afslut tilbuddet, når det er slut, eller ret det.")
    span = Period.of_days_inclusive(offer.period.start, last_day)
    offer.span = DateRange(span.start, span.end)
    offer.ended_at, offer.ended_by = at, by
    moves.save(offer)
    moves.tell(offer, "referrals.offer_ended", f"Tilbud afsluttet: {offer}.", by=by, at=at, before=kept)
    return _judged(offer, by=by, at=at)


@transaction.atomic(durable=True)
def cancel(*, offer_id: int, reason: str, version: int, by: User, at: datetime) -> Offer:
    """Cancel an offer that has not begun. Doing it again changes nothing."""
    offer = _lock(offer_id, by=by)
    if offer.is_cancelled and offer.cancel_reason == reason:
        return offer
    offer_status_after(OfferStatus(offer.status), OfferMove.CANCEL, by=Party.MUNICIPALITY)
    _check_version(offer, version)
    moves.cancel(offer, reason=reason, by=by, at=at)
    return _judged(offer, by=by, at=at)


@transaction.atomic(durable=True)
def undo(*, offer_id: int, reason: str, version: int, by: User, at: datetime) -> Offer:
    """Take back a start or an end that was registered wrongly; the history keeps it with the reason."""
    offer = _lock(offer_id, by=by)
    was, kept = offer.get_status_display(), moves.kept(offer)
    moves.move(offer, OfferMove.UNDO)
    _require_open(offer.case)
    _check_version(offer, version)
    offer.ended_at = offer.ended_by = None
    if offer.status == OfferStatus.GRANTED:
        offer.started_at = offer.started_by = None
    moves.save(offer)
    text = f"Tilbuddet {offer} var {was} og er ført tilbage til {offer.get_status_display()}. Begrundelse: {reason}"
    moves.tell(offer, "referrals.offer_undone", text, by=by, at=at, before=kept)
    return _judged(offer, by=by, at=at)


@transaction.atomic(durable=True)
def follow_up(*, offer_id: int, followed_up_on: date, note: str, by: User, at: datetime) -> FollowUp:
    """Record that the jobcenter has followed the offer up, documented in the way it has chosen for itself.

    A note is asked for only where notes on the offer are that way. Recording the same again changes nothing.
    """
    offer = _lock(offer_id, by=by)
    way = offer.case.municipality.follow_up_way
    same = offer.follow_ups.filter(followed_up_on=followed_up_on, note=note, recorded_by=by).first()
    if same is not None:
        return same
    if not offer.granted_on <= followed_up_on <= timezone.localdate(at):
        raise NotGrantable(
            f"Opfølgningen ligger fra den {day_text(offer.granted_on)}, hvor tilbuddet blev bevilget, til og med i dag."
        )
    if way == FollowUpWay.NOTE and not note.strip():
        raise NotGrantable(
            "Skriv notatet: jeres jobcenter har valgt at dokumentere opfølgning i et notat på tilbuddet."
        )
    made = offer.follow_ups.create(followed_up_on=followed_up_on, way=way, note=note, recorded_by=by, recorded_at=at)
    where = f", dokumenteret {FollowUpWay(way).label}" if way else ""
    text = f"{offer.get_type_display().capitalize()} er fulgt op den {day_text(followed_up_on)}{where}."
    moves.tell(offer, "referrals.offer_followed_up", text, by=by, at=at)
    return made


def warnings_of(answer: OfferAnswer, *, case: Case, offer: Offer | None = None) -> list[str]:
    """What must be seen before an offer that does not count is granted. Lateness matters only while one is missing."""
    if answer.counts or not answer.deadline.has_duty:
        return []
    if answer.is_late and _is_fulfilled_by_another(case, offer):
        return []
    return [step.text for step in answer.against]


def _is_fulfilled_by_another(case: Case, offer: Offer | None) -> bool:
    others = case.offers.standing().filter(counts=True)
    return others.exclude(pk=offer.pk).exists() if offer else others.exists()


def _require_confirmed(
    case: Case, terms: Terms, *, granted_on: date, is_confirmed: bool, offer: Offer | None = None
) -> None:
    warnings = warnings_of(moves.answer_for(case=case, terms=terms, granted_on=granted_on), case=case, offer=offer)
    if warnings and not is_confirmed:
        raise DoesNotCount(warnings)


def _check_terms(terms: Terms, *, granted_on: date, today: date) -> None:
    if terms.type not in GRANTED_TYPES:
        name = OfferType(terms.type).label if terms.type in OfferType.choices() else terms.type
        granted = listed((one.label for one in GRANTED_TYPES), "eller")
        raise NotGrantable(f"Jobcentret bevilger ikke {name}. Vælg {granted}.")
    if granted_on > today:
        raise NotGrantable(f"Tilbuddet kan ikke være bevilget i fremtiden. Skriv en dag til og med {today:%d-%m-%Y}.")
    if terms.type in EMPLOYER_TYPES and not (terms.employer.strip() and terms.employer_cvr):
        raise NotGrantable("Skriv virksomhedens navn og CVR-nummer.")
    if terms.employer_cvr:
        validate_cvr(terms.employer_cvr)


def _judged(offer: Offer, *, by: User, at: datetime) -> Offer:
    duty.refresh(case=offer.case, at=at, by=by)
    offer.refresh_from_db(fields=["counts", "is_late", "explanation"])
    return offer


def _lock_case(case_id: int, *, by: User) -> Case:
    case = locked(case_id)
    if by.organisation_id != case.municipality_id:
        raise NotYours(
            f"Kun {Party.MUNICIPALITY.label} bevilger, begynder, afslutter og følger op på tilbud, "
            "også i a-kassens måneder."
        )
    return case


def _lock(offer_id: int, *, by: User) -> Offer:
    # The case first, as everywhere, so that two changes of one case never wait for each other.
    case = _lock_case(Offer.objects.values_list("case_id", flat=True).get(pk=offer_id), by=by)
    offer = Offer.objects.select_for_update(of=("self",)).get(pk=offer_id)
    offer.case = case
    return offer


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet. Der kan ikke ændres tilbud i den.")


def _check_version(offer: Offer, version: int) -> None:
    if version != offer.version:
        newer = offer.case.events.for_case(offer.case).of("offer", offer.pk)[: max(offer.version - version, 0)]
        raise StaleOffer(
            "En anden har ændret tilbuddet, efter at du åbnede siden. Dit står stadig i skemaet: "
            "se, hvad der er ændret, og gem igen.",
            newest=offer.version,
            events=list(newer),
        )
