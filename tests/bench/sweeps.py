"""The sweep that finds what is due, and the search."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random

from django.db import connection
from django.db.models import Max
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cases.lookup import search as lookup_search
from cases.models import Case, Citizen, Organisation, Reminder, User
from cases.models.people import OrganisationKind
from cases.reminders import delivery as reminders_delivery
from meetings.models import NextLook
from tests.bench.load import most_cases, vacuum
from tests.bench.measure import Bench, Line, median_of, percentile, seconds, seconds_of_copy


def sweep_idle(bench: Bench) -> Iterator[Line]:
    with bench.on(bench.small):
        catch_up(bench.at)
        small = _idle(bench.at)
    catch_up(bench.at)
    large = _idle(bench.at)
    with CaptureQueriesContext(connection) as asked:
        reminders_delivery.sweep(at=bench.at)
    note = f"{len(asked)} statements; the goal is under 10"
    yield Line("sweep_idle", large * 1e3, "ms", "the same at a hundredth of the load", small * 1e3, 1.1, note=note)


def sweep_due(bench: Bench) -> Iterator[Line]:
    """The moment moves on until one case in a hundred is due."""
    catch_up(bench.at)
    idle = _idle(bench.at)
    wanted = max(NextLook.objects.count() // 100, 1)
    due = NextLook.objects.order_by("look_at").values_list("look_at", flat=True)[wanted]
    assert due is not None
    before = Reminder.objects.aggregate(last=Max("pk"))["last"] or 0
    with ahead(due, at=bench.at):
        took = seconds(lambda: reminders_delivery.sweep(at=due))
        rows = Reminder.objects.filter(pk__gt=before).count()
        other = seconds_of_copy({"cases_reminder": f"id > {before}"}, constraints_first=True)
        note = f"{wanted} cases due, {rows} reminders"
        yield Line("sweep_due", took * 1e3, "ms", "COPY of the same reminders", other * 1e3, 2, note=note)
        with connection.cursor() as cursor:
            # Sent, as a minute later: what waits is the workers', and no part of finding what is due.
            cursor.execute("UPDATE cases_reminder SET state = 'sent', closed_at = %s WHERE state = 'owed'", [due])
        yield Line("sweep_again", _idle(due) * 1e3, "ms", "sweep_idle", idle * 1e3, 2)


def _idle(at: datetime) -> float:
    reminders_delivery.sweep(at=at)
    return median_of(lambda: reminders_delivery.sweep(at=at), repeats=21)


@contextmanager
def ahead(due: datetime, *, at: datetime) -> Iterator[None]:
    """Within it a moment to come is worked at; afterwards its letters went today, and its cases are looked at anew."""
    looked = list(NextLook.objects.filter(look_at__lte=due).values_list("pk", flat=True))
    yield
    NextLook.objects.filter(pk__in=looked).update(look_at=None)
    Reminder.objects.filter(closed_at__gt=at).update(closed_at=at)


def catch_up(at: datetime) -> None:
    """Everything that is due is recorded, and has been sent."""
    reminders_delivery.sweep(at=at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cases_reminder SET state = 'sent', closed_at = %s WHERE state = 'owed'", [at])
    vacuum()


def search_flat(bench: Bench) -> Iterator[Line]:
    with bench.on(bench.small):
        small = _search(bench)
    large = _search(bench)
    for name, value in large.items():
        yield Line("search_flat", value, "ms", f"{name}, p95; the same at a hundredth of the load", small[name], 1.3)


def _search(bench: Bench) -> dict[str, float]:
    random, today = Random(2), timezone.localtime(bench.at).date()
    fund = most_cases(list(Organisation.objects.filter(kind=OrganisationKind.FUND).order_by("pk")))
    user = User.objects.filter(organisation=fund).order_by("pk").first()
    assert user is not None
    pks = list(Case.objects.visible_to(user).order_by("pk").values_list("citizen", flat=True)[:5_000])
    people = list(Citizen.objects.filter(pk__in=random.choices(pks, k=100)).order_by("pk"))
    words = {
        "by name": [one.name[:9] for one in people],
        "by two names": [" ".join(part[:4] for part in one.name.split()) for one in people],
        "by CPR number": [one.cpr_number for one in people],
    }
    return {
        name: percentile(
            [seconds(lambda text=text: lookup_search.find(text, user=user, today=today)) for text in texts], 0.95
        )
        * 1e3
        for name, texts in words.items()
    }
