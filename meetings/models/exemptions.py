"""When nobody is called."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q

from cases.models import Case, User
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.models.columns import same


class Exemption(models.Model):
    """A span of days in which nobody is called and no alarm is raised."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="exemptions", verbose_name="sag")
    reason = models.CharField("grund", max_length=30, choices=ExemptionReason.choices())
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
                expressions=[(same("case"), RangeOperators.OVERLAPS), ("span", RangeOperators.OVERLAPS)],
                violation_error_message="Der er allerede en fritagelse i de dage. Ret den i stedet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} til og med {self.period.last_day:%d-%m-%Y}"

    @property
    def period(self) -> Period:
        return Period(self.span.lower, self.span.upper)


def exemptions_kept(exemptions: Iterable[Exemption]) -> list[dict[str, Any]]:
    """The exemptions as an event keeps them."""
    return [
        {
            "reason": one.reason,
            "start": one.period.start.isoformat(),
            "end": one.period.end.isoformat() if one.period.end else None,
            "is_duty_kept": one.is_duty_kept,
            "recorded_at": one.recorded_at.isoformat(),
        }
        for one in exemptions
    ]
