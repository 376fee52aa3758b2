"""The steps after a missed talk are taken, answered and taken back."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cases.changing import check_newest
from cases.history import events as history_events
from cases.models import Case, Event, Reminder, User
from cases.models.events import EventQuerySet
from cases.models.reminders import ReminderQuerySet
from cases.reminders import owing
from cases.reminders.receivers import receiver_at
from cases.rules.refusal import Refused
from cases.rules.undo_time import UNDO_WITHIN
from cases.rules.wording import day_text
from cases.ui.paper import require_paper
from meetings.changing import lock_case, lock_meeting
from meetings.models import Meeting, NoShowStep
from meetings.no_shows import letters
from meetings.owing.kinds import ReminderKind
from meetings.planning import law as planning_law
from meetings.rules.no_shows import NoShowStepKind, leaves_time_to_answer

#: What each step makes us owe.
OWES = {
    NoShowStepKind.HEARING: ReminderKind.NO_SHOW_HEARING,
    NoShowStepKind.NOTICE: ReminderKind.NO_SHOW_NOTICE,
    NoShowStepKind.SUMMONS: ReminderKind.NO_SHOW_SUMMONS,
}


class StepRefused(Refused):
    """The step cannot be taken, or not yet."""


class BadLastDay(StepRefused):
    """The citizen has no time to answer."""

    field = "answer_by"


@dataclass(frozen=True)
class Step:
    """What is written, and in a hearing until when the citizen can answer."""

    kind: NoShowStepKind
    text: str
    answer_by: date | None = None


@transaction.atomic(durable=True)
def take_step(*, meeting_id: int, step: Step, by: User, at: datetime) -> NoShowStep:
    """Take one step after a missed talk, and owe its letter or notice; each kind once, until it is taken back.

    What is owed waits as long as other changes can be undone.
    The same once more changes nothing. Raises StepRefused, BadLastDay and NotOnPaper.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    there = meeting.no_show_steps.standing().filter(kind=step.kind).first()
    if there is not None:
        if (there.text, there.answer_by) == (step.text, step.answer_by):
            return there
        raise StepRefused("Skridtet er taget allerede. Træk det tilbage med en begrundelse, og tag det på ny.")
    if not meeting.is_no_show:
        raise StepRefused("Det er ikke registreret, at borgeren udeblev fra samtalen. Ret udfaldet først.")
    _check_last_day(step, at=at)
    taken = NoShowStep(
        meeting=meeting,
        organisation=meeting.organisation,
        kind=str(step.kind),
        text=step.text,
        answer_by=step.answer_by,
        following=_following(case, meeting, at=at) if step.kind is NoShowStepKind.SUMMONS else None,
        opened_by=by,
        opened_at=at,
    )
    if step.kind is not NoShowStepKind.NOTICE:
        require_paper(letters.sheet_of(taken, case=case, law=planning_law.law_in_force(), at=at))
    taken.save()
    _owe(taken, case=case, at=at)
    _tell(taken, "meetings.no_show_step", _taken_in_words(taken), by=by, at=at)
    return taken


@transaction.atomic(durable=True)
def answer_hearing(*, step_id: int, answer: str, version: int | None = None, by: User, at: datetime) -> NoShowStep:
    """Write down what the citizen answered, or that no answer came. The same again changes nothing.

    `version` is the latest event about the step that the user saw. Raises StepRefused and StaleForm.
    """
    step = _lock(step_id)
    if not step.is_standing or step.kind != NoShowStepKind.HEARING:
        raise StepRefused("Høringen er trukket tilbage, så der er intet svar at registrere.")
    if step.answered_at is not None and step.answer == answer:
        return step
    check_newest(events_of(step), version)
    before = step.answer
    step.earlier_answers = [*step.earlier_answers, *([before] if before else [])]
    step.answer, step.answered_at = answer, at
    step.save(update_fields=["answer", "earlier_answers", "answered_at"])
    # Both offices read the history; what the citizen answered is for the one that asked.
    again = " Svaret er rettet." if before else ""
    text = f"Høringen om udeblivelsen fra {step.meeting.title} er besvaret.{again}"
    _tell(step, "meetings.no_show_answered", text, by=by, at=at)
    return step


@transaction.atomic(durable=True)
def withdraw_step(*, step_id: int, reason: str, by: User, at: datetime) -> NoShowStep:
    """Take a step back, with a reason; what has not gone is never sent. Twice is once."""
    step = _lock(step_id)
    if step.is_standing:
        _withdraw(step, reason=reason, by=by, at=at)
    return step


def on_outcome_corrected(event: Event) -> None:
    """A talk that the citizen did not stay away from after all has nothing to follow it."""
    steps = NoShowStep.objects.standing().filter(meeting=event.data.get("meeting"))
    for step in steps.select_related("meeting__case", "organisation"):
        if not step.meeting.is_no_show:
            _withdraw(step, reason="Udfaldet af samtalen er rettet.", by=event.by, at=event.at)


def on_party_changed(event: Event) -> None:
    """What the party that left has not sent, or waits to hear, is taken back: nobody there sees the case any more."""
    steps = NoShowStep.objects.standing().filter(meeting__case=event.case_id, organisation__in=event.data["left"])
    for step in steps.select_related("meeting__case", "organisation"):
        if step.is_waiting or not is_gone(step):
            _withdraw(step, reason="Borgeren har skiftet kommune eller a-kasse.", by=event.by, at=event.at)


def is_gone(step: NoShowStep) -> bool:
    """Whether its letter or notice has been sent and cannot be called back."""
    return messages_of(step).gone().exists()


def messages_of(step: NoShowStep) -> ReminderQuerySet:
    """What is owed, or was sent, of the step."""
    return Reminder.objects.filter(kind=OWES[NoShowStepKind(step.kind)], subject=step.pk)


def events_of(step: NoShowStep) -> EventQuerySet:
    """What the history tells of the step."""
    return Event.objects.filter(case=step.meeting.case_id).of("step", step.pk)


def _withdraw(step: NoShowStep, *, reason: str, by: User | None, at: datetime) -> None:
    owing.void(messages_of(step).owed(), outcome="Skridtet er trukket tilbage.", at=at)
    step.withdrawn_at, step.withdrawn_reason = at, reason
    step.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    text = f"Trukket tilbage: {step.get_kind_display()} efter {step.meeting.title}. Begrundelse: {reason}"
    _tell(step, "meetings.no_show_step_withdrawn", text, by=by, at=at)


def _check_last_day(step: Step, *, at: datetime) -> None:
    today = timezone.localtime(at).date()
    if step.kind is NoShowStepKind.HEARING and not leaves_time_to_answer(step.answer_by, today=today):
        raise BadLastDay("Borgeren skal have tid til at svare. Skriv en dag efter i dag.")


def _following(case: Case, meeting: Meeting, *, at: datetime) -> Meeting:
    """The next talk of the same office, which the letter calls to. Raises StepRefused where none is booked."""
    ahead = case.meetings.booked().filter(organisation=meeting.organisation, starts_at__gt=at)
    following = ahead.select_related("organisation", "adviser").order_by("starts_at").first()
    if following is None:
        raise StepRefused("Der er ingen ny samtale at indkalde til. Book den først.")
    return following


def _owe(step: NoShowStep, *, case: Case, at: datetime) -> None:
    """Owe the letter to the citizen, or the notice to whoever has the case in the other office, or to that office."""
    receiver: dict[str, int | None] = {}
    if step.kind == NoShowStepKind.NOTICE:
        other = case.municipality if step.organisation_id == case.fund_id else case.fund
        if other is None:
            raise StepRefused("Sagen har ingen a-kasse, der kan underrettes.")
        receiver = receiver_at(other, case, at=at)
    owing.owe(
        kind=OWES[NoShowStepKind(step.kind)],
        case_id=case.pk,
        subject=step.pk,
        version=step.following.version if step.following else 1,
        at=at,
        due_at=at + UNDO_WITHIN,
        **receiver,
    )


def _taken_in_words(step: NoShowStep) -> str:
    about = f"{step.get_kind_display().capitalize()} efter udeblivelse fra {step.meeting.title}"
    if step.answer_by is not None:
        return f"{about}. Svar senest den {day_text(step.answer_by)}."
    return f"{about}. Ny samtale: {step.following.title}." if step.following else f"{about}."


def _lock(step_id: int) -> NoShowStep:
    meeting_id = NoShowStep.objects.values_list("meeting_id", flat=True).get(pk=step_id)
    meeting = lock_meeting(meeting_id)
    step = NoShowStep.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=step_id)
    step.meeting = meeting
    return step


def _tell(step: NoShowStep, kind: str, text: str, *, by: User | None, at: datetime) -> None:
    history_events.record(
        case=step.meeting.case, kind=kind, by=by, at=at, text=text, meeting=step.meeting_id, step=step.pk
    )
