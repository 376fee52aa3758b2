"""What is booked, how it is held, and what came of it."""

import uuid
from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone

from cases.models import Case, Citizen, Organisation, User
from cases.people import video_rooms
from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from cases.rules.wording import span_text
from meetings.models.columns import same
from meetings.models.requirements import RequiredMeeting
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.lifecycle import MOVES, MeetingStatus
from meetings.rules.matching import MeetingFact
from meetings.rules.spans import COPENHAGEN


class ChosenBy(Labelled):
    CITIZEN = "citizen", "borgerens valg"
    AUTHORITY = "authority", "myndighedens valg"
    LAW = "law", "loven"
    DEFAULT = "default", "standard, intet valg"


class Outcome(Labelled):
    HELD = "held", "Samtalen blev holdt"
    ABSENT_ACCEPTED = "absent_accepted", "Borgeren udeblev med gyldig grund"
    ABSENT = "absent", "Borgeren udeblev uden grund"
    ABSENT_ILL = "absent_ill", "Borgeren var syg"
    ADVISER_ABSENT = "adviser_absent", "Vi kunne ikke holde samtalen"
    TECHNIQUE_FAILED = "technique_failed", "Teknikken svigtede"


#: The citizen did not come; of the other meetings that were missed the office is the cause.
STAYED_AWAY = (Outcome.ABSENT_ACCEPTED, Outcome.ABSENT, Outcome.ABSENT_ILL)


class CancelReason(Labelled):
    CITIZEN = "citizen", "borgeren har meldt afbud"
    ADVISER = "adviser", "rådgiveren er forhindret"
    EXEMPT = "exempt", "borgeren er fritaget"
    CASE_CLOSED = "case_closed", "sagen er afsluttet"
    PARTY_CHANGED = "party_changed", "borgeren har skiftet kommune eller a-kasse"
    MISTAKE = "mistake", "booket ved en fejl"


def channel_text(booked: str, held: str) -> str:
    """How a meeting was held, and beside it how it was booked where that was otherwise."""
    text = Channel(booked).label
    return f"{Channel(held).label}, booket som {text}" if held and held != booked else text


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(case__in=Case.objects.visible_to(user))

    def booked(self) -> Self:
        return self.filter(status=MeetingStatus.BOOKED)


class Meeting(models.Model):
    """A booking: who meets the citizen, when and how, and what came of it.

    A move closes the row as moved and books a new one of the same series with a higher version, so that
    the citizen's calendar entry and our history agree.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="meetings", verbose_name="sag", db_index=False)
    # The citizen of the case, repeated so that one constraint covers all cases and both organisations.
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+", editable=False, verbose_name="borger")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings", verbose_name="holdes af")
    adviser = models.ForeignKey(User, models.PROTECT, related_name="meetings", verbose_name="medarbejder")
    kind = models.CharField("samtale", max_length=30, choices=MeetingKind.choices())
    starts_at = models.DateTimeField("begynder")
    ends_at = models.DateTimeField("slutter")
    channel = models.CharField("samtaleform", max_length=12, choices=Channel.choices())
    channel_chosen_by = models.CharField("valgt af", max_length=10, choices=ChosenBy.choices())
    # Why attendance is demanded against the citizen's choice.
    channel_reason = models.CharField("begrundelse for fremmøde", max_length=500, blank=True)
    # How it was really held, where that is not how it was booked; and why, where the law had it otherwise.
    held_channel = models.CharField(
        "holdt som", max_length=12, blank=True, default="", db_default="", choices=Channel.choices()
    )
    held_channel_reason = models.CharField(
        "begrundelse for samtaleformen", max_length=500, blank=True, default="", db_default=""
    )
    place = models.CharField("sted, telefonnummer eller link", max_length=2000)
    # The citizen's wish on the other party's presence; empty: not asked since this meeting was last booked.
    fund_attends = models.BooleanField("a-kassen deltager", null=True)
    status = models.CharField("status", max_length=10, choices=MeetingStatus.choices(), default="booked")
    booked_at = models.DateTimeField("booket")
    booked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="booket af")
    # One calendar entry for all moves of a meeting.
    series = models.UUIDField(default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1)
    moved_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="moved_to", verbose_name="flyttet fra"
    )
    held_at = models.DateTimeField("registreret afholdt", null=True)
    missed_at = models.DateTimeField("registreret udeblevet", null=True)
    cancelled_at = models.DateTimeField("aflyst", null=True)
    outcome = models.CharField("udfald", max_length=20, blank=True, choices=Outcome.choices())
    cancel_reason = models.CharField("årsag", max_length=20, blank=True, choices=CancelReason.choices())
    note = models.TextField("notat", blank=True)
    # Guidance on six weeks of job-oriented education; empty: not a duty at this meeting, or not yet answered.
    is_six_weeks_guided = models.BooleanField("vejledt om 6 ugers jobrettet uddannelse", null=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "samtale"
        verbose_name_plural = "samtaler"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="meeting_ends_after_it_starts",
                violation_error_message="Samtalen skal slutte, efter at den er begyndt.",
            ),
            ExclusionConstraint(
                name="adviser_not_double_booked",
                expressions=[
                    (same("adviser"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=["booked", "held"]),
                violation_error_message="Medarbejderen er optaget i det tidsrum. Vælg en anden tid.",
            ),
            ExclusionConstraint(
                name="citizen_not_double_booked",
                expressions=[
                    (same("citizen"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=["booked", "held"]),
                violation_error_message="Borgeren er optaget i det tidsrum. Vælg en anden tid.",
            ),
            models.UniqueConstraint(fields=["series", "version"], name="one_meeting_per_version"),
            models.CheckConstraint(
                condition=Q(status__in=["booked", "moved"], held_at=None, missed_at=None, cancelled_at=None)
                | Q(status="held", held_at__isnull=False, missed_at=None, cancelled_at=None)
                | Q(status="missed", held_at=None, missed_at__isnull=False, cancelled_at=None)
                | Q(status="cancelled", held_at=None, missed_at=None, cancelled_at__isnull=False),
                name="meeting_status_has_its_moment",
            ),
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(held_at__gte=F("starts_at")),
                name="meeting_not_held_before_it_starts",
                violation_error_message="En samtale kan først registreres som holdt, når den er begyndt.",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancel_reason=""),
                name="cancelled_meeting_has_reason",
                violation_error_message="Vælg årsagen til, at samtalen er aflyst.",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "starts_at"], name="meeting_case_start"),
            models.Index(fields=["starts_at"], condition=Q(status="booked"), name="meeting_booked_start"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="meeting_moves",
                field="status",
                transitions=sorted({(str(before), str(after)) for (before, _), after in MOVES.items()}),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%d-%m-%Y %H:%M}"

    @property
    def day(self) -> date:
        """The day of the meeting in Copenhagen."""
        return self.starts_at.astimezone(COPENHAGEN).date()

    @property
    def requirement(self) -> RequiredMeeting | None:
        """What it fulfils, or will fulfil when it is held. Load `fulfils` first."""
        return getattr(self, "fulfils", None)

    @property
    def is_late(self) -> bool:
        """Whether it fulfils its requirement after the deadline. Load `fulfils` first."""
        return self.requirement is not None and self.requirement.is_met_late

    @property
    def is_unbooked(self) -> bool:
        """Whether it was registered afterwards, without a booking before it."""
        return self.booked_at >= self.starts_at

    @property
    def is_no_show(self) -> bool:
        """Whether it was missed because the citizen did not come."""
        return self.status == MeetingStatus.MISSED and self.outcome in STAYED_AWAY

    @property
    def channel_held(self) -> Channel:
        """How it was really held; as booked where nobody says otherwise."""
        return Channel(self.held_channel or self.channel)

    @property
    def channel_in_words(self) -> str:
        """telefon; or video, booket som telefon"""
        return channel_text(self.channel, self.held_channel)

    @property
    def title(self) -> str:
        """Jobsamtale den 12-05-2026 kl. 10.00"""
        starts = timezone.localtime(self.starts_at)
        return f"{self.get_kind_display().capitalize()} den {starts:%d-%m-%Y} kl. {starts:%H.%M}"

    @property
    def when_text(self) -> str:
        """tirsdag den 12. maj 2026 kl. 10.00-10.30"""
        return span_text(timezone.localtime(self.starts_at), timezone.localtime(self.ends_at))

    @property
    def in_words(self) -> str:
        """jobsamtale tirsdag den 12. maj 2026 kl. 10.00-10.30"""
        return f"{self.get_kind_display()} {self.when_text}"

    @property
    def video_link(self) -> str:
        """The address that opens the talk; empty where it is held in another way, or nobody has a room for it yet."""
        return self.place if self.channel == Channel.VIDEO and video_rooms.is_link(self.place) else ""

    @property
    def lacks_link(self) -> bool:
        """Whether it is booked by video without an address that opens it."""
        return self.status == MeetingStatus.BOOKED and self.channel == Channel.VIDEO and not self.video_link

    @property
    def party(self) -> Party:
        """The party that holds it. Load the organisation first."""
        return self.organisation.party

    def as_fact(self) -> MeetingFact:
        """The meeting as the rules match it with what the law demands. Load the organisation first."""
        return MeetingFact(
            key=self.pk,
            kind=MeetingKind(self.kind),
            party=self.party,
            day=self.day,
            status=MeetingStatus(self.status),
        )


class ChannelChoice(models.Model):
    """The citizen's choice of channel, for one meeting or for all; the latest counts, the others stay."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="channel_choices", verbose_name="sag")
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, related_name="channel_choices", verbose_name="kun denne samtale"
    )
    channel = models.CharField("samtaleform", max_length=12, choices=Channel.choices())
    chosen_on = models.DateField("valgt den")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "valg af samtaleform"
        verbose_name_plural = "valg af samtaleform"
        ordering = ["-chosen_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.chosen_on:%d-%m-%Y}"

    def is_for(self, meeting: Meeting | None) -> bool:
        """Whether it counts for the meeting, also after that was moved. Load the choice's own meeting first."""
        return self.meeting is None or meeting is not None and self.meeting.series == meeting.series


class FundWish(models.Model):
    """What the citizen said last of the a-kasse at the first meeting in the jobcenter, said before it was booked."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="fund_wish", verbose_name="sag")
    is_wished = models.BooleanField("a-kassen ønskes med")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "ønske om a-kassen"
        verbose_name_plural = "ønsker om a-kassen"

    def __str__(self) -> str:
        return "ønsker a-kassen med" if self.is_wished else "ønsker ikke a-kassen med"


#: What the database says when somebody is busy; the same words when we see it first.
OCCUPIED = {
    constraint.name: str(constraint.violation_error_message)
    for constraint in Meeting._meta.constraints
    if constraint.name.endswith("_not_double_booked")
}
