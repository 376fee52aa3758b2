"""What the law demands of a case."""

import json
import uuid
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any, Self

import pgtrigger
from django.db import models
from django.db.models import Q

from cases.models import Act, Case
from cases.rules.facts import Party
from cases.rules.labelled import Labelled
from meetings.rules.kinds import MeetingKind
from meetings.rules.matching import RequirementFact


class RequirementState(Labelled):
    OPEN = "open", "mangler"
    FULFILLED = "fulfilled", "holdt"
    HISTORIC = "historic", "historisk, kræves ikke længere"


class Explanation(models.Model):
    """Why a deadline is as it is: days, pauses and law, and nobody's name. It is stored once, for all that it explains.

    A row is only ever added: what it said of one requirement it says for ever.
    """

    #: By what it says, so that whoever writes requirements knows it beforehand: see `key_of`.
    id = models.UUIDField(primary_key=True, editable=False)
    steps = models.JSONField("forklaring")

    class Meta:
        verbose_name = "forklaring"
        verbose_name_plural = "forklaringer"
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return " ".join(step["text"] for step in self.steps)

    @staticmethod
    def key_of(steps: Sequence[dict[str, Any]]) -> tuple[uuid.UUID, str]:
        """The key of these steps, and them as text: the first half of the SHA-256 of it, as PostgreSQL has it."""
        text = json.dumps(steps, ensure_ascii=False)
        return uuid.UUID(bytes=sha256(text.encode()).digest()[:16]), text


class RequiredMeetingQuerySet(models.QuerySet["RequiredMeeting"]):
    def current(self) -> Self:
        """What the newest plan demands; a row that a later plan replaced stays readable."""
        return self.filter(replaced_at__isnull=True)


class RequiredMeeting(models.Model):
    """One meeting that the law demands of a case, with the deadline's frozen explanation.

    A row never changes its dates: a plan that moves them closes it and writes a new one, so that what
    we said then, and why, can be read for ever. One that stands names the talk, booked or held, that fulfils it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="required_meetings", verbose_name="sag")
    act = models.ForeignKey(Act, models.PROTECT, related_name="+", verbose_name="lov")
    kind = models.CharField("samtale", max_length=30, choices=MeetingKind.choices())
    responsible = models.CharField("holdes af", max_length=15, choices=Party.choices())
    number = models.PositiveSmallIntegerField("nummer")
    window_from = models.DateField("tidligst")
    # The last day of the row's months; the deadline of the first of a row can lie before it.
    window_to = models.DateField("vinduets sidste dag")
    due_on = models.DateField("senest")
    legal_basis = models.CharField("hjemmel", max_length=300)
    # Found by the requirement alone, so that no index is kept of it.
    explanation = models.ForeignKey(
        Explanation, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name="forklaring"
    )
    #: What the release before writes while it still serves. The release after this one takes the column away.
    own_explanation = models.JSONField("egen forklaring", db_column="explanation", db_default=[], editable=False)
    state = models.CharField("status", max_length=10, choices=RequirementState.choices(), default="open")
    # Kept here and not with the talk: to write a talk anew is to ask once more whether anybody is double-booked.
    meeting = models.OneToOneField(
        "meetings.Meeting", models.SET_NULL, null=True, related_name="fulfils", verbose_name="samtale"
    )
    is_met_late = models.BooleanField("holdt for sent", default=False, db_default=False)
    planned_at = models.DateTimeField("beregnet")
    replaced_at = models.DateTimeField("erstattet", null=True)

    objects = RequiredMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "samtalekrav"
        verbose_name_plural = "samtalekrav"
        ordering = ["due_on", "window_from", "number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "responsible", "number"],
                condition=Q(replaced_at__isnull=True),
                name="required_meeting_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on", "id"],
                condition=Q(replaced_at__isnull=True, state="open"),
                name="required_meeting_open_due",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, senest {self.due_on:%d-%m-%Y}"

    @property
    def title(self) -> str:
        """Short Danish name: "2. jobsamtale i jobcentret"."""
        return f"{self.number}. {self.get_kind_display()} ({Party(self.responsible).label})"

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The frozen explanation of the deadline. Load it first."""
        steps: list[dict[str, Any]] = self.explanation.steps if self.explanation else self.own_explanation
        return steps

    @property
    def why(self) -> dict[str, Any]:
        """The frozen explanation of the deadline, as a page shows it. Load it and the act first."""
        return {
            "steps": [step["text"] for step in self.steps],
            "act": self.act.title,
            "legal_basis": self.legal_basis,
        }

    @property
    def party(self) -> Party:
        """The party that calls and registers: the municipality when both hold it."""
        return Party.FUND if self.responsible == Party.FUND else Party.MUNICIPALITY

    def as_fact(self, *, placed_on: date | None) -> RequirementFact:
        """The requirement as the rules match meetings with it, in a course placed on that day."""
        return RequirementFact(
            key=self.pk,
            kind=MeetingKind(self.kind),
            responsible=Party(self.responsible),
            number=self.number,
            window_from=self.window_from,
            window_to=self.window_to,
            due_on=self.due_on,
            is_month_one=placed_on is not None and self.window_from <= placed_on,
        )
