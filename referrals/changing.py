"""What all changes of a referral share: its lock, its version, its place in the history, and the reasons to refuse."""

from datetime import datetime
from typing import Any

from cases.changing import AlreadyClosed, locked
from cases.history import events as history_events
from cases.models import Case, User
from cases.rules.facts import Party
from cases.rules.refusal import Refused, Stale
from referrals.models import Referral
from referrals.rules import admissibility
from referrals.rules.lifecycle import ReferralMove, ReferralStatus, referral_status_after


class NotAdmissible(Refused):
    """The law does not allow the referral; the explanation says why, step by step."""

    def __init__(self, answer: admissibility.Admissibility) -> None:
        self.answer = answer
        super().__init__(" ".join(answer.refusals))

    @property
    def problems(self) -> tuple[tuple[str | None, str], ...]:
        return tuple((None, text) for text in self.answer.refusals)


class AlreadyPending(Refused):
    """One referral at a time waits for an offer."""


class StaleReferral(Stale):
    """Somebody changed the referral after the page was opened."""


class NotYours(Refused):
    """Only the party to the case whose move it is may make it."""


class ContactNotAllowed(Refused):
    """The jobcenter may not contact the citizen about the referral, or not then."""


def lock_case(case_id: int) -> Case:
    case = locked(case_id)
    require_open(case)
    return case


def lock(referral_id: int, *, by: User, party: Party) -> Referral:
    # The case first, as everywhere, so that two changes of one case never wait for each other.
    case_id = Referral.objects.values_list("case_id", flat=True).get(pk=referral_id)
    case = locked(case_id)
    organisation = case.fund if party is Party.FUND else case.municipality
    if organisation is None or by.organisation_id != organisation.pk:
        raise NotYours(f"Det kan kun {party.label} i sagen gøre.")
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral_id)
    referral.case = case
    return referral


def require_open(case: Case) -> None:
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet. Der kan ikke behandles indstillinger i den.")


def status_after(referral: Referral, move: ReferralMove, *, by: User, is_decision_sent: bool = False) -> ReferralStatus:
    return referral_status_after(
        ReferralStatus(referral.status), move, by=by.workplace.party, is_decision_sent=is_decision_sent
    )


def check_version(referral: Referral, version: int) -> None:
    if version != referral.version:
        newer = referral.case.events.for_case(referral.case).of("referral", referral.pk)
        newer = newer[: max(referral.version - version, 0)]
        raise StaleReferral(
            "En anden har ændret indstillingen, efter at du åbnede siden. Dit står stadig i skemaet: "
            "se, hvad der er ændret, og gem igen.",
            newest=referral.version,
            events=list(newer),
        )


def save(referral: Referral, *fields: str) -> Referral:
    referral.version += 1
    referral.save(update_fields=[*fields, "version"])
    return referral


def tell(referral: Referral, kind: str, text: str, *, by: User, at: datetime, **data: Any) -> None:
    history_events.record(case=referral.case, kind=kind, by=by, at=at, text=text, referral=referral.pk, **data)


def name_of(referral: Referral) -> str:
    return f"Indstilling til {referral.get_offer_type_display()}"
