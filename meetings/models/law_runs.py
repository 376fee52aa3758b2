"""What an act moves in the live cases: looked at before it is published, and carried out after."""

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.models import Act, Case, Organisation, User
from cases.rules.labelled import Labelled


class RunKind(Labelled):
    SIMULATION = "simulation", "prøve"
    REPLAN = "replan", "genplanlægning"


class RunState(Labelled):
    WAITING = "waiting", "venter på at begynde"
    RUNNING = "running", "i gang"
    DONE = "done", "færdig"
    STOPPED = "stopped", "stoppet"
    OUTDATED = "outdated", "forældet: loven er ændret siden"


class ChangeKind(Labelled):
    APPEARS = "appears", "nyt samtalekrav"
    VANISHES = "vanishes", "samtalekrav falder bort"
    MOVES = "moves", "frist flytter"
    ALTERS = "alters", "samtalekrav ændres uden ny frist"
    OVERDUE = "overdue", "bliver overskredet"
    BOOKING_OUTSIDE = "booking_outside", "booket samtale uden for sit nye vindue"
    CHANNEL = "channel", "samtaleform ændres"
    HANDOVER = "handover", "overgang til jobcentret flytter"
    OFFER = "offer", "tilbud tæller anderledes"
    OFFER_DEADLINE = "offer_deadline", "frist for tilbud flytter"
    UNPLANNED = "unplanned", "kan ikke planlægges"


class LawRun(models.Model):
    """One act held against the live cases: as a simulation that writes nothing to them, or as their re-planning.

    Both make the same changes, so that what was seen before an act was published is what it did.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("art", max_length=10, choices=RunKind.choices())
    act = models.ForeignKey(Act, models.CASCADE, related_name="runs", verbose_name="lov")
    # The act was withdrawn, and the cases go back to the law without it.
    is_withdrawal = models.BooleanField("tilbagetrækning", default=False)
    state = models.CharField("status", max_length=10, choices=RunState.choices(), default="waiting")
    # The law that it answers for: when the act or another one changes, the answer is outdated.
    fingerprint = models.CharField(max_length=64)
    # The day on which a deadline counts as passed.
    judged_on = models.DateField("bedømt den")
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="startet af")
    started_at = models.DateTimeField("startet")
    finished_at = models.DateTimeField("færdig", null=True)

    class Meta:
        verbose_name = "gennemgang af sagerne"
        verbose_name_plural = "gennemgange af sagerne"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["act", "is_withdrawal"],
                condition=Q(kind="replan"),
                name="one_replan_of_an_act",
                violation_error_message="Sagerne er allerede ved at blive genplanlagt efter denne lov.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at", "id"], condition=Q(state__in=["waiting", "running"]), name="law_run_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} af »{self.act}«"

    @property
    def is_simulation(self) -> bool:
        return self.kind == RunKind.SIMULATION

    @property
    def is_under_way(self) -> bool:
        return self.state in (RunState.WAITING, RunState.RUNNING)


class LawRunBatch(models.Model):
    """A few of the cases that the act can touch, done in one transaction: a killed worker leaves it as it was."""

    run = models.ForeignKey(LawRun, models.CASCADE, related_name="batches", verbose_name="gennemgang")
    cases = ArrayField(models.BigIntegerField(), verbose_name="sager")
    done_at = models.DateTimeField("færdig", null=True)
    # One that fails lets the others go first, and is tried again until it succeeds.
    attempts = models.PositiveIntegerField("mislykkede forsøg", default=0)

    class Meta:
        verbose_name = "portion af en gennemgang"
        verbose_name_plural = "portioner af en gennemgang"
        indexes = [models.Index(fields=["run", "id"], condition=Q(done_at=None), name="law_run_batch_left")]

    def __str__(self) -> str:
        return f"{self.run_id}: {len(self.cases)}"


class LawLoad(models.Model):
    """Talks that fall due with one organisation in one week, before the act and after it: a part of a sum.

    A simulation writes what stands when it begins, and each of its batches only what it moves: so no two workers
    write the same row, and a killed one leaves the sum as it was.
    """

    run = models.ForeignKey(LawRun, models.CASCADE, related_name="loads", verbose_name="gennemgang")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    week = models.DateField("uge, fra mandag den")
    before = models.IntegerField("før", default=0)
    after = models.IntegerField("efter", default=0)
    #: How many talks the organisation's advisers have time for: what is booked, and what is free.
    room = models.IntegerField("plads til", default=0)

    class Meta:
        verbose_name = "samtaler i en uge"
        verbose_name_plural = "samtaler i ugerne"

    def __str__(self) -> str:
        return f"{self.organisation_id}, {self.week:%d-%m-%Y}: {self.before}, {self.after}"


class LawChangeQuerySet(models.QuerySet["LawChange"]):
    def visible_to(self, user: User) -> Self:
        """The changes that are the user's own organisation's to act on."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        return self.filter(organisation=user.organisation_id, case__in=Case.objects.visible_to(user))


class LawChange(models.Model):
    """One thing that the act changes in one case: told by the simulation, and told again when it was done."""

    run = models.ForeignKey(LawRun, models.CASCADE, related_name="changes", verbose_name="gennemgang", db_index=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="law_changes", verbose_name="sag")
    # Who has to act on it: the party that holds the meeting, or the jobcenter for an offer.
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    worker = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="medarbejder")
    kind = models.CharField("ændring", max_length=20, choices=ChangeKind.choices())
    # What it is about, the same in every run: "contact_interview/fund/4", "meeting/17", "offer/3", "plan".
    key = models.CharField(max_length=80)
    about = models.CharField("hvad", max_length=200)
    day_before = models.DateField("før", null=True)
    day_after = models.DateField("efter", null=True)
    # One plain Danish sentence without the name of any person.
    text = models.CharField("ændring i ord", max_length=400)

    objects = LawChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "ændring i en sag"
        verbose_name_plural = "ændringer i sagerne"
        constraints = [models.UniqueConstraint(fields=["run", "case", "kind", "key"], name="law_change_told_once")]
        indexes = [
            models.Index(fields=["run", "organisation", "kind", "id"], name="law_change_run"),
            models.Index(fields=["run", "worker"], name="law_change_worker"),
        ]

    def __str__(self) -> str:
        return self.text
