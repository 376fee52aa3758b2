"""What was said and sent in the courses in bulk: choices, history and reminders."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta

from cases.history.before import hours_kept
from cases.models import BenefitHours, Event, Reminder, ReminderState, User
from cases.models.cases import CloseReason
from cases.pauses.services import hours_text
from cases.rules.period import add_months
from meetings.models import CancelReason, ChannelChoice, Meeting, Outcome
from meetings.owing.kinds import ReminderKind
from meetings.rules.kinds import Channel
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.spans import local
from referrals.demo.sketch import ONE_DAY, Sketch, worker_of, working_day


def write_history(sketches: Iterable[Sketch], *, at: datetime) -> None:
    choices, lines, reminders = [], [], []
    for sketch in sketches:
        if sketch.channel is not None:
            choices.append(_choice(sketch))
        lines += sorted((*_lines(sketch), *_meeting_lines(sketch)), key=lambda event: event.at)
        if sketch.case.is_open:
            reminders += [reminder for meeting in sketch.meetings for reminder in _sent(meeting, at=at)]
    ChannelChoice.objects.bulk_create(choices)
    Event.objects.bulk_create(lines)
    Reminder.objects.bulk_create(reminders)


def write_meetings_told(sketch: Sketch, *, at: datetime) -> None:
    """Write what was said and sent about the meetings of the course, and nothing else of it."""
    Event.objects.bulk_create(_meeting_lines(sketch))
    Reminder.objects.bulk_create(reminder for meeting in sketch.meetings for reminder in _sent(meeting, at=at))


def _choice(sketch: Sketch) -> ChannelChoice:
    case = sketch.case
    return ChannelChoice(
        case=case,
        channel=str(sketch.channel),
        chosen_on=case.registered_on,
        recorded_by=worker_of(case),
        recorded_at=case.created_at,
    )


def _lines(sketch: Sketch) -> Iterator[Event]:
    case = sketch.case
    worker = worker_of(case)

    def line(kind: str, moment: datetime, text: str, by: User = worker) -> Event:
        return Event(case=case, kind=kind, at=moment, by=by, text=text)

    yield line(
        "cases.opened",
        case.created_at,
        f"Sagen er oprettet. Tilmeldt {case.registered_on:%d-%m-%Y}, indplaceret {case.placed_on:%d-%m-%Y}.",
    )
    if sketch.channel is not None:
        text = f"Borgeren har valgt {sketch.channel.label} til alle samtaler."
        yield line("meetings.channel_chosen", case.created_at, text)
    for pause in case.pauses.all():
        yield line("cases.paused", pause.recorded_at, f"Pause registreret: {pause}. Kilde: {pause.source}.")
    for exemption in case.exemptions.all():
        yield line("meetings.exempted", exemption.recorded_at, f"Fritaget for samtaler: {exemption}.")
    handover = getattr(case, "handover", None)
    if handover is not None:
        hours = list(case.benefit_hours.all())
        for n, paid in enumerate(hours):
            # The hours follow the payout, and none were known before the first of them.
            text = f"{hours_text(paid.hours)} timer med dagpenge er registreret for {paid.month:%m-%Y}."
            event = line("cases.hours_recorded", min(_paid_at(paid), handover.handed_over_at), text)
            event.data = {"before": {"hours": hours_kept(hours[:n])}}
            yield event
        text = f"Forløbet overgår til {case.municipality} den {handover.handed_over_on:%d-%m-%Y}."
        yield line("cases.handed_over", handover.handed_over_at, text)
        if handover.received_by is not None:
            text = f"{case.municipality} har modtaget forløbet. {case.municipality_caseworker} har sagen."
            yield line("cases.received", handover.received_at, text, by=handover.received_by)
    if not case.is_open:
        text = f"Sagen er afsluttet den {case.last_day:%d-%m-%Y}: {CloseReason(case.close_reason).label}."
        yield line("cases.closed", local(case.last_day, time(15, 10)), text)


def _paid_at(paid: BenefitHours) -> datetime:
    """The second working day after the month."""
    return local(working_day(working_day(add_months(paid.month, 1)) + ONE_DAY), time(7, 30))


def _meeting_lines(sketch: Sketch) -> Iterator[Event]:
    for meeting in sketch.meetings:
        for kind, moment, text in _told(meeting):
            data = {"meeting": meeting.pk}
            yield Event(case=sketch.case, kind=kind, at=moment, by=meeting.adviser, text=text, data=data)


def _told(meeting: Meeting) -> Iterator[tuple[str, datetime, str]]:
    name = meeting.title
    moved = f" Flyttet fra {meeting.moved_from.title}." if meeting.moved_from else ""
    kind = "meetings.moved" if moved else "meetings.booked"
    yield kind, meeting.booked_at, f"{name} er booket ({Channel(meeting.channel).label}).{moved}"
    if meeting.cancelled_at:
        text = f"{name} er aflyst: {CancelReason(meeting.cancel_reason).label}."
        yield "meetings.cancelled", meeting.cancelled_at, text
    elif moment := meeting.held_at or meeting.missed_at:
        kind = "meetings.held" if meeting.held_at else "meetings.missed"
        yield kind, moment, f"{name}: {Outcome(meeting.outcome).label}."


def _sent(meeting: Meeting, *, at: datetime) -> Iterator[Reminder]:
    kind = ReminderKind.CORRECTION if meeting.moved_from else ReminderKind.INVITATION
    told = [(kind, meeting.booked_at + timedelta(minutes=1))]
    day_before = meeting.starts_at - timedelta(hours=24)
    if day_before < at and meeting.status != MeetingStatus.CANCELLED and meeting.status != MeetingStatus.MOVED:
        told.append((ReminderKind.MEETING_TOMORROW, day_before))
    for which, moment in told:
        yield Reminder(
            kind=str(which),
            case_id=meeting.case_id,
            subject=meeting.pk,
            version=meeting.version,
            due_at=moment,
            recorded_at=moment,
            state=str(ReminderState.SENT),
            route="e-mail",
            outcome="Sendt.",
            closed_at=min(moment, at),
            attempts=1,
        )
