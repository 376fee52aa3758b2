"""Tells employees what an act changed in their cases: in a message, and in a line on the worklist."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, OuterRef, Q, QuerySet
from django.urls import reverse

from cases.models import Case, Event, User
from cases.reminders.receivers import told_of
from cases.rules.wording import counted, day_text, listed
from cases.statements import Statement
from cases.ui.keyset import COUNT_CAP, CappedCount
from meetings.models import ChangeKind, LawChange, LawRun
from meetings.models.law_runs import RunKind, RunState

#: For this long the worklist links to the changes of the law.
SHOWN_ON_WORKLIST = timedelta(days=14)


def replans() -> QuerySet[LawRun]:
    """Return the runs that changed cases. A simulation changes nothing, so nobody has to act on it."""
    return LawRun.objects.filter(kind=RunKind.REPLAN).select_related("act")


class News(NamedTuple):
    """Counts the cases that a run changed, the receiver's and those of colleagues who have left, and their deadlines.

    Only the deadlines that are now overdue are counted.
    """

    cases: int
    overdue: int
    cases_of_left: int = 0
    left: Sequence[str] = ()

    @property
    def has_any(self) -> bool:
        return bool(self.cases or self.cases_of_left)


def news_of(runs: Collection[int], *, user: User | None, organisation_id: int | None, today: date) -> dict[int, News]:
    """Count by run the changes that the receiver must still be told about, among the cases that they have now."""
    office = user.organisation_id if user else organisation_id
    changes = LawChange.objects.filter(run__in=runs, organisation=office, case__status="open").order_by()
    workers = set(changes.exclude(worker=None).values_list("worker", flat=True).distinct())
    receiver = user.pk if user else None
    told = told_of(workers, office=office, on=today) if office else {}
    theirs = {worker for worker, who in told.items() if who == receiver}
    # An employee's own are theirs only while they work there; the office's are those that nobody has.
    own = Q(worker__in=theirs & {receiver}) if user else Q(worker=None)
    of_left = Q(worker__in=theirs - {receiver})
    counts = (
        changes.filter(own | of_left)
        .values("run")
        .annotate(
            cases=Count("case", distinct=True, filter=own),
            overdue=Count("pk", filter=Q(kind=ChangeKind.OVERDUE)),
            cases_of_left=Count("case", distinct=True, filter=of_left),
        )
    )
    numbers = counts.values_list("run", "cases", "overdue", "cases_of_left")
    found = {run: News(own_cases, overdue, of_gone) for run, own_cases, overdue, of_gone in numbers}
    names = ("worker__last_name", "worker__first_name", "worker")
    left: defaultdict[int, dict[int, None]] = defaultdict(dict)
    for run, *_, worker in changes.filter(of_left).order_by(*names).values_list("run", *names).distinct():
        left[run][worker] = None
    users = User.objects.in_bulk({worker for of_run in left.values() for worker in of_run})
    nothing = News(0, 0)
    return {run: found.get(run, nothing)._replace(left=[str(users[one]) for one in left[run]]) for run in runs}


def offices_of(runs: Collection[int], users: Collection[int]) -> dict[tuple[int, int], int]:
    """By run and employee the office in which they have cases that the run changed, wherever they work now."""
    changes = LawChange.objects.filter(run__in=runs, worker__in=users, case__status="open")
    firsts = changes.order_by("run", "worker", "pk").distinct("run", "worker")
    return {(run, worker): office for run, worker, office in firsts.values_list("run", "worker", "organisation")}


def news_text(run: LawRun, news: News, *, is_own: bool, today: date) -> str:
    """Return the sentence of the message, in Danish."""
    what = "trukket tilbage" if run.is_withdrawal else "offentliggjort"
    cases = []
    if news.cases:
        cases.append(
            f"{news.cases} af dine sager" if is_own else f"{counted(news.cases, 'sag', 'sager')} uden medarbejder"
        )
    if news.cases_of_left:
        number = counted(news.cases_of_left, "sag", "sager")
        cases.append(f"{number} hos {listed(news.left)}, der ikke arbejder her mere,")
    text = f"»{run.act.title}« er {what}: {listed(cases)} er ændret"
    if news.overdue:
        starts = run.act.in_force_on
        is_over = "er overskredet" if starts <= today else f"bliver overskredet den {day_text(starts)}"
        text += f", {counted(news.overdue, 'frist', 'frister')} {is_over}"
    return f"{text}."


def url_of(run: LawRun) -> str:
    return reverse("meetings:law_changes", args=[run.public_id])


def on_worker_changed(event: Event) -> None:
    """Hand what the law changed in a case to its new adviser or caseworker; a booking stays with who holds it."""
    case = Case.objects.get(pk=event.case_id)
    for organisation, worker in (
        (case.fund_id, case.fund_adviser_id),
        (case.municipality_id, case.municipality_caseworker_id),
    ):
        of_party = LawChange.objects.filter(case=case, organisation=organisation).exclude(worker=worker)
        of_party.exclude(key__startswith="meeting/").update(worker=worker)


# The line on the worklist


class Notice(NamedTuple):
    text: str
    url: str


def notices(user: User, *, at: datetime) -> list[Notice]:
    """Return a notice with a link for each recent run that changed the user's own cases."""
    found = _RUNS.rows(user, since=at - SHOWN_ON_WORKLIST, at=at)
    return [Notice(_notice_text(run, run.mine), url_of(run)) for run in found if run.mine]


def _runs(user: User, *, since: datetime, at: datetime) -> QuerySet[Any]:
    # That a deadline is over is said of a change that is counted already.
    own = LawChange.objects.visible_to(user).filter(worker=user.pk, case__status="open")
    mine = own.filter(run=OuterRef("pk")).exclude(kind=ChangeKind.OVERDUE)
    lately = replans().filter(state=RunState.DONE, finished_at__gt=since, finished_at__lte=at)
    return lately.annotate(mine=CappedCount(mine)).order_by("-finished_at")


_RUNS = Statement(_runs)


def _notice_text(run: LawRun, count: int) -> str:
    what = "Loven er trukket tilbage" if run.is_withdrawal else "Loven er ændret"
    if count == 1:
        return f"{what}: se den ene ændring i dine sager"
    how_many = "" if count > COUNT_CAP else f"de {count} "
    return f"{what}: se {how_many}ændringer{'' if how_many else 'ne'} i dine sager"
