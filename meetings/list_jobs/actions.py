"""What can be done with many cases at once: who may, what is typed for it, what each row says, and the doing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import Case
from meetings.list_jobs import assigning, cancelling, writing
from meetings.models import ListAction, ListJob, ListJobRow


@dataclass(frozen=True)
class Action:
    """One kind of joint action. The preview says of each row what it would be; carrying out raises Refused."""

    permission: Permission
    preview: Callable[..., None]
    carry_out: Callable[..., None]
    #: »Tildel« on the button, »er tildelt« on the receipt, »tildeles« meanwhile.
    verb: str
    done: str
    doing: str


ACTIONS: Mapping[ListAction, Action] = {
    ListAction.ASSIGN: Action(
        Permission.ASSIGN_CASE, assigning.preview, assigning.carry_out, "Tildel {}", "{} er tildelt", "{} tildeles"
    ),
    ListAction.CANCEL: Action(
        Permission.BOOK_MEETING,
        cancelling.preview,
        cancelling.carry_out,
        "Aflys samtalen i {}",
        "Samtalen er aflyst i {}",
        "Samtalen aflyses i {}",
    ),
    ListAction.MESSAGE: Action(
        Permission.BOOK_MEETING,
        writing.preview,
        writing.carry_out,
        "Skriv til borgeren i {}",
        "Der er skrevet til borgeren i {}",
        "Der skrives til borgeren i {}",
    ),
}


def of(job: ListJob) -> Action:
    """The action that was chosen for the job. ValueError before one is."""
    return ACTIONS[ListAction(job.action)]


def is_allowed(job: ListJob) -> bool:
    """Whether whoever started it may still do it; an administrator gives away what somebody has who leaves."""
    by = job.started_by
    if job.action == ListAction.ASSIGN and by.is_active and by.is_administrator:
        return True
    return access.has(by, of(job).permission, organisation=job.organisation)


def preview(rows: Sequence[ListJobRow], *, job: ListJob, at: datetime) -> None:
    """Say on each row what the job's action would make of it. Nothing is saved."""
    of(job).preview(rows, job=job, at=at)


def carry_out(row: ListJobRow, case: Case, *, job: ListJob, at: datetime) -> None:
    """Do the job's action with the locked case, in the caller's transaction. Raises Refused."""
    of(job).carry_out(row, case, job=job, at=at)
