"""Where a meeting is held: the room, the telephone number, or the link of a talk by video."""

from django.core.exceptions import ValidationError

from cases.models import Case, Organisation, User
from cases.people import phones, video_rooms
from meetings.changing import NotALink
from meetings.models import Meeting
from meetings.rules.kinds import Channel

#: Where a talk by video is held as long as nobody has a room for it.
NO_LINK_YET = "Du får et link til videomødet, før samtalen begynder"


def default_place(*, case: Case, meeting: Meeting) -> str:
    """Where the meeting is held when nobody says otherwise; a talk by video may get a room of its own."""
    place = usual_place(case=case, meeting=meeting)
    return video_rooms.for_talk(place) if meeting.channel == Channel.VIDEO else place


def kept_link(moved_from: Meeting | None, *, adviser: User) -> str:
    """The video link that a moved meeting keeps: it stands in the citizen's calendar. Another's own room it is not."""
    if moved_from is None or moved_from.adviser_id != adviser.pk and moved_from.adviser.video_room:
        return ""
    return moved_from.video_link


def room_of(adviser: User, *, at: Organisation) -> str:
    """The adviser's own room, or else the nearest that is shared; empty where nobody has one."""
    return adviser.video_room or adviser.shared_room(at)


def _room_of(meeting: Meeting) -> str:
    return room_of(meeting.adviser, at=meeting.organisation)


def room_for_talk(meeting: Meeting) -> str:
    """The address that the talk can be given; empty where nobody has a room. Load the adviser first."""
    return video_rooms.for_talk(_room_of(meeting))


def missing_link(adviser: User) -> str:
    """What to do where the talk is held by video and nobody has a room for it."""
    return (
        f"Videomødet har intet link: {adviser} og {adviser.organisation} har intet videorum. Skriv linket under »Sted, "
        "telefonnummer eller link«, eller sæt en adresse under »Mit videorum«. Ellers får borgeren en indkaldelse uden "
        "link."
    )


def require_link(text: str) -> None:
    """Raises NotALink where the text is not the address of a talk by video."""
    try:
        video_rooms.validate_link(text)
    except ValidationError as error:
        raise NotALink(" ".join(error.messages)) from None


def usual_place(*, case: Case, meeting: Meeting) -> str:
    """Where such meetings are held; for video the room or its pattern. Load the adviser first."""
    if meeting.channel == Channel.ATTENDANCE:
        return meeting.organisation.meeting_place
    if meeting.channel == Channel.TELEPHONE:
        contact = case.contact_of(meeting.organisation)
        if phones.is_readable(contact.phone):
            return f"Vi ringer til dig på {contact.phone_text}"
        return f"Ring til os på {meeting.organisation.phone_text}"
    return _room_of(meeting) or NO_LINK_YET
