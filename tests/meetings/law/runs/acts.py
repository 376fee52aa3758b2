"""Drafts, and what a run of one says and leaves behind."""

from collections import Counter
from datetime import date, timedelta

from cases.law import services as law_services
from cases.models import Case
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.law.runs import batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import ChangeKind, Meeting, RequiredMeeting, WorklistEntry
from tests.world import NOW

TODAY = NOW.date()
JUNE = date(2026, 6, 1)
#: When the courses of these tests began, and what stood in them was booked.
EARLIER = NOW - timedelta(days=3)
FOUR_AND_TWO = (("fund", 4, 1, 4, 14), ("municipality", 2, 5, 6, None))

TOLD = ("case", "organisation", "worker", "kind", "key", "about", "day_before", "day_after", "text")
STORED = ("case", "kind", "responsible", "number", "window_from", "window_to", "due_on", "act", "state")
TALK = ("pk", "status", "starts_at", "fulfils__number", "fulfils__is_met_late")
ENTRY = ("case", "organisation", "worker", "due_on", "unbooked_due_on", "unbooked_from", "meeting", "active_until")


def draft_of(author, *, in_force_on=JUNE, running_courses="move", values=None, rows=FOUR_AND_TWO):
    """A draft with these values, and a table of (responsible, number, from month, to month, days for the first)."""
    draft = law_services.create_draft(
        title="A-kassen i fire måneder",
        reference="Lov nr. 12",
        in_force_on=in_force_on,
        running_courses=running_courses,
        by=author,
    )
    for key, text in (values or {FUND_RESPONSIBLE_MONTHS.key: "4"}).items():
        draft.values.create(key=key, text=text, legal_basis="§ 3")
    for order, (responsible, number, first, last, days) in enumerate(rows, start=1):
        draft.meeting_rules.create(
            order=order,
            kind="contact_interview",
            responsible=responsible,
            number=number,
            from_month=first,
            to_month=last,
            due_days_after_registration=days,
            legal_basis="§ 4",
        )
    return draft


def publish(act, office, *, at=NOW):
    return law_services.publish(
        act_id=act.pk, reason="Læst af en jurist.", is_day_confirmed=True, by=office.administrator, at=at
    )


def withdraw(act, office, *, at=NOW, reason="Lovforslaget faldt."):
    return law_services.withdraw(act_id=act.pk, reason=reason, by=office.administrator, at=at)


def simulate(act, by):
    return runs_lifecycle.simulate(act_id=act.pk, by=by, at=NOW, today=TODAY)


def to_the_end(at=NOW):
    while batches.take_next_batch(at=at):
        pass


def preview(act, by):
    run = simulate(act, by)
    to_the_end()
    run.refresh_from_db()
    return run


def told(run):
    return sorted(run.changes.values_list(*TOLD), key=str)


def sums(run, side):
    """The talks of each organisation and week that the run tells, before the act or after it."""
    found = Counter()
    for row in run.loads.all():
        found[row.organisation_id, row.week] += getattr(row, side)
    return +found


def stored():
    rows = RequiredMeeting.objects.current().order_by("case", "kind", "responsible", "number")
    return (
        list(rows.values_list(*STORED)),
        list(Case.objects.order_by("pk").values_list("pk", "municipality_from")),
        list(Meeting.objects.order_by("pk").values_list(*TALK)),
        list(WorklistEntry.objects.order_by("case", "organisation").values_list(*ENTRY)),
    )


def dues(case):
    return {
        f"{row.kind}/{row.responsible}/{row.number}": row.due_on
        for row in RequiredMeeting.objects.filter(case=case).current()
    }


def moved(before, changes):
    """The deadlines as the changes tell that they become."""
    after = dict(before)
    for change in changes:
        if change.kind == ChangeKind.VANISHES:
            assert after.pop(change.key) == change.day_before
        elif change.kind in (ChangeKind.APPEARS, ChangeKind.MOVES):
            assert after.get(change.key) == change.day_before
            after[change.key] = change.day_after
    return after
