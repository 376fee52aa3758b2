"""What an organisation has to do next."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models import Case, Organisation, User
from meetings.models.columns import DateMultirangeField
from meetings.models.meetings import Meeting
from meetings.models.requirements import RequiredMeeting
from meetings.rules.kinds import Channel, MeetingKind


class WorklistEntryQuerySet(models.QuerySet["WorklistEntry"]):
    def visible_to(self, user: User) -> Self:
        """What the user's own organisation has to do."""
        if not user.is_active or user.organisation_id is None or user.is_administrator:
            return self.none()
        return self.filter(organisation=user.organisation_id)

    def active(self, today: date) -> Self:
        """Those it still has to act on: not after the course passed on, not in a pause or an exemption."""
        return self.filter(Q(active_until=None) | Q(active_until__gt=today), ~Q(rests__contains=today))


class WorklistEntry(models.Model):
    """What one organisation has to do next in one case: derived, and written anew with each change.

    It holds days and moments only, so that nothing needs to be counted again at night, and all that a list is chosen
    and counted by. `manage.py check_worklist` counts it again from what it is derived from.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="worklist_entries", verbose_name="sag", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", verbose_name="organisation", db_index=False
    )
    worker = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="medarbejder")
    # The earliest deadline of an enforced requirement that no held meeting fulfils.
    due_on = models.DateField(null=True)
    requirement = models.ForeignKey(RequiredMeeting, models.SET_NULL, null=True, related_name="+")
    # The kind of that requirement; empty without one.
    kind = models.CharField("samtale", max_length=30, choices=MeetingKind.choices(), blank=True, db_default="")
    # The earliest such deadline for which nothing is booked either, and the day its window opens.
    unbooked_due_on = models.DateField(null=True)
    unbooked_from = models.DateField(null=True)
    # The earliest meeting of the organisation that is booked and has no outcome, and how it is held; empty without one.
    meeting = models.ForeignKey(Meeting, models.SET_NULL, null=True, related_name="+")
    meeting_ends_at = models.DateTimeField(null=True)
    channel = models.CharField("samtaleform", max_length=12, choices=Channel.choices(), blank=True, db_default="")
    # The day from which the other party holds the course.
    active_until = models.DateField(null=True)
    # The day from which a jobcenter holds the course, as far as is known, and whether it has yet to receive it from the
    # a-kasse.
    held_from = models.DateField(null=True)
    awaits_receipt = models.BooleanField(db_default=False)
    # The days on which nobody is called: pauses, and exemptions without kept duty.
    rests = DateMultirangeField(db_default="{}")

    objects = WorklistEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "punkt på arbejdslisten"
        verbose_name_plural = "arbejdsliste"
        constraints = [models.UniqueConstraint(fields=["case", "organisation"], name="one_entry_per_party")]
        indexes = [
            models.Index(fields=["organisation", "due_on", "id"], name="worklist_due"),
            models.Index(fields=["organisation", "unbooked_due_on", "id"], name="worklist_unbooked"),
            models.Index(fields=["organisation", "meeting_ends_at", "id"], name="worklist_outcome"),
            models.Index(fields=["organisation", "worker", "due_on", "id"], name="worklist_of_worker"),
            models.Index(fields=["organisation", "kind", "due_on", "id"], name="worklist_of_kind"),
            models.Index(fields=["organisation", "channel", "due_on", "id"], name="worklist_of_channel"),
            models.Index(fields=["organisation"], condition=Q(awaits_receipt=True), name="worklist_to_receive"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_on}"


class NextLook(models.Model):
    """When the sweep next looks for reminders in a case; empty, as after every change: at once.

    A table of its own, since each look writes it: in the entries of the worklist it would write all their indexes.
    """

    case = models.OneToOneField(
        Case, models.CASCADE, primary_key=True, related_name="next_look", verbose_name="sag", serialize=False
    )
    look_at = models.DateTimeField("næste eftersyn", null=True)

    class Meta:
        verbose_name = "næste eftersyn"
        verbose_name_plural = "næste eftersyn"
        indexes = [models.Index(fields=["look_at"], name="next_look_at")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.look_at}"
