"""The referrals of an organisation and the state of one, as both parties see it. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from cases.accounts import access
from cases.accounts.access import Permission
from cases.links import address
from cases.models import Case, Event, Organisation, Reminder, ReminderState, User, scopes
from cases.models.reminders import GONE
from cases.models.scopes import Scope
from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted
from cases.seam import Duty, RowsOfTile
from cases.seam import Part as CasePart
from cases.seam import Tile as WorklistTile
from cases.statements import Statement
from cases.ui.case_tabs import Tab
from cases.ui.keyset import CappedCount
from referrals.models import Referral
from referrals.models.referrals import DECISION_KINDS, ReferralQuerySet
from referrals.referral.deciding import own_days_of
from referrals.rules.decision import Closing, DecisionDue, closing, decision_due, waiting_days
from referrals.rules.lifecycle import Recipient, ReferralStatus


class Part(Labelled):
    """A part of an organisation's referrals, in the order of the tiles."""

    DRAFT = "kladder", "Kladder"
    WAITING = "venter", "Venter på afgørelse"
    UNTOLD = "ikke-fremme", "Afgørelse ikke nået frem"
    DECIDED = "afgjort", "Afgjort i åbne sager"
    DONE = "afsluttet", "Afgjort eller trukket tilbage"


#: By what each part is sorted, and whether the newest comes first.
ORDER = {
    Part.DRAFT: ("saved_at", True),
    Part.WAITING: ("sent_at", False),
    Part.UNTOLD: ("sent_at", False),
    Part.DECIDED: ("decided_at", True),
    Part.DONE: ("sent_at", True),
}

HISTORY_SIZE = 50


def referrals_of(user: User, scope: Scope, *, today: date) -> ReferralQuerySet:
    return Referral.objects.visible_to(user).filter(scopes.of_cases(user, scope, today=today))


def in_part(rows: ReferralQuerySet, part: Part) -> ReferralQuerySet:
    if part is Part.DRAFT:
        # A draft of a closed case leads nowhere.
        return rows.filter(status=ReferralStatus.DRAFT, case__status="open")
    if part is Part.WAITING:
        return rows.pending()
    if part is Part.UNTOLD:
        return rows.untold().filter(status=ReferralStatus.REJECTED)
    if part is Part.DECIDED:
        return rows.decided().filter(case__status="open")
    return rows.filter(status__in=[ReferralStatus.GRANTED, ReferralStatus.REJECTED, ReferralStatus.WITHDRAWN])


def counts(user: User, organisation: Organisation, scope: Scope, *, today: date) -> dict[Part, int]:
    """How many referrals each part has, all in one query; the jobcenter has no drafts."""
    rows = referrals_of(user, scope, today=today)
    parts = [part for part in Part if organisation.is_fund or part is not Part.DRAFT]
    found: Any = (
        Organisation.objects.filter(pk=organisation.pk)
        .values(**{part.name: CappedCount(in_part(rows, part)) for part in parts})
        .get()
    )
    return {part: found[part.name] for part in parts}


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the worklist: how many referrals wait for the jobcenter's decision, and for the a-kasse those with one."""
    if user.organisation is None:
        return None
    is_fund = user.organisation.is_fund
    part = Part.DECIDED if is_fund else Part.WAITING

    def rows(user: User, *, today: date) -> ReferralQuerySet:
        return in_part(referrals_of(user, scope, today=today), part)

    url = f"{address('referrals:list')}?{urlencode({'del': part, **scopes.in_address(scope)})}"
    if is_fund:
        return RowsOfTile(label="Afgjorte indstillinger", rows=rows, url=url)
    return RowsOfTile(label="Indstillinger", rows=rows, url=url, variant="warning")


@dataclass(frozen=True)
class Clock:
    """How long a referral has waited, and how long there is left; the same for both parties."""

    waited: str
    due: DecisionDue | None
    holder: str

    @property
    def due_on(self) -> date | None:
        return self.due.due_on if self.due else None


def clock_of(referral: Referral, *, today: date, book: RuleBook) -> Clock:
    """Load the case with its parties, and the municipality's own limit."""
    case = referral.case
    holder = {Party.FUND: case.fund, Party.MUNICIPALITY: case.municipality, None: None}[referral.waits_for]
    worker = {Party.FUND: referral.written_by, Party.MUNICIPALITY: case.municipality_caseworker, None: None}[
        referral.waits_for
    ]
    has_it = f"{holder}{f', {worker}' if worker else ''}" if holder else ""
    if not referral.is_pending:
        return Clock(waited="", due=None, holder=has_it)
    days = waiting_days(received_on=referral.received_on, today=today)
    due = decision_due(received_on=referral.received_on, own_days=own_days_of(case.municipality), book=book)
    return Clock(waited=counted(days, "dag", "dage") if days else "kom i dag", due=due, holder=has_it)


@dataclass(frozen=True)
class Step:
    """One step of a referral's way: done, the one it stands at, or ahead."""

    label: str
    at: datetime | None
    by: User | None
    is_now: bool = False


def steps_of(referral: Referral) -> list[Step]:
    status = ReferralStatus(referral.status)
    steps = [
        Step("Sendt", referral.sent_at, referral.sent_by),
        Step("Set", referral.seen_at, referral.seen_by),
        Step("Vurderet", referral.assessed_at, referral.assessed_by),
    ]
    if status == ReferralStatus.WITHDRAWN:
        steps = [step for step in steps if step.at]
        return [*steps, Step("Trukket tilbage", referral.withdrawn_at, referral.withdrawn_by, is_now=True)]
    if referral.is_decided:
        steps = [step for step in steps if step.at]
        label = referral.get_status_display().capitalize()
        return [*steps, Step(label, referral.decided_at, referral.decided_by, is_now=True)]
    reached = [number for number, step in enumerate(steps) if step.at]
    if reached:
        now = steps[reached[-1]]
        steps[reached[-1]] = Step(now.label, now.at, now.by, is_now=True)
    return [*steps, Step("Afgjort", None, None)]


@dataclass(frozen=True)
class Delivery:
    """The letter to one recipient, and what became of it."""

    recipient: Recipient
    name: str
    text: str
    is_sent: bool
    is_stuck: bool


def deliveries_of(referral: Referral, *, at: datetime) -> list[Delivery]:
    """What became of the letters of the decision that stands."""
    if not referral.is_decided:
        return []
    kinds = {kind: recipient for recipient, kind in DECISION_KINDS.items()}
    rows = Reminder.objects.filter(kind__in=kinds, subject=referral.pk, version=referral.decision_number)
    found = list(rows.order_by("pk"))
    return [
        _delivery(recipient, [row for row in found if row.kind == kind], referral, at=at)
        for kind, recipient in kinds.items()
    ]


# The row that tells most: one that is gone, then one that is still owed.
_TELLS = (*GONE, ReminderState.OWED, ReminderState.FAILED, ReminderState.SKIPPED, ReminderState.VOID)


def _delivery(recipient: Recipient, rows: Sequence[Reminder], referral: Referral, *, at: datetime) -> Delivery:
    name = recipient.label
    row = min(rows, key=lambda row: _TELLS.index(ReminderState(row.state)), default=None)
    if row is None:
        return Delivery(recipient, name, "Sendes om lidt.", False, False)
    if row.is_gone:
        assert row.closed_at is not None
        moment = timezone.localtime(row.closed_at)
        what = row.get_state_display().capitalize()
        return Delivery(recipient, name, f"{what} {moment:%d-%m-%Y} kl. {moment:%H.%M}, {row.route}.", True, False)
    if row.state == ReminderState.OWED:
        if row.due_at > at and not row.attempts:
            return Delivery(recipient, name, f"Sendes kl. {timezone.localtime(row.due_at):%H.%M}.", False, False)
        text = row.outcome or "Sendes om lidt."
        return Delivery(recipient, name, text, False, bool(row.attempts))
    return Delivery(recipient, name, f"Ikke sendt. {row.outcome}", False, True)


def undo_until(referral: Referral, deliveries: Sequence[Delivery], *, at: datetime) -> datetime | None:
    """Until when the decision can be taken back; None when it cannot."""
    if not referral.is_decided or any(one.is_sent or one.is_stuck for one in deliveries):
        return None
    return max(referral.undo_until, at)


def closing_of(referral: Referral, deliveries: Sequence[Delivery], *, book: RuleBook) -> Closing:
    return closing(
        status=ReferralStatus(referral.status),
        decided_on=referral.decided_on if referral.is_decided else None,
        told=[one.recipient for one in deliveries if one.is_sent],
        book=book,
    )


def history_of(referral: Referral) -> QuerySet[Event]:
    """What happened to this referral, the newest first."""
    events = Event.objects.for_case(referral.case).filter(kind__startswith="referrals.", data__referral=referral.pk)
    return events[:HISTORY_SIZE]


def part_of(case: Case, user: User, at: datetime) -> CasePart | None:
    """The referrals of a case, for the page of the case."""
    if case.fund is None:
        return None
    data = {
        "referrals": list(case.referrals.visible_to(user).order_by("-saved_at", "-pk")[:HISTORY_SIZE]),
        "write_url": reverse("referrals:write", args=[case.public_id])
        if case.is_open and access.has(user, Permission.WRITE_REFERRAL)
        else "",
    }
    return CasePart("referrals/referral/referrals_block.html", data, is_aside=True)


_PENDING = Statement(
    lambda user, *, case: Referral.objects.visible_to(user).pending().filter(case=case).values_list("pk")
)


def matter_of(case: Case, user: User, at: datetime) -> WorklistTile | None:
    """How many referrals of the case wait for the jobcenter's decision."""
    count = len(_PENDING.rows(user, case=case.pk))
    url = f"{Tab.PLAN.url_of(case.public_id)}#indstillinger"
    return WorklistTile("Indstillinger venter på svar", count, url, variant="info") if count else None


def duties_of(user: User, at: datetime) -> list[Duty]:
    """The drafts that the user has written and not sent: they stay with their writer."""
    drafts = Referral.objects.filter(written_by=user, status=ReferralStatus.DRAFT).count()
    text = counted(drafts, "kladde til en indstilling", "kladder til indstillinger")
    return [Duty(text, is_handed_over=False)] if drafts else []
