"""How a message leaves the house: by e-mail, Digital Post or SMS, behind one interface."""

from collections.abc import Sequence
from datetime import datetime
from email.mime.text import MIMEText
from email.utils import formataddr, parseaddr
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Warning
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from cases.models import CitizenContact
from cases.models.reminders import ReminderState
from cases.people import phones
from cases.reminders.appointments import CALENDAR_NAME, Appointment, calendar_of, method_of
from cases.reminders.memo import NOTICE_LENGTH, memo
from cases.reminders.messages import Message, Written, with_calendar


class AddressRefused(Exception):
    """The receiver's address does not exist, now or later."""


class NoCarrier(Exception):
    """Nothing carries Digital Post and SMS from here: what is to go that way is still owed."""


NO_CARRIER = (
    "Digital Post og SMS har ingen forbindelse: POST_FOLDER er ikke sat. Det, der skal den vej, skyldes stadig."
)


def check(**_: Any) -> list[CheckMessage]:
    """For `manage.py check`: whether Digital Post and SMS can leave the house."""
    return [Warning(NO_CARRIER, id="cases.W001")] if settings.POST_FOLDER is None else []


class Carrier(Protocol):
    """Carries messages to citizens in one way.

    It raises AddressRefused, NoCarrier, or any other error when it is worth trying again later.
    """

    name: str
    #: What can be said of a message that it has carried.
    leaves_it: ReminderState

    def address_of(self, contact: CitizenContact) -> str: ...

    def carry(self, message: Message, *, to: str) -> None: ...

    def written(self, message: Message, *, to: str) -> Written: ...

    def writes_over(self) -> bool:
        """Whether the same message carried again takes the place of the first."""


class Email:
    """Django's mail; the organisation is shown as sender, and answers go to it."""

    name = "e-mail"
    leaves_it = ReminderState.SENT

    def address_of(self, contact: CitizenContact) -> str:
        return contact.email

    def carry(self, message: Message, *, to: str) -> None:
        _, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        mail = EmailMultiAlternatives(
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
        if message.appointment:
            _add_calendar(mail, message.appointment, to=to, at=message.at)
        try:
            mail.send()
        except SMTPRecipientsRefused as error:
            raise AddressRefused from error

    def written(self, message: Message, *, to: str) -> Written:
        return with_calendar(message, attendee=to)

    def writes_over(self) -> bool:
        return getattr(get_connection(), "writes_over", False)


class DigitalPost:
    """Writes the message as MeMo to a folder, until a connection to Digital Post exists.

    The receiver is named by our own key: the CPR number is looked up where the message leaves the country's
    networks for the mailbox, and never lies in a file.
    """

    name = "Digital Post"
    leaves_it = ReminderState.HANDED_OVER

    def address_of(self, contact: CitizenContact) -> str:
        return "" if contact.citizen.is_exempt_from_digital_post else str(contact.citizen.public_id)

    def carry(self, message: Message, *, to: str) -> None:
        _hand_over(f"digital-post/{message.key}.xml", memo(message, to=to))

    def written(self, message: Message, *, to: str) -> Written:
        return with_calendar(message)

    def writes_over(self) -> bool:
        return settings.POST_FOLDER is not None


class Sms:
    """Writes the short text as NemSMS, which is a MeMo of its own type, to a folder until a connection exists."""

    name = "SMS"
    leaves_it = ReminderState.HANDED_OVER

    def address_of(self, contact: CitizenContact) -> str:
        return contact.phone if phones.takes_sms(contact.phone) else ""

    def carry(self, message: Message, *, to: str) -> None:
        _hand_over(f"sms/{message.key}.xml", memo(message, to=to, is_sms=True))

    def written(self, message: Message, *, to: str) -> Written:
        return Written(text=message.short_text[:NOTICE_LENGTH])

    def writes_over(self) -> bool:
        return settings.POST_FOLDER is not None


EMAIL = Email()
DIGITAL_POST = DigitalPost()
SMS = Sms()


def ways_to(contact: CitizenContact) -> Sequence[Carrier]:
    """The ways to try, in order. To a citizen with a protected address there is only the closed one."""
    ways: Sequence[Carrier] = (DIGITAL_POST,) if contact.citizen.has_protected_address else (EMAIL, DIGITAL_POST, SMS)
    return [carrier for carrier in ways if carrier.address_of(contact)]


def ways_for(message: Message, contact: CitizenContact) -> Sequence[Carrier]:
    """The ways this message may go, in order: a letter goes the closed one."""
    return [carrier for carrier in ways_to(contact) if not message.letter or carrier is DIGITAL_POST]


def why_unreached(message: Message, contact: CitizenContact) -> str:
    """Why no way leads to the citizen, in Danish."""
    if message.letter:
        return "Borgeren er fritaget for Digital Post, og brevet må ikke sendes med e-mail eller SMS."
    if contact.citizen.has_protected_address:
        return "Borgeren har beskyttet adresse og kan ikke få Digital Post."
    if contact.phone and not phones.takes_sms(contact.phone):
        return "Borgeren kan ikke nås med e-mail eller Digital Post, og telefonnummeret kan ikke få SMS. Ret nummeret."
    return "Borgeren kan ikke nås med e-mail, Digital Post eller SMS."


class MailFolder(BaseEmailBackend):
    """Mail as files for development and tests: one .eml for each message, the same one when it is sent again."""

    writes_over = True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.EMAIL_FILE_PATH)  # type: ignore[misc]  # only the settings that choose this class have it
        for mail in email_messages:
            mime = mail.message()
            key = str(mime["Message-ID"]).strip("<>").partition("@")[0]
            _write(folder / f"{key}.eml", mime.as_bytes())
        return len(email_messages)


def _add_calendar(mail: EmailMultiAlternatives, appointment: Appointment, *, to: str, at: datetime) -> None:
    """The entry twice: inside the mail, where calendars find it, and as a file for readers that do not look."""
    entry = calendar_of(appointment, attendee=to, at=at)
    method = method_of(appointment, attendee=to)
    mail.attach_alternative(entry, f"text/calendar; method={method}")
    part = MIMEText(entry, "calendar", "utf-8")
    part.set_param("method", method)
    part.add_header("Content-Disposition", "attachment", filename=CALENDAR_NAME)
    mail.attach(part)


def _hand_over(name: str, content: bytes) -> None:
    if settings.POST_FOLDER is None:
        raise NoCarrier
    _write(settings.POST_FOLDER / name, content)


def _write(path: Path, content: bytes) -> None:
    # Whole or not at all. Where a process is killed in the middle, the one that sends it again writes over the half:
    # a message has one name, and its row is locked while it is sent.
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.write_bytes(content)
    unfinished.replace(path)
