"""What is to be erased, by whom it was decided, what is held back, and what is left behind of what is gone."""

import uuid
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import F, Q

from cases.models.cases import Case
from cases.models.people import Organisation, User


class LegalHold(models.Model):
    """A case that must not be erased yet, and why. The latest row counts as long as it is not lifted."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="holds", verbose_name="sag")
    reason = models.CharField("begrundelse", max_length=500)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="sat af")
    set_at = models.DateTimeField("sat")
    lifted_reason = models.CharField("begrundelse for ophævelsen", max_length=500, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="ophævet af")
    lifted_at = models.DateTimeField("ophævet", null=True)

    class Meta:
        verbose_name = "krav om bevaring"
        verbose_name_plural = "krav om bevaring"
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(lifted_at=None),
                name="one_hold_on_a_case",
                violation_error_message="Sagen bliver bevaret allerede.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.reason}"


class ErasureRunQuerySet(models.QuerySet["ErasureRun"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own office."""
        return self.filter(organisation=user.organisation_id) if user.organisation_id else self.none()

    def open_reminders(self) -> Self:
        return self.filter(proposed_by=None, finished_at=None)


class ErasureRun(models.Model):
    """Cases of one office whose time is over: proposed by one, approved by another, carried out by a worker.

    One that nobody proposed is the system's reminder, until a leader takes it up.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="foreslået af")
    proposed_at = models.DateTimeField("foreslået")
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="godkendt af")
    approved_at = models.DateTimeField("godkendt", null=True)
    finished_at = models.DateTimeField("færdig", null=True)

    objects = ErasureRunQuerySet.as_manager()

    class Meta:
        verbose_name = "sletning"
        verbose_name_plural = "sletninger"
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_at__isnull=False) & ~Q(approved_by=F("proposed_by")),
                name="erasure_is_approved_by_another",
                violation_error_message="En anden end den, der foreslog sletningen, skal godkende den.",
            ),
            # A comparison with nobody is not false, so the rule above lets a reminder pass.
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(proposed_by__isnull=False),
                name="erasure_is_proposed_before_it_is_approved",
                violation_error_message="Sletningen skal foreslås, før den kan godkendes.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.proposed_at:%d-%m-%Y}"


class Erasure(models.Model):
    """One case of such a run; once it is erased, the stone that is left: keys that nobody can read a person from."""

    # None for what was erased once more in a restored database.
    run = models.ForeignKey(ErasureRun, models.PROTECT, null=True, related_name="erasures", verbose_name="sletning")
    # No foreign keys: what they name is going to be gone.
    case_key = models.BigIntegerField("sag")
    case_public_id = models.UUIDField(editable=False)
    erased_at = models.DateTimeField("slettet", null=True)
    kept_because = models.CharField("ikke slettet", max_length=200, blank=True)

    class Meta:
        verbose_name = "slettet sag"
        verbose_name_plural = "slettede sager"
        constraints = [models.UniqueConstraint(fields=["run", "case_key"], name="case_once_in_an_erasure")]
        indexes = [models.Index(fields=["case_key"], name="erasure_case")]

    def __str__(self) -> str:
        return str(self.case_public_id)


class LogReseal(models.Model):
    """What the rows under one seal are since some of them were taken: a seal itself is never made anew."""

    log = models.CharField("log", max_length=63)
    number = models.PositiveIntegerField("nummer")
    rows = models.PositiveIntegerField("rækker")
    content = models.CharField("indhold", max_length=64)
    at = models.DateTimeField("tidspunkt")
    # Set where the years of the log were over: rows from before that moment were taken. Else a case was erased.
    before = models.DateTimeField("ældre end", null=True)

    class Meta:
        verbose_name = "segl efter sletning"
        verbose_name_plural = "segl efter sletning"
        indexes = [models.Index(fields=["log", "number"], name="log_reseal_number")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.log}:{self.number}"
