"""The contact course: what the law demands, what is booked, and what an organisation has to do next."""

import uuid
from collections import defaultdict
from datetime import date, datetime
from enum import StrEnum
from typing import Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils import timezone

from cases.models import Act, Case, Citizen, Organisation, Pause, User
from cases.models.law import rows_of_published_act_are_fixed
from cases.rules.danish import counted
from cases.rules.facts import EXEMPTION_NAMES, PARTY_NAMES, Party
from cases.rules.period import Period
from meetings.rules.contact_course import MeetingTable, TableRow
from meetings.rules.kinds import CHANNEL_NAMES, KIND_NAMES, MeetingKind
from meetings.rules.lifecycle import MOVES, STATUS_NAMES, MeetingStatus

KIND_LABELS = {kind: one for kind, (one, _) in KIND_NAMES.items()}


def _choices(labels: dict) -> dict[str, str]:
    return {str(key): label for key, label in labels.items()}


def _same(field: str) -> Func:
    """The integer as a range over itself, so that an exclusion constraint needs no extension."""
    return Func(field, field, Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class MeetingRuleQuerySet(models.QuerySet["MeetingRule"]):
    def table(self, draft: str | None = None) -> MeetingTable:
        """The tables of the published acts, and that of one draft when its slug is given."""
        rows = defaultdict(list)
        counted = Q(act__status="published") | Q(act__slug=draft)
        for rule in self.filter(counted).select_related("act").order_by("act", "order"):
            rows[rule.act.slug].append(rule.as_fact())
        return MeetingTable({slug: tuple(facts) for slug, facts in rows.items()})


class MeetingRule(models.Model):
    """One row of an act's table of required meetings in the first six months."""

    act = models.ForeignKey(Act, models.CASCADE, related_name="meeting_rules", verbose_name="lov")
    order = models.PositiveSmallIntegerField("række")
    kind = models.CharField("samtale", max_length=30, choices=_choices(KIND_LABELS))
    responsible = models.CharField("holdes af", max_length=15, choices=_choices(PARTY_NAMES))
    number = models.PositiveSmallIntegerField("antal")
    from_month = models.PositiveSmallIntegerField("fra måned")
    to_month = models.PositiveSmallIntegerField("til og med måned")
    due_days_after_registration = models.PositiveSmallIntegerField(
        "den første senest dage efter tilmelding", null=True, blank=True
    )
    legal_basis = models.CharField("hjemmel", max_length=300)
    certainty = models.CharField("sikkerhed", max_length=120, blank=True)

    objects = MeetingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = "række i samtaletabellen"
        verbose_name_plural = "samtaletabel"
        ordering = ["act", "order"]
        constraints = [
            models.UniqueConstraint(fields=["act", "order"], name="table_row_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, from_month__gte=1, to_month__gte=F("from_month")),
                name="table_row_is_possible",
                violation_error_message="Antallet er mindst 1, og den sidste måned ligger ikke før den første.",
            ),
        ]
        triggers = [rows_of_published_act_are_fixed()]

    def __str__(self) -> str:
        return counted(self.number, *KIND_NAMES[MeetingKind(self.kind)])

    def as_fact(self) -> TableRow:
        """The row as the rules read it."""
        return TableRow(
            order=self.order,
            kind=MeetingKind(self.kind),
            responsible=Party(self.responsible),
            number=self.number,
            from_month=self.from_month,
            to_month=self.to_month,
            due_days_after_registration=self.due_days_after_registration,
            legal_basis=self.legal_basis,
        )


class RequirementState(StrEnum):
    OPEN = "open"
    FULFILLED = "fulfilled"
    HISTORIC = "historic"


REQUIREMENT_STATE_LABELS = {
    RequirementState.OPEN: "mangler",
    RequirementState.FULFILLED: "holdt",
    RequirementState.HISTORIC: "historisk, kræves ikke længere",
}


class RequiredMeetingQuerySet(models.QuerySet["RequiredMeeting"]):
    def current(self) -> Self:
        """What the newest plan demands; a row that a later plan replaced stays readable."""
        return self.filter(replaced_at__isnull=True)


class RequiredMeeting(models.Model):
    """One meeting that the law demands of a case, with the deadline's frozen explanation.

    A row never changes its dates: a plan that moves them closes it and writes a new one, so that what
    we said then, and why, can be read for ever.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="required_meetings", verbose_name="sag")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+", verbose_name="lov")
    kind = models.CharField("samtale", max_length=30, choices=_choices(KIND_LABELS))
    responsible = models.CharField("holdes af", max_length=15, choices=_choices(PARTY_NAMES))
    number = models.PositiveSmallIntegerField("nummer")
    window_from = models.DateField("tidligst")
    # The last day of the row's months; the deadline of the first of a row can lie before it.
    window_to = models.DateField("vinduets sidste dag")
    due_on = models.DateField("senest")
    legal_basis = models.CharField("hjemmel", max_length=300)
    explanation = models.JSONField("forklaring")
    state = models.CharField("status", max_length=10, choices=_choices(REQUIREMENT_STATE_LABELS), default="open")
    planned_at = models.DateTimeField("beregnet")
    replaced_at = models.DateTimeField("erstattet", null=True)

    objects = RequiredMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "samtalekrav"
        verbose_name_plural = "samtalekrav"
        ordering = ["due_on", "window_from", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "responsible", "number"],
                condition=Q(replaced_at__isnull=True),
                name="required_meeting_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(replaced_at__isnull=True, state="open"),
                name="required_meeting_open_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, senest {self.due_on:%d-%m-%Y}"

    @property
    def title(self) -> str:
        """Short Danish name: "2. jobsamtale i jobcentret"."""
        return f"{self.number}. {self.get_kind_display()} ({PARTY_NAMES[Party(self.responsible)]})"

    @property
    def party(self) -> Party:
        """The party that calls and registers: the municipality when both hold it."""
        return Party.FUND if self.responsible == Party.FUND else Party.MUNICIPALITY


class ChosenBy(StrEnum):
    CITIZEN = "citizen"
    AUTHORITY = "authority"
    LAW = "law"
    DEFAULT = "default"


CHOSEN_BY_LABELS = {
    ChosenBy.CITIZEN: "borgerens valg",
    ChosenBy.AUTHORITY: "myndighedens valg",
    ChosenBy.LAW: "loven",
    ChosenBy.DEFAULT: "standard, intet valg",
}


class Outcome(StrEnum):
    HELD = "held"
    ABSENT_ACCEPTED = "absent_accepted"
    ABSENT = "absent"
    ABSENT_ILL = "absent_ill"
    ADVISER_ABSENT = "adviser_absent"
    TECHNIQUE_FAILED = "technique_failed"


OUTCOME_LABELS = {
    Outcome.HELD: "Samtalen blev holdt",
    Outcome.ABSENT_ACCEPTED: "Borgeren udeblev med gyldig grund",
    Outcome.ABSENT: "Borgeren udeblev uden grund",
    Outcome.ABSENT_ILL: "Borgeren var syg",
    Outcome.ADVISER_ABSENT: "Vi kunne ikke holde samtalen",
    Outcome.TECHNIQUE_FAILED: "Teknikken svigtede",
}


class CancelReason(StrEnum):
    CITIZEN = "citizen"
    ADVISER = "adviser"
    EXEMPT = "exempt"
    CASE_CLOSED = "case_closed"
    MISTAKE = "mistake"


CANCEL_REASON_LABELS = {
    CancelReason.CITIZEN: "borgeren har meldt afbud",
    CancelReason.ADVISER: "rådgiveren er forhindret",
    CancelReason.EXEMPT: "borgeren er fritaget",
    CancelReason.CASE_CLOSED: "sagen er afsluttet",
    CancelReason.MISTAKE: "booket ved en fejl",
}


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(case__in=Case.objects.visible_to(user))

    def booked(self) -> Self:
        return self.filter(status=MeetingStatus.BOOKED)

    def needing_outcome(self, at: datetime) -> Self:
        return self.booked().filter(ends_at__lte=at)


class Meeting(models.Model):
    """A booking: who meets the citizen, when and how, and what came of it.

    A move closes the row as moved and books a new one of the same series with a higher version, so that
    the citizen's calendar entry and our history agree.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="meetings", verbose_name="sag")
    # The citizen of the case, repeated so that one constraint covers all cases and both organisations.
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="+", editable=False, verbose_name="borger")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings", verbose_name="holdes af")
    adviser = models.ForeignKey(User, models.PROTECT, related_name="meetings", verbose_name="medarbejder")
    kind = models.CharField("samtale", max_length=30, choices=_choices(KIND_LABELS))
    requirement = models.ForeignKey(
        RequiredMeeting, models.SET_NULL, null=True, related_name="meetings", verbose_name="samtalekrav"
    )
    is_late = models.BooleanField("holdt for sent", default=False)
    starts_at = models.DateTimeField("begynder")
    ends_at = models.DateTimeField("slutter")
    channel = models.CharField("samtaleform", max_length=12, choices=_choices(CHANNEL_NAMES))
    channel_chosen_by = models.CharField("valgt af", max_length=10, choices=_choices(CHOSEN_BY_LABELS))
    # Why attendance is demanded against the citizen's choice.
    channel_reason = models.CharField("begrundelse for fremmøde", max_length=500, blank=True)
    place = models.CharField("sted, telefonnummer eller link", max_length=300)
    # The citizen's wish on the other party's presence; empty: not asked since this meeting was last booked.
    fund_attends = models.BooleanField("a-kassen deltager", null=True)
    status = models.CharField("status", max_length=10, choices=_choices(STATUS_NAMES), default="booked")
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
    outcome = models.CharField("udfald", max_length=20, blank=True, choices=_choices(OUTCOME_LABELS))
    cancel_reason = models.CharField("årsag", max_length=20, blank=True, choices=_choices(CANCEL_REASON_LABELS))
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
                    (_same("adviser"), RangeOperators.OVERLAPS),
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
                    (_same("citizen"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(status__in=["booked", "held"]),
                violation_error_message="Borgeren er optaget i det tidsrum. Vælg en anden tid.",
            ),
            models.UniqueConstraint(
                fields=["requirement"],
                condition=Q(status__in=["booked", "held"]),
                name="one_meeting_fulfils_a_requirement",
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
        return timezone.localtime(self.starts_at).date()

    @property
    def party(self) -> Party:
        """The party that holds it. Load the organisation first."""
        return self.organisation.party


class ChannelChoice(models.Model):
    """The citizen's choice of channel, for one meeting or for all; the latest counts, the others stay."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="channel_choices", verbose_name="sag")
    meeting = models.ForeignKey(
        Meeting, models.CASCADE, null=True, related_name="channel_choices", verbose_name="kun denne samtale"
    )
    channel = models.CharField("samtaleform", max_length=12, choices=_choices(CHANNEL_NAMES))
    chosen_on = models.DateField("valgt den")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "valg af samtaleform"
        verbose_name_plural = "valg af samtaleform"
        ordering = ["-chosen_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.chosen_on:%d-%m-%Y}"


class Exemption(models.Model):
    """A span of days in which nobody is called and no alarm is raised."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="exemptions", verbose_name="sag")
    reason = models.CharField("grund", max_length=30, choices=_choices(EXEMPTION_NAMES))
    span = DateRangeField("dage")
    documented_on = models.DateField("dokumenteret den")
    document = models.CharField("dokument", max_length=200)
    is_duty_kept = models.BooleanField("jobcentret holder fast i mødepligten", default=False)
    duty_kept_reason = models.CharField("begrundelse", max_length=500, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "fritagelse"
        verbose_name_plural = "fritagelser"
        ordering = ["case", "span"]
        constraints = [
            models.CheckConstraint(
                condition=Q(span__startswith__isnull=False, span__endswith__isnull=False, span__isempty=False),
                name="exemption_has_both_days",
                violation_error_message="Fritagelsen skal have en første og en sidste dag.",
            ),
            models.CheckConstraint(
                condition=Q(is_duty_kept=False) | ~Q(duty_kept_reason=""),
                name="kept_duty_has_reason",
                violation_error_message="Skriv, hvorfor jobcentret holder fast i mødepligten.",
            ),
            ExclusionConstraint(
                name="exemptions_do_not_overlap",
                expressions=[(_same("case"), RangeOperators.OVERLAPS), ("span", RangeOperators.OVERLAPS)],
                violation_error_message="Der er allerede en fritagelse i de dage. Ret den i stedet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} til og med {self.period.last_day:%d-%m-%Y}"

    @property
    def period(self) -> Period:
        return Period(self.span.lower, self.span.upper)


class WorklistEntryQuerySet(models.QuerySet["WorklistEntry"]):
    def visible_to(self, user: User) -> Self:
        """What the user's own organisation has to do."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        return self.filter(organisation=user.organisation_id)

    def active(self, today: date) -> Self:
        """Those it still has to act on: not after the course passed on, not in a pause or an exemption."""
        return self.filter(
            Q(active_until=None) | Q(active_until__gt=today),
            ~Exists(Pause.objects.filter(case=OuterRef("case"), span__contains=today)),
            ~Exists(Exemption.objects.filter(case=OuterRef("case"), is_duty_kept=False, span__contains=today)),
        )


class WorklistEntry(models.Model):
    """What one organisation has to do next in one case: derived, and written anew with each change.

    It holds days and moments only, so that nothing needs to be counted again at night.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="worklist_entries", verbose_name="sag")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name="organisation")
    worker = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="medarbejder")
    # The earliest deadline of an enforced requirement that no held meeting fulfils.
    due_on = models.DateField(null=True)
    requirement = models.ForeignKey(RequiredMeeting, models.SET_NULL, null=True, related_name="+")
    # The earliest such deadline for which nothing is booked either, and the day its window opens.
    unbooked_due_on = models.DateField(null=True)
    unbooked_from = models.DateField(null=True)
    # The earliest meeting of the organisation that is booked and has no outcome.
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+")
    meeting_ends_at = models.DateTimeField(null=True)
    # The day from which the other party holds the course.
    active_until = models.DateField(null=True)
    # When the sweep next looks for reminders here; empty, as after every change: at once.
    look_at = models.DateTimeField(null=True)

    objects = WorklistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "punkt på arbejdslisten"
        verbose_name_plural = "arbejdsliste"
        constraints = [models.UniqueConstraint(fields=["case", "organisation"], name="one_entry_per_party")]
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"], name="worklist_due"),
            models.Index(fields=["organisation", "unbooked_due_on", "id"], name="worklist_unbooked"),
            models.Index(fields=["organisation", "meeting_ends_at", "id"], name="worklist_outcome"),
            models.Index(fields=["worker", "due_on", "id"], name="worklist_worker"),
            models.Index(fields=["look_at"], name="worklist_look_at"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_on}"
