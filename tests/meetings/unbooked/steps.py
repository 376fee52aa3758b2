"""How a meeting that was held without a booking is registered."""

from datetime import UTC, datetime, timedelta

from meetings.models import Outcome
from meetings.rules.kinds import Channel, MeetingKind
from meetings.unbooked import services as unbooked_services
from meetings.unbooked.services import UnbookedMeeting

#: The Thursday before the suite's Monday, at ten in the morning in Copenhagen.
THURSDAY_TEN = datetime(2026, 4, 30, 8, 0, tzinfo=UTC)
#: The same hour as the page has it, by telephone.
HELD = {
    "on": "30-04-2026",
    "begins": "10.00",
    "minutes": "30",
    "kind": "contact_interview",
    "channel": "telephone",
    "outcome": "held",
    "guided": "ja",
}


def enter(case, by, at, starts_at=THURSDAY_TEN, *, minutes=30, adviser=None, accepted="", **fields):
    wanted = {"outcome": Outcome.HELD, "channel": Channel.TELEPHONE, "kind": MeetingKind.CONTACT_INTERVIEW, **fields}
    unbooked = UnbookedMeeting(
        adviser_id=(adviser or by).pk, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=minutes), **wanted
    )
    return unbooked_services.enter(case_id=case.pk, unbooked=unbooked, accepted=accepted, by=by, at=at)
