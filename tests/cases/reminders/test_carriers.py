"""What carries a message: whole or not at all, and the same one only once."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.mail import BadHeaderError, get_connection

from cases.models import OrganisationKind
from cases.reminders import carriers as reminders_carriers
from cases.reminders.messages import Message
from tests import factories, memo, world


@pytest.fixture
def message(db):
    sender = factories.organisation(kind=OrganisationKind.FUND, name="Fagkassen")
    return Message(
        key="reminder-7", sender=sender, at=world.NOW, subject="Din samtale", text="Kære Øjvind", short_text="Møde"
    )


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "cases.reminders.carriers.MailFolder"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    return tmp_path / "mail"


def test_a_mail_that_is_sent_again_is_the_same_file(message, folder):
    reminders_carriers.EMAIL.carry(message, to="borger@example.dk")
    reminders_carriers.EMAIL.carry(message, to="borger@example.dk")

    (file,) = folder.iterdir()
    assert file.name == "reminder-7.eml"
    text = file.read_text()
    assert "Message-ID: <reminder-7@127.0.0.1>" in text
    assert "Auto-Submitted: auto-generated" in text
    assert "Kære Øjvind" in text


class Killed(BaseException):
    """What ends a process, seen from within."""


def test_a_mail_that_was_half_written_when_its_process_was_killed_leaves_nothing_once_it_is_sent_again(
    message, folder, monkeypatch
):
    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", die)
        with pytest.raises(Killed):
            reminders_carriers.EMAIL.carry(message, to="borger@example.dk")
    assert [path.suffix for path in folder.iterdir()] == [".unfinished"], (
        "nothing was half written: the test proves nothing"
    )

    # Another process sends it again.
    monkeypatch.setattr(os, "getpid", lambda: os.getppid() + 1)
    reminders_carriers.EMAIL.carry(message, to="borger@example.dk")

    assert [path.name for path in folder.iterdir()] == ["reminder-7.eml"]


def test_no_text_adds_a_line_to_the_head_of_a_mail(message, mailoutbox):
    for wrong in ({"subject": "Din samtale\nBcc: en@example.dk"}, {"subject": "Din samtale\r\n\r\nHej"}):
        with pytest.raises(BadHeaderError):
            reminders_carriers.EMAIL.carry(replace(message, **wrong), to="borger@example.dk")
    with pytest.raises(BadHeaderError):
        reminders_carriers.EMAIL.carry(message, to="borger@example.dk\nBcc: en@example.dk")

    assert mailoutbox == []


def test_the_folder_is_closed_to_others(message, folder):
    reminders_carriers.EMAIL.carry(message, to="borger@example.dk")

    assert folder.stat().st_mode & 0o077 == 0


def test_an_ordinary_mail_has_a_file_too(folder):
    assert get_connection().send_messages([]) == 0


def test_digital_post_writes_xml_that_escapes(message, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    reminders_carriers.DIGITAL_POST.carry(message, to="a<b")

    written = (tmp_path / "digital-post" / "reminder-7.xml").read_text()
    assert "a&lt;b" in written
    memo.check(written)


def test_a_message_that_is_sent_again_is_the_same_message(message, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    file = tmp_path / "digital-post" / "reminder-7.xml"
    reminders_carriers.DIGITAL_POST.carry(message, to="a")
    first = memo.text_of(memo.check(file.read_bytes()), "messageUUID")
    reminders_carriers.DIGITAL_POST.carry(message, to="a")

    assert memo.text_of(memo.check(file.read_bytes()), "messageUUID") == first
