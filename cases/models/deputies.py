"""Who stands in for somebody who is away, from one day to another."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q

from cases.models.people import User
from cases.rules.wording import day_text


class DeputyQuerySet(models.QuerySet["Deputy"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own office."""
        return self.filter(user__organisation=user.organisation_id) if user.organisation_id else self.none()

    def at_work(self) -> Self:
        """Those whose deputy still works in the same office."""
        return self.filter(deputy__is_active=True, deputy__organisation=F("user__organisation"))

    def on(self, day: date) -> Self:
        return self.overlapping(day, day)

    def overlapping(self, first: date, last: date) -> Self:
        return self.filter(first_day__lte=last, last_day__gte=first)


class Deputy(models.Model):
    """A colleague who sees the cases of somebody and gets their reminders, from the first day to the last."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="deputies", verbose_name="medarbejder")
    deputy = models.ForeignKey(User, models.CASCADE, related_name="stands_in", verbose_name="stedfortræder")
    first_day = models.DateField("fra og med")
    last_day = models.DateField("til og med")
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    objects = DeputyQuerySet.as_manager()

    class Meta:
        verbose_name = "stedfortræder"
        verbose_name_plural = "stedfortrædere"
        ordering = ["first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="deputy_ends_after_it_begins",
                violation_error_message="Den sidste dag kan ikke ligge før den første.",
            ),
            models.CheckConstraint(
                condition=~Q(user=F("deputy")),
                name="deputy_is_somebody_else",
                violation_error_message="Vælg en anden end medarbejderen selv.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} for {self.user}"

    @property
    def text(self) -> str:
        """fra den 3. december 2026 til og med den 5. december 2026"""
        return f"fra den {day_text(self.first_day)} til og med den {day_text(self.last_day)}"
