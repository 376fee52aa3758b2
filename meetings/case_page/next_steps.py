"""What comes next in a course: the next deadline and meeting, and the list that a handover goes through."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Min, QuerySet
from django.utils import timezone

from cases.models import Case
from cases.rules.facts import Party
from cases.rules.wording import counted
from cases.seam import Check, NextStep
from cases.statements import IsOneOf, Statement
from meetings.models import ChannelChoice, FundWish, Meeting, RequiredMeeting, RequirementState


def next_steps(cases: Sequence[Case]) -> Mapping[int, NextStep]:
    """The earliest open deadline and the citizen's chosen channel of each case, in two queries."""
    ids = [case.pk for case in cases]
    due = dict(_DUE.rows(None, cases=ids))
    channels = {choice.case_id: choice.get_channel_display() for choice in _CHOICES.rows(None, cases=ids)}
    return {pk: NextStep(due_on=due.get(pk), channel=channels.get(pk, "ikke valgt")) for pk in ids}


def _due(nobody: None, *, cases: Any) -> QuerySet[RequiredMeeting, tuple[int, date]]:
    rows = RequiredMeeting.objects.current().filter(IsOneOf("case", cases), state=RequirementState.OPEN)
    return rows.order_by().values_list("case").annotate(Min("due_on"))


def _choices(nobody: None, *, cases: Any) -> QuerySet[ChannelChoice]:
    rows = ChannelChoice.objects.filter(IsOneOf("case", cases), meeting=None)
    return rows.order_by("case", "-chosen_on", "-pk").distinct("case")


_DUE, _CHOICES = Statement(_due), Statement(_choices)


def handover_checks(case: Case, at: datetime) -> list[Check]:
    """What the a-kasse has held, what waits for an outcome, and what the jobcenter can build on."""
    return checks_of(
        required=case.required_meetings.current(),
        booked=list(case.meetings.booked().select_related("organisation")),
        step=next_steps([case])[case.pk],
        said=FundWish.objects.filter(case=case).first(),
        at=at,
    )


def checks_of(
    *,
    required: Iterable[RequiredMeeting],
    booked: Sequence[Meeting],
    step: NextStep,
    said: FundWish | None,
    at: datetime,
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
        _wish(first, said),
    ]


def _channel(step: NextStep) -> Check:
    is_chosen = step.channel != NextStep().channel
    return Check(f"Samtaleform: {step.channel}.", is_chosen)


def _wish(first: Meeting | None, said: FundWish | None) -> Check:
    wish = first.fund_attends if first is not None else said.is_wished if said is not None else None
    if wish is None:
        return Check("Borgeren er ikke spurgt, om a-kassen skal med til den første samtale i jobcentret.", False)
    answer = "ønsker" if wish else "ønsker ikke"
    return Check(f"Borgeren {answer} a-kassen med til den første samtale i jobcentret.", True)


def _listed(meetings: Sequence[Meeting]) -> str:
    return ", ".join(f"{timezone.localtime(meeting.starts_at):%d-%m-%Y kl. %H.%M}" for meeting in meetings)
