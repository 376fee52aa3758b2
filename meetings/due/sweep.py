"""Finds the reminders about meetings that are due, in one SQL statement, and records them in another."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from cases.models import Act
from cases.reminders.receivers import told
from cases.rules.rule_book import RuleBook
from meetings.owing import law_news
from meetings.owing.kinds import ReminderKind
from meetings.rules import lead_times
from meetings.rules.lead_times import Spell, spells

#: Deadlines are days; what is due on a day is sent when the office opens.
MORNING = timedelta(hours=7)

#: The number of cases that one transaction looks at.
BATCH = 2_000

#: Every case is looked at again after this time, in case something changed without marking it.
LOOK_AGAIN = timedelta(days=7)

OF_REQUIREMENT = (ReminderKind.BOOK_BY, ReminderKind.DEADLINE_NEAR, ReminderKind.DEADLINE_PASSED)


#: Every moment at which the cases make something due, past and to come, and until when they rest.
#: The sweep records what is due by it, and a delivery asks it whether a row is still wanted.
#: What is read of each case stands behind OFFSET 0: by its index, and never by a scan of the country's cases.
_MOMENTS = f"""
WITH lead AS (
    SELECT * FROM unnest(%(kind)s::text[], %(first_day)s::date[], %(end_day)s::date[], %(lead)s::interval[])
        AS spell (kind, first_day, end_day, length)
), entry AS (
    SELECT e.id, e.case_id, e.organisation_id, e.active_until, c.municipality_from,
           {told("e.worker_id", "e.organisation_id")} AS worker_id,
           c.fund_id = e.organisation_id AS is_fund,
           -- What was due before the case came here may have been done: there is a day to enter it.
           ((c.created_at AT TIME ZONE %(zone)s)::date + 1 + %(morning)s) AT TIME ZONE %(zone)s AS first_morning,
           c.fund_id IS NOT NULL AND c.municipality_from > GREATEST(
               c.placed_on, (c.created_at AT TIME ZONE %(zone)s)::date) AS passes_on
    FROM meetings_worklistentry e
    CROSS JOIN LATERAL (SELECT * FROM cases_case WHERE id = e.case_id AND status = 'open' OFFSET 0) c
    WHERE e.case_id = ANY(%(cases)s)
), rest AS (
    SELECT asked.case_id, ((max(upper(pause.span)) + %(morning)s) AT TIME ZONE %(zone)s) AS until
    FROM unnest(%(cases)s::bigint[]) AS asked (case_id)
    CROSS JOIN LATERAL (
        SELECT span FROM cases_pause WHERE case_id = asked.case_id
        UNION ALL SELECT span FROM meetings_exemption WHERE case_id = asked.case_id AND NOT is_duty_kept
        OFFSET 0
    ) pause
    WHERE pause.span @> %(today)s::date
    GROUP BY asked.case_id
), requirement AS (
    SELECT r.case_id, r.subject, r.due_on, booked.starts_at AS booked_at,
           entry.active_until, entry.worker_id, entry.organisation_id, entry.first_morning
    FROM unnest(%(cases)s::bigint[]) AS asked (case_id)
    CROSS JOIN LATERAL (
        -- A plan that writes a requirement anew but leaves its deadline gives nobody a second reminder of it:
        -- the subject is the first row that said so.
        SELECT *, min(id) OVER (PARTITION BY kind, responsible, number, due_on) AS subject
        FROM meetings_requiredmeeting WHERE case_id = asked.case_id OFFSET 0
    ) r
    JOIN entry ON entry.case_id = r.case_id AND COALESCE(entry.is_fund, false) = (r.responsible = 'fund')
    CROSS JOIN LATERAL (
        SELECT min(starts_at) AS starts_at FROM meetings_meeting WHERE id = r.meeting_id AND status = 'booked'
    ) booked
    WHERE r.replaced_at IS NULL AND r.state = 'open'
), booked AS (
    SELECT entry.case_id, m.*
    FROM entry
    CROSS JOIN LATERAL (
        SELECT id, version, adviser_id, organisation_id, starts_at, ends_at,
               (starts_at AT TIME ZONE %(zone)s)::date AS starts_on
        FROM meetings_meeting
        WHERE case_id = entry.case_id AND organisation_id = entry.organisation_id AND status = 'booked' OFFSET 0
    ) m
), moment AS (
    SELECT lead.kind, r.case_id, r.subject, 1 AS version, r.worker_id AS user_id, r.organisation_id,
           GREATEST((r.due_on - lead.length + %(morning)s) AT TIME ZONE %(zone)s, r.first_morning) AS due_at
    FROM requirement r
    JOIN lead ON lead.kind = ANY(%(of_requirement)s) AND r.due_on >= lead.first_day AND r.due_on < lead.end_day
    WHERE (r.active_until IS NULL OR r.due_on - lead.length <= r.active_until)
        -- To book it is enough; near its end, and after it, the booking must be in time as well.
        AND (r.booked_at IS NULL OR lead.kind <> %(book_by)s
             AND r.booked_at >= (r.due_on + 1)::timestamp AT TIME ZONE %(zone)s)
    UNION ALL
    SELECT lead.kind, m.case_id, m.id, m.version,
           {told("m.adviser_id", "m.organisation_id")}, m.organisation_id,
           GREATEST(m.ends_at, (m.starts_on - lead.length + %(morning)s) AT TIME ZONE %(zone)s)
    FROM booked m
    JOIN lead ON lead.kind = %(outcome_missing)s AND m.starts_on >= lead.first_day AND m.starts_on < lead.end_day
    UNION ALL
    SELECT lead.kind, m.case_id, m.id, m.version, NULL, NULL, m.starts_at - lead.length
    FROM booked m
    JOIN lead ON lead.kind = %(meeting_tomorrow)s AND m.starts_on >= lead.first_day AND m.starts_on < lead.end_day
    UNION ALL
    SELECT lead.kind, entry.case_id, entry.case_id,
           to_char(entry.municipality_from, 'YYYYMMDD')::int, entry.worker_id, entry.organisation_id,
           (entry.municipality_from - lead.length + %(morning)s) AT TIME ZONE %(zone)s
    FROM entry
    JOIN lead ON lead.kind = %(handover_near)s AND entry.municipality_from >= lead.first_day
        AND entry.municipality_from < lead.end_day
    WHERE entry.passes_on
)
"""

_TAKE = """
SELECT next.case_id FROM meetings_nextlook next
CROSS JOIN LATERAL (SELECT FROM cases_case WHERE id = next.case_id FOR NO KEY UPDATE SKIP LOCKED) c
WHERE next.look_at IS NULL OR next.look_at <= %(at)s
LIMIT %(batch)s
FOR NO KEY UPDATE OF next SKIP LOCKED
"""

_RECORD = (
    _MOMENTS
    + """
, had AS (
    SELECT row.* FROM unnest(%(cases)s::bigint[]) AS theirs (case_id)
    CROSS JOIN LATERAL (
        SELECT kind, subject, version, COALESCE(user_id, 0), COALESCE(organisation_id, 0)
        FROM cases_reminder WHERE case_id = theirs.case_id AND sending = 1 OFFSET 0
    ) row
), recorded AS (
    INSERT INTO cases_reminder (kind, case_id, subject, version, user_id, organisation_id, due_at, recorded_at,
                                state, route, outcome, attempts)
    SELECT kind, case_id, subject, version, user_id, office_id, due_at, %(at)s, 'owed', '', '', 0
    FROM (SELECT *, CASE WHEN user_id IS NULL THEN organisation_id END AS office_id FROM moment) AS due
    WHERE due_at <= %(at)s AND case_id NOT IN (SELECT case_id FROM rest)
        -- What is recorded is not tried again, but where another sweep records it now.
        AND (kind, subject, version, COALESCE(user_id, 0), COALESCE(office_id, 0)) NOT IN (SELECT * FROM had)
    ON CONFLICT DO NOTHING
    RETURNING 1
), looked AS (
    UPDATE meetings_nextlook
    SET look_at = LEAST(%(at)s + %(look_again)s, rest.until, next.due_at)
    FROM unnest(%(cases)s::bigint[]) AS taken (case_id)
    LEFT JOIN rest USING (case_id)
    LEFT JOIN (SELECT case_id, min(due_at) AS due_at FROM moment WHERE due_at > %(at)s GROUP BY case_id) AS next
        USING (case_id)
    WHERE meetings_nextlook.case_id = taken.case_id AND meetings_nextlook.case_id = ANY(%(cases)s)
)
SELECT count(*) FROM recorded
"""
)

WANTED = (
    _MOMENTS
    + """
SELECT kind, subject, version, user_id, CASE WHEN user_id IS NULL THEN organisation_id END, case_id, until
FROM moment LEFT JOIN rest USING (case_id)
"""
)

#: The cases whose next look comes after something falls due in them, or that have none.
LATE = (
    _MOMENTS
    + """
, first AS (
    SELECT case_id, min(due_at) AS due_at FROM moment
    WHERE due_at > %(at)s OR case_id NOT IN (SELECT case_id FROM rest) AND NOT EXISTS (
        SELECT FROM cases_reminder said
        WHERE said.case_id = moment.case_id AND (said.kind, said.subject, said.version)
            = (moment.kind, moment.subject, moment.version) OFFSET 0)
    GROUP BY case_id
), wanted AS (
    SELECT case_id, LEAST(%(at)s + %(look_again)s, rest.until, first.due_at) AS by
    FROM unnest(%(cases)s::bigint[]) AS asked (case_id) LEFT JOIN rest USING (case_id) LEFT JOIN first USING (case_id)
)
SELECT case_id, next.look_at, wanted.by FROM wanted LEFT JOIN meetings_nextlook next USING (case_id)
WHERE next.case_id IS NULL OR next.look_at > GREATEST(wanted.by, %(at)s)
ORDER BY case_id
"""
)


def record_due(at: datetime) -> int:
    """Record every reminder that is due and not yet recorded. Return the number of new rows.

    Two sweeps at once share the cases and record nothing twice.
    """
    recorded, book = law_news.owe_news(at), None
    while True:
        with transaction.atomic(durable=True):
            cases = _take(at)
            if cases:
                book = book or Act.objects.rule_book()
                recorded += ask(_RECORD, cases=cases, book=book, at=at)[0][0]
        if len(cases) < BATCH:
            return recorded


def _take(at: datetime) -> list[int]:
    # Locked in a statement of its own, with the cases: the next one sees all that was written before the lock,
    # and whoever changes one of these cases now waits, and asks for another look when we are done.
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"at": at, "batch": BATCH})
        return [pk for (pk,) in cursor.fetchall()]


def ask(statement: str, *, cases: Iterable[int], book: RuleBook, at: datetime) -> list[tuple[Any, ...]]:
    leads = [(kind, spell) for kind, spells_of_kind in _leads(book).items() for spell in spells_of_kind]
    asked: dict[str, Any] = {
        "cases": list(cases),
        "at": at,
        "today": timezone.localtime(at).date(),
        "zone": settings.TIME_ZONE,
        "morning": MORNING,
        "look_again": LOOK_AGAIN,
        "kind": [str(kind) for kind, _ in leads],
        "first_day": [spell.first_day for _, spell in leads],
        "end_day": [spell.end_day for _, spell in leads],
        "lead": [spell.lead for _, spell in leads],
        "of_requirement": [str(kind) for kind in OF_REQUIREMENT],
        "book_by": str(ReminderKind.BOOK_BY),
        "outcome_missing": str(ReminderKind.OUTCOME_MISSING),
        "meeting_tomorrow": str(ReminderKind.MEETING_TOMORROW),
        "handover_near": str(ReminderKind.HANDOVER_NEAR),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows


def _leads(book: RuleBook) -> dict[ReminderKind, list[Spell]]:
    def before(first_day_of: Callable[[date, RuleBook], date]) -> list[Spell]:
        return list(spells(lambda day, book: day - first_day_of(day, book), book))

    return {
        ReminderKind.BOOK_BY: before(lead_times.book_from),
        ReminderKind.DEADLINE_NEAR: before(lead_times.deadline_near_from),
        # The last good day is over the day after.
        ReminderKind.DEADLINE_PASSED: [Spell(date.min, date.max, -timedelta(days=1))],
        ReminderKind.OUTCOME_MISSING: before(lead_times.outcome_missing_from),
        ReminderKind.MEETING_TOMORROW: list(
            spells(lambda day, book: lead_times.citizen_reminder(day, book).send_before, book)
        ),
        ReminderKind.HANDOVER_NEAR: before(lead_times.handover_near_from),
    }
