"""The a-kasse writes a referral, sends it, and can take it back until it is decided."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.models import Act, Case, Event, User
from cases.rules import explanation
from cases.rules.facts import Party
from cases.rules.refusal import Incomplete, Missing
from cases.rules.rule_book import RuleBook
from meetings.planning import stored as planning_stored
from referrals.changing import (
    AlreadyPending,
    NotAdmissible,
    NotYours,
    StaleReferral,
    check_version,
    lock,
    lock_case,
    name_of,
    require_open,
    save,
    status_after,
    tell,
)
from referrals.models import Referral
from referrals.rules import admissibility
from referrals.rules.lifecycle import MoveNotAllowed, ReferralMove, ReferralStatus
from referrals.rules.offers import OfferType


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


_CONTENT = tuple(asdict(Proposal()))


@transaction.atomic(durable=True)
def write_draft(*, case_id: int, proposal: Proposal, version: int, by: User, at: datetime) -> Referral:
    """Save the a-kasse's draft; there is one at a time for a case. `version` is 0 when the page had none.

    Saving the same text again changes nothing, and neither does the text of a referral that was sent meanwhile.
    Raises NotYours and StaleReferral.
    """
    case = lock_case(case_id)
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
    check_version(draft, version)
    for name, value in content.items():
        setattr(draft, name, value)
    draft.written_by, draft.saved_at = by, at
    return save(draft, *_CONTENT, "written_by", "saved_at")


@transaction.atomic(durable=True)
def discard_draft(*, referral_id: int, by: User) -> Case:
    """Throw a draft away; nobody but the a-kasse has seen it."""
    referral = lock(referral_id, by=by, party=Party.FUND)
    if not referral.is_draft:
        raise MoveNotAllowed("Kun en kladde kan slettes. Træk i stedet indstillingen tilbage.")
    referral.delete()
    return referral.case


@transaction.atomic(durable=True)
def send(*, referral_id: int, version: int, by: User, at: datetime) -> Referral:
    """Send the draft to the jobcenter; why the law allows it is frozen with it. Sending it again changes nothing.

    Raises NotAdmissible, Incomplete, AlreadyPending, StaleReferral, NotYours, MoveNotAllowed.
    """
    referral = lock(referral_id, by=by, party=Party.FUND)
    if referral.is_pending and referral.sent_by_id == by.pk:
        return referral
    status = status_after(referral, ReferralMove.SEND, by=by)
    require_open(referral.case)
    check_version(referral, version)
    today = timezone.localdate(at)
    book = Act.objects.rule_book()
    _require_parts(referral, sent_on=today, book=book)
    answer = admissibility.admissible(
        course=planning_stored.course_of(referral.case),
        sent_on=today,
        offer_starts_on=referral.proposed_from,
        book=book,
    )
    if not answer.is_admissible:
        raise NotAdmissible(answer)
    name = OfferType(referral.offer_type).label
    if referral.case.referrals.pending().filter(offer_type=referral.offer_type).exists():
        raise AlreadyPending(
            f"Der venter allerede en indstilling til {name}. Træk den tilbage, før du sender en ny til det samme."
        )
    referral.status = status
    referral.sent_at, referral.sent_by = at, by
    referral.explanation = explanation.to_data(answer.why)
    save(referral, "status", "sent_at", "sent_by", "explanation")
    tell(referral, "referrals.sent", f"Indstilling til {name} er sendt til {referral.case.municipality}.", by=by, at=at)
    return referral


@transaction.atomic(durable=True)
def withdraw(*, referral_id: int, reason: str, by: User, at: datetime) -> Referral:
    """Take the referral back before it is decided; the history keeps it, and the reason."""
    referral = lock(referral_id, by=by, party=Party.FUND)
    if referral.status == ReferralStatus.WITHDRAWN and referral.withdrawal_reason == reason:
        return referral
    referral.status = status_after(referral, ReferralMove.WITHDRAW, by=by)
    _withdraw(referral, reason=reason, by=by, at=at)
    tell(referral, "referrals.withdrawn", f"{name_of(referral)} er trukket tilbage: {reason}", by=by, at=at)
    return referral


def on_case_closed(event: Event) -> None:
    """A closed case has nothing to decide: what waits is taken back, and the history says why."""
    for referral in event.case.referrals.pending().select_for_update():
        referral.status = ReferralStatus.WITHDRAWN
        _withdraw(referral, reason="Sagen er afsluttet.", by=event.author, at=event.at)
        text = f"{name_of(referral)} er faldet bort: sagen er afsluttet."
        tell(referral, "referrals.withdrawn", text, by=event.author, at=event.at)


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


def _withdraw(referral: Referral, *, reason: str, by: User, at: datetime) -> None:
    referral.withdrawn_at, referral.withdrawn_by, referral.withdrawal_reason = at, by, reason
    save(referral, "status", "withdrawn_at", "withdrawn_by", "withdrawal_reason")
