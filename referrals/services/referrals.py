"""Everything that changes a referral: one function, one durable transaction each."""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Event, Organisation, Reminder, ReminderState, User
from cases.rules import explanation
from cases.rules.complaint import complaint_guidance
from cases.rules.danish import day_text
from cases.rules.explanation import Missing
from cases.rules.facts import PARTY_NAMES, Party
from cases.rules.rule_book import RuleBook
from cases.services import events, reminders
from cases.services.cases import AlreadyClosed, Refused
from meetings import planning
from referrals import granting
from referrals.models import DecisionLimit, Referral, ReferralContact
from referrals.models.referrals import DECISION_KINDS
from referrals.rules import admissibility
from referrals.rules import decision as decision_rules
from referrals.rules.lifecycle import (
    MoveNotAllowed,
    Recipient,
    ReferralMove,
    ReferralStatus,
    referral_status_after,
)
from referrals.rules.offers import OFFER_TYPE_NAMES, OfferType

#: A decision can be taken back for so long; its letters are sent after it.
UNDO_WITHIN = timedelta(minutes=10)

#: The letters that a person brought in another way than ours.
BY_HAND = "på anden måde"


class NotAdmissible(Refused):
    """The law does not allow the referral; the explanation says why, step by step."""

    def __init__(self, answer: admissibility.Admissibility) -> None:
        self.answer = answer
        super().__init__(" ".join(answer.refusals))


class Incomplete(Refused):
    """Something that the law demands of the text is missing; each names its field."""

    def __init__(self, missing: Collection[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__(" ".join(one.text for one in missing))


class AlreadyPending(Refused):
    """One referral at a time waits for an offer."""


class StaleReferral(Refused):
    """Somebody changed the referral after the page was opened."""


class NotYours(Refused):
    """Only the party to the case whose move it is may make it."""


class ContactNotAllowed(Refused):
    """The jobcenter may not contact the citizen about the referral, or not then."""


@dataclass(frozen=True)
class Proposal:
    """What the a-kasse writes; a draft may lack anything."""

    offer_type: str = ""
    starts_on: date | None = None
    weeks: int | None = None
    place: str = ""
    proposal: str = ""
    joint_assessment: str = ""
    citizen_agrees: bool = False


@dataclass(frozen=True)
class Reasons:
    """What a decision rests on. A rejection needs all but the facts, which are given where they mattered."""

    considerations: str = ""
    facts: str = ""
    legal_basis: str = ""
    party_consultation: str = ""


_CONTENT = tuple(asdict(Proposal()))
_REASONS = tuple(asdict(Reasons()))


# The a-kasse


@transaction.atomic(durable=True)
def write_draft(*, case_id: int, proposal: Proposal, version: int, by: User, at: datetime) -> Referral:
    """Save the a-kasse's draft; there is one at a time for a case. `version` is 0 when the page had none.

    Saving the same text again changes nothing, and neither does the text of a referral that was sent meanwhile.
    Raises NotYours and StaleReferral.
    """
    case = _lock_case(case_id)
    if by.organisation_id is None or by.organisation_id != case.fund_id:
        raise NotYours("Kun borgerens a-kasse kan skrive en indstilling.")
    content = asdict(proposal)
    draft = case.referrals.select_for_update().filter(status=ReferralStatus.DRAFT).first()
    if draft is None:
        same = case.referrals.pending().filter(written_by=by, **content).first()
        if same is not None:
            return same
        if version:
            raise StaleReferral("Kladden er sendt eller slettet i mellemtiden. Åbn indstillingerne, og se hvor den er.")
        return Referral.objects.create(case=case, written_by=by, saved_at=at, **content)
    if all(getattr(draft, name) == value for name, value in content.items()):
        return draft
    _check_version(draft, version)
    for name, value in content.items():
        setattr(draft, name, value)
    draft.written_by, draft.saved_at = by, at
    return _save(draft, *_CONTENT, "written_by", "saved_at")


@transaction.atomic(durable=True)
def discard_draft(*, referral_id: int, by: User) -> Case:
    """Throw a draft away; nobody but the a-kasse has seen it."""
    referral = _lock(referral_id, by=by, party=Party.FUND)
    if not referral.is_draft:
        raise MoveNotAllowed("Kun en kladde kan slettes. Træk i stedet indstillingen tilbage.")
    referral.delete()
    return referral.case


@transaction.atomic(durable=True)
def send(*, referral_id: int, version: int, by: User, at: datetime) -> Referral:
    """Send the draft to the jobcenter; why the law allows it is frozen with it. Sending it again changes nothing.

    Raises NotAdmissible, Incomplete, AlreadyPending, StaleReferral, NotYours, MoveNotAllowed.
    """
    referral = _lock(referral_id, by=by, party=Party.FUND)
    if referral.is_pending and referral.sent_by_id == by.pk:
        return referral
    status = _status_after(referral, ReferralMove.SEND, by=by)
    _require_open(referral.case)
    _check_version(referral, version)
    today = _day(at)
    book = planning.law_in_force().book
    _require_parts(referral, sent_on=today, book=book)
    assert referral.starts_on is not None
    answer = admissibility.admissible(
        course=planning.course_of(referral.case), sent_on=today, offer_starts_on=referral.starts_on, book=book
    )
    if not answer.is_admissible:
        raise NotAdmissible(answer)
    name = OFFER_TYPE_NAMES[OfferType(referral.offer_type)]
    if referral.case.referrals.pending().filter(offer_type=referral.offer_type).exists():
        raise AlreadyPending(
            f"Der venter allerede en indstilling til {name}. Træk den tilbage, før du sender en ny til det samme."
        )
    referral.status = status
    referral.sent_at, referral.sent_by = at, by
    referral.explanation = explanation.to_data(answer.why)
    _save(referral, "status", "sent_at", "sent_by", "explanation")
    _tell(
        referral, "referrals.sent", f"Indstilling til {name} er sendt til {referral.case.municipality}.", by=by, at=at
    )
    return referral


@transaction.atomic(durable=True)
def withdraw(*, referral_id: int, reason: str, by: User, at: datetime) -> Referral:
    """Take the referral back before it is decided; the history keeps it, and the reason."""
    referral = _lock(referral_id, by=by, party=Party.FUND)
    if referral.status == ReferralStatus.WITHDRAWN and referral.withdrawal_reason == reason:
        return referral
    referral.status = _status_after(referral, ReferralMove.WITHDRAW, by=by)
    _withdraw(referral, reason=reason, by=by, at=at)
    _tell(referral, "referrals.withdrawn", f"{_name(referral)} er trukket tilbage: {reason}", by=by, at=at)
    return referral


# The jobcenter


@transaction.atomic(durable=True)
def mark_seen(*, referral_id: int, by: User, at: datetime) -> Referral:
    """The jobcenter has taken the referral up. Doing it again changes nothing."""
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if referral.status in (ReferralStatus.SEEN, ReferralStatus.ASSESSED):
        return referral
    referral.status = _status_after(referral, ReferralMove.SEE, by=by)
    referral.seen_at, referral.seen_by = at, by
    _save(referral, "status", "seen_at", "seen_by")
    _tell(referral, "referrals.seen", f"{_name(referral)} er taget op af {by}.", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def assess(*, referral_id: int, assessment: str, version: int, by: User, at: datetime) -> Referral:
    """Write the jobcenter's assessment, on which the decision will rest."""
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if referral.status == ReferralStatus.ASSESSED and referral.assessment == assessment:
        return referral
    referral.status = _status_after(referral, ReferralMove.ASSESS, by=by)
    _check_version(referral, version)
    referral.assessed_at, referral.assessed_by, referral.assessment = at, by, assessment
    _save(referral, "status", "assessed_at", "assessed_by", "assessment")
    _tell(referral, "referrals.assessed", f"{_name(referral)} er vurderet.", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def contact(
    *, referral_id: int, contacted_on: date, purpose: str, note: str, by: User, at: datetime
) -> ReferralContact:
    """Record that the jobcenter has contacted the citizen about the referral, as far as needed; never a jobsamtale.

    Recording the same contact again changes nothing. Raises ContactNotAllowed.
    """
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    same = referral.contacts.filter(contacted_on=contacted_on, purpose=purpose, note=note, recorded_by=by).first()
    if same is not None:
        return same
    if not referral.is_pending:
        raise ContactNotAllowed(
            f"Indstillingen er {referral.get_status_display()}. Borgeren kontaktes kun om den, mens den behandles."
        )
    assert referral.sent_on is not None
    if not referral.sent_on <= contacted_on <= _day(at):
        raise ContactNotAllowed(
            f"Kontakten ligger fra den {day_text(referral.sent_on)}, hvor indstillingen blev sendt, til og med i dag."
        )
    may = decision_rules.may_contact_citizen(on=contacted_on, book=planning.law_in_force().book)
    if not may.is_allowed:
        raise ContactNotAllowed(may.why[0].text)
    made = referral.contacts.create(
        contacted_on=contacted_on, purpose=purpose, note=note, recorded_by=by, recorded_at=at
    )
    text = f"Borgeren er kontaktet om indstillingen den {day_text(contacted_on)}. Formål: {purpose}"
    _tell(referral, "referrals.citizen_contacted", text, by=by, at=at)
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
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    # Locked: a delivery on its way is waited for, and one that has not begun finds nothing to deliver.
    letters = list(_letters(referral).select_for_update())
    is_sent = any(letter.state == ReminderState.SENT or letter.attempts for letter in letters)
    status = _status_after(referral, ReferralMove.UNDO, by=by, is_decision_sent=is_sent)
    _require_open(referral.case)
    kept = {name: getattr(referral, name) for name in _REASONS}
    what = f"{_name(referral)}: afgørelsen »{referral.get_status_display()}« er gjort om. Begrundelse: {reason}"
    _tell(referral, "referrals.decision_undone", what, by=by, at=at, decided_by=referral.decided_by_id, **kept)
    reminders.void(_letters(referral).owed(), outcome="Afgørelsen er gjort om.", at=at)
    granting.take_back(referral=referral, reason=f"Afgørelsen er gjort om: {reason}"[:300], by=by, at=at)
    referral.status = status
    if referral.assessed_at is None:
        referral.assessed_at, referral.assessed_by = at, by
    referral.decided_at = referral.decided_by = None
    for name in _REASONS:
        setattr(referral, name, "")
    referral.rules, referral.complaint_guidance = [], []
    return _save(
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
def tell_by_hand(*, referral_id: int, recipient: Recipient, how: str, by: User, at: datetime) -> Referral:
    """Record that a letter that could not be sent has been given in another way, on paper for example."""
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    if not referral.is_decided:
        raise MoveNotAllowed("Indstillingen er ikke afgjort, så der er intet brev at give.")
    rows = list(_letters(referral).filter(kind=DECISION_KINDS[recipient]).select_for_update())
    if any(row.state == ReminderState.SENT for row in rows):
        return referral
    assert referral.decided_at is not None
    if at < referral.decided_at + UNDO_WITHIN:
        raise MoveNotAllowed("Vent, til fortrydelsesfristen er gået, før brevet gives på en anden måde.")
    for row in rows[:1]:
        row.state, row.route, row.outcome, row.closed_at = ReminderState.SENT, BY_HAND, "Givet af en medarbejder.", at
        row.save(update_fields=["state", "route", "outcome", "closed_at"])
    who = {Recipient.CITIZEN: "Borgeren", Recipient.FUND: "A-kassen"}[recipient]
    _tell(referral, "referrals.told_by_hand", f"{who} har fået afgørelsen på anden måde: {how}", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def set_decision_limit(*, days: int | None, by: User, at: datetime) -> None:
    """Set the municipality's own limit for its decisions, or none; it only reminds."""
    assert by.organisation is not None
    if not by.organisation.is_municipality:
        raise NotYours("Kun kommunen sætter en frist for sine afgørelser.")
    if days is None:
        DecisionLimit.objects.filter(municipality=by.organisation).delete()
        return
    values = {"days": days, "set_by": by, "set_at": at}
    DecisionLimit.objects.update_or_create(municipality=by.organisation, defaults=values)


def own_days_of(municipality: Organisation) -> int | None:
    """The limit that the municipality has set for itself, if any."""
    limit = getattr(municipality, "decision_limit", None)
    return limit.days if limit else None


def on_case_closed(event: Event) -> None:
    """A closed case has nothing to decide: what waits is taken back, and the history says why."""
    for referral in event.case.referrals.pending().select_for_update():
        assert event.by is not None
        referral.status = ReferralStatus.WITHDRAWN
        _withdraw(referral, reason="Sagen er afsluttet.", by=event.by, at=event.at)
        text = f"{_name(referral)} er faldet bort: sagen er afsluttet."
        _tell(referral, "referrals.withdrawn", text, by=event.by, at=event.at)


# What they share


def _decide(
    referral_id: int, move: ReferralMove, *, reasons: Reasons, version: int, by: User, at: datetime
) -> Referral:
    referral = _lock(referral_id, by=by, party=Party.MUNICIPALITY)
    given = {name: text.strip() for name, text in asdict(reasons).items()}
    wanted = ReferralStatus.GRANTED if move is ReferralMove.GRANT else ReferralStatus.REJECTED
    if referral.status == wanted and all(getattr(referral, name) == text for name, text in given.items()):
        return referral
    referral.status = _status_after(referral, move, by=by)
    _check_version(referral, version)
    today = _day(at)
    book = planning.law_in_force().book
    is_rejected = wanted == ReferralStatus.REJECTED
    if is_rejected:
        _require_reasons(given, decided_on=today, book=book)
    for name, text in given.items():
        setattr(referral, name, text)
    assert referral.sent_on is not None
    referral.rules = explanation.to_data(
        decision_rules.grounds(sent_on=referral.sent_on, decided_on=today, is_rejected=is_rejected, book=book)
    )
    guidance = complaint_guidance(decided_on=today, given_on=None, book=book)
    referral.complaint_guidance = list(guidance.sentences) if is_rejected else []
    referral.decided_at, referral.decided_by = at, by
    referral.decision_number += 1
    _save(
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
    _tell(referral, kind, f"{_name(referral)} er {referral.get_status_display()}.", by=by, at=at)
    if not is_rejected:
        granting.offer_from_referral(referral=referral, by=by, at=at)
    owe_letters(referral, at=at)
    return referral


def owe_letters(referral: Referral, *, at: datetime) -> None:
    """Owe citizen and a-kasse the decision, in the caller's transaction; owed already, it is not owed twice."""
    case = referral.case
    assert referral.decided_at is not None
    adviser = case.fund_adviser if case.fund_adviser and case.fund_adviser.is_active else None
    receivers: dict[Recipient, dict[str, int | None]] = {
        Recipient.CITIZEN: {},
        Recipient.FUND: {"user_id": adviser.pk} if adviser else {"organisation_id": case.fund_id},
    }
    for recipient, receiver in receivers.items():
        reminders.owe(
            kind=DECISION_KINDS[recipient],
            case_id=case.pk,
            subject=referral.pk,
            version=referral.decision_number,
            at=at,
            due_at=referral.decided_at + UNDO_WITHIN,
            **receiver,
        )


def demanded_reasons(*, decided_on: date, book: RuleBook) -> tuple[Missing, ...]:
    """What a rejection of that day cannot be without, each with the sentence for whoever leaves it out."""
    text = (
        "Skriv, hvad borgeren har sagt til det, afvisningen bygger på, eller hvorfor det ikke var nødvendigt "
        "at høre borgeren (forvaltningsloven § 19)."
    )
    by_the_acts = decision_rules.missing_reasons(decided_on=decided_on, reasons={}, book=book)
    return (*by_the_acts, Missing("party_consultation", text))


def told(referral: Referral) -> dict[Recipient, Reminder]:
    """The letters of the decision that have reached their recipient."""
    sent = {row.kind: row for row in _letters(referral).filter(state=ReminderState.SENT)}
    return {recipient: sent[kind] for recipient, kind in DECISION_KINDS.items() if kind in sent}


def _letters(referral: Referral) -> Any:
    kinds = list(DECISION_KINDS.values())
    return Reminder.objects.filter(kind__in=kinds, subject=referral.pk, version=referral.decision_number)


def _require_parts(referral: Referral, *, sent_on: date, book: RuleBook) -> None:
    missing = [
        *([] if referral.offer_type else [Missing("offer_type", "Vælg det tilbud, I foreslår.")]),
        *([] if referral.starts_on else [Missing("starts_on", "Skriv den dag, tilbuddet skal begynde.")]),
        *admissibility.missing_parts(
            sent_on=sent_on,
            joint_assessment=referral.joint_assessment,
            citizen_agrees=referral.citizen_agrees,
            book=book,
        ),
    ]
    if missing:
        raise Incomplete(missing)


def _require_reasons(given: dict[str, str], *, decided_on: date, book: RuleBook) -> None:
    missing = [one for one in demanded_reasons(decided_on=decided_on, book=book) if not given[one.field]]
    if missing:
        raise Incomplete(missing)


def _withdraw(referral: Referral, *, reason: str, by: User, at: datetime) -> None:
    referral.withdrawn_at, referral.withdrawn_by, referral.withdrawal_reason = at, by, reason
    _save(referral, "status", "withdrawn_at", "withdrawn_by", "withdrawal_reason")


def _status_after(
    referral: Referral, move: ReferralMove, *, by: User, is_decision_sent: bool = False
) -> ReferralStatus:
    assert by.organisation is not None
    return referral_status_after(
        ReferralStatus(referral.status), move, by=by.organisation.party, is_decision_sent=is_decision_sent
    )


def _lock_case(case_id: int) -> Case:
    case = Case.objects.select_for_update(of=("self",)).with_parties().select_related("handover").get(pk=case_id)
    _require_open(case)
    return case


def _require_open(case: Case) -> None:
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet. Der kan ikke behandles indstillinger i den.")


def _lock(referral_id: int, *, by: User, party: Party) -> Referral:
    # The case first, as everywhere, so that two changes of one case never wait for each other.
    case_id = Referral.objects.values_list("case_id", flat=True).get(pk=referral_id)
    case = Case.objects.select_for_update(of=("self",)).with_parties().select_related("handover").get(pk=case_id)
    organisation = case.fund if party is Party.FUND else case.municipality
    if organisation is None or by.organisation_id != organisation.pk:
        raise NotYours(f"Det kan kun {PARTY_NAMES[party]} i sagen gøre.")
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    referral.case = case
    return referral


def _check_version(referral: Referral, version: int) -> None:
    if version != referral.version:
        raise StaleReferral(
            "En anden har ændret indstillingen, efter at du åbnede siden. Dit står stadig i skemaet: "
            "se, hvad der er ændret, og gem igen."
        )


def _save(referral: Referral, *fields: str) -> Referral:
    referral.version += 1
    referral.save(update_fields=[*fields, "version"])
    return referral


def _tell(referral: Referral, kind: str, text: str, *, by: User, at: datetime, **data: Any) -> None:
    events.record(case=referral.case, kind=kind, by=by, at=at, text=text, referral=referral.pk, **data)


def _name(referral: Referral) -> str:
    return f"Indstilling til {referral.get_offer_type_display()}"


def _day(at: datetime) -> date:
    return timezone.localtime(at).date()
