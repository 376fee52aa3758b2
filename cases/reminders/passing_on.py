"""Whether what was owed somebody in an office is still theirs to hear, asked when it is sent."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.utils import timezone

from cases.models import Case, Event, Organisation, Reminder
from cases.reminders.owing import OTHERS_HAVE_IT, PassOn, Skip, owe_again
from cases.reminders.receivers import told_of_each

#: An office that comes back later than this is told nothing of what it missed: the page of the case says it.
_NEWS_FOR = timedelta(days=90)


class Asked(NamedTuple):
    """What is owed about a case, and the office of it that is to hear; None when the case has no such office now."""

    row: Reminder
    case: Case
    office: Organisation | None


class _OfOffice(NamedTuple):
    row: Reminder
    case: Case
    office: Organisation


def elsewhere(asked: Collection[Asked], *, at: datetime) -> dict[int, Skip | PassOn]:
    """Judge what was owed the office of a case and goes to somebody else of it, or to nobody there any more.

    Keyed by row, and read once for all of them; a row that is not in it is for whom it was.
    """
    found: dict[int, Skip | PassOn] = {row.pk: Skip(OTHERS_HAVE_IT) for row, _, office in asked if office is None}
    of_offices = [_OfOffice(row, case, office) for row, case, office in asked if office is not None]
    workers: defaultdict[int, set[int]] = defaultdict(set)
    for _, case, office in of_offices:
        if worker := case.worker_at(office):
            workers[office.pk].add(worker.pk)
    today = timezone.localtime(at).date()
    told = told_of_each([(worker, office) for office, theirs in workers.items() for worker in theirs], on=today)
    left = _left(of_offices)
    for row, case, office in of_offices:
        worker = case.worker_at(office)
        user = told[worker.pk, office.pk] if worker else None
        now = PassOn(user_id=user, organisation_id=None if user else office.pk)
        if row.pk in left:
            found[row.pk] = Skip(OTHERS_HAVE_IT)
        elif now != PassOn(row.user_id, row.organisation_id):
            found[row.pk] = now
    return found


def _left(asked: Collection[_OfOffice]) -> set[int]:
    """The rows that are owed an office in whose place the case has another now, or an employee of such an office."""
    strangers = [one for one in asked if one.row.user and one.row.user.organisation_id != one.office.pk]
    changes: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
    if strangers:
        of_cases = Event.objects.filter(case__in={case.pk for _, case, _ in strangers}, kind="cases.party_changed")
        for case_id, at, data in of_cases.values_list("case_id", "at", "data"):
            changes[case_id] += [(at, party) for party in data.get("before", ())]
    return {row.pk for row, _, office in asked if row.user is None and row.organisation_id != office.pk} | {
        # An employee who works elsewhere has moved themself, unless the case has.
        row.pk
        for row, case, office in strangers
        if any(at >= row.recorded_at and party == _party(case, office) for at, party in changes[case.pk])
    }


def _party(case: Case, office: Organisation) -> str:
    return "fund" if office.pk == case.fund_id else "municipality"


def moved_on(asked: Collection[tuple[Reminder, int]], *, at: datetime) -> dict[int, PassOn]:
    """Judge who else is told of what each employee has in the office beside them; read once for all of them.

    Keyed by row; a row that is not in it is for whom it was.
    """
    today = timezone.localtime(at).date()
    workers: defaultdict[int, set[int]] = defaultdict(set)
    for row, office in asked:
        if row.user_id is not None:
            workers[office].add(row.user_id)
    told = told_of_each([(worker, office) for office, theirs in workers.items() for worker in theirs], on=today)
    found: dict[int, PassOn] = {}
    for row, office in asked:
        if row.user_id is not None and (now := told[row.user_id, office]) != row.user_id:
            found[row.pk] = PassOn(user_id=now, organisation_id=None if now else office)
    return found


def on_party_changed(event: Event) -> None:
    """Owe again what was not said because another party had the case: who is back hears it, where it still holds."""
    lately = Reminder.objects.filter(case=event.case_id, closed_at__gte=event.at - _NEWS_FOR)
    owe_again(lately.filter(outcome=OTHERS_HAVE_IT))
