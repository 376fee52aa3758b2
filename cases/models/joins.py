"""Two records of one person that were joined, and what stood before, so that they can be told apart again."""

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q

from cases.models.people import Citizen, User

#: So long two records that were joined can be told apart again.
SEPARABLE_FOR = timedelta(days=1)


class JoinQuerySet(models.QuerySet["CitizenJoin"]):
    def separable(self, at: datetime) -> "JoinQuerySet":
        """Those that can still be taken back, the latest first."""
        return self.filter(separated_at=None, at__gt=at - SEPARABLE_FOR).order_by("-pk")


class CitizenJoin(models.Model):
    """One record that took over what the other had; the other stays, with nothing that points to it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kept = models.ForeignKey(Citizen, models.PROTECT, related_name="joins", verbose_name="borger")
    joined = models.ForeignKey(Citizen, models.PROTECT, related_name="+", verbose_name="samlet med")
    at = models.DateTimeField("samlet")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="samlet af")
    separated_at = models.DateTimeField("skilt ad", null=True)
    # The ids of what moved, and what was written over, by the names of the fields.
    moved = models.JSONField(default=dict)

    objects = JoinQuerySet.as_manager()

    class Meta:
        verbose_name = "samling af to poster"
        verbose_name_plural = "samlinger af to poster"
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=models.F("joined")),
                name="join_is_of_two",
                violation_error_message="Det er den samme post. Vælg en anden sag.",
            ),
            models.UniqueConstraint(
                fields=["joined"],
                condition=Q(separated_at=None),
                name="joined_into_one_alone",
                violation_error_message="Posten er allerede samlet med en anden. Hent siden igen.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kept} {self.at:%d-%m-%Y %H:%M}"

    @property
    def separable_until(self) -> datetime:
        return self.at + SEPARABLE_FOR
