"""How a message leaves the house: by e-mail, Digital Post or SMS, behind one interface."""

import base64
import os
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message as MimeMessage
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Protocol
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from cases import cpr, phones
from cases.models import Citizen, Organisation


class AddressRefused(Exception):
    """The receiver's address does not exist, now or later."""


class CannotReach(Exception):
    """There is no way to the citizen; the message says why, in Danish."""


@dataclass(frozen=True)
class Letter:
    """A letter as PDF; its name tells nothing of the citizen."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Message:
    """One message, the same for every carrier. No CPR number, and nothing about a cause.

    The key is the same each time the same message is sent, so that a carrier can tell a repetition. One with a
    letter goes the closed way, or not at all: only there may a cause be told.
    """

    key: str
    sender: Organisation
    subject: str
    text: str
    short_text: str = ""
    calendar: str = ""
    calendar_method: str = ""
    letter: Letter | None = None

    def __post_init__(self) -> None:
        # What was typed before it was refused as strictly as today still goes out without a number.
        for name in ("subject", "text", "short_text"):
            object.__setattr__(self, name, cpr.mask(getattr(self, name)))


class Carrier(Protocol):
    """A way to a citizen. It raises AddressRefused, or any other error when it is worth trying again later."""

    name: str

    def address_of(self, citizen: Citizen) -> str: ...

    def carry(self, message: Message, *, to: str) -> None: ...


class Email:
    """Django's mail; the organisation is shown as sender, and answers go to it."""

    name = "e-mail"

    def address_of(self, citizen: Citizen) -> str:
        return citizen.email

    def carry(self, message: Message, *, to: str) -> None:
        _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        mail = EmailMessage(
            subject=message.subject,
            body=message.text,
            from_email=formataddr((message.sender.name, address)),
            to=[to],
            reply_to=[message.sender.email],
            headers={
                "Message-ID": f"<{message.key}@{urlsplit(settings.SITE_URL).hostname}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        if message.calendar:
            mail.attach(_calendar_part(message))
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            raise AddressRefused from error


class DigitalPost:
    """Writes the message as MeMo to a folder, until a connection to Digital Post exists.

    The receiver is named by our own key: the CPR number is looked up where the message leaves the country's
    networks for the mailbox, and never lies in a file.
    """

    name = "Digital Post"

    def address_of(self, citizen: Citizen) -> str:
        return "" if citizen.is_exempt_from_digital_post else str(citizen.public_id)

    def carry(self, message: Message, *, to: str) -> None:
        _write(settings.POST_FOLDER / "digital-post" / f"{message.key}.xml", _memo(message, to=to))


class Sms:
    """Writes the short text to a folder, until a connection to an SMS gateway exists."""

    name = "SMS"

    def address_of(self, citizen: Citizen) -> str:
        return citizen.phone if phones.takes_sms(citizen.phone) else ""

    def carry(self, message: Message, *, to: str) -> None:
        text = f"Til: {to}\nFra: {message.sender.name}\n\n{message.short_text}\n"
        _write(settings.POST_FOLDER / "sms" / f"{message.key}.txt", text.encode())


EMAIL = Email()
DIGITAL_POST = DigitalPost()
SMS = Sms()


def ways_to(citizen: Citizen) -> Sequence[Carrier]:
    """The ways to try, in order. To a citizen with a protected address there is only the closed one."""
    ways: Sequence[Carrier] = (DIGITAL_POST,) if citizen.has_protected_address else (EMAIL, DIGITAL_POST, SMS)
    return [carrier for carrier in ways if carrier.address_of(citizen)]


def send_to_citizen(message: Message, citizen: Citizen) -> str:
    """Send by the first way that leads to the citizen; gives its name.

    Raises CannotReach when none does, and what the carrier raises when it is worth trying again later.
    """
    for carrier in ways_to(citizen):
        if message.letter and carrier is not DIGITAL_POST:
            continue
        try:
            carrier.carry(message, to=carrier.address_of(citizen))
        except AddressRefused:
            continue
        return carrier.name
    if message.letter:
        raise CannotReach("Borgeren er fritaget for Digital Post, og brevet må ikke sendes med e-mail eller SMS.")
    if citizen.has_protected_address:
        raise CannotReach("Borgeren har beskyttet adresse og kan ikke få Digital Post.")
    if citizen.phone and not phones.takes_sms(citizen.phone):
        raise CannotReach(
            "Borgeren kan ikke nås med e-mail eller Digital Post, og telefonnummeret kan ikke få SMS. Ret nummeret."
        )
    raise CannotReach("Borgeren kan ikke nås med e-mail, Digital Post eller SMS.")


class MailFolder(BaseEmailBackend):
    """Mail as files for development and tests: one .eml for each message, the same one when it is sent again."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)
        for mail in email_messages:
            mime = mail.message()
            key = str(mime["Message-ID"]).strip("<>").partition("@")[0]
            _write(folder / f"{key}.eml", mime.as_bytes())
        return len(email_messages)


def _calendar_part(message: Message) -> MimeMessage:
    part = MIMEText(message.calendar, "calendar", "utf-8")
    part.set_param("method", message.calendar_method)
    part.add_header("Content-Disposition", "attachment", filename="samtale.ics")
    return part


def _memo(message: Message, *, to: str) -> bytes:
    namespace = "https://DigitalPost.dk/MeMo-1"
    ElementTree.register_namespace("memo", namespace)

    def add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
        element = ElementTree.SubElement(parent, f"{{{namespace}}}{name}")
        element.text = text or None
        return element

    def add_file(parent: ElementTree.Element, *, kind: str, name: str, content: bytes) -> None:
        file = add(parent, "File")
        add(file, "encodingFormat", kind)
        add(file, "filename", name)
        add(file, "language", "da")
        add(file, "content", base64.b64encode(content).decode())

    root = ElementTree.Element(f"{{{namespace}}}Message", {"memoVersion": "1.1", "memoSchVersion": "1.1.0"})
    header = add(root, "MessageHeader")
    add(header, "messageType", "DIGITALPOST")
    add(header, "messageID", message.key)
    add(header, "label", message.subject)
    sender = add(header, "Sender")
    add(sender, "senderID", message.sender.cvr)
    add(sender, "idType", "CVR")
    add(sender, "label", message.sender.name)
    recipient = add(header, "Recipient")
    add(recipient, "recipientID", to)
    add(recipient, "idType", "KEY")
    body = add(root, "MessageBody")
    add_file(add(body, "MainDocument"), kind="text/plain", name="besked.txt", content=message.text.encode())
    if message.calendar:
        calendar = add(body, "AdditionalDocument")
        add_file(calendar, kind="text/calendar", name="samtale.ics", content=message.calendar.encode())
    if message.letter:
        letter = add(body, "AdditionalDocument")
        add_file(letter, kind="application/pdf", name=message.letter.name, content=message.letter.content)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _write(path: Path, content: bytes) -> None:
    # Whole or not at all: a process that is killed leaves no half message behind.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    unfinished.write_bytes(content)
    unfinished.replace(path)
