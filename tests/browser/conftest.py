"""A browser, and the system as it runs: web, worker and beat as processes of their own, with a clock to move."""

import functools
import json
import os
import re
import shutil
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, Error, Locator, Page, Playwright, sync_playwright

from cases.models import User
from config.local.process import Child, Command, end, start
from tests import factories, rings
from tests.browser.traces import RedisTraces, Traces, numbers

ROOT = Path(settings.BASE_DIR)
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE_SECONDS = 30

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without one the journeys are skipped here, and fail where CI runs them."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        message = "No Chromium on this machine: install Debian's package chromium to run the browser journeys."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    # Playwright's loop makes Django believe that it is asked from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        yield driver
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser(playwright_driver: Playwright, chromium: str) -> Iterator[Browser]:
    browser = playwright_driver.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


class HashOnce(PBKDF2PasswordHasher):
    """Hashes as in operation, where it takes long on purpose; everybody here has the one password."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        return _hashed(password)


@functools.cache
def _hashed(password: str) -> str:
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt())


@dataclass
class Site:
    """The running system of one test."""

    url: str
    folder: Path
    environment: dict[str, str]
    children: list[Child] = field(default_factory=list)
    traces: Traces = field(default_factory=Traces)

    def start(self, name: str, *module: str) -> None:
        """A process of the system, which says what it has to say to a file of its own."""
        with (self.folder / f"{name}.out").open("wb") as output:
            arguments = [sys.executable, "-m", *module]
            command = Command(name=name, arguments=arguments, folder=ROOT, environment=self.environment)
            self.children.append(start(command, output=output))

    def move_clock(self, *, to: datetime) -> None:
        """From now on it is that moment, in every process."""
        # Whole at once: the processes read it at any time.
        unfinished = self.folder / "clock.new"
        unfinished.write_text(str((to - datetime.now(UTC)).total_seconds()))
        unfinished.replace(self.folder / "clock")

    def mails(self) -> list[EmailMessage]:
        """All mails that were sent, oldest first."""
        paths = sorted((self.folder / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]  # type: ignore[misc]

    def mails_that_say(self, words: str) -> list[EmailMessage]:
        """Those whose text has these words, also where a letter goes with it."""
        texts = [(mail, mail.get_body(("plain",))) for mail in self.mails()]
        return [mail for mail, text in texts if text is not None and words in text.get_content()]

    def wait_for(self, what: str, answer: Callable[[], Any]) -> Any:
        """The first true answer; fails with the processes' output when none comes in time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            if found := answer():
                return found
            dead = [child.name for child in self.children if child.has_ended]
            assert not dead, f"{dead} ended:\n{self.output()}"
            time.sleep(0.1)
        pytest.fail(f"{what} did not come in {PATIENCE_SECONDS} seconds.\n{self.output()}")

    def output(self) -> str:
        return "\n".join(f"== {path.name}\n{path.read_text()[-3000:]}" for path in self.folder.glob("*.out"))


@pytest.fixture
def site(transactional_db: None, tmp_path: Path, settings: Any) -> Iterator[Site]:
    """Web against the test's own database, with the shipped law in it; what works behind it is `worker_and_beat`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    site = Site(url=url, folder=tmp_path, environment=_environment(tmp_path, url=url))
    for name in ("mail", "post"):
        (tmp_path / name).mkdir()
    site.move_clock(to=datetime.now(UTC))
    settings.CLOCK_FILE = tmp_path / "clock"
    settings.PASSWORD_HASHERS = [f"{HashOnce.__module__}.{HashOnce.__name__}"]
    call_command("load_acts", verbosity=0)
    try:
        with RedisTraces(site.environment["REDIS_URL"], site.traces):
            site.start("web", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--threads", "4")
            site.wait_for("The log-in page", lambda: _answers(f"{site.url}/log-ind/"))
            yield site
    finally:
        end(site.children, patience=10)
    site.traces.leave_files(tmp_path)
    assert site.traces.of(numbers()) == []


@pytest.fixture
def worker_and_beat(site: Site) -> None:
    """What sends the messages and does the long work, for a journey that waits for either."""
    celery = ("celery", "-A", "config.celery")
    site.start("worker", *celery, "worker", "--concurrency", "1", "--loglevel", "warning")
    site.start("beat", *celery, "beat", "--schedule", str(site.folder / "beat"), "--loglevel", "warning")


def _environment(folder: Path, *, url: str) -> dict[str, str]:
    database = connection.settings_dict
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": _with_name(os.environ["DATABASE_URL"], str(database["NAME"])),
        "MIGRATE_DATABASE_URL": "",
        "REDIS_URL": _own_part(os.environ["REDIS_URL"]),
        "CLOCK_FILE": str(folder / "clock"),
        "MAIL_FOLDER": str(folder / "mail"),
        "POST_FOLDER": str(folder / "post"),
        "SITE_URL": url,
        "SWEEP_SECONDS": "1",
        "PYTHONUNBUFFERED": "1",
        **rings.as_environment(),
    }


def _with_name(url: str, name: str) -> str:
    """The same server with another database."""
    before, _, query = url.partition("?")
    return f"{before.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def _own_part(redis: str) -> str:
    """The same Redis with a part for each process of the suite: nobody takes another's tasks."""
    number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    address = urlsplit(redis)
    if address.scheme == "redis+socket":
        return f"{redis}?virtual_host={number}"
    return address._replace(path=f"/{number}").geturl()


@functools.cache
def _axe() -> str:
    return AXE.read_text()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except OSError:
        return False


class Visitor:
    """Somebody at a browser: logs in, clicks and is counted, and every page is judged as it comes."""

    def __init__(self, *, page: Page, site: Site) -> None:
        self.page, self.site = page, site
        self.clicks = 0
        self.faults: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self._miss)
        page.on("response", self._weigh)
        page.on("request", lambda request: site.traces.leave("address", request.url))
        page.on("download", lambda file: site.traces.leave("name of a file", file.suggested_filename))

    def _hear(self, message: Any) -> None:
        # The browser notes each refused form (422) and each page that is not there as an error of its own.
        if message.type != "error" or "the server responded with a status of 4" in message.text:
            return
        # axe reads the sheet that Django's forms import into a page of its own; that is refused, and nothing misses it.
        # It has no address, as a style or a script of the page's would have.
        if not (message.text.startswith("Applying inline style") and not message.location["url"]):
            self.faults.append(f"console: {message.text} {message.location}")

    def _miss(self, request: Any) -> None:
        # Leaving a page ends what the browser had only begun to ask for; what the server fails has another reason.
        if request.failure != "net::ERR_ABORTED":
            self.faults.append(f"failed: {request.url} {request.failure}")

    def _weigh(self, response: Any) -> None:
        self.site.traces.leave("name of a file", response.headers.get("content-disposition", ""))
        if response.status >= 400 and "/static/" in response.url:
            self.faults.append(f"missing: {response.url} {response.status}")

    def log_in(self, username: str) -> "Visitor":
        """Comes with the session that the form would have begun; the form itself takes a second, and one journey."""
        client, cookie = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(User.objects.get(username=username))
        self.page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": self.site.url}])
        self.open("/")
        return self

    def fill_in_log_in(self, username: str) -> "Visitor":
        """Log in as a person does."""
        self.open("/log-ind/")
        self.page.get_by_label("Brugernavn").fill(username)
        self.page.get_by_label("Adgangskode").fill(factories.PASSWORD)
        self.follow(self.page.get_by_role("button", name="Log ind"))
        # An administrator is led on to the administration.
        self.page.wait_for_url(re.compile(rf"^{re.escape(self.site.url)}/(administration/)?$"))
        return self

    def open(self, path: str) -> int:
        """Go to the address; the status of the answer."""
        try:
            response = self.page.goto(f"{self.site.url}{path}")
        except Error as error:
            # A page of progress loads itself anew when its work is done, perhaps in this very moment.
            if "ERR_ABORTED" not in error.message:
                raise
            response = self.page.goto(f"{self.site.url}{path}")
        assert response is not None
        self.site.traces.leave("title", self.page.title())
        return response.status

    def click(self, role: str, name: str | re.Pattern[str], *, stays: bool = False, **more: Any) -> None:
        """One click of a person, counted; a link or a button brings another page unless it `stays`."""
        target = self.page.get_by_role(role, name=name, **more).first  # type: ignore[arg-type]
        if stays or role not in ("link", "button"):
            self.clicks += 1
            target.click()
        else:
            self.follow(target)

    def follow(self, target: Locator) -> None:
        """One click on what leads to another page, counted; that page is there when this returns."""
        self.clicks += 1
        # A click alone returns while the page before still stands, and who looks then sees that one, or neither.
        with self.page.expect_navigation():
            target.click()

    def tap(self, target: Locator, *, stays: bool = False) -> None:
        """One touch of a finger, counted; what is touched brings another page unless it `stays`."""
        self.clicks += 1
        with nullcontext() if stays else self.page.expect_navigation():
            target.tap()

    def judge(self) -> None:
        """axe finds nothing on the page, and nothing went wrong on the way."""
        self.site.traces.leave("title", self.page.title())
        try:
            violations = self._violations()
        except Error:
            # A page of progress loads itself anew when its work is done, perhaps while it is judged.
            self.page.wait_for_load_state()
            violations = self._violations()
        assert violations == [], f"{self.page.url}: {violations}"
        faults, self.faults = self.faults, []
        assert faults == [], f"{self.page.url}: {faults}"

    def _violations(self) -> list[str]:
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        return self.page.evaluate(  # type: ignore[no-any-return]
            """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
                .map(v => `${v.id}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)"""
        )

    def judge_wide_and_narrow(self) -> None:
        """The page is sound on a screen and on a phone, and no wider than either."""
        for viewport in (NARROW, WIDE):
            self.page.set_viewport_size(viewport)  # type: ignore[arg-type]
            self.judge()
            assert self.fits(), f"{self.page.url} is wider than {viewport['width']} pixels"

    def fits(self) -> bool:
        """Whether there is no sideways scroll."""
        return bool(self.page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture
def visitor(browser: Browser, site: Site) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each with a browser session of its own."""
    contexts = []

    def make(*, viewport: dict[str, int] = WIDE, scripts: bool = True, has_touch: bool = False) -> Visitor:
        context = browser.new_context(
            locale="da-DK",
            viewport=viewport,  # type: ignore[arg-type]
            java_script_enabled=scripts,
            has_touch=has_touch,
        )
        contexts.append(context)
        return Visitor(page=context.new_page(), site=site)

    yield make
    for context in contexts:
        site.traces.leave("the browser's storage", json.dumps(context.storage_state()))
        context.close()
