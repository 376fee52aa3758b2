"""A message owed is a row: nothing is lost with a queue, and nothing is sent twice."""

import uuid
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from cases.models.cases import Case
from cases.models.events import Event
from cases.models.people import Organisation, User
from cases.rules.labelled import Labelled


class ReminderState(Labelled):
    """HANDED_OVER: it lies in the operator's folder, and whoever takes it from there sends it."""

    OWED = "owed", "skyldes"
    SENT = "sent", "sendt"
    HANDED_OVER = "handed_over", "lagt til afsendelse"
    SKIPPED = "skipped", "sprunget over"
    VOID = "void", "bortfaldet"
    FAILED = "failed", "kunne ikke sendes"


#: Out of our hands: nothing of it is owed any more, and it cannot be taken back.
GONE = (ReminderState.SENT, ReminderState.HANDED_OVER)
#: The outcome of what another message covered.
MERGED = "Samlet i én påmindelse."


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def owed(self) -> Self:
        return self.filter(state=ReminderState.OWED)

    def due(self, at: datetime) -> Self:
        return self.owed().filter(due_at__lte=at)

    def gone(self) -> Self:
        return self.filter(state__in=GONE)

    def unsaid(self) -> Self:
        """Those that were skipped and are no longer owed: nobody was told in another way.

        What another message covered has been said, and what could not reach the citizen stands in the post book.
        """
        return self.filter(state=ReminderState.SKIPPED, dispatch=None).exclude(outcome=MERGED)

    def to_citizen(self) -> Self:
        return self.filter(user=None, organisation=None)


class DispatchQuerySet(models.QuerySet["Dispatch"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own organisation, in the cases it is a party to: a letter is its sender's."""
        cases = Case.objects.visible_to(user)
        return self.filter(sender=user.organisation_id, reminder__case__in=cases)

    def not_reached(self, at: datetime) -> Self:
        """Those that no way led to the citizen, as long as somebody must bring them in another way.

        Of a closed case they are those that were still wanted after its end: that a talk is cancelled, or a decision.
        """
        unsent = self.filter(is_reached=False, settled_at=None).exclude(reminder__state__in=GONE)
        ended = Event.objects.filter(case=OuterRef("reminder__case"), kind="cases.closed", at__lte=OuterRef("at"))
        return unsent.filter(Q(until=None) | Q(until__gt=at), Q(reminder__case__status="open") | Exists(ended))


class Reminder(models.Model):
    """One message owed to one receiver about one version of one thing; the kind says which table the subject is in.

    The receiver is an employee, an organisation (when nobody there has the case), or else the citizen of the case.
    """

    kind = models.CharField("art", max_length=40)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders", verbose_name="sag")
    subject = models.BigIntegerField("emne")
    version = models.PositiveIntegerField("version")
    # Sent again by somebody, it is a row of its own; the release before writes none but the first.
    sending = models.PositiveSmallIntegerField("udsendelse", default=1, db_default=1)
    user = models.ForeignKey(
        User, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name="medarbejder"
    )
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, null=True, blank=True, related_name="reminders", verbose_name="organisation"
    )
    # Moved on when a delivery fails, or when the case rests.
    due_at = models.DateTimeField("skal sendes")
    recorded_at = models.DateTimeField("oprettet")
    state = models.CharField("status", max_length=20, choices=ReminderState.choices(), default="owed")
    route = models.CharField("sendt med", max_length=20, blank=True)
    outcome = models.CharField("udfald", max_length=200, blank=True)
    closed_at = models.DateTimeField("afsluttet", null=True)
    attempts = models.PositiveSmallIntegerField("forsøg", default=0)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = "påmindelse"
        verbose_name_plural = "påmindelser"
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject", "version", "sending", "user", "organisation"],
                nulls_distinct=False,
                name="reminder_owed_once",
            ),
            models.CheckConstraint(
                condition=Q(state="owed", closed_at__isnull=True) | ~Q(state="owed") & Q(closed_at__isnull=False),
                name="closed_reminder_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=True) | Q(organisation__isnull=True), name="reminder_has_one_receiver"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="owed"), name="reminder_owed_due"),
            models.Index(fields=["closed_at"], name="reminder_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%d-%m-%Y %H:%M}"

    @property
    def is_gone(self) -> bool:
        return self.state in GONE


class Dispatch(models.Model):
    """What went to a citizen in one message, byte for byte, or would have gone if a way had led there.

    The text of an SMS is the short one. It is read by the sender's own people alone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reminder = models.OneToOneField(Reminder, models.CASCADE, related_name="dispatch", verbose_name="påmindelse")
    sender = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="afsender")
    at = models.DateTimeField("tidspunkt")
    is_reached = models.BooleanField("afsendt")
    subject = models.TextField("emne", blank=True)
    text = models.TextField("tekst")
    calendar = models.TextField("kalenderfil", blank=True)
    letter_name = models.CharField("brevets filnavn", max_length=200, blank=True)
    letter = models.BinaryField("brev", null=True)
    # What it tells of is over then, and nobody need be told any more.
    until = models.DateTimeField("gælder til", null=True)
    # When somebody posted it by hand, or sent it again.
    settled_at = models.DateTimeField("klaret", null=True)

    objects = DispatchQuerySet.as_manager()

    class Meta:
        verbose_name = "afsendelse"
        verbose_name_plural = "postbog"
        indexes = [
            models.Index(fields=["sender"], condition=Q(is_reached=False, settled_at=None), name="dispatch_not_reached")
        ]

    def __str__(self) -> str:
        return f"{self.reminder.kind} {self.at:%d-%m-%Y %H:%M}"


class SweepRun(models.Model):
    """The latest run of the sweep, in one row: whether beat and worker are alive."""

    started_at = models.DateTimeField("begyndt")
    finished_at = models.DateTimeField("færdig", null=True)
    recorded = models.PositiveIntegerField("nye påmindelser", default=0)
    receivers = models.PositiveIntegerField("modtagere, der ventede", default=0)

    class Meta:
        verbose_name = "kørsel"
        verbose_name_plural = "kørsler"
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_sweep_run")]

    def __str__(self) -> str:
        return f"{self.started_at:%d-%m-%Y %H:%M}"
