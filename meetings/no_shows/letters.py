"""What is written to the citizen, and to the other office, after a talk to which the citizen did not come."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from cases.models import Case, Organisation
from cases.plans.letters import with_letter
from cases.reminders.letterhead import letter_from
from cases.reminders.messages import Message
from cases.rules.wording import day_text, listed, moment_text
from cases.ui.pdf import Part, Sheet, paragraphs
from meetings.channel import fund_presence
from meetings.channel.allowed import channel_on
from meetings.models import Meeting, NoShowStep
from meetings.owing import call
from meetings.owing.appointments import appointment_of
from meetings.planning.law import Law
from meetings.rules.channel import DecidedBy
from meetings.rules.no_shows import NoShowStepKind


def sheet_of(step: NoShowStep, *, case: Case, law: Law, at: datetime) -> Sheet:
    """The letter of a hearing or of a new summons. The step comes with its meetings and its organisation."""
    organisation, day = step.organisation, day_text(timezone.localtime(step.opened_at).date())
    is_hearing = step.kind == NoShowStepKind.HEARING
    return letter_from(
        organisation,
        case,
        day=day,
        title="Vi vil høre dig: du kom ikke til din samtale" if is_hearing else "Ny indkaldelse til samtale",
        parts=_summons(step, step.following, case=case, law=law, at=at) if step.following else _hearing(step),
        signed_by=f"{step.opened_by}, {organisation}, den {day}",
    )


def message_of(step: NoShowStep, *, key: str, case: Case, law: Law, at: datetime) -> Message:
    """Write the letter for the citizen's closed mailbox: nobody else is to know that a talk was missed."""
    name = "hoering" if step.kind == NoShowStepKind.HEARING else "indkaldelse"
    message = with_letter(
        sheet_of(step, case=case, law=law, at=at),
        key=key,
        case=case,
        sender=step.organisation,
        name=f"{name}-{case.label}-{step.pk}",
        at=at,
    )
    talk = step.following
    # It goes in place of the invitation, and so does its entry for the calendar.
    return replace(message, appointment=appointment_of(case=case, meeting=talk, known=talk)) if talk else message


def _hearing(step: NoShowStep) -> tuple[Part, ...]:
    assert step.answer_by is not None
    return (
        Part("Det handler om", (_missed(step.meeting),)),
        Part("Det vil vi gerne vide", paragraphs(step.text)),
        Part("Sådan svarer du", (f"Svar senest den {day_text(step.answer_by)}. {_reach(step.organisation)}",)),
    )


def _summons(step: NoShowStep, talk: Meeting, *, case: Case, law: Law, at: datetime) -> tuple[Part, ...]:
    kind, channel = talk.get_kind_display(), talk.get_channel_display()
    held = (
        f"Du skal til en ny samtale {talk.when_text}. Slags: {kind}. Samtaleform: {channel}. Sted: {talk.place}. "
        f"Du skal tale med {call.employee_of(talk)}."
    )
    about = " ".join(filter(None, (call.purpose_of(talk), fund_presence.in_words(case=case, meeting=talk, law=law))))
    choice = _choice(talk, case=case, law=law)
    return (
        Part("Din nye samtale", (held, about, *paragraphs(step.text))),
        Part("Hvorfor du får en ny indkaldelse", (_missed(step.meeting),)),
        *([Part("Du kan vælge en anden samtaleform", (choice,))] if choice else []),
        Part("Kan du ikke komme?", (f"{_reach(step.organisation)} {call.rebooking(talk, at=at)}",)),
    )


def _missed(meeting: Meeting) -> str:
    when = moment_text(timezone.localtime(meeting.starts_at))
    return f"Du var indkaldt til en samtale {when}. Vi har noteret, at du ikke kom."


def _reach(organisation: Organisation) -> str:
    return f"Ring {organisation.phone_text}, eller skriv til {organisation.email}. Nævn sagsnummeret."


def _choice(talk: Meeting, *, case: Case, law: Law) -> str:
    """The citizen's right to choose how the talk is held, and until when; empty without it."""
    answer = channel_on(case=case, meeting=talk, law=law)
    if answer.decided_by is not DecidedBy.CITIZEN or talk.channel_reason:
        return ""
    ways = listed((way.label for way in answer.allowed), "eller")
    last_day = day_text(answer.choice_by or talk.day)
    return f"Du vælger selv: {ways}. Vil du have en anden form, så sig til senest den {last_day}."
