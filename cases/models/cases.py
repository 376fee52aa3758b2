"""A case: one citizen's spell of unemployment, with its two parties."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from cases.links import link_to
from cases.models.people import Citizen, CitizenContact, Organisation, OrganisationKind, User
from cases.rules.facts import Course, ExemptionFact, Insurance, PauseFact, PauseKind
from cases.rules.labelled import Labelled
from cases.rules.period import Period


class CaseStatus(Labelled):
    OPEN = "open", "åben"
    CLOSED = "closed", "afsluttet"


#: Target groups by their number in LAB § 6; the acts say what follows from each.
TARGET_GROUP_LABELS = {
    1: "1 - dagpenge",
    2: "2 - jobparat, kontanthjælp",
    3: "3 - aktivitetsparat, kontanthjælp",
    4: "4 - uddannelsesparat",
    5: "5 - aktivitetsparat, uddannelseshjælp",
    6: "6 - sygedagpenge",
    7: "7 - jobafklaring",
    8: "8 - ressourceforløb",
    9: "9 - fleksjobvisiteret",
    10: "10 - revalidend",
    11: "11 - førtidspension",
    12: "12 - selvforsørgende",
    13: "13 - under 18 år",
}


class CloseReason(Labelled):
    WORK = "work", "kommet i arbejde"
    EDUCATION = "education", "begyndt på uddannelse"
    BENEFIT_ENDED = "benefit_ended", "dagpengeretten er brugt eller ophørt"
    PENSION = "pension", "pension eller efterløn"
    MOVED = "moved", "flyttet eller skiftet a-kasse"
    DEATH = "death", "død"
    NEW_PLACEMENT = "new_placement", "ny indplacering"
    MISTAKE = "mistake", "oprettet ved en fejl"


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> Self:
        """The cases to which the user's organisation is a party: the one answer to "who sees it?".

        An administrator looks after acts and users, and sees no citizen.
        """
        organisation = user.organisation
        if not user.is_active or organisation is None or user.is_administrator:
            return self.none()
        if organisation.kind == OrganisationKind.FUND:
            return self.filter(fund=organisation.pk)
        return self.filter(municipality=organisation.pk)

    def open(self) -> Self:
        return self.filter(status=CaseStatus.OPEN)

    def lock(self, *, skip_locked: bool = False, no_key: bool = False) -> Self:
        """Lock these cases, in one order, and give them to be read after that, in the caller's transaction.

        Whoever waits for a lock reads only the locked row anew: what the same query joins to it (a party, the handover)
        would be what it was before the wait, or be gone.
        """
        rows = self.order_by("pk").select_for_update(skip_locked=skip_locked, no_key=no_key)
        return self.filter(pk__in=list(rows.values_list("pk", flat=True)))

    def with_parties(self) -> Self:
        return self.select_related(
            "citizen",
            "fund",
            "municipality",
            "fund_adviser",
            "municipality_caseworker",
            "fund_contact",
            "municipality_contact",
        )


class Case(models.Model):
    """One citizen's spell of unemployment. A new placement is a new case that points to the earlier one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.BigIntegerField(
        "sagsnummer", unique=True, editable=False, db_default=Func(Value("cases_case_number"), function="nextval")
    )
    citizen = models.ForeignKey(Citizen, models.PROTECT, related_name="cases", verbose_name="borger")
    fund = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_as_fund",
        verbose_name="a-kasse",
        db_index=False,
    )
    municipality = models.ForeignKey(
        Organisation, models.PROTECT, related_name="cases_as_municipality", verbose_name="kommune", db_index=False
    )
    fund_adviser = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="cases_as_adviser", verbose_name="rådgiver"
    )
    municipality_caseworker = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="cases_as_caseworker", verbose_name="sagsbehandler"
    )
    # How each party reaches the citizen; empty where it was told nothing.
    fund_contact = models.ForeignKey(CitizenContact, models.PROTECT, null=True, blank=True, related_name="+")
    municipality_contact = models.ForeignKey(CitizenContact, models.PROTECT, null=True, blank=True, related_name="+")
    target_group = models.PositiveSmallIntegerField(
        "målgruppe", choices={number: label for number, label in TARGET_GROUP_LABELS.items()}, default=1
    )
    insurance = models.CharField("forsikret", max_length=10, choices=Insurance.choices(), default="full_time")
    has_qualifying_education = models.BooleanField("har en erhvervskompetencegivende uddannelse", default=True)
    has_children_at_home = models.BooleanField("har hjemmeboende børn", default=False)
    is_trial = models.BooleanField("a-kasseforsøget 2020-2023", default=False)
    registered_on = models.DateField("tilmeldt")
    placed_on = models.DateField("indplaceret")
    # The first day on which the municipality holds the course as far as is known now, by the rules;
    # empty: the a-kasse holds it until a handover is registered. Written with every plan.
    municipality_from = models.DateField("jobcentret har forløbet fra", null=True, blank=True)
    status = models.CharField("status", max_length=10, choices=CaseStatus.choices(), default="open")
    closed_on = models.DateField("afsluttet", null=True, blank=True)
    close_reason = models.CharField("årsag", max_length=20, blank=True, choices=CloseReason.choices())
    previous = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="next", verbose_name="tidligere forløb"
    )
    created_at = models.DateTimeField("oprettet")
    # Raised by every change of the case itself: a form that was filled in on an older version is refused.
    version = models.PositiveIntegerField(default=1)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = "sag"
        verbose_name_plural = "sager"
        constraints = [
            models.UniqueConstraint(
                fields=["citizen"],
                condition=Q(status="open"),
                name="one_open_case_per_citizen",
                violation_error_message="Borgeren har allerede en åben sag. Afslut den, før du opretter en ny.",
            ),
            models.CheckConstraint(
                condition=Q(placed_on__gte=F("registered_on")),
                name="placed_after_registered",
                violation_error_message="Indplaceringen kan ikke ligge før tilmeldingen. Ret en af de to datoer.",
            ),
            models.CheckConstraint(
                condition=Q(status="open", closed_on__isnull=True, close_reason="")
                | Q(status="closed", closed_on__isnull=False) & ~Q(close_reason=""),
                name="closed_with_day_and_reason",
                violation_error_message="En afsluttet sag har en dato og en årsag.",
            ),
        ]
        indexes = [
            models.Index(fields=["fund", "municipality_from"], name="case_fund_handover"),
            models.Index(fields=["municipality", "municipality_from"], name="case_municipality_handover"),
        ]

    def __str__(self) -> str:
        return self.label

    def get_absolute_url(self) -> str:
        return link_to("meetings:course", self.public_id)

    @property
    def label(self) -> str:
        """The case number as written on screens and in letters."""
        return f"S-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.status == CaseStatus.OPEN

    @property
    def last_day(self) -> date:
        """The day on which the case was closed; ValueError of an open one."""
        if self.closed_on is None:
            raise ValueError("An open case has no last day.")
        return self.closed_on

    @property
    def citizen_is_dead(self) -> bool:
        """Whether the latest case of the citizen was closed for that reason; one opened by mistake says nothing.

        Whoever has an open case is alive: it was asked about as that case was opened.
        """
        if self.is_open:
            return False
        cases = Case.objects.filter(citizen=self.citizen_id).exclude(close_reason=CloseReason.MISTAKE)
        return cases.order_by("-pk").values_list("close_reason", flat=True).first() == CloseReason.DEATH

    def holder_on(self, day: date) -> Organisation:
        """The party that holds the contact course that day. Load both parties first."""
        if self.fund is None or (self.municipality_from is not None and day >= self.municipality_from):
            return self.municipality
        return self.fund

    def contact_of(self, organisation: Organisation) -> CitizenContact:
        """How that party reaches the citizen; no other's contact data are among them. Load both contacts first."""
        if organisation.pk not in (self.fund_id, self.municipality_id):
            # It was a party once, and has something to tell of what it had booked.
            kept = CitizenContact.objects.filter(citizen=self.citizen_id, organisation=organisation).first()
        else:
            kept = self.fund_contact if organisation.pk == self.fund_id else self.municipality_contact
        if kept is None or kept.organisation_id != organisation.pk:
            return CitizenContact(citizen=self.citizen, organisation=organisation)
        kept.citizen = self.citizen
        return kept

    @property
    def handed_over_on(self) -> date | None:
        """The day of the registered handover, if there is one. Load the handover first."""
        handover = getattr(self, "handover", None)
        return handover.handed_over_on if handover else None

    @property
    def awaits_receipt(self) -> bool:
        """Whether the course was handed over and the jobcenter has yet to receive it. Load the handover first."""
        handover = getattr(self, "handover", None)
        return handover is not None and handover.received_at is None

    def as_course(self, exemptions: Iterable[ExemptionFact] = ()) -> Course:
        """The facts as the rules read them; the exemptions come from the app that keeps them."""
        return Course(
            registered_on=self.registered_on,
            placed_on=self.placed_on,
            target_group=self.target_group,
            born_on=self.citizen.born_on,
            has_qualifying_education=self.has_qualifying_education,
            has_children_at_home=self.has_children_at_home,
            insurance=Insurance(self.insurance),
            pauses=tuple(PauseFact(kind=pause.kind, span=pause.period) for pause in self.pauses.all()),
            exemptions=tuple(exemptions),
            has_hours=bool(self.benefit_hours.all()),
            handed_over_on=self.handed_over_on,
            is_trial=self.is_trial,
        )

    def worker_at(self, organisation: Organisation) -> User | None:
        """The adviser or caseworker whose case it is in that organisation."""
        return self.fund_adviser if organisation.pk == self.fund_id else self.municipality_caseworker


class Pause(models.Model):
    """A span of days in the course; the acts say which kinds stop the clock."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="pauses", verbose_name="sag")
    kind = models.CharField("art", max_length=20, choices=PauseKind.choices())
    span = DateRangeField("dage")
    source = models.CharField("kilde", max_length=80)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="registreret af")
    recorded_at = models.DateTimeField("registreret")

    class Meta:
        verbose_name = "pause"
        verbose_name_plural = "pauser"
        ordering = ["case", "span"]
        constraints = [
            models.CheckConstraint(
                condition=Q(span__startswith__isnull=False, span__endswith__isnull=False, span__isempty=False),
                name="pause_has_both_days",
                violation_error_message="Pausen skal have en første og en sidste dag.",
            ),
            ExclusionConstraint(
                name="pauses_do_not_overlap",
                expressions=[
                    (
                        Func(
                            "case",
                            "case",
                            Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    ("span", RangeOperators.OVERLAPS),
                ],
                violation_error_message="Der er allerede en pause i de dage. Ret den i stedet.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.period.start:%d-%m-%Y} til og med {self.period.last_day:%d-%m-%Y}"

    @property
    def period(self) -> Period:
        return Period(self.span.lower, self.span.upper)


class BenefitHours(models.Model):
    """Hours of benefit paid for one month: the clock that the handover follows."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="benefit_hours", verbose_name="sag", db_index=False)
    month = models.DateField("måned", help_text="Den første dag i måneden.")
    hours = models.DecimalField("timer", max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = "udbetalte timer"
        verbose_name_plural = "udbetalte timer"
        ordering = ["month"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "month"],
                name="hours_once_a_month",
                violation_error_message="Der er allerede timer for den måned. Ret dem i stedet.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="hours_month_is_first_day",
                violation_error_message="Måneden skrives som dens første dag.",
            ),
            models.CheckConstraint(
                condition=Q(hours__gte=0, hours__lte=200),
                name="hours_are_possible",
                violation_error_message="Skriv timer mellem 0 og 200 for en måned.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%m-%Y}: {self.hours}"


class HandoverSource(Labelled):
    PAYOUT = "payout", "timer fra udbetalingen"
    MANUAL = "manual", "registreret af a-kassen"


class Handover(models.Model):
    """The day the course moved from a-kasse to jobcenter, and the receipt. Never made silently."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.OneToOneField(Case, models.CASCADE, related_name="handover", verbose_name="sag")
    handed_over_on = models.DateField("overgår den")
    hours = models.DecimalField("timer", max_digits=7, decimal_places=2, null=True, blank=True)
    source = models.CharField("kilde", max_length=10, choices=HandoverSource.choices())
    note = models.CharField("bemærkning", max_length=500, blank=True)
    handed_over_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="overgivet af")
    handed_over_at = models.DateTimeField("overgivet")
    received_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="modtaget af")
    received_at = models.DateTimeField("modtaget", null=True)

    class Meta:
        verbose_name = "overgang"
        verbose_name_plural = "overgange"
        constraints = [
            models.CheckConstraint(
                condition=Q(received_by__isnull=True, received_at__isnull=True)
                | Q(received_by__isnull=False, received_at__isnull=False),
                name="receipt_has_person_and_moment",
            )
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.handed_over_on:%d-%m-%Y}"
