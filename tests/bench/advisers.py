"""A load test: advisers at work, with worker and beat and an act published in the middle, and a count after it."""

import io
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max
from django.utils import timezone

from cases.models import CaseNote, Dispatch, Event, Reminder, SweepRun, User
from cases.models.people import Role
from cases.models.reminders import GONE, ReminderQuerySet
from cases.reminders.owing import sources
from meetings.models import LawRun, Meeting
from tests.bench.desks import Desk, Desks, desks_of
from tests.bench.load import vacuum
from tests.bench.measure import Bench, Line, percentile
from tests.bench.pages import server
from tests.bench.runs import draft, publish
from tests.bench.sweeps import catch_up
from tests.bench.work import background

ADVISERS = 50
#: Each of so many looks so long at an answer; fewer look shorter, so that as much is asked in a second.
LOOKS = 8.0
#: Of one of them alone, without looking.
QUIET_SECONDS = 10
#: So long the worker may need for the rest, when all have gone home.
PATIENCE = 300


def advisers(bench: Bench, *, minutes: float | None, wanted: int = ADVISERS) -> Iterator[Line]:
    """So many at their desks, or as many as there are: they read, search, write notes, book and register."""
    for_seconds = 60 * minutes if minutes else 180 if bench.cases >= 100_000 else 30
    catch_up(bench.at)
    before, begun = _Before(), time.monotonic()
    users = User.objects.filter(role=Role.ADVISER).order_by("pk")[: wanted + 1]
    alone, *desks = desks_of(list(users), for_seconds=for_seconds, at=bench.at)
    if not desks:
        raise SystemExit("Fewer than two advisers have a case to book: take more cases.")
    vacuum()
    talks = sum(len(desk.talks) for desk in desks)
    print(f"{len(desks)} desks with {talks} talks of yesterday in {time.monotonic() - begun:.0f} s", flush=True)
    with server() as (port, _), background(has_beat=True) as running:
        quiet = _at_work(port, [alone], word="Alene")
        quiet.begin()
        time.sleep(QUIET_SECONDS)
        quiet.end()
        busy = _at_work(port, desks, word="Sammen", looks=LOOKS * len(desks) / ADVISERS)
        busy.begin()
        time.sleep(for_seconds / 2)
        publish(draft(bench, months=4), bench)
        time.sleep(for_seconds / 2)
        busy.end()
        print(f"all have gone home after {for_seconds:.0f} s; the worker does the rest", flush=True)
        rest, left = _wait_for_the_rest()
        lost = {**_lost(before, quiet, busy), "mail files": _mails_lost(before, running.folder)}
    # The worker is gone now: what it has not recorded, this does.
    swept = SweepRun.objects.get()
    lost["reminders not recorded"] = sum(source.record_due(swept.started_at) for source in sources())
    lost["entries of worklists"] = _wrong_entries()
    usual = statistics.median(_times(quiet))
    note = f"{len(desks)} advisers, {len(busy.answers) / for_seconds:.1f} requests/s; p95 of {_by_page(busy)}"
    yield Line("advisers", percentile(_times(busy), 0.95), "ms", "p50 of one alone", usual, 4, note=note)
    note = f"{busy.shown_again} forms shown again; {dict(Counter(one.status for one in busy.answers))}"
    yield Line("advisers_errors", busy.errors + quiet.errors, "answers", "the goal is none", 1, 0, note=note)
    note = ", ".join(f"{number} {what}" for what, number in busy.done.items())
    yield Line("advisers_work", min(busy.done.values()), "of the rarest", "one of each", 1, 1, True, note=note)
    note = f"{_told(before)}; left: {', '.join(left) or 'nothing'}"
    yield Line("advisers_rest", rest, "s", "the patience for it", PATIENCE, 0.99, note=note)
    note = ", ".join(f"{number} {what}" for what, number in lost.items() if number) or f"none of: {', '.join(lost)}"
    yield Line("advisers_lost", sum(lost.values()), "rows", "lost, doubled or wrong; the goal is none", 1, 0, note=note)
    if undone := [what for what, number in busy.done.items() if not number]:
        raise SystemExit(f"Nobody came to this, so that nothing is known of it: {', '.join(undone)}.")


class _Before:
    """The moment, and the last rows, before the first of them comes to work."""

    def __init__(self) -> None:
        self.at = timezone.now()
        self.event, self.meeting = (
            model._default_manager.aggregate(last=Max("pk"))["last"] or 0 for model in (Event, Meeting)
        )

    def letters_gone(self) -> ReminderQuerySet:
        """What went to citizens since."""
        return Reminder.objects.to_citizen().gone().filter(closed_at__gt=self.at)


def _at_work(port: int, desks: list[Desk], *, word: str, looks: float = 0) -> Desks:
    return Desks(port, [(desk.cookie, "") for desk in desks], looks=looks, work=desks, word=word)


def _times(load: Desks) -> list[float]:
    return [(answer.answered - answer.asked) * 1e3 for answer in load.answers]


def _by_page(load: Desks) -> str:
    """The pages and what they took, the slowest first."""
    times = defaultdict(list)
    for answer in load.answers:
        times[answer.page].append((answer.answered - answer.asked) * 1e3)
    slow = sorted(((percentile(took, 0.95), page) for page, took in times.items()), reverse=True)
    return ", ".join(f"{page} {took:.0f} ms" for took, page in slow)


def _wait_for_the_rest() -> tuple[float, list[str]]:
    """Until the law is carried out, a sweep that began after it and the last click has ended, and nothing due is owed.

    The seconds of it, at most PATIENCE, and what is not done then.
    """
    at, begun = timezone.now(), time.monotonic()
    while True:
        if runs := LawRun.objects.filter(finished_at=None).count():
            # What it moves is due from then on.
            at = timezone.now()
        is_swept = SweepRun.objects.filter(started_at__gt=at, finished_at__isnull=False).exists()
        left = {
            "a sweep": int(not is_swept),
            "runs of the law": runs,
            "reminders": Reminder.objects.due(at).filter(attempts=0).count(),
        }
        took = time.monotonic() - begun
        if not any(left.values()) or took > PATIENCE:
            return min(took, PATIENCE), [f"{number} {what}" for what, number in left.items() if number]
        time.sleep(1)


def _lost(before: _Before, *loads: Desks) -> dict[str, int]:
    """What was told to be done, and is not, or is there twice."""
    written = [text for load in loads for text in load.written]
    notes = Counter(CaseNote.objects.filter(text__in=written).values_list("text", flat=True))
    booked = Counter(case.pk for load in loads for case in load.booked)
    stored = Counter(Meeting.objects.filter(pk__gt=before.meeting).values_list("case", flat=True))
    registered = {talk.pk: str(outcome) for load in loads for talk, outcome in load.registered}
    outcomes = dict(Meeting.objects.filter(pk__in=registered).values_list("pk", "outcome"))
    told = before.letters_gone()
    kept = Dispatch.objects.filter(reminder__in=told, is_reached=True).count()
    sent = Event.objects.filter(pk__gt=before.event, kind="cases.message_sent").count()
    same = Reminder.objects.values("kind", "subject", "version", "sending", "user", "organisation")
    return {
        "notes": sum(abs(notes[text] - 1) for text in written),
        "bookings": sum(abs(stored[case] - number) for case, number in booked.items()),
        "outcomes": sum(outcomes[pk] != outcome for pk, outcome in registered.items()),
        "talks at once": _at_once("adviser_id") + _at_once("citizen_id"),
        "reminders doubled": same.annotate(rows=Count("pk")).filter(rows__gt=1).count(),
        "lines of the history": abs(sent - told.count()),
        "letters of the post book": abs(kept - told.count()),
    }


def _at_once(whose: str) -> int:
    """The pairs of booked talks of one person that are at the same time."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            SELECT count(*) FROM meetings_meeting one JOIN meetings_meeting other
            ON other.{whose} = one.{whose} AND other.id > one.id AND other.status = 'booked'
                AND other.starts_at < one.ends_at AND one.starts_at < other.ends_at
            WHERE one.status = 'booked'
        """)
        [pairs] = cursor.fetchone()
    return int(pairs)


def _mails_lost(before: _Before, folder: Path) -> int:
    """The letters that are said to have gone and lie nowhere, and the files of letters that nobody tells of."""
    said = {f"reminder-{pk}" for pk in before.letters_gone().values_list("pk", flat=True)}
    lie = {path.stem for path in folder.rglob("*") if path.suffix in (".eml", ".xml")}
    unsaid = Reminder.objects.to_citizen().exclude(state__in=GONE).values_list("pk", flat=True)
    return len(said - lie) + len(lie & {f"reminder-{pk}" for pk in unsaid})


def _wrong_entries() -> int:
    out = io.StringIO()
    try:
        call_command("check_worklist", stdout=out)
    except SystemExit:
        return max(len(out.getvalue().splitlines()) - 1, 1)
    return 0


def _told(before: _Before) -> str:
    reminders = Reminder.objects.filter(recorded_at__gt=before.at)
    gone = Reminder.objects.gone().filter(closed_at__gt=before.at).count()
    return f"{reminders.count()} reminders recorded, {gone} gone"
