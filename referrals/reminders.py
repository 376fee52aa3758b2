"""What is due about referrals and not yet recorded, and whether it is still wanted when it is sent."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from cases.models import Act, Reminder, ReminderState
from cases.models.reminders import GONE, MERGED, ReminderQuerySet
from cases.reminders.owing import DigestLine, Owed, PassOn, Send, Skip, Verdict, owe_all
from cases.reminders.passing_on import Asked, elsewhere
from cases.reminders.receivers import told_of_each
from cases.rules.labelled import Labelled
from cases.rules.rule_book import RuleBook
from cases.rules.undo_time import undo_until
from cases.rules.wording import counted, day_text
from cases.seam import ReminderSource
from meetings.rules.lead_times import Spell, spells
from meetings.rules.spans import local
from referrals.letters import texts as letters_texts
from referrals.models import Offer, Referral
from referrals.models.referrals import DECISION_KINDS, ReferralQuerySet
from referrals.offers import services as offers_services
from referrals.rules import lead_times
from referrals.rules.decision import decision_due, waiting_days
from referrals.rules.lifecycle import Recipient

#: Deadlines are days; what is due on a day is sent when the office opens.
MORNING = time(7)

_DAY = timedelta(days=1)


class ReminderKind(Labelled):
    """The letters of a decision, and what the jobcenter is reminded of."""

    TO_CITIZEN = DECISION_KINDS[Recipient.CITIZEN], "afgørelse på indstilling"
    TO_FUND = DECISION_KINDS[Recipient.FUND], "underretning om afgørelse"
    OFFER_TO_CITIZEN = offers_services.OFFER_TO_CITIZEN, "afgørelse om tilbud"
    WAITING = "referrals.waiting", "indstilling venter på afgørelse"
    DECISION_DUE = "referrals.decision_due", "egen frist for afgørelse"
    NOT_SENT = "referrals.decision_not_sent", "afgørelse ikke sendt"


_RANK = {kind: rank for rank, kind in enumerate(ReminderKind)}


class _Row(NamedTuple):
    """What is read of a referral to say what is due; thousands may wait, so that they are no models."""

    referral: int
    case: int
    decision_number: int
    sent_at: datetime
    decided_at: datetime | None
    fund: int | None
    adviser: int | None
    municipality: int
    caseworker: int | None

    @classmethod
    def of(cls, referrals: ReferralQuerySet) -> "list[_Row]":
        columns = ("pk", "case_id", "decision_number", "sent_at", "decided_at")
        parties = ("fund_id", "fund_adviser_id", "municipality_id", "municipality_caseworker_id")
        of_case = (f"case__{name}" for name in parties)
        return [cls(*row) for row in referrals.order_by().values_list(*columns, *of_case)]

    @property
    def received_on(self) -> date:
        return timezone.localtime(self.sent_at).date()

    @property
    def decision(self) -> datetime:
        assert self.decided_at is not None
        return self.decided_at


class _Found(NamedTuple):
    """A message that is due about a referral: to its jobcenter, to the a-kasse, or, without an office, the citizen."""

    kind: ReminderKind
    row: _Row
    version: int
    due_at: datetime
    office: int | None


def record_due(at: datetime) -> int:
    """Record what is due and not yet recorded; gives the number of rows. Safe to run twice at once."""
    looked_at = dict(Referral.objects.to_look_at(at).values_list("pk", "look_at"))
    if not looked_at:
        return 0
    referrals, book = Referral.objects.filter(pk__in=looked_at), Act.objects.rule_book()
    found = [
        *_letters(referrals, at),
        *_waiting(referrals, at, book),
        *_past_limit(referrals, at, book),
        *_not_sent(referrals, at, book),
    ]
    _owe(found, at)
    _put_off(referrals, at, unless_changed_from=looked_at.values())
    return len(found)


def _owe(found: Sequence[_Found], at: datetime) -> None:
    def worker_of(one: _Found) -> int | None:
        return one.row.adviser if one.office == one.row.fund else one.row.caseworker

    asked = {(worker, one.office) for one in found if one.office is not None and (worker := worker_of(one)) is not None}
    told = told_of_each(asked, on=timezone.localtime(at).date())
    owed = []
    for one in found:
        worker = worker_of(one)
        user = told[worker, one.office] if worker is not None and one.office is not None else None
        office = None if user else one.office
        owed.append(Owed(str(one.kind), one.row.case, one.row.referral, one.version, one.due_at, user, office))
    owe_all(owed, at=at)


@transaction.atomic(durable=True)
def _put_off(referrals: ReferralQuerySet, at: datetime, *, unless_changed_from: Iterable[datetime | None]) -> None:
    # Whatever falls due while it waits, falls due in the morning; but what somebody changed during the sweep, so that
    # more may be due at once, has the moment of that change here.
    unchanged = Q(look_at=None) | Q(look_at__in=set(unless_changed_from) - {None})
    _free(referrals.pending().filter(unchanged)).update(look_at=_next_morning(at))
    _free(_with_letters_gone(referrals)).update(settled_at=at)


def _free(referrals: ReferralQuerySet) -> ReferralQuerySet:
    """Those that nobody holds: the others are looked at again, and two sweeps never wait for each other."""
    free = referrals.order_by().select_for_update(skip_locked=True, no_key=True)
    return Referral.objects.filter(pk__in=free.values("pk"))


def _without_letters(referrals: ReferralQuerySet, at: datetime) -> ReferralQuerySet:
    # The a-kasse's goes to whoever has the case: when that is another now, it is owed anew.
    to_citizen = _rows(ReminderKind.TO_CITIZEN)
    to_fund = _rows(ReminderKind.TO_FUND).filter(state__in=[*GONE, ReminderState.OWED, ReminderState.FAILED])
    return referrals.unsettled(at).filter(~Exists(to_citizen) | ~Exists(to_fund))


def _with_letters_gone(referrals: ReferralQuerySet) -> ReferralQuerySet:
    to_citizen, to_fund = _rows(ReminderKind.TO_CITIZEN).gone(), _rows(ReminderKind.TO_FUND).gone()
    return referrals.decided().filter(Exists(to_citizen), Exists(to_fund))


def _rows(kind: ReminderKind) -> ReminderQuerySet:
    return Reminder.objects.filter(kind=kind, subject=OuterRef("pk"), version=OuterRef("decision_number"))


def _letters(referrals: ReferralQuerySet, at: datetime) -> Iterator[_Found]:
    """The letters of a decision that are not owed; what is owed already stays so."""
    for row in _Row.of(_without_letters(referrals, at)):
        due_at = undo_until(row.decision)
        yield _Found(ReminderKind.TO_CITIZEN, row, row.decision_number, due_at, office=None)
        if row.fund is not None:
            yield _Found(ReminderKind.TO_FUND, row, row.decision_number, due_at, office=row.fund)


def _waiting(referrals: ReferralQuerySet, at: datetime, book: RuleBook) -> Iterator[_Found]:
    """Each time the lead has gone by again while nobody has decided; after an outage once."""
    today = timezone.localtime(at).date()
    for spell in spells(lambda day, book: lead_times.waiting_from(day, book) - day, book):
        lately = Reminder.objects.filter(
            kind=ReminderKind.WAITING, subject=OuterRef("pk"), recorded_at__gt=at - spell.lead + _DAY
        )
        rows = _in_spell(referrals.pending(), spell, until=today - spell.lead).filter(~Exists(lately))
        for row in _Row.of(rows):
            times = waiting_days(received_on=row.received_on, today=today) // spell.lead.days
            due_at = _morning(row.received_on + times * spell.lead)
            if due_at <= at:
                yield _Found(ReminderKind.WAITING, row, times, due_at, office=row.municipality)


def _past_limit(referrals: ReferralQuerySet, at: datetime, book: RuleBook) -> Iterator[_Found]:
    """The day that the municipality, or the law, has set for the decision."""
    own_days = F("case__municipality__decision_limit__days")
    limit = ExpressionWrapper(own_days * Value(_DAY, DurationField()), DurationField())
    reminded = Reminder.objects.filter(kind=ReminderKind.DECISION_DUE, subject=OuterRef("pk"))
    rows = referrals.pending().filter(~Exists(reminded), sent_at__lte=at - limit + _DAY)
    limits = dict(rows.order_by().values_list("pk", "case__municipality__decision_limit__days"))
    for row in _Row.of(Referral.objects.filter(pk__in=limits)):
        due = decision_due(received_on=row.received_on, own_days=limits[row.referral], book=book)
        if due.due_on is not None and _morning(due.due_on) <= at:
            yield _Found(ReminderKind.DECISION_DUE, row, 1, _morning(due.due_on), office=row.municipality)


def _not_sent(referrals: ReferralQuerySet, at: datetime, book: RuleBook) -> Iterator[_Found]:
    """The day after a decision, while a letter of it has not gone."""
    untold = referrals.unsettled(at).untold()
    for row in _Row.of(untold.filter(~Exists(_rows(ReminderKind.NOT_SENT)))):
        due_at = _morning(lead_times.not_sent_from(timezone.localtime(row.decision).date(), book))
        if due_at <= at:
            yield _Found(ReminderKind.NOT_SENT, row, row.decision_number, due_at, office=row.municipality)


def _in_spell(rows: ReferralQuerySet, spell: Spell, *, until: date) -> ReferralQuerySet:
    rows = rows.filter(sent_at__gte=local(spell.first_day, time.min), sent_at__lt=local(until + _DAY, time.min))
    return rows if spell.end_day == date.max else rows.filter(sent_at__lt=local(spell.end_day, time.min))


def _morning(day: date) -> datetime:
    return local(day, MORNING)


def _next_morning(at: datetime) -> datetime:
    today = timezone.localtime(at).date()
    return _morning(today) if _morning(today) > at else _morning(today + _DAY)


class _Facts:
    """The referrals of the rows as they are now, with those told of them."""

    def __init__(self, rows: Sequence[Reminder], at: datetime) -> None:
        self.at = at
        self.today = timezone.localtime(at).date()
        self.referrals: Mapping[int, Referral] = Referral.objects.with_case().in_bulk({row.subject for row in rows})
        told = Reminder.objects.gone().filter(kind__in=list(DECISION_KINDS.values()), subject__in=self.referrals)
        self.told = set(told.values_list("kind", "subject", "version"))
        at_office = Coalesce("organisation", "user__organisation")
        self.told_offices = set(told.values_list("kind", "subject", "version", at_office))
        self.elsewhere: Mapping[int, Skip | PassOn] = elsewhere([*self._of_offices(rows)], at=at)

    def _of_offices(self, rows: Sequence[Reminder]) -> Iterator[Asked]:
        for row in rows:
            referral = self.referrals.get(row.subject)
            if referral is None or row.kind in (ReminderKind.TO_CITIZEN, ReminderKind.OFFER_TO_CITIZEN):
                continue
            case = referral.case
            yield Asked(row, case, case.fund if row.kind == ReminderKind.TO_FUND else case.municipality)


def verdicts(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """For each row whether and how it is to be sent, by the referrals as they are now."""
    facts = _Facts(rows, at)
    return {row.pk: _VERDICTS[ReminderKind(row.kind)](row, facts) for row in rows}


def _judge_letter(row: Reminder, facts: _Facts) -> Verdict:
    referral = facts.referrals.get(row.subject)
    if referral is None or not referral.is_decided or referral.decision_number != row.version:
        return Skip("Afgørelsen er gjort om.")
    # Of two a-kasser that have had the case each hears for itself.
    office = referral.case.fund_id if row.kind == ReminderKind.TO_FUND else None
    if row.sending == 1 and (row.kind, row.subject, row.version, office) in facts.told_offices:
        return Skip(MERGED)
    about, rank = (row.kind, referral.pk), _RANK[ReminderKind(row.kind)]
    if row.kind == ReminderKind.TO_CITIZEN:
        message = partial(letters_texts.message_to_citizen, referral, key=f"reminder-{row.pk}", at=facts.at)
        return Send(about=about, rank=rank, content=message)
    if verdict := facts.elsewhere.get(row.pk):
        return verdict
    text = "jobcentret har afgjort jeres indstilling. Underretningen med begrundelsen ligger i Samtaleflow"
    return Send(about=about, rank=rank, content=_line(row, referral, text))


def _judge_offer(row: Reminder, facts: _Facts) -> Verdict:
    offers = Offer.objects.standing().with_details().select_related("granted_by")
    offer = offers.filter(pk=row.subject).first()
    if offer is None:
        return Skip("Tilbuddet er aflyst.")
    book = Act.objects.rule_book()
    message = partial(letters_texts.offer_message, offer, key=f"reminder-{row.pk}", book=book, at=facts.at)
    return Send(about=(row.kind, offer.pk), rank=_RANK[ReminderKind(row.kind)], content=message)


def _judge_waiting(row: Reminder, facts: _Facts) -> Verdict:
    referral = facts.referrals.get(row.subject)
    if referral is None or not referral.is_pending:
        return Skip("Indstillingen er afgjort eller trukket tilbage.")
    if verdict := facts.elsewhere.get(row.pk):
        return verdict
    days = counted(waiting_days(received_on=referral.received_on, today=facts.today), "dag", "dage")
    text = f"en indstilling fra {referral.case.fund} har ventet {days} på afgørelse"
    # However it is reminded of, the one line says it all.
    return Send(about=("referral", referral.pk), rank=_RANK[ReminderKind(row.kind)], content=_line(row, referral, text))


def _judge_not_sent(row: Reminder, facts: _Facts) -> Verdict:
    referral = facts.referrals.get(row.subject)
    if referral is None or not referral.is_decided or referral.decision_number != row.version:
        return Skip("Afgørelsen er gjort om.")
    if all((kind, referral.pk, row.version) in facts.told for kind in DECISION_KINDS.values()):
        return Skip("Afgørelsen er sendt.")
    if verdict := facts.elsewhere.get(row.pk):
        return verdict
    text = f"afgørelsen fra den {day_text(referral.decided_on)} er ikke nået frem til alle"
    return Send(about=("decision", referral.pk), rank=_RANK[ReminderKind(row.kind)], content=_line(row, referral, text))


def _line(row: Reminder, referral: Referral, text: str) -> DigestLine:
    heading = ReminderKind(row.kind).label
    return DigestLine(
        heading=heading.capitalize(), text=f"{referral.case.label}: {text}", path=referral.get_absolute_url()
    )


_VERDICTS: dict[ReminderKind, Callable[[Reminder, _Facts], Verdict]] = {
    ReminderKind.TO_CITIZEN: _judge_letter,
    ReminderKind.TO_FUND: _judge_letter,
    ReminderKind.OFFER_TO_CITIZEN: _judge_offer,
    ReminderKind.WAITING: _judge_waiting,
    ReminderKind.DECISION_DUE: _judge_waiting,
    ReminderKind.NOT_SENT: _judge_not_sent,
}

SOURCE = ReminderSource(
    kinds=ReminderKind.choices(),
    record_due=record_due,
    verdicts=verdicts,
    between_offices=(str(ReminderKind.TO_FUND),),
    # By what has reached others, and their letters may go in the same portion.
    judged_alone=(str(ReminderKind.NOT_SENT),),
)
