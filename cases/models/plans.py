"""Min Plan in its versions, and the municipality's decision of what the effort for a young person aims at."""

from datetime import date
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from cases.models.cases import Case
from cases.models.people import Organisation, User
from cases.rules.aim import Aim
from cases.rules.plan_parts import PlanPart


class PlanDraft(models.Model):
    """The next version of a case's Min Plan while it is being written; the row stays, empty, when it is published."""

    case = models.OneToOneField(Case, models.CASCADE, related_name="plan_draft", verbose_name="sag")
    # By the codes of PlanPart; nothing at all where nobody is writing.
    parts = models.JSONField("dele", null=True)
    # Raised by every saving and by every publishing: a form that was filled in on an older version is refused.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField("gemt")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gemt af")

    class Meta:
        verbose_name = "kladde til Min Plan"
        verbose_name_plural = "kladder til Min Plan"

    def __str__(self) -> str:
        return f"Kladde til Min Plan, {self.case}"


class PlanVersion(models.Model):
    """One version of Min Plan, as the law of its day asked for it. It never changes: a newer one takes its place."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="plan_versions", verbose_name="sag", db_index=False)
    number = models.PositiveIntegerField("version")
    # By the codes of PlanPart: what was asked for that day, also the parts that were left empty.
    parts = models.JSONField("dele")
    saved_at = models.DateTimeField("gemt")
    saved_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="gemt af")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="lavet af")
    # What the act in force that day asked for, and why this party wrote it; frozen.
    explanation = models.JSONField("forklaring", default=list)

    class Meta:
        verbose_name = "version af Min Plan"
        verbose_name_plural = "versioner af Min Plan"
        ordering = ["case", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="plan_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1),
                name="plan_number_begins_with_one",
                violation_error_message="Den første version af Min Plan har nummer 1.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"Min Plan, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cases:plan_version", args=[self.case.public_id, self.number])

    @property
    def saved_on(self) -> date:
        """The Copenhagen day whose law it follows."""
        return timezone.localtime(self.saved_at).date()

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each part of it with its Danish name, in the order in which a plan shows them."""
        return [(part.label, self.parts[part]) for part in PlanPart if part in self.parts]


class AimDecisionQuerySet(models.QuerySet["AimDecision"]):
    def for_case(self, case: Case) -> Self:
        """The newest first: that is the one that counts."""
        return self.filter(case=case).select_related("decided_by").order_by("-number")


class AimDecision(models.Model):
    """The municipality's decision of aim, education or job. It never changes: a new decision replaces it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="aim_decisions", verbose_name="sag", db_index=False)
    number = models.PositiveIntegerField("nummer")
    aim = models.CharField("sigte", max_length=10, choices=Aim.choices())
    decided_on = models.DateField("afgjort den")
    assessment = models.TextField("kommunens vurdering", blank=True)
    assessed_on = models.DateField("vurderet den", null=True, blank=True)
    reasons = models.TextField("begrundelse", blank=True)
    wish = models.CharField("borgerens eget ønske", max_length=10, blank=True, choices=Aim.choices())
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="afgjort af")
    saved_at = models.DateTimeField("gemt")
    explanation = models.JSONField("forklaring", default=list)

    objects = AimDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = "afgørelse om sigte"
        verbose_name_plural = "afgørelser om sigte"
        ordering = ["case", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="aim_number_once"),
            models.CheckConstraint(
                condition=Q(aim__in=[str(aim) for aim in Aim]),
                name="aim_is_education_or_job",
                violation_error_message="Vælg uddannelse eller job.",
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.get_aim_display().capitalize()} fra den {self.decided_on:%d-%m-%Y}"
