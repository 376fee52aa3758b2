"""What the page of a joint action says: how many, how far, and each row before and after."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case as SqlCase
from django.db.models import Count, Exists, Func, IntegerField, OuterRef, Q, Sum, Value, When
from django.db.models.functions import Coalesce

from cases.models import Case, User
from cases.rules.wording import counted, listed
from meetings.list_jobs import actions
from meetings.models import ListJob, ListJobRowState, ListJobState

ROWS_SHOWN = 50


@dataclass(frozen=True)
class Counts:
    """How many rows there are, and of each kind; with how many talks need another time."""

    total: int
    ready: int
    refused: int
    warned: int
    waiting: int
    done: int
    taken_back: int
    stands: int
    left: int


def counts_of(job: ListJob) -> Counts:
    """Count the rows of the job, all in one query."""
    states = {state.name.lower(): Count("pk", filter=Q(state=state)) for state in ListJobRowState}
    left = Func("left", function="cardinality", output_field=IntegerField())
    counted_rows: Any = job.rows.aggregate(
        total=Count("pk"),
        warned=Count("pk", filter=~Q(warning="") & ~Q(state=ListJobRowState.REFUSED)),
        left=Coalesce(Sum(left, filter=~Q(state=ListJobRowState.REFUSED)), Value(0)),
        **states,
    )
    return Counts(**counted_rows)


def rows_of(job: ListJob, number: str | None, *, seen_by: User) -> Page[Any]:
    """One page of the rows: first what cannot be done, then what is to be weighed; `is_seen` where the user may."""
    weight = SqlCase(
        When(state__in=[ListJobRowState.REFUSED, ListJobRowState.STANDS], then=0),
        When(~Q(warning=""), then=1),
        default=2,
    )
    is_seen = Exists(Case.objects.visible_to(seen_by).filter(pk=OuterRef("case")))
    rows = job.rows.select_related("case__citizen").annotate(is_seen=is_seen).order_by(weight, "position")
    return Paginator(rows, ROWS_SHOWN).get_page(number)


def heading_of(job: ListJob, counts: Counts) -> str:
    """The heading by the state of the job: »40 sager er valgt«, »Tildel 38 sager?«, »38 sager er tildelt«."""
    if job.state == ListJobState.CHOSEN:
        return f"{_cases(counts.total)} er valgt"
    action = actions.of(job)
    if job.state == ListJobState.PREVIEWED:
        return f"{action.verb.format(_cases(counts.ready))}?"
    if job.state == ListJobState.RUNNING:
        return action.doing.format(_cases(counts.waiting + counts.done))
    if job.state == ListJobState.DONE:
        return action.done.format(_cases(counts.done))
    return "Handlingen bliver fortrudt" if job.is_under_way else "Handlingen er fortrudt"


def button_of(job: ListJob, counts: Counts) -> str:
    """The text of the button that sets the job in motion: »Tildel 38 sager«; empty before an action is chosen."""
    return actions.of(job).verb.format(_cases(counts.ready)) if job.action else ""


def shares_of(job: ListJob) -> str:
    """Who gets how many: »Ida Holm 14, Mette Dahl 13 og Per Lund 13«."""
    counted_rows = (
        job.rows.exclude(state=ListJobRowState.REFUSED)
        .exclude(receiver=None)
        .order_by("receiver__first_name", "receiver__last_name")
        .values_list("receiver__first_name", "receiver__last_name")
        .annotate(number=Count("pk"))
    )
    shares = [f"{first} {last} {number}" for first, last, number in counted_rows]
    return f"{listed(shares)}." if shares else ""


def left_text(counts: Counts) -> str:
    """Say in one sentence how many booked talks stay behind; empty where none does."""
    if not counts.left:
        return ""
    return f"{counted(counts.left, 'samtale', 'samtaler')} skal have en ny tid og bliver stående imens."


def _cases(number: int) -> str:
    return counted(number, "sag", "sager")
