"""Tells employees what an act changed in their cases: in a message, and in a line on the worklist."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, QuerySet
from django.urls import reverse

from cases.models import Case, Event, User
from cases.reminders.receivers import told
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


class NewsFor(NamedTuple):
    """Who is to hear: an employee, or an office where nobody has the case; exactly one of the two."""

    user_id: int | None
    organisation_id: int | None


# Who hears is asked once for each employee of these offices, not for each change.
_NEWS = f"""
WITH heard AS MATERIALIZED (
    SELECT office, worker, {told("worker", "office")} AS receiver
    FROM (
        SELECT DISTINCT organisation_id AS office, worker_id AS worker FROM meetings_lawchange
        WHERE run_id = ANY(%(runs)s) AND organisation_id IN (
            SELECT unnest(%(offices)s::bigint[]) UNION SELECT organisation_id FROM cases_user WHERE id = ANY(%(users)s))
    ) AS worker_of_run
)
SELECT change.run_id, receiver, CASE WHEN receiver IS NULL THEN office END AS nobody_at,
       count(DISTINCT case_id) FILTER (WHERE worker IS NOT DISTINCT FROM receiver),
       count(*) FILTER (WHERE change.kind = %(overdue)s),
       count(DISTINCT case_id) FILTER (WHERE worker IS DISTINCT FROM receiver),
       COALESCE(array_agg(DISTINCT worker) FILTER (WHERE worker IS DISTINCT FROM receiver), '{{}}')
FROM heard
JOIN meetings_lawchange change ON change.organisation_id = office AND change.worker_id IS NOT DISTINCT FROM worker
JOIN cases_case changed ON changed.id = change.case_id AND changed.status = 'open'
WHERE change.run_id = ANY(%(runs)s)
    AND (receiver = ANY(%(users)s) OR receiver IS NULL AND office = ANY(%(offices)s))
GROUP BY change.run_id, receiver, nobody_at
"""


def news_of(runs: Collection[int], receivers: Collection[NewsFor], *, today: date) -> dict[tuple[NewsFor, int], News]:
    """Count by receiver and run the changes that they must still be told about, among the cases that they have now.

    An employee's own are theirs only while they work there; the office's are those that nobody has. What is not in it
    is nothing.
    """
    asked: dict[str, Any] = {
        "runs": list(runs),
        "users": [one.user_id for one in receivers if one.user_id is not None],
        "offices": [one.organisation_id for one in receivers if one.organisation_id is not None],
        "overdue": str(ChangeKind.OVERDUE),
        "today": today,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEWS, asked)
        rows = cursor.fetchall()
    left = User.objects.filter(pk__in={worker for *_, workers in rows for worker in workers})
    names = {user.pk: str(user) for user in left.order_by("last_name", "first_name", "pk")}
    return {
        (NewsFor(user, office), run): News(
            own, overdue, of_left, [name for worker, name in names.items() if worker in workers]
        )
        for run, user, office, own, overdue, of_left, workers in rows
    }


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
