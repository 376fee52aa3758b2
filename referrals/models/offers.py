"""The offer: what the jobcenter grants, from the grant to its end; how it is followed up; and the duty it fulfils."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

import pgtrigger
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.urls import reverse

from cases.models import Case, Organisation, OrganisationKind, Pause, User
from cases.models.people import FollowUpWay, validate_cvr
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from meetings.models import Exemption
from referrals.models.referrals import Referral
from referrals.rules.lifecycle import OFFER_MOVES, OfferStatus
from referrals.rules.offers import EMPLOYER_TYPES, GRANTED_TYPES, OfferFact


def _moment(status: str, *, set_: Iterable[str] = ()) -> Q:
    """In this state exactly these moments are set, each with its person."""
    names = ("started", "ended", "cancelled")
    moments = {f"{name}_{part}__isnull": name not in set_ for name in names for part in ("at", "by")}
    return Q(status=status, **moments)


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(case__in=Case.objects.visible_to(user))

    def standing(self) -> Self:
        """Those that were not cancelled."""
        return self.exclude(status=OfferStatus.CANCELLED)

    def running(self) -> Self:
        return self.filter(status=OfferStatus.STARTED)

    def ending(self, *, today: date, soon: date) -> Self:
        """Those under way whose last day is near."""
        return self.running().filter(over_on__gt=today, over_on__lte=soon)

    def to_register(self, today: date) -> Self:
        """Those whose first or last day has passed without anybody having said that they began or ended."""
        return self.filter(
            Q(status=OfferStatus.GRANTED, starts_on__lte=today) | Q(status=OfferStatus.STARTED, over_on__lte=today)
        )

    def with_details(self) -> Self:
        return self.select_related("case__citizen", "case__municipality", "case__municipality_caseworker", "referral")


class Offer(models.Model):
    """One offer that the jobcenter granted a citizen, on a referral or without one.

    Whether it counts for right and duty is frozen with it, and judged anew when the offer or the case changes.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="offers", verbose_name="sag", db_index=False)
    referral = models.ForeignKey(
        Referral, models.PROTECT, null=True, related_name="offers", verbose_name="givet på indstilling"
    )
    type = models.CharField("tilbud", max_length=30, choices={str(k): k.label for k in GRANTED_TYPES})
    employer = models.CharField("virksomhed eller sted", max_length=200, blank=True)
    employer_cvr = models.CharField("CVR-nummer", max_length=8, blank=True, validators=[validate_cvr])
    span = DateRangeField("dage")
    # The days of the span by themselves, for lists; the last is the first day after it.
    starts_on = models.GeneratedField(
        expression=Func(F("span"), function="lower"), output_field=models.DateField(), db_persist=True
    )
    over_on = models.GeneratedField(
        expression=Func(F("span"), function="upper"), output_field=models.DateField(null=True), db_persist=True
    )
    status = models.CharField("status", max_length=10, choices=OfferStatus.choices(), default="granted")
    # Raised by every change: a form that was filled in on an older version is refused.
    version = models.PositiveIntegerField(default=1)

    granted_on = models.DateField("bevilget den")
    granted_at = models.DateTimeField("bevilget")
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="bevilget af")
    started_at = models.DateTimeField("registreret begyndt", null=True)
    started_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="begyndt af")
    ended_at = models.DateTimeField("registreret afsluttet", null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="afsluttet af")
    cancelled_at = models.DateTimeField("aflyst", null=True)
    cancelled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="aflyst af")
    cancel_reason = models.CharField("grund til aflysning", max_length=300, blank=True)

    counts = models.BooleanField("tæller")
    is_late = models.BooleanField("ville tælle, hvis det var begyndt i tide", default=False)
    explanation = models.JSONField("forklaring")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = "tilbud"
        verbose_name_plural = "tilbud"
        ordering = ["-span", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=_moment("granted")
                | _moment("started", set_=["started"])
                | _moment("ended", set_=["started", "ended"])
                | _moment("cancelled", set_=["cancelled"]),
                name="offer_status_has_its_moments",
            ),
            models.CheckConstraint(
                condition=Q(span__startswith__isnull=False, span__isempty=False)
                & (~Q(status="ended") | Q(span__endswith__isnull=False)),
                name="offer_has_its_days",
                violation_error_message="Tilbuddet skal have en første dag, og den sidste må ikke ligge før den.",
            ),
            models.CheckConstraint(
                condition=Q(span__startswith__gte=F("granted_on")),
                name="offer_granted_before_it_starts",
                violation_error_message="Et tilbud bevilges senest den dag, det begynder. Ret en af de to datoer.",
            ),
            models.CheckConstraint(
                condition=~Q(type__in=[str(type_) for type_ in EMPLOYER_TYPES])
                | Q(status__in=["granted", "cancelled"], referral__isnull=False)
                | Q(employer__regex=r"\S", employer_cvr__regex=r"^[1-9][0-9]{7}$"),
                name="offer_names_its_employer",
                violation_error_message="Skriv virksomhedens navn og CVR-nummer.",
            ),
            models.CheckConstraint(
                condition=Q(status="cancelled", cancel_reason__regex=r"\S")
                | ~Q(status="cancelled") & Q(cancel_reason=""),
                name="cancelled_offer_has_reason",
                violation_error_message="Skriv, hvorfor tilbuddet aflyses.",
            ),
            models.UniqueConstraint(
                fields=["referral"], condition=~Q(status="cancelled"), name="one_offer_for_a_referral"
            ),
        ]
        indexes = [
            models.Index(fields=["case", "status"], name="offer_case_status"),
            models.Index(fields=["status", "over_on", "id"], name="offer_status_over"),
            models.Index(fields=["status", "starts_on", "id"], name="offer_status_start"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="offer_moves",
                field="status",
                transitions=sorted({(str(before), str(after)) for (before, _), after in OFFER_MOVES.items()}),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_type_display()} {self.days_text}"

    def get_absolute_url(self) -> str:
        return reverse("referrals:offer", args=[self.public_id])

    @property
    def period(self) -> Period:
        return Period(self.span.lower, self.span.upper)

    @property
    def days_text(self) -> str:
        """The days as written in the history."""
        last_day = self.period.last_day
        return f"fra {self.period.start:%d-%m-%Y}{f' til og med {last_day:%d-%m-%Y}' if last_day else ''}"

    @property
    def is_cancelled(self) -> bool:
        return self.status == OfferStatus.CANCELLED

    @property
    def needs_employer(self) -> bool:
        """Whether the employer must be named before it begins."""
        return self.type in EMPLOYER_TYPES and not (self.employer and self.employer_cvr)

    def as_fact(self) -> OfferFact:
        """The offer as the rules read it."""
        return OfferFact(key=self.pk, type=self.type, span=self.period, granted_on=self.granted_on)


class FollowUp(models.Model):
    """One time the jobcenter followed up an offer, and where it is written down: as that jobcenter has chosen."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey(Offer, models.CASCADE, related_name="follow_ups", verbose_name="tilbud")
    followed_up_on = models.DateField("fulgt op den")
    # The municipality's own way on that day; empty where it had chosen none.
    way = models.CharField("dokumenteret i", max_length=10, blank=True, choices=FollowUpWay.choices())
    note = models.TextField("notat eller henvisning", blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "opfølgning på tilbud"
        verbose_name_plural = "opfølgning på tilbud"
        ordering = ["-followed_up_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.followed_up_on:%d-%m-%Y}"


class OfferDutyQuerySet(models.QuerySet["OfferDuty"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own jobcenter, in cases that it still has: offers are its alone."""
        organisation = user.organisation
        if not user.is_active or organisation is None or user.is_administrator:
            return self.none()
        if organisation.kind != OrganisationKind.MUNICIPALITY:
            return self.none()
        return self.filter(municipality=organisation.pk, case__in=Case.objects.visible_to(user))

    def missing(self, today: date) -> Self:
        """Those without a counting offer, begun or arranged; in a pause or an exemption no alarm is raised."""
        spared = Exemption.objects.exclude(reason=ExemptionReason.CONCRETE_ASSESSMENT).filter(is_duty_kept=False)
        return self.filter(
            Q(fulfilled_by=None) | Q(fulfilled_from__gt=today),
            ~Exists(Pause.objects.filter(case=OuterRef("case"), span__contains=today)),
            ~Exists(spared.filter(case=OuterRef("case"), span__contains=today)),
            due_on__isnull=False,
        )


class OfferDuty(models.Model):
    """How one open case stands with right and duty: derived, and written anew with each change.

    It holds days only, so that nothing needs to be counted again at night. No day: no duty, or a deadline that is
    put off without an end.
    """

    case = models.OneToOneField(Case, models.CASCADE, related_name="offer_duty", verbose_name="sag")
    municipality = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name="kommune")
    worker = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+", verbose_name="medarbejder")
    due_on = models.DateField("senest", null=True)
    fulfilled_by = models.ForeignKey(
        Offer, models.SET_NULL, null=True, related_name="+", verbose_name="opfyldes af tilbuddet"
    )
    # One that begins after the deadline fulfils it from here, and no sooner.
    fulfilled_from = models.DateField("opfyldt fra", null=True)

    objects = OfferDutyQuerySet.as_manager()

    class Meta:
        verbose_name = "ret og pligt"
        verbose_name_plural = "ret og pligt"
        indexes = [
            models.Index(
                fields=["municipality", "due_on", "id"],
                condition=Q(due_on__isnull=False) & (Q(fulfilled_by=None) | Q(fulfilled_from__isnull=False)),
                name="offer_duty_missing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.due_on}"
