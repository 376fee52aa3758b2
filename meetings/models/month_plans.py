"""A plan of a month's talks: proposed times, which somebody books or leaves."""

import uuid
from datetime import date
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Organisation, User
from cases.rules.labelled import Labelled
from cases.rules.wording import span_text
from meetings.models.meetings import Meeting
from meetings.models.requirements import RequiredMeeting
from meetings.rules.kinds import Channel, MeetingKind


class PlanScope(Labelled):
    MINE = "mine", "Mine sager"
    TEAM = "team", "Mit team"
    ORGANISATION = "organisation", "Hele kontoret"
    ABSENT = "absent", "En fraværendes samtaler"
    CHOSEN = "chosen", "Tider i valgte sager"
    MOVED = "moved", "Nye tider i valgte sager"


#: What is about the cases that somebody chose on the worklist: each talk goes to its own adviser's next free time.
OF_CHOSEN = (PlanScope.CHOSEN, PlanScope.MOVED)


class PlanState(Labelled):
    WAITING = "waiting", "bliver regnet"
    MADE = "made", "klar"
    FAILED = "failed", "kunne ikke regnes"


class MonthPlanQuerySet(models.QuerySet["MonthPlan"]):
    def visible_to(self, user: User) -> Self:
        """The plans of the user's own organisation."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        return self.filter(organisation=user.organisation_id)


class MonthPlan(models.Model):
    """One computed proposal of when and with whom the talks that are due can be held."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    scope = models.CharField("omfang", max_length=12, choices=PlanScope.choices())
    # Whose booked talks get new times; empty where talks that are not yet booked are placed.
    absent = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="fraværende")
    # The cases that were chosen, where some were.
    cases = ArrayField(models.BigIntegerField(), default=list, db_default=[], verbose_name="sager")
    first = models.DateField("første dag")
    last = models.DateField("sidste dag")
    minutes = models.PositiveSmallIntegerField("minutter", default=30)
    kept_open = models.PositiveSmallIntegerField("tider om dagen, der holdes fri", default=0)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="lavet af")
    made_at = models.DateTimeField("lavet")
    state = models.CharField("status", max_length=10, choices=PlanState.choices(), default="waiting")
    finished_at = models.DateTimeField("færdig", null=True)
    # Minutes that lack in each week: [{"year": 2026, "week": 23, "minutes": 90}]
    missing: "models.JSONField[Any, Any]" = models.JSONField("mangler", default=list)

    objects = MonthPlanQuerySet.as_manager()

    class Meta:
        verbose_name = "månedsplan"
        verbose_name_plural = "månedsplaner"
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["made_at", "id"], condition=Q(state="waiting"), name="month_plan_waiting")]

    def __str__(self) -> str:
        return f"{self.about}, {self.first:%d-%m-%Y} til {self.last:%d-%m-%Y}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:month_plan", args=[self.public_id])

    @property
    def about(self) -> str:
        """Whose talks it places. Load the absent one first."""
        return f"Nye tider for {self.absent}" if self.absent else PlanScope(self.scope).label

    @property
    def is_of_chosen(self) -> bool:
        return self.scope in OF_CHOSEN

    @property
    def is_moving(self) -> bool:
        """Whether its talks are booked already and get another time."""
        return self.scope in (PlanScope.ABSENT, PlanScope.MOVED)

    @property
    def is_waiting(self) -> bool:
        return self.state == PlanState.WAITING


class ProposalState(Labelled):
    PROPOSED = "proposed", "foreslået"
    ACCEPTED = "accepted", "bookes nu"
    BOOKED = "booked", "booket"
    REFUSED = "refused", "passer ikke mere"
    DECLINED = "declined", "valgt fra"
    UNDOING = "undoing", "fortrydes"
    UNDONE = "undone", "fortrudt"
    LEFT = "left", "uden tid"


#: What somebody can still book.
OPEN_STATES = (ProposalState.PROPOSED, ProposalState.REFUSED, ProposalState.DECLINED, ProposalState.UNDONE)
#: What waits for the worker.
WORKED_ON = (ProposalState.ACCEPTED, ProposalState.UNDOING)


class PlanProposal(models.Model):
    """One talk of a plan: a time with an adviser, or why there is none."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    plan = models.ForeignKey(MonthPlan, models.CASCADE, related_name="proposals", verbose_name="plan", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name="sag")
    kind = models.CharField("samtale", max_length=30, choices=MeetingKind.choices())
    requirement = models.ForeignKey(RequiredMeeting, models.SET_NULL, null=True, related_name="+")
    # The booked talk that gets another time or adviser.
    moving = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+")
    # The one who would hold it; without a time whose case it is.
    adviser = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="medarbejder")
    starts_at = models.DateTimeField("begynder", null=True)
    ends_at = models.DateTimeField("slutter", null=True)
    channel = models.CharField("samtaleform", max_length=12, blank=True, choices=Channel.choices())
    due_on = models.DateField("senest")
    why = models.CharField("hvorfor", max_length=300, blank=True)
    # What `book` will want somebody to have seen.
    warnings: "models.JSONField[Any, Any]" = models.JSONField("advarsler", default=list)
    state = models.CharField("status", max_length=10, choices=ProposalState.choices())
    # Why it was not booked, or has no time.
    problem = models.TextField("årsag", blank=True)
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+", verbose_name="booket som")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="besluttet af")
    decided_at = models.DateTimeField("besluttet", null=True)
    # When a worker took it; one that was killed gives it back after a while.
    claimed_at = models.DateTimeField("taget", null=True)
    done_at = models.DateTimeField("udført", null=True)

    class Meta:
        verbose_name = "forslag til samtale"
        verbose_name_plural = "forslag til samtaler"
        ordering = ["starts_at", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="left") | Q(starts_at__isnull=False, ends_at__isnull=False, adviser__isnull=False),
                name="proposal_has_a_time",
                violation_error_message="Et forslag har en medarbejder, og hvornår samtalen begynder og slutter.",
            )
        ]
        indexes = [
            models.Index(fields=["plan", "adviser", "starts_at"], name="plan_proposal_page"),
            models.Index(fields=["id"], condition=Q(state__in=["accepted", "undoing"]), name="plan_proposal_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.time_text or 'uden tid'}"

    @property
    def day(self) -> date | None:
        return timezone.localtime(self.starts_at).date() if self.starts_at else None

    @property
    def time_text(self) -> str:
        """tirsdag den 12. maj 2026 kl. 10.00-10.30"""
        if self.starts_at is None or self.ends_at is None:
            return ""
        return span_text(timezone.localtime(self.starts_at), timezone.localtime(self.ends_at))

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.day is not None and self.day > self.due_on
