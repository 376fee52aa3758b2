"""The referral: the a-kasse recommends an offer, the jobcenter decides; and what was said to the citizen on the way."""

import uuid
from datetime import date, datetime, timedelta
from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from cases.models import Case, Organisation, OrganisationKind, Reminder, User
from cases.models.reminders import GONE
from cases.rules.facts import Party
from cases.rules.undo_time import undo_until
from referrals.rules.lifecycle import DECIDED, PENDING, REFERRAL_MOVES, Recipient, ReferralStatus
from referrals.rules.offers import OfferType

#: The letter of each recipient is a message owed: by these kinds it is found again.
DECISION_KINDS = {
    Recipient.CITIZEN: "referrals.decision_to_citizen",
    Recipient.FUND: "referrals.decision_to_fund",
}


#: So long the sweep looks after a decision; what has not arrived then stands on the jobcenter's list all the same.
FOLLOWED = timedelta(days=90)


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's cases; a draft is the a-kasse's own until it is sent."""
        rows = self.filter(case__in=Case.objects.visible_to(user))
        if user.organisation and user.organisation.kind == OrganisationKind.MUNICIPALITY:
            rows = rows.exclude(status=ReferralStatus.DRAFT)
        return rows

    def pending(self) -> Self:
        """At the jobcenter, and not decided."""
        return self.filter(status__in=PENDING)

    def decided(self) -> Self:
        return self.filter(status__in=DECIDED)

    def to_look_at(self, at: datetime) -> Self:
        """Those of which the sweep may owe something: they wait and it is their turn, or a letter has not gone."""
        waiting = self.pending().filter(Q(look_at=None) | Q(look_at__lte=at))
        return waiting.order_by().union(self.unsettled(at).order_by(), all=True)

    def unsettled(self, at: datetime) -> Self:
        """Decided lately, and the letters of the decision have not both gone."""
        return self.decided().filter(settled_at=None, decided_at__gte=at - FOLLOWED)

    def untold(self) -> Self:
        """Decided, and a letter of the decision has not reached its recipient: neither at first, nor sent again."""
        letters = Reminder.objects.filter(subject=OuterRef("pk"), version=OuterRef("decision_number"))
        missing = Q()
        for kind in DECISION_KINDS.values():
            of_kind = letters.filter(kind=kind)
            missing |= Exists(of_kind.exclude(state__in=GONE)) & ~Exists(of_kind.gone())
        return self.decided().filter(missing)

    def waiting(self) -> Self:
        """What the jobcenter still has to do something about."""
        untold = Referral.objects.untold().filter(status=ReferralStatus.REJECTED).values("pk")
        return self.filter(Q(status__in=PENDING) | Q(pk__in=untold))

    def with_case(self) -> Self:
        return self.select_related(
            "case__citizen",
            "case__fund",
            "case__municipality",
            "case__fund_adviser",
            "case__municipality_caseworker",
            "written_by",
        )


def _moment(status: list[str], **fields: bool) -> Q:
    """In these states exactly these moments are set."""
    return Q(status__in=status, **{f"{name}__isnull": not is_set for name, is_set in fields.items()})


class Referral(models.Model):
    """One recommendation of an offer, from the a-kasse's draft to the jobcenter's decision.

    The decision lies in the same row, so that no rejection can be without its reasons. One that is undone before it
    is sent is cleared here and stays in the history of the case.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="referrals", verbose_name="sag", db_index=False)
    status = models.CharField("status", max_length=10, choices=ReferralStatus.choices(), default="draft")
    # Raised by every change: a form that was filled in on an older version is refused.
    version = models.PositiveIntegerField(default=1)

    offer_type = models.CharField("tilbud", max_length=30, blank=True, choices=OfferType.choices())
    starts_on = models.DateField("ønsket første dag", null=True, blank=True)
    weeks = models.PositiveSmallIntegerField("ønsket varighed i uger", null=True, blank=True)
    place = models.CharField("virksomhed eller sted", max_length=200, blank=True)
    proposal = models.TextField("forslag", blank=True)
    joint_assessment = models.TextField("fælles vurdering", blank=True)
    citizen_agrees = models.BooleanField("borgeren er enig", default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="skrevet af")
    saved_at = models.DateTimeField("gemt")

    sent_at = models.DateTimeField("sendt", null=True)
    sent_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="sendt af")
    # Why the law let it be sent, frozen on that day.
    explanation = models.JSONField("forklaring", default=list)
    seen_at = models.DateTimeField("set", null=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="set af")
    assessed_at = models.DateTimeField("vurderet", null=True)
    assessed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="vurderet af")
    assessment = models.TextField("jobcentrets vurdering", blank=True)
    withdrawn_at = models.DateTimeField("trukket tilbage", null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="trukket af")
    withdrawal_reason = models.CharField("grund til at trække den tilbage", max_length=500, blank=True)

    decided_at = models.DateTimeField("afgjort", null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="afgjort af")
    # Counts the decisions, those undone too: each has its own letters.
    decision_number = models.PositiveSmallIntegerField(default=0)
    considerations = models.TextField("hovedhensyn", blank=True)
    facts = models.TextField("oplysninger af betydning", blank=True)
    legal_basis = models.TextField("regler, afgørelsen bygger på", blank=True)
    party_consultation = models.TextField("partshøring", blank=True)
    # When the sweep next looks for reminders here while it waits: a morning, or the moment of a change that may have
    # made more due; empty: it has not looked yet.
    look_at = models.DateTimeField(null=True)
    # When the sweep saw that both letters of the decision had gone, and looks no more.
    settled_at = models.DateTimeField(null=True)
    # What the law said on the day, and the guidance on complaints: as the letter says it, for ever.
    rules = models.JSONField("reglerne på dagen", default=list)
    complaint_guidance = models.JSONField("klagevejledning", default=list)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = "indstilling"
        verbose_name_plural = "indstillinger"
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "offer_type"],
                condition=Q(status__in=[str(status) for status in PENDING]),
                name="one_pending_referral_per_offer",
                violation_error_message="Der venter allerede en indstilling til det tilbud. "
                "Træk den tilbage, før du sender en ny.",
            ),
            models.UniqueConstraint(fields=["case"], condition=Q(status="draft"), name="one_draft_referral_per_case"),
            models.CheckConstraint(
                condition=_moment(["draft"], sent_at=False, seen_at=False, assessed_at=False, decided_at=False)
                & Q(withdrawn_at=None)
                | _moment(["sent"], sent_at=True, seen_at=False, assessed_at=False, decided_at=False)
                & Q(withdrawn_at=None)
                | _moment(["seen"], sent_at=True, seen_at=True, assessed_at=False, decided_at=False)
                & Q(withdrawn_at=None)
                | _moment(["assessed"], sent_at=True, seen_at=True, assessed_at=True, decided_at=False)
                & Q(withdrawn_at=None)
                | _moment(["granted", "rejected"], sent_at=True, seen_at=True, decided_at=True, withdrawn_at=False)
                | _moment(["withdrawn"], sent_at=True, decided_at=False, withdrawn_at=True),
                name="referral_status_has_its_moments",
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None, sent_by=None) | Q(sent_at__isnull=False, sent_by__isnull=False),
                name="sent_referral_has_sender",
            ),
            models.CheckConstraint(
                condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False),
                name="seen_referral_has_reader",
            ),
            models.CheckConstraint(
                condition=Q(assessed_at=None, assessed_by=None)
                | Q(assessed_at__isnull=False, assessed_by__isnull=False),
                name="assessed_referral_has_assessor",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False, decision_number__gte=1),
                name="decided_referral_has_decider",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, withdrawal_reason__regex=r"\S"),
                name="withdrawn_referral_has_reason",
                violation_error_message="Skriv, hvorfor indstillingen trækkes tilbage.",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(starts_on__isnull=False) & ~Q(offer_type=""),
                name="sent_referral_names_its_offer",
                violation_error_message="Vælg tilbuddet og dets første dag, før indstillingen sendes.",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | Q(considerations__regex=r"\S", legal_basis__regex=r"\S"),
                name="rejected_referral_has_reasons",
                violation_error_message="En afvisning skal begrundes: skriv hovedhensynene og reglerne bag den.",
            ),
        ]
        indexes = [
            models.Index(fields=["case", "status"], name="referral_case_status"),
            models.Index(
                fields=["sent_at", "id"],
                condition=Q(status__in=[str(status) for status in PENDING]),
                name="referral_pending_sent",
            ),
            models.Index(fields=["decided_at"], name="referral_decided"),
            models.Index(
                fields=["look_at"],
                condition=Q(status__in=[str(status) for status in PENDING]),
                name="referral_look_at",
            ),
            models.Index(
                fields=["decided_at"],
                condition=Q(status__in=[str(status) for status in DECIDED], settled_at=None),
                name="referral_unsettled",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="referral_moves",
                field="status",
                transitions=sorted({(str(before), str(after)) for (before, _), after in REFERRAL_MOVES.items()}),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_offer_type_display() or 'indstilling'} ({self.get_status_display()})"

    def get_absolute_url(self) -> str:
        return reverse("referrals:referral", args=[self.public_id])

    @property
    def is_draft(self) -> bool:
        return self.status == ReferralStatus.DRAFT

    @property
    def is_pending(self) -> bool:
        return self.status in PENDING

    @property
    def is_decided(self) -> bool:
        return self.status in DECIDED

    @property
    def proposed_from(self) -> date:
        """The first day that is proposed for the offer, of a referral that was sent; ValueError of another."""
        if self.starts_on is None:
            raise ValueError("A draft need not say when the offer begins.")
        return self.starts_on

    @property
    def received_on(self) -> date:
        """The day on which the jobcenter received it, of a referral that was sent; ValueError of a draft."""
        if self.sent_on is None:
            raise ValueError("A draft has not been received.")
        return self.sent_on

    @property
    def sent_on(self) -> date | None:
        """The Copenhagen day on which it was sent; the jobcenter has it from that day."""
        return timezone.localtime(self.sent_at).date() if self.sent_at else None

    @property
    def decided_on(self) -> date:
        """The Copenhagen day of the decision, of a referral that is decided; ValueError of another."""
        return timezone.localtime(self._decided_at).date()

    @property
    def undo_until(self) -> datetime:
        """The last moment at which the decision can be taken back, of a referral that is decided."""
        return undo_until(self._decided_at)

    @property
    def _decided_at(self) -> datetime:
        if self.decided_at is None:
            raise ValueError("It is not decided.")
        return self.decided_at

    @property
    def waits_for(self) -> Party | None:
        """The party that has it now."""
        if self.is_draft:
            return Party.FUND
        return Party.MUNICIPALITY if self.is_pending else None


class ReferralContact(models.Model):
    """The jobcenter's contact with the citizen about a referral, as far as needed; never a jobsamtale."""

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="contacts", verbose_name="indstilling")
    contacted_on = models.DateField("kontaktet den")
    purpose = models.CharField("formål", max_length=300)
    note = models.TextField("notat", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "kontakt om indstilling"
        verbose_name_plural = "kontakter om indstillinger"
        ordering = ["-contacted_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(purpose__regex=r"\S"),
                name="referral_contact_has_purpose",
                violation_error_message="Skriv, hvad kontakten blev brugt til.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contacted_on:%d-%m-%Y}: {self.purpose}"


class DecisionLimit(models.Model):
    """The limit that a municipality has set for its own decisions on referrals; it only reminds."""

    municipality = models.OneToOneField(
        Organisation, models.CASCADE, related_name="decision_limit", verbose_name="kommune"
    )
    days = models.PositiveSmallIntegerField("dage")
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="sat af")
    set_at = models.DateTimeField("sat")

    class Meta:
        verbose_name = "frist for afgørelse"
        verbose_name_plural = "frister for afgørelse"
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=365),
                name="decision_limit_is_possible",
                violation_error_message="Skriv et antal dage mellem 1 og 365.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.municipality}: {self.days} dage"
