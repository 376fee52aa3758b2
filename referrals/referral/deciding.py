"""The jobcenter takes a referral up, assesses it and decides it, with reasons that can be read afterwards."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.models import Act, Event, Organisation, User
from cases.reminders import owing as reminders_owing
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.facts import Party
from cases.rules.refusal import Incomplete, require_seen
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text
from cases.ui.paper import require_paper
from referrals.changing import (
    ContactNotAllowed,
    NotYours,
    check_version,
    lock,
    name_of,
    require_open,
    save,
    status_after,
    tell,
)
from referrals.letters import texts as letters_texts
from referrals.letters.owing import letters_of, owe_letters
from referrals.models import DecisionLimit, Referral, ReferralContact
from referrals.offers import moves as offers_moves
from referrals.rules import decision as decision_rules
from referrals.rules.granting import duty_of, ground_of
from referrals.rules.lifecycle import DECIDED, Recipient, ReferralMove, ReferralStatus


@dataclass(frozen=True)
class Reasons:
    """What a decision rests on. A rejection needs all but the facts, which are given where they mattered."""

    considerations: str = ""
    facts: str = ""
    legal_basis: str = ""
    party_consultation: str = ""


_REASONS = tuple(asdict(Reasons()))


@transaction.atomic(durable=True)
def mark_seen(*, referral_id: int, by: User, at: datetime) -> Referral:
    """The jobcenter has taken the referral up. Doing it again changes nothing."""
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if referral.status in (ReferralStatus.SEEN, ReferralStatus.ASSESSED):
        return referral
    referral.status = status_after(referral, ReferralMove.SEE, by=by)
    referral.seen_at, referral.seen_by = at, by
    save(referral, "status", "seen_at", "seen_by")
    tell(referral, "referrals.seen", f"{name_of(referral)} er taget op af {by}.", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def assess(*, referral_id: int, assessment: str, version: int, by: User, at: datetime) -> Referral:
    """Write the jobcenter's assessment, on which the decision will rest."""
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if referral.status == ReferralStatus.ASSESSED and referral.assessment == assessment:
        return referral
    if referral.status == ReferralStatus.ASSESSED:
        # Whoever saw less is shown what is written, before they are told that it is not written twice.
        check_version(referral, version)
    referral.status = status_after(referral, ReferralMove.ASSESS, by=by)
    check_version(referral, version)
    referral.assessed_at, referral.assessed_by, referral.assessment = at, by, assessment
    save(referral, "status", "assessed_at", "assessed_by", "assessment")
    tell(referral, "referrals.assessed", f"{name_of(referral)} er vurderet.", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def contact(
    *, referral_id: int, contacted_on: date, purpose: str, note: str, by: User, at: datetime
) -> ReferralContact:
    """Record that the jobcenter has contacted the citizen about the referral, as far as needed; never a jobsamtale.

    Recording the same contact again changes nothing. Raises ContactNotAllowed.
    """
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    same = referral.contacts.filter(contacted_on=contacted_on, purpose=purpose, note=note, recorded_by=by).first()
    if same is not None:
        return same
    if not referral.is_pending:
        raise ContactNotAllowed(
            f"Indstillingen er {referral.get_status_display()}. Borgeren kontaktes kun om den, mens den behandles."
        )
    if not referral.received_on <= contacted_on <= timezone.localdate(at):
        raise ContactNotAllowed(
            f"Kontakten ligger fra den {day_text(referral.received_on)}, hvor indstillingen blev sendt, til og med "
            "i dag."
        )
    may = decision_rules.may_contact_citizen(on=contacted_on, book=Act.objects.rule_book())
    if not may.is_allowed:
        raise ContactNotAllowed(may.why[0].text)
    made = referral.contacts.create(
        contacted_on=contacted_on, purpose=purpose, note=note, recorded_by=by, recorded_at=at
    )
    text = f"Borgeren er kontaktet om indstillingen den {day_text(contacted_on)}. Formål: {purpose}"
    tell(referral, "referrals.citizen_contacted", text, by=by, at=at)
    return made


@transaction.atomic(durable=True)
def grant(*, referral_id: int, reasons: Reasons, version: int, by: User, at: datetime) -> Referral:
    """Grant the offer; citizen and a-kasse are told when the time for undoing is over."""
    return _decide(referral_id, ReferralMove.GRANT, reasons=reasons, version=version, by=by, at=at)


@transaction.atomic(durable=True)
def reject(*, referral_id: int, reasons: Reasons, version: int, by: User, at: datetime) -> Referral:
    """Reject the referral, with reasons; citizen and a-kasse are told when the time for undoing is over.

    Rejecting it again with the same reasons changes nothing. Raises Incomplete when a demanded reason is missing,
    StaleReferral, NotYours and MoveNotAllowed.
    """
    return _decide(referral_id, ReferralMove.REJECT, reasons=reasons, version=version, by=by, at=at)


@transaction.atomic(durable=True)
def undo_decision(*, referral_id: int, reason: str, by: User, at: datetime) -> Referral:
    """Take back a decision that nobody has been told of; the history keeps it with the reason. Raises DecisionSent."""
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    # Locked: a delivery on its way is waited for, and one that has not begun finds nothing to deliver.
    letters = list(letters_of(referral).select_for_update())
    is_sent = any(letter.is_gone or letter.attempts for letter in letters)
    status = status_after(referral, ReferralMove.UNDO, by=by, is_decision_sent=is_sent)
    require_open(referral.case)
    kept = {name: getattr(referral, name) for name in _REASONS}
    what = f"{name_of(referral)}: afgørelsen »{referral.get_status_display()}« er gjort om. Begrundelse: {reason}"
    tell(referral, "referrals.decision_undone", what, by=by, at=at, decided_by=referral.decided_by_id, **kept)
    reminders_owing.void(letters_of(referral).owed(), outcome="Afgørelsen er gjort om.", at=at)
    offers_moves.take_back(referral=referral, reason=f"Afgørelsen er gjort om: {reason}"[:300], by=by, at=at)
    referral.status = status
    if referral.assessed_at is None:
        referral.assessed_at, referral.assessed_by = at, by
    referral.decided_at = referral.decided_by = None
    for name in _REASONS:
        setattr(referral, name, "")
    referral.rules, referral.complaint_guidance = [], []
    return save(
        referral,
        "status",
        "assessed_at",
        "assessed_by",
        "decided_at",
        "decided_by",
        *_REASONS,
        "rules",
        "complaint_guidance",
    )


@transaction.atomic(durable=True)
def set_decision_limit(*, days: int | None, by: User, at: datetime, version: int | None = None) -> None:
    """Set the municipality's own limit for its decisions, or none; it only reminds.

    `version` is that of the limit that the user saw. Raises NotYours and Stale.
    """
    if not by.workplace.is_municipality:
        raise NotYours("Kun kommunen sætter en frist for sine afgørelser.")
    office = Organisation.objects.select_for_update(no_key=True).get(pk=by.workplace.pk)
    before = own_days_of(office)
    if days == before:
        return
    require_seen(version, before)
    if days is None:
        DecisionLimit.objects.filter(municipality=office).delete()
        return
    values = {"days": days, "set_by": by, "set_at": at}
    DecisionLimit.objects.update_or_create(municipality=office, defaults=values)
    # What it has passed already, the next sweep says.
    Referral.objects.pending().filter(case__municipality=office).update(look_at=at)


def on_party_changed(event: Event) -> None:
    """The next municipality may have another limit: what has passed it already, the next sweep says."""
    event.case.referrals.pending().update(look_at=event.at)


def own_days_of(municipality: Organisation) -> int | None:
    """The limit that the municipality has set for itself, if any."""
    limit = getattr(municipality, "decision_limit", None)
    return limit.days if limit else None


def grounds_of(referral: Referral, *, decided_on: date, is_rejected: bool, book: RuleBook) -> explanation.Explanation:
    """The rules that a decision of that day rests on: on the offer by its type, on the duty, on the recommendation."""
    terms = offers_moves.terms_of(referral, granted_on=decided_on)
    steps = [ground_of(terms.type, starts_on=terms.span.start, book=book)]
    if not is_rejected and offers_moves.answer_for(case=referral.case, terms=terms, granted_on=decided_on).counts:
        steps.append(duty_of(course_start=referral.case.placed_on, book=book))
    of_the_referral = decision_rules.grounds(
        sent_on=referral.received_on, decided_on=decided_on, is_rejected=is_rejected, book=book
    )
    return (*steps, *of_the_referral)


def _decide(
    referral_id: int, move: ReferralMove, *, reasons: Reasons, version: int, by: User, at: datetime
) -> Referral:
    referral = lock(referral_id, by=by, party=Party.MUNICIPALITY)
    given = {name: text.strip() for name, text in asdict(reasons).items()}
    wanted = ReferralStatus.GRANTED if move is ReferralMove.GRANT else ReferralStatus.REJECTED
    if referral.status == wanted and all(getattr(referral, name) == text for name, text in given.items()):
        return referral
    if referral.status in DECIDED:
        # Whoever saw less is shown what is decided, before they are told that it is not decided twice.
        check_version(referral, version)
    referral.status = status_after(referral, move, by=by)
    check_version(referral, version)
    today = timezone.localdate(at)
    book = Act.objects.rule_book()
    is_rejected = wanted == ReferralStatus.REJECTED
    if is_rejected:
        _require_reasons(given, decided_on=today, book=book)
    for name, text in given.items():
        setattr(referral, name, text)
    referral.rules = explanation.to_data(grounds_of(referral, decided_on=today, is_rejected=is_rejected, book=book))
    guidance = complaint_guidance(decided_on=today, given_on=None, book=book)
    referral.complaint_guidance = list(guidance.sentences)
    referral.decided_at, referral.decided_by = at, by
    referral.decision_number += 1
    require_paper(*(letters_texts.letter_of(referral, recipient) for recipient in Recipient))
    save(
        referral,
        "status",
        *_REASONS,
        "rules",
        "complaint_guidance",
        "decided_at",
        "decided_by",
        "decision_number",
    )
    kind = "referrals.rejected" if is_rejected else "referrals.granted"
    offer = referral.get_offer_type_display()
    text = f"{name_of(referral)} er afvist." if is_rejected else f"Tilbuddet {offer} er bevilget efter indstillingen."
    tell(referral, kind, text, by=by, at=at)
    if not is_rejected:
        offers_moves.offer_from_referral(referral=referral, by=by, at=at)
    owe_letters(referral, at=at)
    return referral


def _require_reasons(given: dict[str, str], *, decided_on: date, book: RuleBook) -> None:
    missing = [one for one in decision_rules.demanded_reasons(decided_on=decided_on, book=book) if not given[one.field]]
    if missing:
        raise Incomplete(missing)
