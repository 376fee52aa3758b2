"""Decides, when a message about meetings is to be sent, whether it is still wanted, and writes it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Reminder
from cases.models.reminders import MERGED
from cases.reminders.owing import OTHERS_HAVE_IT, DigestLine, PassOn, Postpone, Send, Skip, Verdict
from cases.reminders.passing_on import Asked, elsewhere, moved_on
from cases.rules.wording import day_text
from cases.seam import ReminderSource
from meetings.channel import choice_letter
from meetings.due import letters
from meetings.due.sweep import OF_REQUIREMENT, WANTED, ask, record_due
from meetings.law import notices as law_notices
from meetings.list_jobs import letters as list_job_letters
from meetings.models import (
    LawRun,
    ListJob,
    ListJobRow,
    Meeting,
    NoShowStep,
    NoShowStepKind,
    RequiredMeeting,
    WorklistEntry,
)
from meetings.no_shows import letters as no_show_letters
from meetings.no_shows.services import OWES
from meetings.owing import list_job_news, meeting_news
from meetings.owing.kinds import TO_CITIZEN, ReminderKind
from meetings.planning import law as planning_law
from meetings.planning.law import Law
from meetings.rules import lead_times
from meetings.rules.lifecycle import MeetingStatus

#: Of several messages about the same thing, only the one that comes last in this list is sent.
_RANK = {
    kind: rank
    for rank, kind in enumerate(
        (
            ReminderKind.CHOICE_SET_ASIDE,
            ReminderKind.MEETING_TOMORROW,
            ReminderKind.INVITATION,
            ReminderKind.CORRECTION,
            ReminderKind.CANCELLATION,
            ReminderKind.NO_SHOW_HEARING,
            ReminderKind.NO_SHOW_SUMMONS,
            ReminderKind.NO_SHOW_NOTICE,
            ReminderKind.WRITTEN,
            ReminderKind.LAW_CHANGED,
            ReminderKind.LIST_JOB,
            ReminderKind.HANDOVER_NEAR,
            ReminderKind.OUTCOME_MISSING,
            ReminderKind.BOOK_BY,
            ReminderKind.DEADLINE_NEAR,
            ReminderKind.DEADLINE_PASSED,
        )
    )
}


class _Row(NamedTuple):
    """Holds the columns that together identify one reminder."""

    kind: str
    subject: int
    version: int
    user_id: int | None
    organisation_id: int | None

    @classmethod
    def of(cls, row: Reminder) -> "_Row":
        return cls(row.kind, row.subject, row.version, row.user_id, row.organisation_id)


class _Facts:
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
        return Case.objects.with_parties().in_bulk({row.case_id for row in self.rows})

    @cached_property
    def meetings(self) -> Mapping[int, Meeting]:
        subjects = self._subjects(*TO_CITIZEN, ReminderKind.CHOICE_SET_ASIDE, ReminderKind.OUTCOME_MISSING)
        return Meeting.objects.select_related("organisation", "adviser", "requirement", "booked_by").in_bulk(subjects)

    @cached_property
    def no_show_steps(self) -> Mapping[int, NoShowStep]:
        steps = NoShowStep.objects.select_related(
            "meeting",
            "organisation",
            "opened_by__organisation",
            "following__organisation",
            "following__adviser",
            "following__requirement",
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
    def law_news(self) -> Mapping[tuple[int | None, int | None], Mapping[int, law_notices.News]]:
        """Return what each run changed, by the user and the organisation whom the rows are for."""
        receivers = {(row.user_id, row.organisation_id): row.user for row in self._of(ReminderKind.LAW_CHANGED)}
        return {
            (user_id, organisation): law_notices.news_of(
                self.runs, user=user, organisation_id=organisation, today=self.today
            )
            for (user_id, organisation), user in receivers.items()
        }

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
    def due_now(self) -> set[_Row]:
        """Return the reminders that a sweep at this moment would record, or has recorded already."""
        return {_Row(*due[:5]) for due in self._due_rows}

    @cached_property
    def owed_or_told(self) -> set[_Row]:
        """Return who hears of the same in a row of their own, or has heard."""
        same = Reminder.objects.filter(
            kind__in={row.kind for row in self.rows}, subject__in={row.subject for row in self.rows}
        )
        return {_Row.of(row) for row in same} - {_Row.of(row) for row in same.unsaid()}

    @cached_property
    def rests_until(self) -> Mapping[int, datetime]:
        return {case_id: until for *_, case_id, until in self._due_rows if until is not None}

    @cached_property
    def _due_rows(self) -> list[tuple[Any, ...]]:
        entries = WorklistEntry.objects.filter(case__in=self.cases).values_list("pk", flat=True)
        return ask(WANTED, entries=entries, book=self.law.book, at=self.at)

    def _subjects(self, *kinds: ReminderKind) -> set[int]:
        return {row.subject for row in self._of(*kinds)}

    def _of(self, *kinds: ReminderKind) -> list[Reminder]:
        return [row for row in self.rows if row.kind in kinds]


def verdicts(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """Decide for each reminder, by the cases as they are now: send it, postpone it or skip it. Keyed by row."""
    facts = _Facts(rows, at)
    return {row.pk: _VERDICTS[ReminderKind(row.kind)](row, facts) for row in rows}


def _judge_news(row: Reminder, facts: _Facts) -> Verdict:
    """Judge an invitation or a correction. It follows from what somebody did, so a pause does not hold it back."""
    meeting = facts.meetings.get(row.subject)
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    if meeting is None or meeting.status != MeetingStatus.BOOKED or meeting.version != row.version:
        return Skip("Samtalen er flyttet, aflyst eller registreret.")
    if meeting.starts_at <= facts.at:
        return Skip("For sent: samtalen er begyndt.")
    if row.kind == ReminderKind.INVITATION and (letter := meeting_news.summons_to(meeting).last()):
        # The letter invites to it: one of them is enough, and while the letter can be taken back nobody knows which.
        return Skip(MERGED) if letter.is_gone else Postpone(letter.due_at)
    return _to_citizen(row, meeting, facts)


def _judge_cancellation(row: Reminder, facts: _Facts) -> Verdict:
    meeting = facts.meetings.get(row.subject)
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
    news = Reminder.objects.filter(
        kind__in=(ReminderKind.INVITATION, ReminderKind.CORRECTION), subject=meeting.pk, version=meeting.version
    )
    told = news.gone().filter(closed_at__gte=meeting.starts_at - lead.send_before)
    if row.sending == 1 and told.exists():
        return Skip(MERGED)
    # Nobody is reminded of what they are not told yet, and it may still be undone.
    if waiting := news.owed().filter(due_at__gt=facts.at).order_by("due_at").first():
        return Postpone(waiting.due_at)
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


def _judge_no_show(row: Reminder, facts: _Facts) -> Verdict:
    """Judge a hearing, a notice or a new summons after a missed talk: nothing goes that was taken back."""
    step, case = facts.no_show_steps.get(row.subject), facts.cases[row.case_id]
    if not case.is_open:
        return Skip("Sagen er afsluttet.")
    if step is None or not step.is_standing or not step.meeting.is_no_show:
        return Skip("Skridtet er trukket tilbage.")
    if step.answer_by is not None and step.answer_by < facts.today:
        return Skip("For sent: fristen for at svare er gået.")
    talk = step.following
    if talk is not None and (talk.status != MeetingStatus.BOOKED or talk.starts_at <= facts.at):
        return Skip("Den nye samtale er flyttet, aflyst eller begyndt.")
    rank = _RANK[ReminderKind(row.kind)]
    if step.kind == NoShowStepKind.NOTICE:
        if verdict := facts.elsewhere.get(row.pk):
            return verdict
        text = f"{case.label}: {step.organisation} har skrevet til jer om en samtale, som borgeren ikke kom til"
        path = reverse("meetings:no_show", args=[step.meeting.public_id])
        line = DigestLine(heading=ReminderKind(row.kind).label.capitalize(), text=text, path=path)
        return Send(about=("no_show", step.pk), rank=rank, content=line)
    message = partial(no_show_letters.message_of, step, key=f"reminder-{row.pk}", case=case, law=facts.law, at=facts.at)
    return Send(about=("no_show", step.pk), rank=rank, content=message)


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
    """Judge the message about a change of the law. It covers all cases of one receiver, which are counted anew now."""
    run = facts.runs[row.subject]
    news = facts.law_news[row.user_id, row.organisation_id][run.pk]
    if not news.has_any:
        if verdict := facts.moved_on.get(row.pk):
            return verdict
        return Skip("Sagerne er afsluttet, eller andre har dem nu.")
    heading = ReminderKind.LAW_CHANGED.label.capitalize()
    text = law_notices.news_text(run, news, is_own=row.user_id is not None, today=facts.today)
    return Send(
        about=("law_run", run.pk),
        rank=_RANK[ReminderKind.LAW_CHANGED],
        content=DigestLine(heading=heading, text=text, path=law_notices.url_of(run)),
    )


def _judge_list_job(row: Reminder, facts: _Facts) -> Verdict:
    """Judge the message about cases that were moved together; what was taken back is not told."""
    job = facts.list_jobs.get(row.subject)
    if job is None:
        return Skip("Det er så længe siden, at handlingen ikke er gemt mere.")
    text = facts.list_job_news.text_of(job, row.user_id)
    if not text:
        return Skip("Fortrudt, før det blev sendt.")
    if verdict := facts.moved_on.get(row.pk):
        # What one who has left gave up is nothing to whoever hears in their place: others have it.
        return verdict if facts.list_job_news.text_of(job, verdict.user_id) else Skip(OTHERS_HAVE_IT)
    heading = ReminderKind.LIST_JOB.label.capitalize()
    line = DigestLine(heading=heading, text=text, path=job.get_absolute_url())
    return Send(about=("list_job", job.pk), rank=_RANK[ReminderKind.LIST_JOB], content=line)


def _judge_written(row: Reminder, facts: _Facts) -> Verdict:
    """Judge what an office has written to many citizens at once."""
    case, of_job = facts.cases[row.case_id], facts.list_job_rows.get(row.subject)
    if of_job is None:
        return Skip("Det er så længe siden, at teksten ikke er gemt mere. Skriv den igen.")
    if not case.is_open:
        return Skip("Sagen er afsluttet.")
    message = partial(list_job_letters.message_of, of_job, key=f"reminder-{row.pk}", case=case, at=facts.at)
    return Send(about=("written", of_job.pk), rank=_RANK[ReminderKind.WRITTEN], content=message)


def _still_wanted(row: Reminder, facts: _Facts, *, otherwise: str) -> Verdict | None:
    """Return None when a sweep would still record the reminder now. Otherwise, why it is skipped or waits."""
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    key = _Row.of(row)
    if key not in facts.due_now:
        # The other office of the case may have one of its own: this one is for whoever is not told yet.
        same = [due for due in facts.due_now if due[:3] == key[:3]]
        for due in same:
            if due not in facts.owed_or_told:
                return PassOn(due.user_id, due.organisation_id)
        return Skip(OTHERS_HAVE_IT if same else otherwise)
    until = facts.rests_until.get(row.case_id)
    if row.user_id is not None and until is None:
        until = facts.may_be_undone_until.get(row.case_id)
    return Postpone(until) if until else None


def _line(row: Reminder, facts: _Facts, *, text: str) -> DigestLine:
    case = facts.cases[row.case_id]
    heading = ReminderKind(row.kind).label
    return DigestLine(heading=heading.capitalize(), text=f"{case.label}: {text}", path=case.get_absolute_url())


_VERDICTS: dict[ReminderKind, Callable[[Reminder, _Facts], Verdict]] = {
    ReminderKind.INVITATION: _judge_news,
    ReminderKind.CORRECTION: _judge_news,
    ReminderKind.CANCELLATION: _judge_cancellation,
    ReminderKind.MEETING_TOMORROW: _judge_meeting_tomorrow,
    ReminderKind.CHOICE_SET_ASIDE: _judge_choice_set_aside,
    ReminderKind.NO_SHOW_HEARING: _judge_no_show,
    ReminderKind.NO_SHOW_SUMMONS: _judge_no_show,
    ReminderKind.NO_SHOW_NOTICE: _judge_no_show,
    ReminderKind.BOOK_BY: _judge_requirement,
    ReminderKind.DEADLINE_NEAR: _judge_requirement,
    ReminderKind.DEADLINE_PASSED: _judge_requirement,
    ReminderKind.OUTCOME_MISSING: _judge_outcome,
    ReminderKind.HANDOVER_NEAR: _judge_handover,
    ReminderKind.LAW_CHANGED: _judge_law_changed,
    ReminderKind.LIST_JOB: _judge_list_job,
    ReminderKind.WRITTEN: _judge_written,
}

SOURCE = ReminderSource(
    kinds=ReminderKind.choices(),
    record_due=record_due,
    verdicts=verdicts,
    between_offices=(str(ReminderKind.NO_SHOW_NOTICE),),
)
