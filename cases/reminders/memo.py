"""Writes a message as MeMo 1.2, the form in which Digital Post and NemSMS take it."""

import base64
import hashlib
import re
import uuid
from datetime import UTC, datetime
from xml.etree import ElementTree

from django.conf import settings

from cases.reminders.appointments import CALENDAR_NAME, Appointment, calendar_of
from cases.reminders.messages import Message

_MEMO = "https://DigitalPost.dk/MeMo-1"

_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: What MeMo 1.2 has room for in a text, and in the one that is shown before the mailbox is opened or sent as SMS.
_TEXT_LENGTH, NOTICE_LENGTH = 256, 160


def _add(parent: ElementTree.Element, name: str, text: str = "") -> ElementTree.Element:
    element = ElementTree.SubElement(parent, f"{{{_MEMO}}}{name}")
    element.text = _NOT_XML.sub("", text) or None
    return element


def _add_text(parent: ElementTree.Element, name: str, text: str) -> None:
    _add(parent, name, text[:_TEXT_LENGTH])


def memo(message: Message, *, to: str, is_sms: bool = False) -> bytes:
    """The message as MeMo 1.2, whose elements have a fixed order. An SMS is a header alone."""
    ElementTree.register_namespace("memo", _MEMO)
    root = ElementTree.Element(f"{{{_MEMO}}}Message", {"memoVersion": "1.2"})
    header = _add(root, "MessageHeader")
    _add(header, "messageType", "NEMSMS" if is_sms else "DIGITALPOST")
    _add(header, "messageUUID", _uuid_of(message, is_sms=is_sms))
    _add_text(header, "messageID", message.key)
    _add_text(header, "label", message.subject)
    if is_sms:
        _add(header, "notification", message.short_text[:NOTICE_LENGTH])
    sender = _add(header, "Sender")
    _add(sender, "senderID", message.sender.cvr)
    _add(sender, "idType", "CVR")
    _add_text(sender, "label", message.sender.name)
    recipient = _add(header, "Recipient")
    _add_text(recipient, "recipientID", to)
    _add(recipient, "idType", "PHONE" if is_sms else "KEY")
    if not is_sms:
        _add_body(root, message)
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _add_body(root: ElementTree.Element, message: Message) -> None:
    body = _add(root, "MessageBody")
    _add(body, "createdDateTime", _moment(message.at))
    main = _add(body, "MainDocument")
    _add_file(main, kind="text/plain", name="besked.txt", content=message.text.encode())
    if message.appointment and not message.appointment.is_cancelled:
        _add_appointment(main, message.appointment)
    if message.appointment:
        entry = calendar_of(message.appointment, attendee="", at=message.at)
        document = _add(body, "AdditionalDocument")
        _add_file(document, kind="text/calendar", name=CALENDAR_NAME, content=entry.encode())
    if message.letter:
        document = _add(body, "AdditionalDocument")
        _add_file(document, kind="application/pdf", name=message.letter.name, content=message.letter.content)


def _add_file(parent: ElementTree.Element, *, kind: str, name: str, content: bytes) -> None:
    file = _add(parent, "File")
    _add(file, "encodingFormat", kind)
    _add_text(file, "filename", name)
    _add(file, "language", "da")
    _add(file, "content", base64.b64encode(content).decode())


def _add_appointment(parent: ElementTree.Element, appointment: Appointment) -> None:
    action = _add(parent, "Action")
    _add(action, "label", "Læg aftalen i kalenderen")
    _add(action, "actionCode", "AFTALE")
    reservation = _add(action, "Reservation")
    _add_text(reservation, "description", appointment.note)
    _add(reservation, "reservationUUID", appointment.uid)
    _add_text(reservation, "abstract", appointment.title)
    # Half an address opens nothing: the whole one stands in the text.
    has_room = not appointment.link or len(appointment.link) <= _TEXT_LENGTH
    _add_text(reservation, "location", appointment.place if has_room else "Videomøde. Linket står i beskeden.")
    _add(reservation, "startDateTime", _moment(appointment.starts_at))
    _add(reservation, "endDateTime", _moment(appointment.ends_at))
    _add_text(reservation, "organizerMail", appointment.organiser_mail)
    _add_text(reservation, "organizerName", appointment.organiser)


def _uuid_of(message: Message, *, is_sms: bool) -> str:
    """The same each time the same message is sent; MeMo asks for the form of a random one."""
    name = f"{settings.SITE_URL} {message.key}{' sms' if is_sms else ''}"
    return str(uuid.UUID(bytes=hashlib.sha256(name.encode()).digest()[:16], version=4))


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
