"""Owe everybody concerned the news of a law that moved their cases: rows, in one statement."""

from datetime import datetime

from django.db import connection

from meetings.reminders.kinds import ReminderKind

#: One row for each run and employee, or for the organisation where nobody has the case. One statement writes all of
#: a run's, so that a run with any row has them all and is never asked about again.
_OWE = """
INSERT INTO cases_reminder (kind, case_id, subject, version, user_id, organisation_id, due_at, recorded_at,
                            state, route, outcome, attempts)
SELECT %(kind)s, min(change.case_id), run.id, 1, worker.id,
       CASE WHEN worker.id IS NULL THEN change.organisation_id END AS nobody_at,
       %(at)s, %(at)s, 'owed', '', '', 0
FROM meetings_lawrun run
JOIN meetings_lawchange change ON change.run_id = run.id
LEFT JOIN cases_user worker ON worker.id = change.worker_id AND worker.is_active
WHERE run.kind = 'replan' AND run.state = 'done'
    AND NOT EXISTS (SELECT FROM cases_reminder owed WHERE owed.kind = %(kind)s AND owed.subject = run.id)
GROUP BY run.id, worker.id, nobody_at
ON CONFLICT DO NOTHING
"""


def owe_news(at: datetime) -> int:
    """Owe everybody concerned the news of each finished re-planning; gives the number of new rows.

    The sweep asks, and not the run's last batch: two workers who end at once have no last one between them, and a
    worker that was killed tells nobody.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OWE, {"kind": str(ReminderKind.LAW_CHANGED), "at": at})
        number: int = cursor.rowcount
        return number
