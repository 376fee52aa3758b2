"""Asks a calendar by CalDAV (RFC 4791) for what lies between two moments: as guarded as any address."""

import http.client
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]  # brings no types

from meetings.calendar_links import fetching
from meetings.calendar_links.fetching import NotFetched, Question

_TYPE = "application/xml; charset=utf-8"
_MULTISTATUS = "{DAV:}multistatus"
_CALENDAR_DATA = "{urn:ietf:params:xml:ns:caldav}calendar-data"
_IS_CALENDAR = ".//{DAV:}resourcetype/{urn:ietf:params:xml:ns:caldav}calendar"
_APPOINTMENTS = """<?xml version="1.0" encoding="utf-8"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop><C:calendar-data/></D:prop><C:filter>
<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range start="{first}" end="{last}"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>
"""
_KIND = """<?xml version="1.0" encoding="utf-8"?>
<D:propfind xmlns:D="DAV:"><D:prop><D:resourcetype/></D:prop></D:propfind>
"""
_NO_CALENDAR = "Adressen svarer, men ikke som en CalDAV-kalender. Kopiér adressen på én kalender."


def calendars(address: str, *, login: str, first: datetime, last: datetime) -> list[bytes]:
    """Each appointment between the moments, as a calendar of its own. Raises NotFetched with one Danish sentence."""
    text = _APPOINTMENTS.format(first=_stamp(first), last=_stamp(last))
    answer = _asked(address, "REPORT", text, depth=1, login=login)
    found = [one.text.encode() for one in answer.iter(_CALENDAR_DATA) if one.text]
    # Some hosts answer of any address that there is nothing: then nobody would be busy, and nobody would know why.
    if not found and _asked(address, "PROPFIND", _KIND, depth=0, login=login).find(_IS_CALENDAR) is None:
        raise NotFetched(_NO_CALENDAR)
    return found


def _asked(address: str, method: str, text: str, *, depth: int, login: str) -> Element:
    headers = {"Content-Type": _TYPE, "Depth": str(depth)}
    data = fetching.fetch(address, Question(method, http.client.MULTI_STATUS, text.encode(), headers, login))
    try:
        answer: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, ValueError):
        raise NotFetched(_NO_CALENDAR) from None
    if answer.tag != _MULTISTATUS:
        raise NotFetched(_NO_CALENDAR)
    return answer


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
