"""What somebody typed in a form and has not saved."""

import uuid
from datetime import datetime, timedelta
from typing import Self

from django.db import models

from cases.models.people import User

#: What was typed is kept so long, also for a long weekend, and no longer.
KEPT = timedelta(days=7)


class UnsavedFormQuerySet(models.QuerySet["UnsavedForm"]):
    def waiting(self, user: User, *, at: datetime) -> Self:
        """Those that the user may still go on with; nobody else ever sees them."""
        return self.filter(user=user.pk, kept_at__gt=at - KEPT)

    def too_old(self, *, at: datetime) -> Self:
        return self.filter(kept_at__lte=at - KEPT)


class UnsavedForm(models.Model):
    """What one user typed in one form and has not saved: only that user is shown it, in that form."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="bruger")
    # The page on which the form stands, and the address to which it is sent. No address holds a person.
    page = models.CharField("side", max_length=500)
    action = models.CharField("modtager", max_length=500)
    # Fields and names of files as JSON, sealed: it may hold anything that can be typed about a citizen.
    typed_encrypted = models.BinaryField("det skrevne")
    # The form was sent, and the session had ended; otherwise it is a draft.
    was_sent = models.BooleanField("sendt", default=False)
    kept_at = models.DateTimeField("gemt")

    objects = UnsavedFormQuerySet.as_manager()

    class Meta:
        verbose_name = "skema, der ikke er gemt"
        verbose_name_plural = "skemaer, der ikke er gemt"
        constraints = [models.UniqueConstraint(fields=["user", "action"], name="one_unsaved_form_each")]
        indexes = [models.Index(fields=["user", "page"], name="unsaved_of_page")]

    def sealed_as(self, column: str) -> str:
        return f"form of {self.user_id} {self.action} {column}"

    def __str__(self) -> str:
        return f"Skema, der ikke er gemt, {self.public_id}"
