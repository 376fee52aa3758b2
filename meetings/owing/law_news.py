"""Owe everybody concerned the news of a law that moved their cases: rows, in one statement."""

from datetime import datetime

from django.db import connection
from django.utils import timezone

from cases.reminders.receivers import told
from meetings.owing.kinds import ReminderKind

#: One row for each run and employee, or for the organisation where nobody has the case. One statement writes all of
#: a run's, so that a run with any row has them all and is never asked about again.
_OWE = f"""
INSERT INTO cases_reminder (kind, case_id, subject, version, user_id, organisation_id, due_at, recorded_at,
                            state, route, outcome, attempts)
SELECT %(kind)s, min(change.case_id), change.run_id, 1, receiver.id,
       CASE WHEN receiver.id IS NULL THEN change.organisation_id END AS nobody_at,
       %(at)s, %(at)s, 'owed', '', '', 0
FROM (
    -- Asked once for each employee, not for each change.
    SELECT change.run_id, change.organisation_id, change.worker_id, min(change.case_id) AS case_id
    FROM (
        -- The runs first, and then only what those changed that nobody has been told of.
        SELECT id FROM meetings_lawrun run
        WHERE run.kind = 'replan' AND run.state = 'done'
            AND NOT EXISTS (SELECT FROM cases_reminder owed WHERE owed.kind = %(kind)s AND owed.subject = run.id)
        OFFSET 0
    ) run
    JOIN meetings_lawchange change ON change.run_id = run.id
    GROUP BY change.run_id, change.organisation_id, change.worker_id
) change
CROSS JOIN LATERAL (SELECT {told("change.worker_id", "change.organisation_id")} AS id) receiver
GROUP BY change.run_id, receiver.id, nobody_at
ON CONFLICT DO NOTHING
"""


def owe_news(at: datetime) -> int:
    """Owe everybody concerned the news of each finished re-planning; gives the number of new rows.

    The sweep asks, and not the run's last batch: two workers who end at once have no last one between them, and a
    worker that was killed tells nobody.
    """
    with connection.cursor() as cursor:
        today = timezone.localtime(at).date()
        cursor.execute(_OWE, {"kind": str(ReminderKind.LAW_CHANGED), "at": at, "today": today})
        number: int = cursor.rowcount
        return number
