"""What the pages of a case say about its contact course. A reading: nothing is saved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Min
from django.utils import timezone

from cases.models import Case
from cases.overview import Check, NextStep
from cases.rules.danish import counted
from cases.rules.facts import Course, Party
from cases.rules.workdays import closed_day
from meetings.models import ChannelChoice, Meeting, RequiredMeeting, RequirementState
from meetings.planning import Law, law_in_force
from meetings.rules.after_six_months import LongTermMeeting, RequestRight, fulfils, long_term_meeting, right_on_request
from meetings.rules.contact_course import plan
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus


def next_steps(cases: Sequence[Case]) -> Mapping[int, NextStep]:
    """The earliest open deadline and the citizen's chosen channel of each case, in two queries."""
    ids = [case.pk for case in cases]
    due = dict(
        RequiredMeeting.objects.current()
        .filter(case__in=ids, state=RequirementState.OPEN)
        .order_by()
        .values_list("case")
        .annotate(Min("due_on"))
    )
    choices = (
        ChannelChoice.objects.filter(case__in=ids, meeting=None).order_by("case", "-chosen_on", "-pk").distinct("case")
    )
    channels = {choice.case_id: choice.get_channel_display() for choice in choices}
    return {pk: NextStep(due_on=due.get(pk), channel=channels.get(pk, "ikke valgt")) for pk in ids}


def first_deadlines(courses: Sequence[Course]) -> list[date | None]:
    """When the first meeting of each course is due at the latest, by the law in force; nothing is saved."""
    law = law_in_force()
    plans = [plan(course=course, book=law.book, table=law.table) for course in courses]
    return [min((meeting.due_on for meeting in one.meetings), default=None) for one in plans]


def handover_checks(case: Case, at: datetime) -> list[Check]:
    """What the a-kasse has held, what waits for an outcome, and what the jobcenter can build on."""
    return checks_of(
        required=case.required_meetings.current(),
        booked=list(case.meetings.booked().select_related("organisation")),
        step=next_steps([case])[case.pk],
        at=at,
    )


def checks_of(
    *, required: Iterable[RequiredMeeting], booked: Sequence[Meeting], step: NextStep, at: datetime
) -> list[Check]:
    """The checklist from rows that are read already, for one case or for a whole board."""
    required = [row for row in required if row.state != RequirementState.HISTORIC]
    by_fund = [row for row in required if row.party is Party.FUND]
    held = sum(row.state == RequirementState.FULFILLED for row in by_fund)
    ended = [meeting for meeting in booked if meeting.ends_at <= at]
    ahead = [meeting for meeting in booked if meeting.party is Party.FUND and meeting.ends_at > at]
    first = next((meeting for meeting in booked if meeting.party is Party.MUNICIPALITY and meeting.ends_at > at), None)
    return [
        Check(f"{held} af {counted(len(by_fund), 'samtale', 'samtaler')} i a-kassen er holdt.", held == len(by_fund)),
        Check(
            f"{counted(len(ended), 'samtale', 'samtaler')} mangler udfald."
            if ended
            else "Alle samtaler har et udfald.",
            not ended,
        ),
        Check(
            f"A-kassen har stadig booket {_listed(ahead)}." if ahead else "A-kassen har ingen bookede samtaler.",
            not ahead,
        ),
        _channel(step),
        Check(f"Jobcentret har booket {_listed([first])}.", True)
        if first
        else Check("Jobcentret har ikke booket en samtale endnu.", False),
        _wish(first),
    ]


def _channel(step: NextStep) -> Check:
    is_chosen = step.channel != NextStep().channel
    return Check(f"Samtaleform: {step.channel}.", is_chosen)


def _wish(first: Meeting | None) -> Check:
    if first is None or first.fund_attends is None:
        return Check("Borgeren er ikke spurgt, om a-kassen skal med til den første samtale i jobcentret.", False)
    answer = "ønsker" if first.fund_attends else "ønsker ikke"
    return Check(f"Borgeren {answer} a-kassen med til den første samtale i jobcentret.", True)


def _listed(meetings: Sequence[Meeting]) -> str:
    return ", ".join(f"{timezone.localtime(meeting.starts_at):%d-%m-%Y kl. %H.%M}" for meeting in meetings)


@dataclass(frozen=True)
class LongTerm:
    """The jobcenter's meeting with the a-kasse, and what has become of it."""

    demand: LongTermMeeting
    #: The held meeting that fulfils it, or else the booked one that can.
    meeting: Meeting | None
    state: str
    variant: str
    why: Mapping[str, Any]

    @property
    def closed_day(self) -> str | None:
        return None if self.is_fulfilled else closed_day(self.demand.due_on)

    @property
    def is_fulfilled(self) -> bool:
        return self.meeting is not None and self.meeting.status == MeetingStatus.HELD

    @property
    def needs_answer(self) -> bool:
        """Whether somebody must ask the citizen about the a-kasse."""
        return self.meeting is not None and not self.is_fulfilled and self.meeting.fund_attends is None


@dataclass(frozen=True)
class AfterSixMonths:
    """What stands when the law demands no number of meetings any more."""

    right: RequestRight
    long_term: LongTerm | None


def after_six_months(
    *, course: Course, meetings: Sequence[Meeting], at: datetime, is_resting: bool, law: Law
) -> AfterSixMonths | None:
    """None while the months with a fixed number last. Load the meetings with their organisation."""
    today = timezone.localtime(at).date()
    right = right_on_request(course=course, on=today, book=law.book)
    if not right.has_right:
        return None
    demand = long_term_meeting(course=course, on=today, book=law.book)
    if demand is None:
        return AfterSixMonths(right, None)
    own = [m for m in meetings if m.party is Party.MUNICIPALITY and m.kind == MeetingKind.CONTACT_INTERVIEW]
    held = next((m for m in own if m.status == MeetingStatus.HELD and _fulfils(demand, m)), None)
    ahead = (m for m in own if m.status == MeetingStatus.BOOKED and m.day >= demand.window_from)
    meeting = held or min(ahead, key=_likeliest, default=None)
    state, variant = _long_term_state(demand, meeting, at=at, today=today, is_resting=is_resting)
    why = {
        "steps": [step.text for step in demand.why],
        "act": next(act.title for act in law.book.acts if act.slug == demand.act),
        "legal_basis": demand.legal_basis,
    }
    return AfterSixMonths(right, LongTerm(demand, meeting, state, variant, why))


def _fulfils(demand: LongTermMeeting, meeting: Meeting) -> bool:
    wish = meeting.fund_attends
    return fulfils(demand, held_on=meeting.day, fund_took_part=wish is True, fund_declined=wish is False)


def _likeliest(meeting: Meeting) -> tuple[bool, datetime]:
    return (meeting.fund_attends is None, meeting.starts_at)


def _long_term_state(
    demand: LongTermMeeting, meeting: Meeting | None, *, at: datetime, today: date, is_resting: bool
) -> tuple[str, str]:
    """What has become of it, in words and as the badge's colour."""
    if meeting is not None and meeting.status == MeetingStatus.HELD:
        return ("Holdt for sent", "warning") if meeting.day > demand.due_on else ("Holdt", "success")
    if meeting is not None:
        if meeting.ends_at <= at:
            return "Mangler udfald", "warning"
        return ("Booket efter fristen", "warning") if meeting.day > demand.due_on else ("Booket", "info")
    if is_resting:
        return "På pause", ""
    return ("Overskredet", "error") if demand.due_on < today else ("Skal bookes", "warning")
