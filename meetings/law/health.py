"""What the meetings add to the health of the law: its tables, its deadlines, and the cases not yet planned by it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Exists, Max, OuterRef
from django.urls import reverse
from django.utils import timezone

from cases.law.health import Finding, LawOnDay, Level, falls_in
from cases.models import CaseStatus, Event
from cases.rules import workdays
from cases.rules.period import Period
from cases.rules.rule_book import NotInForce
from cases.rules.wording import counted, day_text
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import (
    ChangeKind,
    LawRun,
    LawRunBatch,
    MeetingRule,
    RequiredMeeting,
    RequirementState,
    RunKind,
    RunState,
)
from meetings.models.requirements import RequiredMeetingQuerySet
from meetings.planning.replan import REPLANNED_BY

#: A re-planning that waits longer than this for its next batch needs somebody's attention.
QUIET = timedelta(minutes=15)


def tables(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding for a day without a table of meetings, and for each table that will replace the present one."""
    table = MeetingRule.objects.table(seen.book)
    for day in (seen.on, *seen.coming_days):
        try:
            act, _ = table.in_force(seen.book, day)
        except NotInForce:
            text = f"Ingen lov har en tabel over samtaler den {day_text(day)}."
            to_do = "Skriv en ny lov med en tabel; indtil da kan ingen plan beregnes."
            yield Finding(Level.ERROR, "table_missing", text, to_do, reverse("admin:cases_act_changelist"))
            return
        if act.in_force_on == day > seen.on:
            text = f"»{act.title}« har en ny tabel over samtaler, som gælder fra den {day_text(day)}."
            yield Finding(Level.NOTICE, "table_to_come", text, "Se, om medarbejderne ved det.")


def deadlines(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding if deadlines lie in years for which the calendar has no holidays."""
    last = date(workdays.known_years()[-1], 12, 31)
    beyond = _open_requirements().filter(due_on__gt=last).aggregate(number=Count("pk"), furthest=Max("due_on"))
    if beyond["number"]:
        number = counted(beyond["number"], "frist", "frister")
        text = f"{number} i åbne sager falder efter {last.year}, hvor helligdagene ikke er kendt."
        to_do = f"Opgradér pakken holidays; den seneste frist er den {day_text(beyond['furthest'])}."
        yield Finding(Level.ERROR, "deadlines_beyond_holidays", text, to_do)


def unfinished_plans(seen: LawOnDay) -> Iterator[Finding]:
    """Yield a finding for each act that the stored plans of the cases do not follow yet."""
    # One that was stopped is followed by the one that takes the act back.
    under_way = (RunState.WAITING, RunState.RUNNING)
    runs = LawRun.objects.filter(kind=RunKind.REPLAN, state__in=under_way).select_related("act")
    for run in runs.order_by("started_at", "pk"):
        verb = "er trukket tilbage" if run.is_withdrawal else "er offentliggjort"
        text = f"»{run.act}« {verb}, men planerne er ikke fulgt med endnu"
        progress = runs_lifecycle.progress(run)
        if progress.total:
            batches = counted(run.batches.filter(done_at=None).count(), "portion", "portioner")
            text += f": {counted(progress.left, 'sag', 'sager')} ud af {progress.total} mangler ({batches})"
        page = reverse("admin:cases_act_change", args=[run.act_id])
        last = LawRunBatch.objects.filter(run=run).aggregate(last=Max("done_at"))["last"] or run.started_at
        if last + QUIET < seen.at:
            text += f". Der er intet sket siden den {_moment(last)}."
            to_do = "Se efter, om worker og beat kører."
            yield Finding(Level.ERROR, "plans_stuck", text, to_do, page)
        else:
            to_do = "Genplanlægningen er i gang; vent, til den er færdig."
            yield Finding(Level.WARNING, "plans_behind", f"{text}.", to_do, page)


def unplanned_cases(seen: LawOnDay) -> Iterator[Finding]:
    """The cases that the newest re-planning could not plan, and whose facts nobody has changed since."""
    run = LawRun.objects.filter(kind=RunKind.REPLAN).select_related("act").order_by("-started_at", "-pk").first()
    if run is None:
        return
    planned_since = Event.objects.filter(case=OuterRef("case"), kind__in=REPLANNED_BY, at__gt=run.started_at)
    left = run.changes.filter(~Exists(planned_since), kind=ChangeKind.UNPLANNED, case__status=str(CaseStatus.OPEN))
    number = left.count()
    if number:
        page = reverse("admin:cases_act_run_changes", args=[run.public_id])
        text = (
            f"{counted(number, 'sag', 'sager')} kunne ikke planlægges efter »{run.act}« og har stadig den gamle plan."
        )
        to_do = "Se hvorfor, og få oplysningerne i sagerne eller loven rettet."
        yield Finding(Level.WARNING, "cases_unplanned", text, to_do, f"{page}?kind={ChangeKind.UNPLANNED}")


def touched(spans: Mapping[str, Sequence[Period]]) -> Mapping[str, str]:
    """Say how many open requirements, in how many cases, fall in the periods of each draft; one query for all."""
    counted_by_draft = {}
    for number, periods in enumerate(spans.values()):
        days = falls_in("due_on", periods)
        counted_by_draft[f"requirements_{number}"] = Count("pk", filter=days)
        counted_by_draft[f"cases_{number}"] = Count("case", filter=days, distinct=True)
    first = min(period.start for periods in spans.values() for period in periods)
    counts = _open_requirements().filter(due_on__gte=first).aggregate(**counted_by_draft)
    return {
        slug: (
            f"{counted(counts[f'requirements_{number}'], 'åbent samtalekrav', 'åbne samtalekrav')} "
            f"i {counted(counts[f'cases_{number}'], 'sag', 'sager')}"
        )
        for number, slug in enumerate(spans)
    }


def _open_requirements() -> RequiredMeetingQuerySet:
    return RequiredMeeting.objects.current().filter(state=str(RequirementState.OPEN), case__status=str(CaseStatus.OPEN))


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%d-%m-%Y kl. %H.%M}"


def running(at: datetime) -> int:
    return LawRun.objects.filter(state__in=(RunState.WAITING, RunState.RUNNING)).count()


def failed_batches(at: datetime) -> int:
    """Count the unfinished batches that have been tried more than once; a batch under way has been tried once."""
    return LawRunBatch.objects.filter(done_at=None, attempts__gt=1).count()
