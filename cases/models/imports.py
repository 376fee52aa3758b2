"""An import of cases from a file: seen before it is done, followed while it runs."""

import uuid
from typing import Self

from django.db import models

from cases.models.cases import Case
from cases.models.people import Organisation, User
from cases.rules.facts import Party
from cases.rules.labelled import Labelled


class ImportState(Labelled):
    READING = "reading", "under læsning"
    PREVIEWED = "previewed", "klar til at blive godkendt"
    RUNNING = "running", "i gang"
    DONE = "done", "færdig"
    FORGOTTEN = "forgotten", "glemt"
    TAKING_BACK = "taking_back", "bliver taget tilbage"
    TAKEN_BACK = "taken_back", "taget tilbage"


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, user: User) -> Self:
        """The imports of the user's own organisation."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        return self.filter(organisation=user.organisation_id)


class ImportRun(models.Model):
    """One file, read and shown; its rows become cases when somebody says so."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="organisation")
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="indlæst af")
    uploaded_at = models.DateTimeField("indlæst")
    state = models.CharField("status", max_length=12, choices=ImportState.choices(), default="previewed")
    finished_at = models.DateTimeField("færdig", null=True)
    # Until when it stands still, because it has asked by as many CPR numbers as a user may in an hour.
    waits_until = models.DateTimeField("venter til", null=True)
    # Since when its rows are read or carried out without a stop, how many were left then, and when the last were taken.
    running_since = models.DateTimeField("i gang siden", null=True)
    left_then = models.PositiveIntegerField("rækker tilbage da", null=True)
    worked_at = models.DateTimeField("sidst arbejdet på", null=True)
    # By nobody: it was forgotten because nobody had said go for a long time.
    undone_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="import_runs_undone", verbose_name="fortrudt af"
    )
    undone_at = models.DateTimeField("fortrudt", null=True)

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = "import"
        verbose_name_plural = "importer"

    def __str__(self) -> str:
        return f"{self.uploaded_at:%d-%m-%Y %H:%M}"


class ImportRowState(Labelled):
    UNREAD = "unread", "ikke læst endnu"
    READY = "ready", "klar"
    REFUSED = "refused", "ikke taget med"
    CREATED = "created", "oprettet"
    GONE_ON = "gone_on", "forløb fortsat"
    TAKEN_BACK = "taken_back", "taget tilbage"


class ImportRow(models.Model):
    """One line of the file. What was typed is encrypted, and forgotten when the line has become a case or is old.

    The file itself is kept nowhere: its lines wait here, as they were typed, until a worker reads them.
    """

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows", verbose_name="import", db_index=False)
    line = models.PositiveIntegerField("linje")
    content_encrypted = models.BinaryField(null=True, editable=False)
    state = models.CharField("status", max_length=10, choices=ImportRowState.choices())
    problem = models.TextField("årsag", blank=True)
    case = models.ForeignKey(Case, models.SET_NULL, null=True, related_name="import_rows", verbose_name="sag")
    # What the law will demand next of the case, as it was when the row was read, and of whom.
    due_on = models.DateField("næste frist", null=True)
    due_by = models.CharField("hvem", max_length=12, choices=Party.choices(), blank=True, db_default="")
    # What later lines are held against, until the last one is read: the index of the CPR number, and whose time the
    # held talks took, and when.
    marks = models.JSONField("mærker", null=True, editable=False)

    class Meta:
        verbose_name = "linje i import"
        verbose_name_plural = "linjer i import"
        ordering = ["run", "line"]
        constraints = [models.UniqueConstraint(fields=["run", "line"], name="import_line_once")]

    def __str__(self) -> str:
        return f"linje {self.line}"

    def sealed_as(self, column: str) -> str:
        return f"import {self.run_id} line {self.line} {column}"
