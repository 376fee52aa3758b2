"""Decides, when a message about meetings is to be sent, whether it is still wanted, and writes it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.urls import reverse

from cases.models import Reminder, ReminderState
from cases.models.reminders import MERGED
from cases.reminders.owing import OTHERS_HAVE_IT, DigestLine, PassOn, Postpone, Send, Skip, Verdict
from cases.rules.wording import day_text
from cases.seam import ReminderSource
from meetings.channel import choice_letter
from meetings.due import letters
from meetings.due.facts import Facts, Row
from meetings.due.sweep import record_due
from meetings.law import notices as law_notices
from meetings.law.notices import NewsFor
from meetings.list_jobs import letters as list_job_letters
from meetings.models import Meeting, NoShowStepKind
from meetings.no_shows import letters as no_show_letters
from meetings.owing.kinds import ReminderKind
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


def verdicts(rows: Sequence[Reminder], at: datetime) -> dict[int, Verdict]:
    """Decide for each reminder, by the cases as they are now: send it, postpone it or skip it. Keyed by row."""
    facts = Facts(rows, at)
    return {row.pk: _VERDICTS[ReminderKind(row.kind)](row, facts) for row in rows}


def _judge_news(row: Reminder, facts: Facts) -> Verdict:
    """Judge an invitation or a correction. It follows from what somebody did, so a pause does not hold it back."""
    meeting = facts.meetings.get(row.subject)
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    if meeting is None or meeting.status != MeetingStatus.BOOKED or meeting.version != row.version:
        return Skip("Samtalen er flyttet, aflyst eller registreret.")
    if meeting.starts_at <= facts.at:
        return Skip("For sent: samtalen er begyndt.")
    if row.kind == ReminderKind.INVITATION and (letter := facts.summonses.get(meeting.pk)):
        # The letter invites to it: one of them is enough, and while the letter can be taken back nobody knows which.
        return Skip(MERGED) if letter.is_gone else Postpone(letter.due_at)
    return _to_citizen(row, meeting, facts)


def _judge_cancellation(row: Reminder, facts: Facts) -> Verdict:
    meeting = facts.meetings.get(row.subject)
    if meeting is None or meeting.status != MeetingStatus.CANCELLED:
        return Skip("Samtalen er ikke aflyst.")
    if meeting.starts_at <= facts.at:
        return Skip("For sent: samtalens tid er forbi.")
    return _to_citizen(row, meeting, facts)


def _judge_meeting_tomorrow(row: Reminder, facts: Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Samtalen er flyttet, aflyst eller registreret.")
    if verdict is not None:
        return verdict
    meeting = facts.meetings[row.subject]
    lead = lead_times.citizen_reminder(meeting.day, facts.law.book)
    if facts.at > meeting.starts_at - lead.too_late_below:
        return Skip("For sent: samtalen er for nær.")
    news = facts.news.get((meeting.pk, meeting.version), ())
    lately = meeting.starts_at - lead.send_before
    if row.sending == 1 and any(one.is_gone and one.closed_at and one.closed_at >= lately for one in news):
        return Skip(MERGED)
    # Nobody is reminded of what they are not told yet, and it may still be undone.
    waiting = (one for one in news if one.state == ReminderState.OWED and one.due_at > facts.at)
    if first := next(waiting, None):
        return Postpone(first.due_at)
    return _to_citizen(row, meeting, facts)


def _judge_choice_set_aside(row: Reminder, facts: Facts) -> Verdict:
    verdict = _judge_news(row, facts)
    if isinstance(verdict, Skip):
        return verdict
    meeting, case = facts.meetings[row.subject], facts.cases[row.case_id]
    message = partial(
        choice_letter.message_of, meeting, key=f"reminder-{row.pk}", case=case, book=facts.law.book, at=facts.at
    )
    return Send(about=("choice", meeting.pk), rank=_RANK[ReminderKind(row.kind)], content=message)


def _judge_no_show(row: Reminder, facts: Facts) -> Verdict:
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


def _to_citizen(row: Reminder, meeting: Meeting, facts: Facts) -> Send:
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


def _judge_requirement(row: Reminder, facts: Facts) -> Verdict:
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


def _judge_outcome(row: Reminder, facts: Facts) -> Verdict:
    verdict = _still_wanted(row, facts, otherwise="Udfaldet er registreret, eller samtalen er flyttet.")
    if verdict is not None:
        return verdict
    meeting = facts.meetings[row.subject]
    text = f"{meeting.get_kind_display()} den {day_text(meeting.day)} har intet udfald"
    return Send(
        about=("outcome", meeting.pk), rank=_RANK[ReminderKind.OUTCOME_MISSING], content=_line(row, facts, text=text)
    )


def _judge_handover(row: Reminder, facts: Facts) -> Verdict:
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


def _judge_law_changed(row: Reminder, facts: Facts) -> Verdict:
    """Judge the message about a change of the law. It covers all cases of one receiver, which are counted anew now."""
    run = facts.runs[row.subject]
    news = facts.law_news.get((NewsFor(row.user_id, row.organisation_id), run.pk))
    if news is None:
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


def _judge_list_job(row: Reminder, facts: Facts) -> Verdict:
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


def _judge_written(row: Reminder, facts: Facts) -> Verdict:
    """Judge what an office has written to many citizens at once."""
    case, of_job = facts.cases[row.case_id], facts.list_job_rows.get(row.subject)
    if of_job is None:
        return Skip("Det er så længe siden, at teksten ikke er gemt mere. Skriv den igen.")
    if not case.is_open:
        return Skip("Sagen er afsluttet.")
    message = partial(list_job_letters.message_of, of_job, key=f"reminder-{row.pk}", case=case, at=facts.at)
    return Send(about=("written", of_job.pk), rank=_RANK[ReminderKind.WRITTEN], content=message)


def _still_wanted(row: Reminder, facts: Facts, *, otherwise: str) -> Verdict | None:
    """Return None when a sweep would still record the reminder now. Otherwise, why it is skipped or waits."""
    if not facts.cases[row.case_id].is_open:
        return Skip("Sagen er afsluttet.")
    key = Row.of(row)
    if key not in facts.due_now:
        # The other office of the case may have one of its own: this one is for whoever is not told yet.
        same = facts.due_now_about[key.about]
        for due in same:
            if due not in facts.owed_or_told:
                return PassOn(due.user_id, due.organisation_id)
        return Skip(OTHERS_HAVE_IT if same else otherwise)
    until = facts.rests_until.get(row.case_id)
    if row.user_id is not None and until is None:
        until = facts.may_be_undone_until.get(row.case_id)
    return Postpone(until) if until else None


def _line(row: Reminder, facts: Facts, *, text: str) -> DigestLine:
    case = facts.cases[row.case_id]
    heading = ReminderKind(row.kind).label
    return DigestLine(heading=heading.capitalize(), text=f"{case.label}: {text}", path=case.get_absolute_url())


_VERDICTS: dict[ReminderKind, Callable[[Reminder, Facts], Verdict]] = {
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
