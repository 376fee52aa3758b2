"""Writes the mail to an employee or an office: all that is due in one."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string

from cases.models import Organisation, User
from cases.reminders.deciding import Wanted
from cases.reminders.messages import Message
from cases.reminders.owing import DigestLine

#: So many lines make a mail that is still read; the worklist has them all.
LINES_IN_A_MAIL = 40


class Digest(NamedTuple):
    """The mail, and where it goes."""

    message: Message
    address: str


def digest_of(
    holder: User | Organisation, wanted: Sequence[Wanted], *, deputies: Mapping[int, User], at: datetime
) -> Digest:
    """The mail with these lines to the employee, or whoever stands in for them that day, or to the office."""
    lines = [one.send.content for one in wanted if isinstance(one.send.content, DigestLine)]
    organisation = holder if isinstance(holder, Organisation) else holder.workplace
    deputy = deputies.get(holder.pk) if isinstance(holder, User) else None
    shown = lines[:LINES_IN_A_MAIL]
    facts = {
        "name": (deputy or holder).first_name if isinstance(holder, User) else "",
        "stands_in_for": holder if deputy else "",
        "organisation": organisation,
        "groups": list(_grouped(shown)),
        "hidden": len(lines) - len(shown),
        "site_url": settings.SITE_URL,
    }
    message = Message(
        key=f"reminder-{min(one.row.pk for one in wanted)}",
        sender=organisation,
        at=at,
        subject="Samtaleflow: 1 påmindelse" if len(lines) == 1 else f"Samtaleflow: {len(lines)} påmindelser",
        text=render_to_string("emails/digest.txt", facts),
    )
    return Digest(message, (deputy or holder).email or organisation.email)


def _grouped(lines: Sequence[DigestLine]) -> Iterator[tuple[str, list[DigestLine]]]:
    for heading in dict.fromkeys(line.heading for line in lines):
        yield heading, [line for line in lines if line.heading == heading]
