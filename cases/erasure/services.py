"""A case whose time is over is proposed by one, approved by another, and erased in portions; a hold stops it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from cases.accounts.access import Permission, has, require
from cases.erasure import erasing
from cases.models import Act, Case, CaseStatus, Erasure, ErasureRun, LegalHold, Organisation, User
from cases.models.scopes import Scope
from cases.operation import sealing
from cases.rules.refusal import Refused
from cases.rules.retention import closed_by
from cases.seam import RowsOfTile

#: So many cases are erased in one transaction.
PORTION = 20
#: So seldom does the system remind an office by itself, whatever its leaders made of the last time.
DAYS_APART = 30

HELD, OPEN_AGAIN = "Sagen skal bevares.", "Sagen er åben, eller dens tid er ikke udløbet."
ERASED, WITHDRAWN = "Sagen er slettet allerede.", "Forslaget er trukket tilbage."
TAKEN_UP = "En teamleder har foreslået sletningen."
LAPSED = "Ingen af påmindelsens sager skal længere foreslås slettet."


class SamePerson(Refused):
    """Two people decide on what cannot be taken back."""


class NothingDue(Refused):
    """There is nothing to propose."""


class ApprovedAlready(Refused):
    """What two people decided on is stopped by a hold alone."""


class ErasedAlready(Refused):
    """A worker was faster: there is nothing left to hold back."""


class HeldAlready(Refused):
    """Somebody else was faster: the case is held back, or no longer is."""


def due(today: date) -> Q:
    """The cases whose time is over, as a condition: by the act in force, for each kind of case."""
    book = Act.objects.rule_book()
    over = Q()
    for has_fund in (True, False):
        day = closed_by(today, has_fund=has_fund, book=book)
        over |= Q(fund__isnull=not has_fund, closed_on__lte=day)
    return Q(status=CaseStatus.CLOSED) & over


def held() -> Exists:
    return Exists(LegalHold.objects.filter(case=OuterRef("pk"), lifted_at=None))


def to_propose(user: User, *, today: date) -> QuerySet[Case]:
    """The office's cases whose time is over, that nobody holds back, and that wait in no proposal of somebody's.

    What another office proposed and did not approve keeps nobody waiting: it may have no second leader.
    """
    return _to_propose(Case.objects.visible_to(user), office=user.organisation_id, today=today)


def _to_propose(cases: QuerySet[Case], *, office: int | None, today: date) -> QuerySet[Case]:
    return _free(cases, office=office).filter(due(today))


def _free(cases: QuerySet[Case], *, office: Any) -> QuerySet[Case]:
    """The closed cases that neither a hold nor a proposal keeps from being proposed, once their time is over."""
    return _undecided(cases, but_also=Q(run__organisation=office, run__proposed_by__isnull=False))


def _undecided(cases: QuerySet[Case], *, but_also: Q | None = None) -> QuerySet[Case]:
    """The closed cases that nobody holds back and on which no party has decided; `but_also` names what else decides."""
    decided = Q(run__approved_at__isnull=False)
    if but_also is not None:
        decided |= but_also
    waiting = Erasure.objects.filter(decided, case_key=OuterRef("pk"), erased_at=None, kept_because="")
    return cases.filter(status=CaseStatus.CLOSED).exclude(held()).exclude(Exists(waiting))


def awaiting(user: User, *, today: date) -> QuerySet[ErasureRun]:
    """What waits for this leader's word: what another proposed, and what the system reminds of.

    It waits no longer when its last case is held back or erased, or when the other party has decided on it and a
    worker is to erase it; `remind` ends it in the night.
    """
    free = _undecided(Case.objects.visible_to(user)).filter(pk=OuterRef("case_key"))
    left = Erasure.objects.filter(Exists(free), run=OuterRef("pk"))
    open_ones = ErasureRun.objects.visible_to(user).filter(approved_at=None, finished_at=None)
    return open_ones.exclude(proposed_by=user.pk).filter(Exists(left))


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On a leader's worklist, as long as something is to be decided; the scope is the office's."""
    if not has(user, Permission.ERASE):
        return None
    return RowsOfTile(label="Sletning venter på dig", rows=awaiting, url=reverse("cases:erasure"), is_shown_empty=False)


@transaction.atomic(durable=True)
def propose(*, by: User, at: datetime, today: date) -> ErasureRun:
    """Propose what is due now, in place of what the system reminded of. Raises NothingDue."""
    require(by, Permission.ERASE)
    cases = list(to_propose(by, today=today).values_list("pk", "public_id"))
    if not cases:
        raise NothingDue("Ingen sager har overskredet deres tid. Der er intet at foreslå.")
    for reminder in ErasureRun.objects.visible_to(by).open_reminders().select_for_update():
        _end(reminder, at=at, why=TAKEN_UP)
    return _write(cases, of=by.workplace, by=by, at=at)


@transaction.atomic(durable=True)
def remind(organisation_id: int, *, at: datetime, today: date) -> bool:
    """Put what is due before an office's leaders, as a proposal that nobody has taken up yet; whether there was any.

    A reminder or a proposal of which nothing is left to decide ends. They are not told again while something waits
    for them, nor within a month of the day on which the last of it was approved or ended. Safe to repeat.
    """
    office = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id)
    own = Case.objects.filter(Q(fund=office) | Q(municipality=office))
    there = _to_propose(own, office=office.pk, today=today)
    undecided = _undecided(own).filter(due(today))
    for run in ErasureRun.objects.filter(organisation=office, approved_at=None, finished_at=None).select_for_update():
        if not run.erasures.filter(case_key__in=undecided.values("pk")).exists():
            _end(run, at=at, why=LAPSED)
    month_ago = at - timedelta(days=DAYS_APART)
    waits, lately = Q(approved_at=None, finished_at=None), Q(approved_at__gt=month_ago) | Q(finished_at__gt=month_ago)
    if ErasureRun.objects.filter(waits | lately, organisation=office).exists():
        return False
    cases = list(there.values_list("pk", "public_id"))
    if cases:
        _write(cases, of=office, by=None, at=at)
    return bool(cases)


def _write(cases: Sequence[tuple[int, UUID]], *, of: Organisation, by: User | None, at: datetime) -> ErasureRun:
    run = ErasureRun.objects.create(organisation=of, proposed_by=by, proposed_at=at)
    rows = [Erasure(run=run, case_key=pk, case_public_id=public_id) for pk, public_id in cases]
    Erasure.objects.bulk_create(rows, batch_size=1000)
    return run


def _end(run: ErasureRun, *, at: datetime, why: str) -> None:
    run.erasures.filter(kept_because="").update(kept_because=why)
    run.finished_at = at
    run.save(update_fields=["finished_at"])


@transaction.atomic(durable=True)
def approve(*, run_id: int, by: User, at: datetime) -> ErasureRun:
    """Let a worker carry it out; approved twice is once.

    Raises SamePerson, and NothingDue of what was withdrawn or what nobody has proposed yet.
    """
    require(by, Permission.ERASE)
    run = ErasureRun.objects.select_for_update().get(pk=run_id)
    if run.finished_at is not None and run.approved_at is None:
        raise NothingDue("Forslaget er trukket tilbage. Foreslå sletningen igen.")
    if run.approved_at is None:
        if run.proposed_by_id is None:
            raise NothingDue("Ingen har foreslået sletningen endnu. Foreslå den, så kan en anden godkende den.")
        if run.proposed_by_id == by.pk:
            raise SamePerson("Du har selv foreslået sletningen. En anden teamleder skal godkende den.")
        run.approved_by, run.approved_at = by, at
        run.save(update_fields=["approved_by", "approved_at"])
    return run


@transaction.atomic(durable=True)
def withdraw(*, run_id: int, by: User, at: datetime) -> None:
    """Take a proposal back, so that its cases can be proposed again. Raises ApprovedAlready."""
    require(by, Permission.ERASE)
    run = ErasureRun.objects.select_for_update().get(pk=run_id)
    if run.approved_at is not None:
        raise ApprovedAlready("Sletningen er godkendt. Bevar de sager, der ikke skal slettes.")
    _end(run, at=at, why=WITHDRAWN)


@transaction.atomic(durable=True)
def hold(*, case_id: int, reason: str, by: User, at: datetime) -> LegalHold:
    """Keep the case, whatever was proposed. Raises HeldAlready and ErasedAlready."""
    require(by, Permission.ERASE)
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise ErasedAlready(ERASED)
    if case.holds.filter(lifted_at=None).exists():
        raise HeldAlready("Sagen bliver bevaret allerede.")
    return LegalHold.objects.create(case=case, reason=reason, set_by=by, set_at=at)


@transaction.atomic(durable=True)
def lift(*, case_id: int, reason: str, by: User, at: datetime) -> None:
    """Let the case be proposed again. Raises HeldAlready."""
    require(by, Permission.ERASE)
    standing = LegalHold.objects.filter(case=case_id, lifted_at=None)
    if not standing.update(lifted_reason=reason, lifted_by=by, lifted_at=at):
        raise HeldAlready("Sagen bliver ikke bevaret længere.")


def approved() -> list[int]:
    """The runs that are to be carried out, the oldest first."""
    waiting = ErasureRun.objects.filter(approved_at__isnull=False, finished_at=None)
    return list(waiting.order_by("approved_at", "pk").values_list("pk", flat=True))


@transaction.atomic(durable=True)
def erase_next_portion(run_id: int, *, at: datetime, today: date) -> int:
    """Erase some cases of an approved run; gives how many were looked at. Safe to repeat and to kill."""
    # Before any case is locked, so that two workers wait for each other in one order.
    sealing.take_turn()
    run = ErasureRun.objects.select_for_update().filter(pk=run_id, approved_at__isnull=False, finished_at=None).first()
    if run is None:
        return 0
    rows = list(run.erasures.filter(erased_at=None, kept_because="").order_by("pk")[:PORTION])
    keys = [row.case_key for row in rows]
    # Asked again: somebody may have held it back, opened it or erased it with another run meanwhile.
    locked = Case.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    there = {case.pk for case in locked}
    still_due = set(locked.filter(due(today)).exclude(held()).values_list("pk", flat=True))
    kept = set(locked.filter(held()).values_list("pk", flat=True))
    if still_due:
        erasing.erase(sorted(still_due), at=at)
    for row in rows:
        if row.case_key in still_due:
            row.erased_at = at
        else:
            row.kept_because = ERASED if row.case_key not in there else HELD if row.case_key in kept else OPEN_AGAIN
    Erasure.objects.bulk_update(rows, ["erased_at", "kept_because"])
    if not run.erasures.filter(erased_at=None, kept_because="").exists():
        run.finished_at = at
        run.save(update_fields=["finished_at"])
    return len(rows)
