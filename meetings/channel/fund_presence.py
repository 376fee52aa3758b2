"""The a-kasse's presence at a meeting in the jobcenter."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.history import events as history_events
from cases.models import Case, Event, User
from cases.rules.facts import Course, Party
from cases.rules.refusal import Refused
from meetings.changing import NotBookable, lock_case, lock_meeting
from meetings.channel.allowed import number_of
from meetings.models import FundWish, Meeting
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules import participation
from meetings.rules.after_six_months import fund_takes_part
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus


class WishChanged(Refused):
    """Another has recorded what the citizen said after the page was opened."""

    field = "fund_wish"


def fund_participation(*, case: Case, meeting: Meeting, law: Law) -> participation.Participation:
    """Whether the citizen can be asked about the a-kasse's presence at the meeting, and why."""
    if meeting.kind == MeetingKind.JOINT_INTERVIEW:
        return participation.joint_fund_may_be_declined(on=meeting.day, book=law.book)
    course = planning_stored.course_of(case)
    first = participation.may_invite_fund(
        course=course,
        party=meeting.party,
        number=number_of(case=case, meeting=meeting, of_organisation=True),
        on=meeting.day,
        book=law.book,
    )
    if first.is_allowed or meeting.kind != MeetingKind.CONTACT_INTERVIEW:
        return first
    later = fund_takes_part(course=course, party=meeting.party, on=meeting.day, book=law.book)
    return first if later is None or _has_been_held(case, course, law) else later


def _has_been_held(case: Case, course: Course, law: Law) -> bool:
    """Whether the meeting with the a-kasse that long unemployment demands has been held: it is asked about once."""
    held = case.meetings.filter(
        status=MeetingStatus.HELD, kind=MeetingKind.CONTACT_INTERVIEW, fund_attends__isnull=False
    ).select_related("organisation")
    return any(
        fund_takes_part(course=course, party=meeting.party, on=meeting.day, book=law.book) is not None
        for meeting in held
    )


def set_fund_attends(*, case: Case, meeting: Meeting, wish: bool, law: Law) -> dict[str, Any]:
    """Set the wish on the unsaved meeting. Return what it overwrites, for the event of the change."""
    if case.fund is None:
        raise NotBookable("Sagen har ingen a-kasse, som kan deltage.")
    may, why = fund_participation(case=case, meeting=meeting, law=law)
    is_joint = meeting.kind == MeetingKind.JOINT_INTERVIEW
    if not may and wish != is_joint:
        raise NotBookable(why[-1].text)
    meeting.fund_attends = wish
    # The citizen's latest word is the one that counts.
    others = FundWish.objects.filter(case=case).exclude(is_wished=wish)
    return {} if is_joint or not others.update(is_wished=wish) else {"before": {"fund_wish": not wish}}


def take_back_wish(event: Event) -> None:
    """Let what was said of the a-kasse before a booking or a move hold again, now that this is undone."""
    before = event.data.get("before", {})
    if "fund_wish" in before:
        FundWish.objects.filter(case=event.case_id).update(is_wished=before["fund_wish"])


def wished_before(*, case: Case, meeting: Meeting, law: Law) -> FundWish | None:
    """What the citizen said before this meeting was booked; None where nothing was said, or it is another meeting."""
    wish = FundWish.objects.filter(case=case).select_related("recorded_by__organisation").first()
    if wish is None or case.fund is None or meeting.kind != MeetingKind.CONTACT_INTERVIEW:
        return None
    is_first = number_of(case=case, meeting=meeting, of_organisation=True) == 1
    return wish if is_first and fund_participation(case=case, meeting=meeting, law=law).is_allowed else None


@transaction.atomic(durable=True)
def wish_fund_at_first(*, case_id: int, wish: bool, by: User, at: datetime) -> None:
    """Record whether the citizen wishes the a-kasse at the first meeting in the jobcenter, as soon as it is said.

    Where that meeting is booked, the wish is about it. Saying the same once more changes nothing. Raises NotBookable.
    """
    record_wish(case=lock_case(case_id), wish=wish, by=by, at=at)


def record_wish(*, case: Case, wish: bool, by: User, at: datetime) -> None:
    """As `wish_fund_at_first`, in the transaction of a caller that has locked the case."""
    law = planning_law.law_in_force()
    first = _first_in_jobcenter(case)
    if first is not None:
        if first.status != MeetingStatus.BOOKED:
            raise NotBookable("Den første samtale i jobcentret er holdt, så der er intet ønske at registrere.")
        _set_wish(case=case, meeting=first, wish=wish, law=law, by=by, at=at)
        return
    may, why = may_be_wished(case=case, on=timezone.localtime(at).date(), law=law)
    if not may:
        raise NotBookable(why)
    before = FundWish.objects.filter(case=case).first()
    if before is not None and before.is_wished == wish:
        return
    FundWish.objects.update_or_create(case=case, defaults={"is_wished": wish, "recorded_by": by, "recorded_at": at})
    was = {"fund_wish": before.is_wished if before else None}
    _tell(case, wish, "den første samtale i jobcentret", by=by, at=at, before=was)


def require_seen(case: Case, *, seen: bool | None, wish: bool) -> None:
    """Refuse a wish of whoever did not see what another has recorded meanwhile. Raises WishChanged."""
    first = _first_in_jobcenter(case)
    wishes = FundWish.objects.filter(case=case).values_list("is_wished", flat=True)
    said = first.fund_attends if first else wishes.first()
    if said is not None and said not in (seen, wish):
        raise WishChanged(
            f"En anden har registreret, at borgeren {FundWish(is_wished=said)}, efter at du åbnede siden. Er det ikke "
            "længere rigtigt, så registrér igen."
        )


@dataclass(frozen=True)
class FirstMeetingWish:
    """The question on the a-kasse at the first meeting in the jobcenter: what was said of it, and by which rule."""

    said: bool | None
    why: str


def question_on(case: Case, *, on: date, law: Law) -> FirstMeetingWish | None:
    """The question as it stands that day; None where it is not to be asked: by law, or because it was held."""
    may, why = may_be_wished(case=case, on=on, law=law)
    first = _first_in_jobcenter(case)
    if not may or first is not None and first.status != MeetingStatus.BOOKED:
        return None
    if first is not None:
        return FirstMeetingWish(first.fund_attends, why)
    wish = FundWish.objects.filter(case=case).first()
    return FirstMeetingWish(wish.is_wished if wish else None, why)


def may_be_wished(*, case: Case, on: date, law: Law) -> tuple[bool, str]:
    """Whether the citizen can say that day if the a-kasse shall be at the first meeting in the jobcenter, and why."""
    if case.fund is None:
        return False, "Sagen har ingen a-kasse, som kan deltage."
    may, why = participation.may_invite_fund(
        course=planning_stored.course_of(case),
        party=Party.MUNICIPALITY,
        number=1,
        on=max(on, case.registered_on),
        book=law.book,
    )
    return may, why[-1].text


def _first_in_jobcenter(case: Case) -> Meeting | None:
    """The first meeting in the jobcenter that is booked or held; None as long as there is none."""
    return (
        case.meetings.filter(
            kind=MeetingKind.CONTACT_INTERVIEW,
            organisation=case.municipality,
            status__in=[MeetingStatus.BOOKED, MeetingStatus.HELD],
        )
        .select_related("organisation")
        .order_by("starts_at")
        .first()
    )


@transaction.atomic(durable=True)
def wish_fund_present(*, meeting_id: int, wish: bool, by: User, at: datetime) -> Meeting:
    """Record whether the citizen wishes the a-kasse at a meeting in the jobcenter.

    Raises NotBookable when the a-kasse cannot take part, or cannot be declined, in this meeting.
    """
    meeting = lock_meeting(meeting_id)
    case = lock_case(meeting.case_id)
    if meeting.status != MeetingStatus.BOOKED:
        raise NotBookable(f"Samtalen er {meeting.get_status_display()}. Ønsket kan ikke ændres mere.")
    _set_wish(case=case, meeting=meeting, wish=wish, law=planning_law.law_in_force(), by=by, at=at)
    return meeting


def _set_wish(*, case: Case, meeting: Meeting, wish: bool, law: Law, by: User, at: datetime) -> None:
    if meeting.fund_attends == wish:
        return
    was = set_fund_attends(case=case, meeting=meeting, wish=wish, law=law)
    meeting.save(update_fields=["fund_attends"])
    _tell(case, wish, meeting.title, by=by, at=at, meeting=meeting.pk, **was)


def _tell(case: Case, wish: bool, what: str, *, by: User, at: datetime, **about: Any) -> None:
    answer = "ønsker" if wish else "ønsker ikke"
    history_events.record(
        case=case,
        kind="meetings.fund_invited" if wish else "meetings.fund_declined",
        by=by,
        at=at,
        text=f"Borgeren {answer} a-kassen med til {what}.",
        **about,
    )


def in_words(*, case: Case, meeting: Meeting, law: Law) -> str:
    """Return the sentence on whether the a-kasse takes part in the meeting; empty where that is no question."""
    if case.fund is None or meeting.party is Party.FUND:
        return ""
    if meeting.fund_attends is not None:
        return "Din a-kasse deltager." if meeting.fund_attends else "Din a-kasse deltager ikke."
    may, _ = fund_participation(case=case, meeting=meeting, law=law)
    if meeting.kind == MeetingKind.JOINT_INTERVIEW:
        return "Din a-kasse deltager. Du kan sige nej til det." if may else "Din a-kasse deltager."
    return "Din a-kasse kan deltage, hvis du ønsker det. Sig til, når du har læst dette." if may else ""
