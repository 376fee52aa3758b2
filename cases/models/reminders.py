"""A message owed is a row: nothing is lost with a queue, and nothing is sent twice."""

from enum import StrEnum

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.people import User


class ReminderState(StrEnum):
    OWED = "owed"
    SENT = "sent"
    SKIPPED = "skipped"
    VOID = "void"
    FAILED = "failed"


REMINDER_STATE_LABELS = {
    ReminderState.OWED: "skyldes",
    ReminderState.SENT: "sendt",
    ReminderState.SKIPPED: "sprunget over",
    ReminderState.VOID: "bortfaldet",
    ReminderState.FAILED: "kunne ikke sendes",
}


class Reminder(models.Model):
    """One message owed to one receiver about one version of one thing; the kind says which table the subject is in."""

    kind = models.CharField("art", max_length=40)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders", verbose_name="sag")
    subject = models.BigIntegerField("emne")
    version = models.PositiveIntegerField("version")
    # Empty: the citizen of the case.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="reminders", verbose_name="modtager")
    due_at = models.DateTimeField("skal sendes")
    recorded_at = models.DateTimeField("oprettet")
    state = models.CharField(
        "status", max_length=10, choices={str(k): v for k, v in REMINDER_STATE_LABELS.items()}, default="owed"
    )
    route = models.CharField("sendt med", max_length=20, blank=True)
    outcome = models.CharField("udfald", max_length=200, blank=True)
    closed_at = models.DateTimeField("afsluttet", null=True)
    attempts = models.PositiveSmallIntegerField("forsøg", default=0)

    class Meta:
        verbose_name = "påmindelse"
        verbose_name_plural = "påmindelser"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "version", "user"], nulls_distinct=False, name="reminder_owed_once"
            ),
            models.CheckConstraint(
                condition=Q(state="owed", closed_at__isnull=True) | ~Q(state="owed") & Q(closed_at__isnull=False),
                name="closed_reminder_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="reminder_owed_due"),
            models.Index(fields=["case"], name="reminder_case"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%d-%m-%Y %H:%M}"
