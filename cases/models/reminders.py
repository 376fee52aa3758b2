"""A message owed is a row: nothing is lost with a queue, and nothing is sent twice."""

from datetime import datetime
from enum import StrEnum
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.people import Organisation, User


class ReminderState(StrEnum):
    """HANDED_OVER: it lies in the operator's folder, and whoever takes it from there sends it."""

    OWED = "owed"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    SKIPPED = "skipped"
    VOID = "void"
    FAILED = "failed"


REMINDER_STATE_LABELS = {
    ReminderState.OWED: "skyldes",
    ReminderState.SENT: "sendt",
    ReminderState.HANDED_OVER: "lagt til afsendelse",
    ReminderState.SKIPPED: "sprunget over",
    ReminderState.VOID: "bortfaldet",
    ReminderState.FAILED: "kunne ikke sendes",
}


#: Out of our hands: nothing of it is owed any more, and it cannot be taken back.
GONE = (ReminderState.SENT, ReminderState.HANDED_OVER)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def owed(self) -> Self:
        return self.filter(state=ReminderState.OWED)

    def due(self, at: datetime) -> Self:
        return self.owed().filter(due_at__lte=at)

    def gone(self) -> Self:
        return self.filter(state__in=GONE)

    def to_citizen(self) -> Self:
        return self.filter(user=None, organisation=None)


class Reminder(models.Model):
    """One message owed to one receiver about one version of one thing; the kind says which table the subject is in.

    The receiver is an employee, an organisation (when nobody there has the case), or else the citizen of the case.
    """

    kind = models.CharField("art", max_length=40)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders", verbose_name="sag")
    subject = models.BigIntegerField("emne")
    version = models.PositiveIntegerField("version")
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name="medarbejder"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name="organisation"
    )
    # Moved on when a delivery fails, or when the case rests.
    due_at = models.DateTimeField("skal sendes")
    recorded_at = models.DateTimeField("oprettet")
    state = models.CharField(
        "status", max_length=20, choices={str(k): v for k, v in REMINDER_STATE_LABELS.items()}, default="owed"
    )
    route = models.CharField("sendt med", max_length=20, blank=True)
    outcome = models.CharField("udfald", max_length=200, blank=True)
    closed_at = models.DateTimeField("afsluttet", null=True)
    attempts = models.PositiveSmallIntegerField("forsøg", default=0)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "påmindelse"
        verbose_name_plural = "påmindelser"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "version", "user", "organisation"],
                nulls_distinct=False,
                name="reminder_owed_once",
            ),
            models.CheckConstraint(
                condition=Q(state="owed", closed_at__isnull=True) | ~Q(state="owed") & Q(closed_at__isnull=False),
                name="closed_reminder_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(organisation__isnull=True), name="reminder_has_one_receiver"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="reminder_owed_due"),
            models.Index(fields=["case"], name="reminder_case"),
            models.Index(fields=["closed_at"], name="reminder_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%d-%m-%Y %H:%M}"

    @property
    def is_gone(self) -> bool:
        return self.state in GONE


class SweepRun(models.Model):
    """The latest run of the sweep, in one row: whether beat and worker are alive."""

    started_at = models.DateTimeField("begyndt")
    finished_at = models.DateTimeField("færdig", null=True)
    recorded = models.PositiveIntegerField("nye påmindelser", default=0)
    receivers = models.PositiveIntegerField("modtagere, der ventede", default=0)

    class Meta:
        verbose_name = "kørsel"
        verbose_name_plural = "kørsler"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_sweep_run")]

    def __str__(self) -> str:
        return f"{self.started_at:%d-%m-%Y %H:%M}"
