"""What one party writes to itself about a case."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.people import Organisation, User


class CaseNoteQuerySet(models.QuerySet["CaseNote"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own party, in the cases it is still a party to; the other party never sees them."""
        return self.filter(organisation=user.organisation_id, case__in=Case.objects.visible_to(user))

    def due(self, today: date) -> Self:
        """The tasks whose day has come, and which nobody has done."""
        return self.filter(due_on__lte=today, done_at=None)


class CaseNote(models.Model):
    """A note, or with a day a task, that belongs to the party that wrote it. The citizen hears nothing of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name="sag")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    text = models.CharField("tekst", max_length=500)
    due_on = models.DateField("dag", null=True, blank=True)
    worker = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="til")
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="skrevet af")
    written_at = models.DateTimeField("skrevet")
    done_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="udført af")
    done_at = models.DateTimeField("udført", null=True)

    objects = CaseNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "notat eller opgave"
        verbose_name_plural = "notater og opgaver"
        constraints = [
            models.CheckConstraint(
                condition=Q(text__regex=r"\S"),
                name="case_note_has_text",
                violation_error_message="Skriv, hvad notatet eller opgaven går ud på.",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None, worker=None) | Q(due_on__isnull=False, worker__isnull=False),
                name="case_task_has_a_day_and_somebody",
                violation_error_message="En opgave har en dag og en, den er til.",
            ),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="case_task_is_done_by_somebody",
                violation_error_message="En udført opgave er udført af nogen.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organisation", "due_on"],
                condition=Q(done_at=None, due_on__isnull=False),
                name="case_tasks_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_on or 'notat'}"
