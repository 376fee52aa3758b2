"""What the verdicts on messages about meetings are given by: the cases as they are when the messages are to be sent."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import prefetch_related_objects
from django.utils import timezone

from cases.models import Case, Reminder
from cases.reminders.owing import PassOn, Skip
from cases.reminders.passing_on import Asked, elsewhere, moved_on
from meetings.due.sweep import OF_REQUIREMENT, WANTED, ask
from meetings.law import notices as law_notices
from meetings.law.notices import News, NewsFor
from meetings.models import LawRun, ListJob, ListJobRow, Meeting, NoShowStep, RequiredMeeting
from meetings.no_shows.services import OWES
from meetings.owing import list_job_news, meeting_news
from meetings.owing.kinds import TO_CITIZEN, ReminderKind
from meetings.planning import law as planning_law
from meetings.planning.law import Law


class Row(NamedTuple):
    """Holds the columns that together identify one reminder."""

    kind: str
    subject: int
    version: int
    user_id: int | None
    organisation_id: int | None

    @classmethod
    def of(cls, row: Reminder) -> "Row":
        return cls(row.kind, row.subject, row.version, row.user_id, row.organisation_id)

    @property
    def about(self) -> tuple[str, int, int]:
        """What it says, whoever hears it."""
        return self.kind, self.subject, self.version


class Facts:
    """Reads the cases of the reminders as they are now: once for all of them, and only when a verdict needs them."""

    def __init__(self, rows: Sequence[Reminder], at: datetime) -> None:
        self.rows = rows
        self.at = at
        self.today = timezone.localtime(at).date()

    @cached_property
    def law(self) -> Law:
        return planning_law.law_in_force()

    @cached_property
    def cases(self) -> Mapping[int, Case]:
        cases = Case.objects.with_parties().in_bulk({row.case_id for row in self.rows})
        # What a letter about a talk asks of the course.
        of_letters = [cases[row.case_id] for row in self._of(*TO_CITIZEN)]
        prefetch_related_objects(of_letters, "handover", "pauses", "exemptions", "benefit_hours")
        return cases

    @cached_property
    def meetings(self) -> Mapping[int, Meeting]:
        subjects = self._subjects(*TO_CITIZEN, ReminderKind.CHOICE_SET_ASIDE, ReminderKind.OUTCOME_MISSING)
        return Meeting.objects.select_related("organisation", "adviser", "fulfils", "booked_by").in_bulk(subjects)

    @cached_property
    def news(self) -> Mapping[tuple[int, int], Sequence[Reminder]]:
        """Return what the citizens are owed or were told of the talks that they are to be reminded of, by version."""
        subjects = self._subjects(ReminderKind.MEETING_TOMORROW)
        kinds = (ReminderKind.INVITATION, ReminderKind.CORRECTION)
        news: defaultdict[tuple[int, int], list[Reminder]] = defaultdict(list)
        for row in Reminder.objects.filter(kind__in=kinds, subject__in=subjects).order_by("due_at"):
            news[row.subject, row.version].append(row)
        return news

    @cached_property
    def summonses(self) -> Mapping[int, Reminder]:
        """Return the letter after a no-show that calls to a talk, by the talk."""
        return meeting_news.summonses_to(self._subjects(ReminderKind.INVITATION))

    @cached_property
    def no_show_steps(self) -> Mapping[int, NoShowStep]:
        steps = NoShowStep.objects.select_related(
            "meeting",
            "organisation",
            "opened_by__organisation",
            "following__organisation",
            "following__adviser",
            "following__fulfils",
        )
        return steps.in_bulk(self._subjects(*OWES.values()))

    @cached_property
    def elsewhere(self) -> Mapping[int, Skip | PassOn]:
        """Return the notices that are for others of the office now, or that nobody there need hear."""
        asked = []
        for row in self.rows:
            if row.kind == ReminderKind.NO_SHOW_NOTICE and (step := self.no_show_steps.get(row.subject)):
                case = self.cases[row.case_id]
                other = case.municipality if step.organisation_id == case.fund_id else case.fund
                asked.append(Asked(row, case, other))
        return elsewhere(asked, at=self.at)

    @cached_property
    def requirements(self) -> Mapping[int, RequiredMeeting]:
        return RequiredMeeting.objects.in_bulk(self._subjects(*OF_REQUIREMENT))

    @cached_property
    def runs(self) -> Mapping[int, LawRun]:
        return law_notices.replans().in_bulk(self._subjects(ReminderKind.LAW_CHANGED))

    @cached_property
    def law_news(self) -> Mapping[tuple[NewsFor, int], News]:
        """Return what each run changed, by whom the rows are for and the run; nothing where it is not in it."""
        receivers = {NewsFor(row.user_id, row.organisation_id) for row in self._of(ReminderKind.LAW_CHANGED)}
        return law_notices.news_of(self.runs, receivers, today=self.today)

    @cached_property
    def moved_on(self) -> Mapping[int, PassOn]:
        """Return the messages of many cases that somebody else hears now, of what the employee had in the office."""
        of_law = self._of(ReminderKind.LAW_CHANGED)
        offices = law_notices.offices_of(self.runs, {row.user_id for row in of_law if row.user_id})
        asked = [(row, offices[key]) for row in of_law if (key := (row.subject, row.user_id)) in offices]
        asked += [
            (row, self.list_jobs[row.subject].organisation_id)
            for row in self._of(ReminderKind.LIST_JOB)
            if row.subject in self.list_jobs
        ]
        return moved_on(asked, at=self.at)

    @cached_property
    def may_be_undone_until(self) -> Mapping[int, datetime]:
        """Return until when the cases may go back to whoever had them, so that their new owners hear nothing."""
        return list_job_news.may_be_undone_until(self.cases, at=self.at)

    @cached_property
    def list_jobs(self) -> Mapping[int, ListJob]:
        return ListJob.objects.select_related("started_by").in_bulk(self._subjects(ReminderKind.LIST_JOB))

    @cached_property
    def list_job_news(self) -> list_job_news.News:
        return list_job_news.News(self.list_jobs.values(), at=self.at)

    @cached_property
    def list_job_rows(self) -> Mapping[int, ListJobRow]:
        rows = ListJobRow.objects.select_related("job__organisation", "job__started_by")
        return rows.in_bulk(self._subjects(ReminderKind.WRITTEN))

    @cached_property
    def due_now(self) -> set[Row]:
        """Return the reminders that a sweep at this moment would record, or has recorded already."""
        return {Row(*due[:5]) for due in self._due_rows}

    @cached_property
    def due_now_about(self) -> Mapping[tuple[str, int, int], Sequence[Row]]:
        """Return the same by what they say; empty where a sweep would record nothing."""
        due_now: defaultdict[tuple[str, int, int], list[Row]] = defaultdict(list)
        for due in self.due_now:
            due_now[due.about].append(due)
        return due_now

    @cached_property
    def owed_or_told(self) -> set[Row]:
        """Return who hears of the same in a row of their own, or has heard."""
        same = Reminder.objects.filter(
            kind__in={row.kind for row in self.rows}, subject__in={row.subject for row in self.rows}
        )
        return {Row.of(row) for row in same} - {Row.of(row) for row in same.unsaid()}

    @cached_property
    def rests_until(self) -> Mapping[int, datetime]:
        return {case_id: until for *_, case_id, until in self._due_rows if until is not None}

    @cached_property
    def _due_rows(self) -> list[tuple[Any, ...]]:
        return ask(WANTED, cases=self.cases, book=self.law.book, at=self.at)

    def _subjects(self, *kinds: ReminderKind) -> set[int]:
        return {row.subject for row in self._of(*kinds)}

    def _of(self, *kinds: ReminderKind) -> list[Reminder]:
        return [row for row in self.rows if row.kind in kinds]
