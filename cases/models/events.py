"""What happened, and who read what. Both are append-only; the database sees to it."""

import uuid
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from cases.models.cases import Case
from cases.models.people import Organisation, User
from cases.rules.labelled import Labelled


class EventQuerySet(models.QuerySet["Event"]):
    def for_case(self, case: Case) -> Self:
        return self.filter(case=case).select_related("by__organisation").order_by("-at", "-pk")

    def of(self, name: str, pk: int) -> Self:
        """Those of one thing of the case, as the data of its events name it."""
        return self.filter(**{f"data__{name}": pk})


class Event(models.Model):
    """One line of a case's history, written in the transaction of the change it tells of."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="events", verbose_name="sag", db_index=False)
    kind = models.CharField("art", max_length=60)
    at = models.DateTimeField("tidspunkt")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="af")
    text = models.TextField("hvad skete der")
    data = models.JSONField(default=dict)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = "hændelse"
        verbose_name_plural = "hændelser"
        indexes = [models.Index(fields=["case", "-at"], name="event_case_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y %H:%M} {self.kind}"

    @property
    def author(self) -> User:
        """Who did what the event tells of; ValueError where it came of itself."""
        if self.by is None:
            raise ValueError("Nobody did it.")
        return self.by


class Purpose(Labelled):
    MEETING = "meeting", "samtale"
    HANDOVER = "handover", "overgang"
    INTAKE = "intake", "oprettelse"
    EFFORT = "effort", "indstilling, tilbud eller plan"
    MANAGEMENT = "management", "ledelse"
    OPERATION = "operation", "drift"
    INSIGHT = "insight", "borgerens indsigt"


class AccessLog(models.Model):
    """One answer that showed personal data: who read which cases, when and for what purpose."""

    at = models.DateTimeField("tidspunkt")
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="bruger")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name="organisation"
    )
    purpose = models.CharField("formål", max_length=20, choices=Purpose.choices())
    route = models.CharField("side", max_length=80)
    cases = ArrayField(models.BigIntegerField(), verbose_name="sager")
    detail = models.CharField("bemærkning", max_length=120, blank=True)

    class Meta:
        verbose_name = "opslag"
        verbose_name_plural = "opslag"
        indexes = [
            GinIndex(fields=["cases"], name="access_log_cases"),
            models.Index(fields=["at"], name="access_log_at"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y %H:%M} {self.route}"
