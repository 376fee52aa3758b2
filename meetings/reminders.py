"""What is due about meetings and not yet recorded, and whether it is still wanted when it is sent."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from cases.models import Case, Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.rules.danish import day_text
from cases.rules.rule_book import RuleBook
from cases.services.reminders import MERGED, Line, Postpone, Send, Skip, Source, Verdict
from meetings import choice_letter, law_changes, law_news, letters, planning
from meetings.models import LawRun, Meeting, RequiredMeeting, WorklistEntry
from meetings.outbox import KIND_LABELS, TO_CITIZEN, ReminderKind
from meetings.rules import lead_times
from meetings.rules.lead_times import Spell, spells
from meetings.rules.lifecycle import MeetingStatus

#: Deadlines are days; what is due on a day is sent when the office opens.
MORNING = timedelta(hours=7)

#: So many entries are looked at in one transaction.
BATCH = 2_000

#: Nothing is left for longer, whatever moved without telling the entry.
LOOK_AGAIN = timedelta(days=7)

_OF_REQUIREMENT = (ReminderKind.BOOK_BY, ReminderKind.DEADLINE_NEAR, ReminderKind.DEADLINE_PASSED)

#: Of several about the same thing the last of these is sent.
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            ReminderKind.CHOICE_SET_ASIDE,
            ReminderKind.MEETING_TOMORROW,
            ReminderKind.INVITATION,
            ReminderKind.CORRECTION,
            ReminderKind.CANCELLATION,
            ReminderKind.LAW_CHANGED,
            ReminderKind.HANDOVER_NEAR,
            ReminderKind.OUTCOME_MISSING,
            ReminderKind.BOOK_BY,
            ReminderKind.DEADLINE_NEAR,
            ReminderKind.DEADLINE_PASSED,
        )
    )
}

#: Every moment at which the entries make something due, past and to come, and until when their case rests.
#: The sweep records what is due by it, and a delivery asks it whether a row is still wanted.
_MOMENTS = """
WITH lead AS (
    SELECT * FROM unnest(%(kind)s::text[], %(first_day)s::date[], %(end_day)s::date[], %(lead)s::interval[])
        AS spell (kind, first_day, end_day, length)
), entry AS (
    SELECT e.id, e.case_id, e.organisation_id, e.active_until, w.id AS worker_id, c.municipality_from,
           c.fund_id = e.organisation_id AS is_fund,
           c.fund_id IS NOT NULL AND c.municipality_from > GREATEST(
               c.placed_on, (c.created_at AT TIME ZONE %(zone)s)::date) AS passes_on
    FROM meetings_worklistentry e
    JOIN cases_case c ON c.id = e.case_id AND c.status = 'open'
    LEFT JOIN cases_user w ON w.id = e.worker_id AND w.is_active
    WHERE e.id = ANY(%(entries)s)
), rest AS (
    SELECT case_id, ((max(upper(span)) + %(morning)s) AT TIME ZONE %(zone)s) AS until
    FROM (
        SELECT case_id, span FROM cases_pause
        UNION ALL SELECT case_id, span FROM meetings_exemption WHERE NOT is_duty_kept
    ) AS pause
    WHERE case_id IN (SELECT case_id FROM entry) AND span @> %(today)s::date
    GROUP BY case_id
), moment AS (
    -- A plan that writes a requirement anew but leaves its deadline gives nobody a second reminder of it:
    -- the subject is the first row that said so.
    SELECT entry.id AS entry_id, lead.kind, entry.case_id,
           (SELECT min(s.id) FROM meetings_requiredmeeting s WHERE s.case_id = r.case_id AND s.kind = r.kind
            AND s.responsible = r.responsible AND s.number = r.number AND s.due_on = r.due_on) AS subject,
           1 AS version, entry.worker_id AS user_id, entry.organisation_id,
           (r.due_on - lead.length + %(morning)s) AT TIME ZONE %(zone)s AS due_at
    FROM entry
    JOIN meetings_requiredmeeting r ON r.case_id = entry.case_id AND r.replaced_at IS NULL AND r.state = 'open'
        AND (r.responsible = 'fund') = COALESCE(entry.is_fund, false)
    JOIN lead ON lead.kind = ANY(%(of_requirement)s) AND r.due_on >= lead.first_day AND r.due_on < lead.end_day
    WHERE (entry.active_until IS NULL OR r.due_on - lead.length <= entry.active_until)
        -- To book it is enough; near its end, and after it, the booking must be in time as well.
        AND NOT EXISTS (
            SELECT FROM meetings_meeting m WHERE m.requirement_id = r.id AND m.status = 'booked'
            AND (lead.kind = %(book_by)s OR m.starts_at < (r.due_on + 1)::timestamp AT TIME ZONE %(zone)s))
    UNION ALL
    SELECT entry.id, lead.kind, entry.case_id, m.id, m.version, a.id, m.organisation_id,
           GREATEST(m.ends_at,
                    ((m.starts_at AT TIME ZONE %(zone)s)::date - lead.length + %(morning)s) AT TIME ZONE %(zone)s)
    FROM entry
    JOIN meetings_meeting m ON m.case_id = entry.case_id AND m.organisation_id = entry.organisation_id
        AND m.status = 'booked'
    JOIN lead ON lead.kind = %(outcome_missing)s AND (m.starts_at AT TIME ZONE %(zone)s)::date >= lead.first_day
        AND (m.starts_at AT TIME ZONE %(zone)s)::date < lead.end_day
    LEFT JOIN cases_user a ON a.id = m.adviser_id AND a.is_active
    UNION ALL
    SELECT entry.id, lead.kind, entry.case_id, m.id, m.version, NULL, NULL, m.starts_at - lead.length
    FROM entry
    JOIN meetings_meeting m ON m.case_id = entry.case_id AND m.organisation_id = entry.organisation_id
        AND m.status = 'booked'
    JOIN lead ON lead.kind = %(meeting_tomorrow)s AND (m.starts_at AT TIME ZONE %(zone)s)::date >= lead.first_day
        AND (m.starts_at AT TIME ZONE %(zone)s)::date < lead.end_day
    UNION ALL
    SELECT entry.id, lead.kind, entry.case_id, entry.case_id,
           to_char(entry.municipality_from, 'YYYYMMDD')::int, entry.worker_id, entry.organisation_id,
           (entry.municipality_from - lead.length + %(morning)s) AT TIME ZONE %(zone)s
    FROM entry
    JOIN lead ON lead.kind = %(handover_near)s AND entry.municipality_from >= lead.first_day
        AND entry.municipality_from < lead.end_day
    WHERE entry.passes_on
)
"""

_RECORD = (
    _MOMENTS
    + """
, recorded AS (
    INSERT INTO cases_reminder (kind, case_id, subject, version, user_id, organisation_id, due_at, recorded_at,
                                state, route, outcome, attempts)
    SELECT kind, case_id, subject, version, user_id, CASE WHEN user_id IS NULL THEN organisation_id END,
           due_at, %(at)s, 'owed', '', '', 0
    FROM moment
    WHERE due_at <= %(at)s AND case_id NOT IN (SELECT case_id FROM rest)
    ON CONFLICT DO NOTHING
    RETURNING 1
), looked AS (
    UPDATE meetings_worklistentry e
    SET look_at = LEAST(%(at)s + %(look_again)s, rest.until, next.due_at)
    FROM unnest(%(entries)s::bigint[]) AS taken (id)
    LEFT JOIN entry ON entry.id = taken.id
    LEFT JOIN rest ON rest.case_id = entry.case_id
    LEFT JOIN (SELECT entry_id, min(due_at) AS due_at FROM moment WHERE due_at > %(at)s GROUP BY entry_id) AS next
        ON next.entry_id = taken.id
    WHERE e.id = taken.id AND e.id = ANY(%(entries)s)
)
SELECT count(*) FROM recorded
"""
)

_WANTED = (
    _MOMENTS
    + """
SELECT kind, subject, version, user_id, CASE WHEN user_id IS NULL THEN organisation_id END, case_id, until
FROM moment LEFT JOIN rest USING (case_id)
"""
)


def record_due(at: datetime) -> int:
    """Record what is due and not yet recorded; gives the number of new rows. Two sweeps at once share the work."""
    recorded, book = law_news.owe_news(at), None
    while True:
        with transaction.atomic(durable=True):
            entries = _take(at)
            if entries:
                book = book or planning.law_in_force().book
                recorded += _run(_RECORD, entries=entries, book=book, at=at)[0][0]
        if len(entries) < BATCH:
            return recorded


def _take(at: datetime) -> list[int]:
    # Locked in a statement of its own, with their cases: the next one sees all that was written before the lock,
    # and whoever changes one of these cases now waits, and asks for another look when we are done.
    waiting = WorklistEntry.objects.filter(Q(look_at=None) | Q(look_at__lte=at)).select_related("case")
    locked = waiting.select_for_update(skip_locked=True, no_key=True, of=("self", "case"))
    return [entry.pk for entry in locked[:BATCH]]


def _run(statement: str, *, entries: Sequence[int], book: RuleBook, at: datetime) -> list[tuple[Any, ...]]:
    leads = [(kind, spell) for kind, spells_of_kind in _leads(book).items() for spell in spells_of_kind]
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "entries": list(entries),
                "at": at,
                "today": timezone.localtime(at).date(),
                "zone": settings.TIME_ZONE,
                "morning": MORNING,
                "look_again": LOOK_AGAIN,
                "kind": [str(kind) for kind, _ in leads],
                "first_day": [spell.first_day for _, spell in leads],
                "end_day": [spell.end_day for _, spell in leads],
                "lead": [spell.lead for _, spell in leads],
                "of_requirement": [str(kind) for kind in _OF_REQUIREMENT],
                "book_by": str(ReminderKind.BOOK_BY),
                "outcome_missing": str(ReminderKind.OUTCOME_MISSING),
                "meeting_tomorrow": str(ReminderKind.MEETING_TOMORROW),
                "handover_near": str(ReminderKind.HANDOVER_NEAR),
            },
        )
        return cursor.fetchall()


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


class _Row(NamedTuple):
    """What tells one reminder from another."""

    kind: str
    subject: int
    version: int
    user_id: int | None
    organisation_id: int | None

    @classmethod
    def of(cls, row: Reminder) -> "_Row":
        return cls(row.kind, row.subject, row.version, row.user_id, row.organisation_id)


class _Facts:
    """The cases of the rows as they are now, read once for all of them and only when asked for."""

    def __init__(self, rows: Sequence[Reminder], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.today = timezone.localtime(at).date()

    @cached_property
    def law(self) -> planning.Law:
        return planning.law_in_force()

    @cached_property
    def cases(self) -> Mapping[int, Case]:
        return Case.objects.with_parties().in_bulk({row.case_id for row in self.rows})

    @cached_property
    def meetings(self) -> Mapping[int, Meeting]:
        subjects = self._subjects(*TO_CITIZEN, ReminderKind.CHOICE_SET_ASIDE, ReminderKind.OUTCOME_MISSING)
        return Meeting.objects.select_related("organisation", "adviser", "requirement", "booked_by").in_bulk(subjects)

    @cached_property
    def requirements(self) -> Mapping[int, RequiredMeeting]:
        return RequiredMeeting.objects.in_bulk(self._subjects(*_OF_REQUIREMENT))

    @cached_property
    def runs(self) -> Mapping[int, LawRun]:
        return law_changes.replans().in_bulk(self._subjects(ReminderKind.LAW_CHANGED))

    @cached_property
    def wanted(self) -> set[_Row]:
        """What a sweep would record at this moment, and what it has recorded."""
        return {_Row(*moment[:5]) for moment in self._moments}

    @cached_property
    def rests_until(self) -> Mapping[int, datetime]:
        return {case_id: until for *_, case_id, until in self._moments if until is not None}

    @cached_property
    def _moments(self) -> list[tuple[Any, ...]]:
        entries = WorklistEntry.objects.filter(case__in=self.cases).values_list("pk", flat=True)
        return _run(_WANTED, entries=entries, book=self.law.book, at=self.at)

    def _subjects(self, *kinds: ReminderKind) -> set[int]:
        return {row.subject for row in self.rows if row.kind in kinds}


def judge(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """For each row whether, how and when it is to be sent, by the cases as they are now."""
    facts = _Facts(rows, at)
    return {row.pk: _JUDGES[ReminderKind(row.kind)](row, facts) for row in rows}


def _judge_news(row: Reminder, facts: _Facts) -> Verdict:
    """An invitation or a correction: what somebody did, so that a rest of the case does not hold it back."""
    meeting = facts.meetings.get(row.subject)
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    if meeting is None or meeting.status != MeetingStatus.BOOKED or meeting.version != row.version:
        return Skip("Samtalen er flyttet, aflyst eller registreret.")
    if meeting.starts_at <= facts.at:
        return Skip("For sent: samtalen er begyndt.")
    return _to_citizen(row, meeting, facts)


def _judge_cancellation(row: Reminder, facts: _Facts) -> Verdict:
    meeting = facts.meetings.get(row.subject)
    if facts.cases[row.case_id].close_reason == CloseReason.DEATH:
        return Skip("Borgeren er død.")
    if meeting is None or meeting.status != MeetingStatus.CANCELLED:
        return Skip("Samtalen er ikke aflyst.")
    if meeting.starts_at <= facts.at:
        return Skip("For sent: samtalens tid er forbi.")
    return _to_citizen(row, meeting, facts)


def _judge_meeting_tomorrow(row: Reminder, facts: _Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Samtalen er flyttet, aflyst eller registreret.")
    if verdict is not None:
        return verdict
    meeting = facts.meetings[row.subject]
    lead = lead_times.citizen_reminder(meeting.day, facts.law.book)
    if facts.at > meeting.starts_at - lead.too_late_below:
        return Skip("For sent: samtalen er for nær.")
    told = Reminder.objects.filter(
        kind__in=(ReminderKind.INVITATION, ReminderKind.CORRECTION),
        subject=meeting.pk,
        version=meeting.version,
        state=ReminderState.SENT,
        closed_at__gte=meeting.starts_at - lead.send_before,
    )
    if told.exists():
        return Skip(MERGED)
    return _to_citizen(row, meeting, facts)


def _judge_choice_set_aside(row: Reminder, facts: _Facts) -> Verdict:
    verdict = _judge_news(row, facts)
    if isinstance(verdict, Skip):
        return verdict
    meeting, case = facts.meetings[row.subject], facts.cases[row.case_id]
    message = partial(
        choice_letter.message_of, meeting, key=f"reminder-{row.pk}", case=case, book=facts.law.book, at=facts.at
    )
    return Send(about=("choice", meeting.pk), rank=_RANK[ReminderKind(row.kind)], content=message)


def _to_citizen(row: Reminder, meeting: Meeting, facts: _Facts) -> Send:
    compose = partial(
        letters.compose,
        ReminderKind(row.kind),
        key=f"reminder-{row.pk}",
        case=facts.cases[row.case_id],
        meeting=meeting,
        law=facts.law,
        at=facts.at,
    )
    return Send(about=("meeting", meeting.pk), rank=_RANK[ReminderKind(row.kind)], content=compose)


def _judge_requirement(row: Reminder, facts: _Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Samtalen er booket eller holdt, eller fristen er ændret.")
    if verdict is not None:
        return verdict
    requirement = facts.requirements[row.subject]
    is_over = requirement.due_on < facts.today
    if is_over and row.kind != ReminderKind.DEADLINE_PASSED:
        # That it has passed is owed as well, and says it all.
        return Skip(MERGED)
    verb = "skulle være holdt" if is_over else "skal holdes"
    text = f"{requirement.title} {verb} senest den {day_text(requirement.due_on)}"
    return Send(
        about=("requirement", requirement.pk),
        rank=_RANK[ReminderKind(row.kind)],
        content=_line(row, facts, text=text),
    )


def _judge_outcome(row: Reminder, facts: _Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Udfaldet er registreret, eller samtalen er flyttet.")
    if verdict is not None:
        return verdict
    meeting = facts.meetings[row.subject]
    text = f"{meeting.get_kind_display()} den {day_text(meeting.day)} har intet udfald"
    return Send(
        about=("outcome", meeting.pk), rank=_RANK[ReminderKind.OUTCOME_MISSING], content=_line(row, facts, text=text)
    )


def _judge_handover(row: Reminder, facts: _Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Dagen for overgangen er ændret.")
    if verdict is not None:
        return verdict
    case = facts.cases[row.case_id]
    assert case.municipality_from is not None
    if case.municipality_from < facts.today:
        return Skip("For sent: forløbet er gået over til jobcentret.")
    text = f"forløbet går over til {case.municipality} den {day_text(case.municipality_from)}"
    return Send(
        about=("handover", case.pk), rank=_RANK[ReminderKind.HANDOVER_NEAR], content=_line(row, facts, text=text)
    )


def _judge_law_changed(row: Reminder, facts: _Facts) -> Verdict:
    """About the cases of one receiver and not about one case: what is left of them is counted now."""
    run = facts.runs[row.subject]
    news = law_changes.news_of(run, user_id=row.user_id, organisation_id=row.organisation_id)
    if not news.cases:
        return Skip("Sagerne er afsluttet, eller andre har dem nu.")
    heading = KIND_LABELS[ReminderKind.LAW_CHANGED].capitalize()
    text = law_changes.news_text(run, news, is_own=row.user_id is not None, today=facts.today)
    return Send(
        about=("law_run", run.pk),
        rank=_RANK[ReminderKind.LAW_CHANGED],
        content=Line(heading=heading, text=text, path=law_changes.url_of(run)),
    )


def _still_wanted(row: Reminder, facts: _Facts, *, otherwise: str) -> Verdict | None:
    """None when a sweep of this moment would record the row again; or else what is to become of it."""
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    key = _Row.of(row)
    if key not in facts.wanted:
        same = {wanted[:3] for wanted in facts.wanted}
        return Skip("En anden har sagen nu." if key[:3] in same else otherwise)
    until = facts.rests_until.get(row.case_id)
    return Postpone(until) if until else None


def _line(row: Reminder, facts: _Facts, *, text: str) -> Line:
    case = facts.cases[row.case_id]
    heading = KIND_LABELS[ReminderKind(row.kind)]
    return Line(heading=heading.capitalize(), text=f"{case.label}: {text}", path=case.get_absolute_url())


_JUDGES: dict[ReminderKind, Callable[[Reminder, _Facts], Verdict]] = {
    ReminderKind.INVITATION: _judge_news,
    ReminderKind.CORRECTION: _judge_news,
    ReminderKind.CANCELLATION: _judge_cancellation,
    ReminderKind.MEETING_TOMORROW: _judge_meeting_tomorrow,
    ReminderKind.CHOICE_SET_ASIDE: _judge_choice_set_aside,
    ReminderKind.BOOK_BY: _judge_requirement,
    ReminderKind.DEADLINE_NEAR: _judge_requirement,
    ReminderKind.DEADLINE_PASSED: _judge_requirement,
    ReminderKind.OUTCOME_MISSING: _judge_outcome,
    ReminderKind.HANDOVER_NEAR: _judge_handover,
    ReminderKind.LAW_CHANGED: _judge_law_changed,
}

SOURCE = Source(kinds=KIND_LABELS, record_due=record_due, judge=judge)
