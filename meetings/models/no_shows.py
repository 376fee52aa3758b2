"""What follows a talk to which the citizen did not come: dated steps, each with its text."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models import Case, Organisation, User
from meetings.models.meetings import Meeting
from meetings.rules.no_shows import NoShowStepKind


class NoShowStepQuerySet(models.QuerySet["NoShowStep"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(meeting__case__in=Case.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that nobody has taken back."""
        return self.filter(withdrawn_at=None)

    def waiting(self) -> Self:
        """The hearings whose answer nobody has written down yet."""
        return self.standing().filter(kind=NoShowStepKind.HEARING, answered_at=None)

    def due(self, today: date) -> Self:
        """Those of open cases in which the citizen's time to answer has run out."""
        return self.waiting().filter(answer_by__lt=today, meeting__case__status="open")


class NoShowStep(models.Model):
    """One step after a missed talk, taken by the office that would have held it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="no_show_steps", verbose_name="samtale")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    kind = models.CharField("skridt", max_length=10, choices=NoShowStepKind.choices())
    text = models.TextField("tekst")
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="af")
    opened_at = models.DateTimeField("oprettet")
    # The last day on which the citizen can answer a hearing; what was answered, and when that was written down.
    answer_by = models.DateField("svar senest", null=True)
    answer = models.TextField("borgerens svar", blank=True)
    # What a correction of the answer overwrote, the oldest first: the history is read by both offices, this is not.
    earlier_answers = models.JSONField("tidligere svar", default=list, blank=True)
    answered_at = models.DateTimeField("svar registreret", null=True)
    # The talk to which a new summons calls.
    following = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="+", verbose_name="ny samtale")
    withdrawn_at = models.DateTimeField("trukket tilbage", null=True)
    withdrawn_reason = models.CharField("begrundelse", max_length=500, blank=True)

    objects = NoShowStepQuerySet.as_manager()

    class Meta:
        verbose_name = "skridt efter udeblivelse"
        verbose_name_plural = "skridt efter udeblivelse"
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "kind"],
                condition=Q(withdrawn_at=None),
                name="one_no_show_step_of_a_kind",
                violation_error_message="Skridtet er taget allerede.",
            ),
            models.CheckConstraint(
                condition=Q(kind="hearing", answer_by__isnull=False) | ~Q(kind="hearing") & Q(answer_by=None),
                name="hearing_has_its_last_day",
                violation_error_message="Skriv, hvornår borgeren senest skal svare.",
            ),
            models.CheckConstraint(
                condition=Q(kind="summons", following__isnull=False) | ~Q(kind="summons") & Q(following=None),
                name="summons_calls_to_a_talk",
                violation_error_message="Der er ingen ny samtale at indkalde til. Book den først.",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""),
                name="withdrawn_no_show_step_has_reason",
                violation_error_message="Skriv, hvorfor skridtet trækkes tilbage.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "answer_by"],
                condition=Q(kind="hearing", withdrawn_at=None, answered_at=None),
                name="no_show_hearing_waits",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.opened_at:%d-%m-%Y}"

    @property
    def is_standing(self) -> bool:
        return self.withdrawn_at is None

    @property
    def is_waiting(self) -> bool:
        """Whether it is a hearing whose answer nobody has written down."""
        return self.is_standing and self.kind == NoShowStepKind.HEARING and self.answered_at is None
