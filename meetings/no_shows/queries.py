"""What has been done after a missed talk, and what waits. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.utils import timezone

from cases.links import address, link_to
from cases.models import Case, Reminder, User, scopes
from cases.models.scopes import Scope
from cases.seam import RowsOfTile, Tile
from cases.statements import Statement
from meetings.booking.proposal import BookingProposal
from meetings.models import Meeting, NoShowStep, RequiredMeeting
from meetings.models.no_shows import NoShowStepQuerySet
from meetings.no_shows.services import OWES
from meetings.rules.no_shows import NoShowStepKind, has_run_out, open_steps


@dataclass(frozen=True)
class StepOnPage:
    """One step, what has become of its letter or notice, and what this user may do with it."""

    step: NoShowStep
    #: The state of what is owed, in words: nothing is called sent that was not.
    message: str
    is_text_shown: bool
    is_due: bool
    is_own: bool


@dataclass(frozen=True)
class NoShow:
    """The course after one missed talk."""

    steps: Sequence[StepOnPage]
    #: The kinds that can be taken now, by the name of their page.
    open_kinds: Sequence[tuple[str, str]]
    #: What is to be held next by the rules, and what is booked.
    requirement: RequiredMeeting | None
    booked: Sequence[Meeting]


#: What taking each step is called.
LABELS = {
    NoShowStepKind.HEARING: "Hør borgeren",
    NoShowStepKind.NOTICE: "Underret den anden myndighed",
    NoShowStepKind.SUMMONS: "Indkald igen med brev",
}
#: The page on which each step is taken.
PAGES = {
    NoShowStepKind.HEARING: "meetings:hear",
    NoShowStepKind.NOTICE: "meetings:notify",
    NoShowStepKind.SUMMONS: "meetings:summon",
}


def no_show_of(meeting: Meeting, *, case: Case, user: User, at: datetime) -> NoShow:
    """The steps of a missed talk, and which talk is next."""
    today = timezone.localtime(at).date()
    steps = list(meeting.no_show_steps.select_related("organisation", "opened_by", "following"))
    is_own = meeting.organisation_id == user.organisation_id
    standing = {step.kind for step in steps if step.is_standing}
    may_go_on = is_own and case.is_open and meeting.is_no_show
    kinds = open_steps(standing=standing, has_fund=case.fund is not None) if may_go_on else []
    messages = _messages(steps)
    proposal = BookingProposal(case=case, user=user, at=at)
    return NoShow(
        steps=[
            StepOnPage(
                step=step,
                message=messages.get(step.pk, ""),
                is_text_shown=is_own or step.kind == NoShowStepKind.NOTICE,
                is_due=step.is_waiting and has_run_out(step.answer_by, today=today),
                is_own=is_own,
            )
            for step in steps
        ],
        open_kinds=[(PAGES[kind], LABELS[kind]) for kind in kinds],
        requirement=proposal.requirement,
        booked=list(case.meetings.booked().filter(starts_at__gt=at).select_related("organisation", "fulfils")),
    )


def _messages(steps: Sequence[NoShowStep]) -> dict[int, str]:
    rows = Reminder.objects.filter(kind__in=list(OWES.values()), subject__in=[step.pk for step in steps])
    return {row.subject: row.outcome or row.get_state_display().capitalize() for row in rows.order_by("sending")}


def due(user: User, *, today: date, scope: Scope = Scope.ORGANISATION) -> NoShowStepQuerySet:
    """The hearings of the user's organisation whose time has run out, in the cases of the scope."""
    rows = NoShowStep.objects.visible_to(user).due(today).filter(organisation=user.organisation_id)
    return rows.filter(scopes.of_cases(user, scope, today=today, path="meeting__case__"))


def tile_of(user: User, scope: Scope) -> RowsOfTile | None:
    """On the worklist: how many hearings wait for somebody to go on."""
    if user.organisation is None:
        return None
    rows = partial(due, scope=scope)
    url = scopes.within(address("meetings:hearings"), scope)
    return RowsOfTile(label="Høringsfrist udløbet", rows=rows, url=url, variant="warning")


_DUE_IN_CASE = Statement(
    lambda user, *, today, case: due(user, today=today).filter(meeting__case=case).select_related("meeting")
)


def matter_of(case: Case, user: User, at: datetime) -> Tile | None:
    """On the page of a case: the hearing to go on with."""
    steps = _DUE_IN_CASE.rows(user, today=timezone.localtime(at).date(), case=case.pk)
    if not steps:
        return None
    url = link_to("meetings:no_show", steps[0].meeting.public_id)
    return Tile(label="Høringsfrist udløbet", count=1, url=url, variant="warning")
