"""What somebody must see to book a meeting: what it is for, when it can be, and how. A reading: nothing is saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from cases.models import Case, CitizenContact, Role, User
from cases.people import phones
from cases.rules.facts import Course, Party
from cases.rules.period import Period
from cases.rules.wording import listed
from meetings.booking import free_times
from meetings.booking.free_times import FreeTime, Question
from meetings.channel import allowed as channel_allowed
from meetings.channel import fund_presence
from meetings.channel import places as channel_places
from meetings.models import ChannelChoice, FundWish, Meeting, RequiredMeeting, RequirementState
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning.law import Law
from meetings.rules.after_six_months import right_on_request
from meetings.rules.booking import ObjectionKind, check_booking
from meetings.rules.channel import ChannelAnswer
from meetings.rules.contact_course import plan
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.matching import holds
from meetings.rules.participation import Participation
from meetings.rules.spans import ONE_DAY, Span

DEFAULT_MINUTES = 30


@dataclass(frozen=True)
class BookingWish:
    """What the user has said so far about the meeting; whatever is left out is proposed."""

    requirement_id: str = ""
    adviser: User | None = None
    kind: MeetingKind | None = None
    minutes: int | None = None
    #: Show the free times of this day in place of the three best.
    day: date | None = None
    starts_at: datetime | None = None
    #: The citizen has asked for the meeting.
    is_requested: bool = False
    #: The meeting whose outcome is registered was not held.
    is_missed: bool = False


@dataclass
class BookingProposal:
    """The meeting that a user is about to book in a case: a new one, a moved one, or the next after an outcome."""

    case: Case
    user: User
    at: datetime
    wish: BookingWish = BookingWish()
    #: The meeting that is moved: its requirement, and its time is not in its own way.
    moving: Meeting | None = None
    #: The meeting whose outcome is registered: if it was not held, its requirement must be booked again.
    after: Meeting | None = None

    @cached_property
    def law(self) -> Law:
        return planning_law.law_in_force()

    @cached_property
    def course(self) -> Course:
        # Each rule below reads the same facts.
        prefetch_related_objects([self.case], "pauses", "exemptions", "benefit_hours")
        return planning_stored.course_of(self.case)

    @property
    def party(self) -> Party:
        return self.user.workplace.party

    @property
    def today(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def gone(self) -> Meeting | None:
        """The booked meeting that will count no more: the one that is moved, or the one that was missed."""
        return self.moving or (self.after if self.wish.is_missed else None)

    @cached_property
    def open_requirements(self) -> Sequence[RequiredMeeting]:
        """What the user's own organisation still has to book, by deadline."""
        rows = (
            self.case.required_meetings.current()
            .filter(state=RequirementState.OPEN)
            .select_related("act", "explanation")
            .order_by("due_on", "window_from", "number", "pk")
        )
        gone = self.gone.pk if self.gone else None
        return [row for row in rows if holds(self.party, Party(row.responsible)) and row.meeting_id in (None, gone)]

    @cached_property
    def requirement(self) -> RequiredMeeting | None:
        """What the meeting is for: the one asked for, or that of the meeting that is gone, or the first open one."""
        asked = str(self.gone.requirement.public_id) if self.gone and self.gone.requirement else None
        asked = asked or self.wish.requirement_id
        chosen = next((row for row in self.open_requirements if str(row.public_id) == asked), None)
        return chosen or next(iter(self.open_requirements), None)

    @property
    def missing(self) -> int:
        """How many open requirements share the months of this one."""
        if self.requirement is None:
            return 0
        return sum(row.window_to == self.requirement.window_to for row in self.open_requirements)

    @cached_property
    def kinds(self) -> Sequence[MeetingKind]:
        """The kinds that the user's organisation can book in this course."""
        return [kind for kind in MeetingKind if not self._refusal(kind)]

    @cached_property
    def usual_kinds(self) -> Sequence[MeetingKind]:
        """Those that the law demands in this course; the others are held on need. What is booked is among them."""
        demanded = plan(course=self.course, book=self.law.book, table=self.law.table).meetings
        usual = {self.kind, *(one.kind for one in demanded)}
        return [kind for kind in self.kinds if kind in usual]

    @property
    def refusal(self) -> str:
        """Why nothing at all can be booked; empty when something can."""
        return "" if self.kinds else self._refusal(MeetingKind.CONTACT_INTERVIEW)

    def _refusal(self, kind: MeetingKind) -> str:
        found = check_booking(
            course=self.course,
            kind=kind,
            party=self.party,
            day=max(self.today, self.course.placed_on),
            book=self.law.book,
            table=self.law.table,
        )
        return next((one.text for one in found if one.kind == ObjectionKind.REFUSE), "")

    @cached_property
    def kind(self) -> MeetingKind:
        first = self.moving.kind if self.moving else self.requirement.kind if self.requirement else None
        for kind in (self.wish.kind, first):
            if kind is not None and kind in self.kinds:
                return MeetingKind(kind)
        return next(iter(self.kinds), MeetingKind.CONTACT_INTERVIEW)

    @cached_property
    def advisers(self) -> QuerySet[User]:
        """Those of the user's own organisation who can hold a meeting."""
        colleagues = User.objects.filter(organisation=self.user.organisation, is_active=True).select_related(
            "organisation"
        )
        return colleagues.exclude(role=Role.ADMINISTRATOR).order_by("first_name", "last_name", "pk")

    @cached_property
    def adviser(self) -> User:
        """Whom to propose: who was asked for, who had the meeting, whose case it is, or the user."""
        had_it = self.moving.adviser if self.moving else None
        return self.wish.adviser or had_it or self.case.worker_at(self.user.workplace) or self.user

    @property
    def minutes(self) -> int:
        """How long: what was said, or as the meeting that is moved, or as usual."""
        if self.wish.minutes is not None or self.moving is None:
            return self.wish.minutes or DEFAULT_MINUTES
        return int((self.moving.ends_at - self.moving.starts_at).total_seconds() // 60)

    @property
    def length(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @cached_property
    def times(self) -> Sequence[FreeTime]:
        """The three best times, or every free time of the day that was asked for."""
        if self.refusal:
            return []
        question = Question(
            case=self.case,
            adviser=self.adviser,
            kind=self.kind,
            length=self.length,
            at=self.at,
            law=self.law,
            instead_of=self.gone,
        )
        if self.wish.day is not None:
            day = Period(self.wish.day, self.wish.day + ONE_DAY)
            return list(free_times.free_times(question, day, despite_warnings=True))
        again = self.after.requirement if self.after else None
        return free_times.suggest(question, self.requirement or again, missing=max(self.missing, 1))

    def warnings(
        self, *, span: Span, adviser: User, kind: MeetingKind, channel: Channel | None, place: str
    ) -> tuple[str, ...]:
        """What `book` would ask the user to weigh first."""
        diary = free_times.diary(case=self.case, adviser=adviser, first=span.day, last=span.day, instead_of=self.gone)
        found = free_times.objections(course=self.course, kind=kind, span=span, diary=diary, law=self.law)
        warnings = [one.text for one in found if one.kind == ObjectionKind.WARN]
        if over_cap := diary.availability.over_cap(span.day, channel or self.chosen_channel):
            warnings.append(over_cap)
        return (*warnings, *self.missing_link(adviser=adviser, channel=channel, place=place))

    def missing_link(self, *, adviser: User, channel: Channel | None = None, place: str = "") -> tuple[str, ...]:
        """That nobody has a room, where the talk would be by video."""
        channel = channel or self.chosen_channel
        if self.moving is not None and self.moving.channel != channel and place == self.moving.place:
            place = ""
        if channel != Channel.VIDEO or place or channel_places.kept_link(self.moving, adviser=adviser):
            return ()
        has_room = channel_places.room_of(adviser, at=adviser.workplace)
        return () if has_room else (channel_places.missing_link(adviser),)

    @cached_property
    def preview(self) -> Meeting:
        """The meeting as it would be, never saved: for what depends on its day."""
        starts_at = self.wish.starts_at
        if starts_at is None:
            starts_at = self.times[0].span.starts_at if self.times else self.at + ONE_DAY
        meeting = Meeting(
            case=self.case,
            citizen=self.case.citizen,
            organisation=self.user.organisation,
            adviser=self.adviser,
            kind=str(self.kind),
            starts_at=starts_at,
            ends_at=starts_at + self.length,
        )
        meeting.pk = self.moving.pk if self.moving else None
        return meeting

    @cached_property
    def channel(self) -> ChannelAnswer:
        """Which channels the law allows that day, and who decides."""
        return channel_allowed.channel_on(case=self.case, meeting=self.preview, law=self.law)

    @cached_property
    def choice(self) -> ChannelChoice | None:
        """What the citizen has chosen, for the meeting that is moved or for all."""
        return channel_allowed.citizens_choice(case=self.case, meeting=self.moving)

    @property
    def chosen_channel(self) -> Channel:
        """The channel if nobody says otherwise."""
        if self.choice is not None and self.choice.channel in self.channel.allowed:
            return Channel(self.choice.channel)
        return self.channel.default if self.channel.default in self.channel.allowed else self.channel.allowed[0]

    @property
    def channel_names(self) -> str:
        """The channels that the law allows that day: personligt fremmøde, telefon eller video"""
        return listed((channel.label for channel in self.channel.allowed), "eller")

    def place_for(self, channel: Channel) -> str:
        """Where a meeting by that channel is held when nobody says otherwise."""
        self.preview.channel = str(channel)
        kept = channel_places.kept_link(self.moving, adviser=self.adviser) if channel == Channel.VIDEO else ""
        return kept or channel_places.usual_place(case=self.case, meeting=self.preview)

    @cached_property
    def fund(self) -> Participation | None:
        """Whether to ask if the a-kasse shall be present; None where the case has none."""
        if self.case.fund is None:
            return None
        return fund_presence.fund_participation(case=self.case, meeting=self.preview, law=self.law)

    @cached_property
    def fund_wish(self) -> FundWish | None:
        """What the citizen said of the a-kasse before it was booked; one that is moved is asked about anew."""
        if self.moving is not None:
            return None
        return fund_presence.wished_before(case=self.case, meeting=self.preview, law=self.law)

    @property
    def may_be_requested(self) -> bool:
        """Whether the citizen has a right to a meeting on request now; a meeting that is moved was asked for before."""
        right = right_on_request(course=self.course, on=self.today, book=self.law.book)
        return right.has_right and self.moving is None

    @property
    def contact_warnings(self) -> list[str]:
        return contact_warnings(self.case.contact_of(self.user.workplace))


def contact_warnings(contact: CitizenContact) -> list[str]:
    """How the citizen cannot be reached, said at booking and not when the reminder fails."""
    found = []
    if contact.citizen.is_exempt_from_digital_post and not contact.email and not phones.is_readable(contact.phone):
        found.append("Borgeren kan ikke nås digitalt. Send indkaldelsen som brev, og se efter, at adressen passer.")
    else:
        if contact.citizen.is_exempt_from_digital_post:
            found.append("Borgeren er fritaget for Digital Post. Send indkaldelsen som brev.")
        if not contact.email:
            found.append("Der mangler en e-mailadresse, så borgeren får ikke mail om samtalen.")
        if not phones.is_readable(contact.phone):
            found.append("Der mangler et telefonnummer, så borgeren kan ikke ringes op.")
    if contact.interpreter_language:
        found.append(f"Borgeren har brug for tolk: {contact.interpreter_language}. Bestil en tolk til samtalen.")
    return found
