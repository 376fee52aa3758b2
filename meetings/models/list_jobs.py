"""Rows of the worklist that one action moves together: chosen, seen before it is done, done, and taken back."""

import uuid
from datetime import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models import Case, Organisation, User
from cases.rules.labelled import Labelled
from cases.rules.undo_time import undo_until


class ListAction(Labelled):
    ASSIGN = "assign", "tildel"
    CANCEL = "cancel", "aflys"
    MESSAGE = "message", "skriv"


class ListJobState(Labelled):
    CHOSEN = "chosen", "valgt"
    PREVIEWED = "previewed", "klar til at blive udført"
    RUNNING = "running", "i gang"
    DONE = "done", "udført"
    TAKING_BACK = "taking_back", "bliver fortrudt"
    TAKEN_BACK = "taken_back", "fortrudt"


class ListJobQuerySet(models.QuerySet["ListJob"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own organisation; what is only chosen or looked at is that one's alone."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        seen = Q(started_by=user) | ~Q(state__in=[ListJobState.CHOSEN, ListJobState.PREVIEWED])
        return self.filter(seen, organisation=user.organisation_id)


class ListJob(models.Model):
    """One action on many cases of one office. A worker carries it out, so that it survives whatever is killed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    action = models.CharField("handling", max_length=12, blank=True, choices=ListAction.choices())
    state = models.CharField("status", max_length=12, choices=ListJobState.choices(), default="chosen")
    # What was typed for the action, as the page shows it again.
    terms = models.JSONField(default=dict)
    started_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="valgt af")
    chosen_at = models.DateTimeField("valgt")
    started_at = models.DateTimeField("sat i gang", null=True)
    finished_at = models.DateTimeField("færdig", null=True)
    # One that fails lets the others go first, and is tried again until it succeeds.
    attempts = models.PositiveIntegerField("mislykkede forsøg", default=0)

    objects = ListJobQuerySet.as_manager()

    class Meta:
        verbose_name = "samlet handling"
        verbose_name_plural = "samlede handlinger"
        indexes = [
            models.Index(
                fields=["started_at", "id"], condition=Q(state__in=["running", "taking_back"]), name="list_job_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.chosen_at:%d-%m-%Y %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:list_job", args=[self.public_id])

    @property
    def is_under_way(self) -> bool:
        return self.state in (ListJobState.RUNNING, ListJobState.TAKING_BACK)

    @property
    def undo_until(self) -> datetime | None:
        """The last moment at which the whole can be taken back; none before it is done."""
        return undo_until(self.finished_at) if self.finished_at and self.state == ListJobState.DONE else None


class ListJobRowState(Labelled):
    READY = "ready", "klar"
    REFUSED = "refused", "kan ikke"
    WAITING = "waiting", "venter"
    DONE = "done", "udført"
    TAKEN_BACK = "taken_back", "fortrudt"
    STANDS = "stands", "kunne ikke fortrydes"


class ListJobRow(models.Model):
    """What the action does to one case: told before it is done, and how it went."""

    job = models.ForeignKey(
        ListJob, models.CASCADE, related_name="rows", verbose_name="samlet handling", db_index=False
    )
    case = models.ForeignKey(Case, models.CASCADE, related_name="list_job_rows", db_index=False, verbose_name="sag")
    # Its place in the list as it was chosen from.
    position = models.PositiveIntegerField("nummer")
    state = models.CharField("status", max_length=12, choices=ListJobRowState.choices(), default="ready")
    # Who had the case when it was looked at, and who gets it.
    was = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="fra")
    receiver = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="til")
    # One plain Danish sentence each, without the name of any citizen.
    before = models.CharField("før", max_length=200, blank=True)
    after = models.CharField("efter", max_length=400, blank=True)
    warning = models.TextField("advarsel", blank=True)
    problem = models.TextField("årsag", blank=True)
    # The booked talks that it is about, where it is about talks.
    talks = ArrayField(models.BigIntegerField(), default=list, db_default=[], verbose_name="samtaler")
    # The booked talks that stay behind and need another time; and the events by which it is taken back.
    left = ArrayField(models.BigIntegerField(), default=list, verbose_name="samtaler, der bliver")
    events = ArrayField(models.BigIntegerField(), default=list, verbose_name="hændelser")

    class Meta:
        verbose_name = "række i en samlet handling"
        verbose_name_plural = "rækker i en samlet handling"
        ordering = ["job", "position"]
        constraints = [models.UniqueConstraint(fields=["job", "case"], name="list_job_case_once")]
        indexes = [
            models.Index(fields=["job", "position"], condition=Q(state="waiting"), name="list_job_row_left"),
            models.Index(fields=["case", "state"], name="list_job_row_case"),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}: {self.position}"
