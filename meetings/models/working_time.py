"""When the people of an office can hold talks: hours, absences, closing days and caps."""

import uuid
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from cases.models import Organisation, User
from cases.rules.labelled import Labelled
from meetings.models.columns import same
from meetings.rules import spans
from meetings.rules.availability import Hours, absence_text
from meetings.rules.kinds import Channel


class AbsenceKind(Labelled):
    """What keeps somebody away, and nothing of their health."""

    ABSENCE = "absence", "fravær"
    HOLIDAY = "holiday", "ferie"
    COURSE = "course", "kursus"
    OTHER = "other", "andet"


class WorkingHours(models.Model):
    """A stretch of a weekday in which somebody works. Who has none works when the office is open."""

    user = models.ForeignKey(User, models.CASCADE, related_name="working_hours", verbose_name="medarbejder")
    weekday = models.PositiveSmallIntegerField("ugedag")
    begins = models.TimeField("fra")
    ends = models.TimeField("til")

    class Meta:
        verbose_name = "arbejdstid"
        verbose_name_plural = "arbejdstider"
        ordering = ["user", "weekday", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__gt=F("begins")),
                name="working_hours_end_after_they_begin",
                violation_error_message="Arbejdstiden skal slutte, efter at den er begyndt.",
            ),
            models.CheckConstraint(
                condition=Q(weekday__lte=4),
                name="working_hours_are_monday_to_friday",
                violation_error_message="Arbejdstiden ligger fra mandag til fredag.",
            ),
            models.UniqueConstraint(fields=["user", "weekday", "begins"], name="working_hours_begin_once"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday}: {self.as_hours().text}"

    def as_hours(self) -> Hours:
        return Hours(self.weekday, self.begins, self.ends)


class StaffAbsenceQuerySet(models.QuerySet["StaffAbsence"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's own office; another party never hears of them."""
        return self.filter(user__organisation=user.organisation_id)

    def overlapping(self, span: spans.Span) -> Self:
        return self.filter(starts_at__lt=span.ends_at).filter(Q(ends_at=None) | Q(ends_at__gt=span.starts_at))


class StaffAbsence(models.Model):
    """Somebody who works here is away: whole days or a part of one, and until further notice where it has no end."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="absences", verbose_name="medarbejder")
    kind = models.CharField("art", max_length=10, choices=AbsenceKind.choices())
    starts_at = models.DateTimeField("fra")
    ends_at = models.DateTimeField("til", null=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    objects = StaffAbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = "medarbejders fravær"
        verbose_name_plural = "medarbejderes fravær"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at")),
                name="staff_absence_ends_after_it_begins",
                violation_error_message="Fraværet skal slutte, efter at det er begyndt.",
            ),
            ExclusionConstraint(
                name="staff_absences_do_not_overlap",
                expressions=[
                    (same("user"), RangeOperators.OVERLAPS),
                    (
                        Func("starts_at", "ends_at", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message="Der er allerede et fravær i det tidsrum. Ret det i stedet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.text}"

    @property
    def span(self) -> spans.Span:
        return spans.Span(self.starts_at, self.ends_at or spans.FOREVER)

    @property
    def text(self) -> str:
        """fra den 3. december 2026 til og med den 5. december 2026"""
        return absence_text(self.span)


class ClosingDay(models.Model):
    """What an office says of a single day: that it is closed, or that it is open though others are closed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="closing_days", verbose_name="organisation"
    )
    day = models.DateField("dag")
    name = models.CharField("navn", max_length=60)
    is_open = models.BooleanField("åbent alligevel", default=False)

    class Meta:
        verbose_name = "lukkedag"
        verbose_name_plural = "lukkedage"
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["organisation", "day"], name="closing_day_is_said_once")]

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y} {self.name}"


class TalkCap(models.Model):
    """How many talks a day at most: one person's, or those of each in the office; by one channel, or all together."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name="organisation")
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="+", verbose_name="medarbejder")
    channel = models.CharField("samtaleform", max_length=12, blank=True, choices=Channel.choices())
    most = models.PositiveSmallIntegerField("højst om dagen")

    class Meta:
        verbose_name = "loft over samtaler"
        verbose_name_plural = "lofter over samtaler"
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user", "channel"], name="one_cap_of_talks", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(most__gte=1),
                name="cap_of_talks_is_at_least_one",
                violation_error_message="Et loft er mindst 1.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.channel}".strip()
