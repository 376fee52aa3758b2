"""What each journey leaves is searched for CPR numbers after it; here each place is shown to be searched."""

import json
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from typing import Any

import pytest
from django.conf import settings

from cases.people import cpr
from config.celery import app
from tests import factories
from tests.browser.conftest import Site, Visitor
from tests.browser.traces import RedisTraces, Traces, numbers

pytestmark = pytest.mark.browser

NUMBER = cpr.read("120385-4999", today=date(2026, 5, 4))


def places(traces: Traces) -> set[str]:
    return {line.partition(":")[0] for line in traces.of([NUMBER.digits])}


def test_every_file_that_a_process_writes_is_searched(tmp_path: Any) -> None:
    (tmp_path / "mail").mkdir()
    (tmp_path / "post").mkdir()
    (tmp_path / "web.out").write_text(f"Traceback\n  ValueError: {NUMBER}\n")
    mail = EmailMessage()
    mail["Subject"] = "Samtale"
    mail.set_content("Se det vedhæftede.")
    mail.add_attachment(f"SUMMARY:Møde med {NUMBER.digits}".encode(), maintype="text", subtype="calendar")
    (tmp_path / "mail" / "1.eml").write_bytes(mail.as_bytes())
    (tmp_path / "post" / f"{NUMBER.digits}.xml").write_text(f"<label>{NUMBER}</label>")
    traces = Traces()

    traces.leave_files(tmp_path)

    assert places(traces) == {"log of web", "mail", "name in the post", "post"}


def test_a_task_that_was_taken_at_once_is_searched() -> None:
    traces = Traces()
    broker = app.broker_connection()

    with RedisTraces(settings.REDIS_URL, traces), broker.Producer() as producer:
        producer.publish({"number": NUMBER.digits}, routing_key="nobody", declare=[broker.SimpleQueue("nobody").queue])
        queue = broker.SimpleQueue("nobody")
        queue.get(timeout=5).ack()
        queue.close()

    assert places(traces) == {"Redis"}


def test_a_number_is_found_however_it_is_written() -> None:
    traces = Traces()
    for text in ("/?q=120385-4999", "/?q=1203854999", "/?q=120385%204999", "Fejl i 120385–4999 ved opslag"):
        traces.leave(text, text)
    traces.leave("another", "/?q=1203854998")

    assert len(traces.of([NUMBER.digits])) == 4


def test_what_a_browser_is_told_is_searched(site: Site, visitor: Callable[..., Visitor]) -> None:
    office = factories.small_office()
    factories.case(office, citizen=factories.citizen_details(number=NUMBER))
    adviser = visitor().log_in("anne")
    adviser.open(f"/?x={NUMBER}")
    adviser.page.evaluate("number => { document.title = number; localStorage.setItem('draft', number) }", str(NUMBER))
    adviser.judge()
    site.traces.leave("storage", json.dumps(adviser.page.context.storage_state()))

    assert numbers() == [NUMBER.digits]
    assert places(site.traces) >= {"address", "title", "storage"}
    adviser.page.evaluate("localStorage.clear()")
    site.traces.__init__()  # type: ignore[misc]  # this journey alone leaves them, and on purpose
