"""Pages over HTTP, from gunicorn as in operation, with two workers."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.urls import reverse

from cases.models import Case, Organisation, User
from cases.models.people import OrganisationKind, Role
from cases.operation import policies
from meetings.calendar_links import services as calendar_links_services
from meetings.models import Meeting
from tests.bench.load import most_cases
from tests.bench.measure import Bench, Line, percentile
from tests.bench.runs import with_name

ASKED = 100
CLIENTS = 16
#: In the feed.
TALKS = 500
#: The periods of the overview that nobody has asked for before: each is counted when it is asked.
COUNTED_ANEW = ("90", "365")
#: What the worklist of an organisation can be asked for.
WORKLISTS = (
    "/",
    "/?scope=organisation",
    "/?scope=organisation&tile=overdue",
    "/?scope=organisation&tile=to_book",
    "/?scope=organisation&kind=contact_interview",
    "/?scope=organisation&channel=attendance",
)


def pages(bench: Bench) -> Iterator[Line]:
    with bench.on(bench.small), server() as small:
        few = {path: _times(small, [path]) for path in WORKLISTS}
    with server() as site:
        ok = percentile(_times(site, ["/ok/"]), 0.5)
        many = {path: _times(site, [path]) for path in WORKLISTS}
        pks = Case.objects.visible_to(_user()).open().order_by("pk").values_list("public_id", flat=True)[:5_000]
        cases = Random(3).choices([f"/sager/{pk}/" for pk in pks], k=ASKED)
        case = percentile(_times(site, cases), 0.5)
        book = percentile(_times(site, [f"{path}book/" for path in cases]), 0.5)
        law = percentile(_times(site, [reverse("law:in_force")]), 0.5)
        per_second = _per_second(site, "/")
        ok_per_second = _per_second(site, "/ok/")
    with server(_leader()) as site:
        overview = percentile(_times(site, ["/overblik/"]), 0.5)
        anew = _times(site, [f"/overblik/?periode={number}" for number in COUNTED_ANEW], asked=len(COUNTED_ANEW))
    worst = max(WORKLISTS, key=lambda path: percentile(many[path], 0.95) / percentile(few[path], 0.95))
    high, low = percentile(many[worst], 0.95), percentile(few[worst], 0.95)
    yield Line("worklist_flat", high, "ms", f"p95 of {worst} at a hundredth of the load", low, 1.2)
    yield Line("worklist_page", percentile(many["/"], 0.5), "ms", 'an "ok" behind the same middleware', ok, 3)
    yield Line("rules_page", law, "ms", 'an "ok" behind the same middleware', ok, 3)
    yield Line("overview_page", overview, "ms", 'an "ok" behind the same middleware', ok, 3)
    yield Line("overview_anew", percentile(anew, 0.5), "ms", 'an "ok" behind the same middleware', ok, None)
    yield Line("case_page", case, "ms", 'an "ok" behind the same middleware', ok, 4)
    yield Line("book_page", book, "ms", 'an "ok" behind the same middleware', ok, 4)
    yield Line("requests", per_second, "/s", f'"ok" per second, {CLIENTS} clients, 2 workers', ok_per_second, 0.3, True)


def second_wall(bench: Bench) -> Iterator[Line]:
    """What the policies of the database cost: the same pages of the same server, with and without them in turn."""
    cases = Case.objects.visible_to(_user()).order_by("pk")[:ASKED]
    pages = {"wall_list": ["/?scope=organisation"], "wall_case": [f"/sager/{case.public_id}/" for case in cases]}
    took: dict[tuple[str, str], list[float]] = {(name, turn): [] for name in pages for turn in ("DISABLE", "ENABLE")}
    with server() as site:
        for turn in ("ENABLE", "DISABLE", "ENABLE", "DISABLE", "DISABLE", "ENABLE"):
            with connection.cursor() as cursor:
                for table in policies.conditions():
                    cursor.execute(f"ALTER TABLE {table} {turn} ROW LEVEL SECURITY")
            for name, paths in pages.items():
                # The workers plan anew what they had planned before the change.
                _times(site, paths, asked=20)
                took[name, turn] += _times(site, paths)
    for name in pages:
        without, behind = (percentile(took[name, turn], 0.5) for turn in ("DISABLE", "ENABLE"))
        yield Line(name, behind, "ms", "the same page without the policies", without, 1.2)


def feed(bench: Bench) -> Iterator[Line]:
    """What somebody's own calendar reads of somebody with many talks."""
    user = User.objects.create(username="feed", role=Role.ADVISER, organisation=_user().organisation)
    cases = list(Case.objects.visible_to(user).order_by("pk")[:TALKS])
    Meeting.objects.bulk_create(
        Meeting(
            case=case,
            citizen_id=case.citizen_id,
            organisation=user.workplace,
            adviser=user,
            kind="contact_interview",
            # Years ahead nobody has another.
            starts_at=bench.at + timedelta(days=3000, hours=number),
            ends_at=bench.at + timedelta(days=3000, hours=number, minutes=30),
            channel="telephone",
            channel_chosen_by="citizen",
            status="booked",
            booked_at=bench.at,
            booked_by=user,
        )
        for number, case in enumerate(cases)
    )
    path = reverse("meetings:calendar_feed", args=[calendar_links_services.make_feed(user=user, at=bench.at)])
    with server(user) as site:
        ok, took = (percentile(_times(site, [one]), 0.5) for one in ("/ok/", path))
    yield Line("feed", took, "ms", 'an "ok" behind the same middleware', ok, None, note=f"{len(cases)} talks")
    Meeting.objects.filter(adviser=user).delete()


@contextmanager
def server(user: User | None = None) -> Iterator[tuple[int, str]]:
    """The port, and the cookie of somebody who has logged in."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.bench.web",
        "DATABASE_URL": with_name(os.environ["DATABASE_URL"], str(connection.settings_dict["NAME"])),
        "MIGRATE_DATABASE_URL": "",
    }
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as files:
        # As in operation: compressed, and named by what is in them.
        environment["STATIC_FOLDER"] = files
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(collect, cwd=settings.BASE_DIR, env=environment, check=True)
        web = ("--config", "config/gunicorn.py", "--bind", f"127.0.0.1:{port}", "config.wsgi")
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", *web],
            cwd=settings.BASE_DIR,
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            cookie, last_moment = log_in(user or _user()), time.monotonic() + 60
            while not _answers(port, cookie):
                if process.poll() is not None or time.monotonic() > last_moment:
                    output.seek(0)
                    raise SystemExit(f"gunicorn did not start:\n{output.read().decode()}")
                time.sleep(0.1)
            # Each of the two workers has its code and its templates at hand before anything is measured.
            _times((port, cookie), ["/", "/ok/"], asked=40)
            yield port, cookie
        finally:
            process.terminate()
            process.wait()


def _answers(port: int, cookie: str) -> bool:
    try:
        _ask((port, cookie), "/ok/")
    except OSError:
        return False
    return True


def _user() -> User:
    fund = most_cases(list(Organisation.objects.filter(kind=OrganisationKind.FUND).order_by("pk")))
    user = User.objects.filter(organisation=fund).order_by("pk").first()
    assert user is not None
    return user


def _leader() -> User:
    """Somebody who leads the largest a-kasse."""
    fund = _user().organisation
    return User.objects.get_or_create(username="leader", role=Role.TEAM_LEADER, organisation=fund)[0]


def log_in(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _times(site: tuple[int, str], paths: list[str], *, asked: int = ASKED) -> list[float]:
    """The milliseconds of each request, one after the other; every path in turn."""
    took = []
    for number in range(asked):
        begun = time.perf_counter()
        _ask(site, paths[number % len(paths)])
        took.append((time.perf_counter() - begun) * 1e3)
    return took


def _ask(site: tuple[int, str], path: str) -> None:
    fetched(site, path)


def fetched(site: tuple[int, str], path: str, *, packed: bool = False) -> bytes:
    """The bytes of the answer as they are sent, compressed where that is asked for."""
    port, cookie = site
    to = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    to.request("GET", path, headers={"Cookie": cookie, **({"Accept-Encoding": "gzip"} if packed else {})})
    answer = to.getresponse()
    body = answer.read()
    to.close()
    if answer.status != 200:
        raise SystemExit(f"{path} was answered with {answer.status}.")
    return body


def _per_second(site: tuple[int, str], path: str, *, for_seconds: float = 5) -> float:
    until = time.monotonic() + for_seconds
    counts = [0] * CLIENTS

    def ask(client: int) -> None:
        while time.monotonic() < until:
            _ask(site, path)
            counts[client] += 1

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / for_seconds
