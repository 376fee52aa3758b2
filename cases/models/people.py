"""Organisations, the people who work there, and the citizens they work for."""

import re
import uuid
from datetime import date
from typing import Any, Self

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import RegexValidator
from django.db import connection, models
from django.db.models.functions import Upper
from stdnum.dk import cvr

from cases.models.number_triggers import KEEP_NUMBER
from cases.people import cpr, name_order, phones, video_rooms
from cases.rules.facts import Party
from cases.rules.labelled import Labelled


class OrganisationKind(Labelled):
    FUND = "fund", "a-kasse"
    MUNICIPALITY = "municipality", "jobcenter"


class FollowUpWay(Labelled):
    """How a jobcenter documents that it follows up on its efforts: its own choice, which the law leaves to it."""

    NOTE = "note", "i et notat på tilbuddet"
    OWN_FORM = "own_form", "i sit eget skema"
    ELSEWHERE = "elsewhere", "et andet sted end her"


class Role(Labelled):
    ADVISER = "adviser", "rådgiver i a-kasse"
    CASEWORKER = "caseworker", "sagsbehandler i jobcenter"
    TEAM_LEADER = "team_leader", "teamleder"
    ADMINISTRATOR = "administrator", "administrator"


_NOT_ONE_NAME = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029;]")


def validate_name(value: str) -> None:
    """Refuse what holds more than one name: two rows of a file that were read as one, or a number beside it."""
    if _NOT_ONE_NAME.search(value):
        raise ValidationError("Navnet har et linjeskift eller et semikolon. Skriv ét navn på én linje.")
    if cpr.is_mentioned(value):
        raise ValidationError(cpr.MENTIONED)


def validate_cvr(value: str) -> None:
    if not cvr.is_valid(value):
        raise ValidationError("CVR-nummeret er ikke rigtigt: Det har otte cifre, og kontrolcifferet skal passe.")


def _video_room(help_text: str) -> "models.CharField[str, str]":
    """An address or a pattern of one; the release before does not know it, so the database fills it."""
    return models.CharField(
        "videorum",
        max_length=video_rooms.LONGEST,
        blank=True,
        default="",
        db_default="",
        validators=[video_rooms.validate_room],
        help_text=f"{help_text} Skriv {video_rooms.MARK} i adressen, hvis hver samtale skal have sit eget rum.",
    )


class Organisation(models.Model):
    """An a-kasse or a jobcenter: a party to cases."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("art", max_length=20, choices=OrganisationKind.choices())
    name = models.CharField("navn", max_length=120, unique=True, validators=[validate_name])
    cvr = models.CharField("CVR-nummer", max_length=8, unique=True, validators=[validate_cvr])
    code = models.CharField(
        "kommunekode eller a-kassenummer", max_length=4, validators=[RegexValidator(r"^\d{1,4}$", "Skriv 1-4 cifre.")]
    )
    phone = models.CharField("telefon", max_length=20)
    email = models.EmailField("e-mail")
    meeting_place = models.CharField("mødested", max_length=200, help_text="Adresse for samtaler med fremmøde.")
    video_room = _video_room("Adressen på jeres videomøder. Et team og en medarbejder kan have sin egen.")
    opens_at = models.TimeField("åbner", default="09:00")
    closes_at = models.TimeField("lukker", default="15:00")
    follow_up_way = models.CharField(
        "opfølgning dokumenteres som",
        max_length=10,
        blank=True,
        choices=FollowUpWay.choices(),
        help_text="Kun for jobcentre. Det vises på planer og tilbud; intet kræves.",
    )
    follow_up_note = models.CharField(
        "hvilket skema, eller hvor", max_length=200, blank=True, help_text="Fx »skema 4 i jobcentrets arkiv«."
    )

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisationer"
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="organisation_code_once"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="organisation_closes_after_it_opens",
                violation_error_message="Lukketiden skal ligge efter åbningstiden.",
            ),
            models.CheckConstraint(
                condition=models.Q(kind=str(OrganisationKind.MUNICIPALITY))
                | models.Q(follow_up_way="", follow_up_note=""),
                name="follow_up_is_a_municipality_s",
                violation_error_message="Kun et jobcenter følger op på indsatser. Lad felterne om opfølgning stå "
                "tomme for en a-kasse.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.phone = phones.tidy(self.phone)
        super().save(**kwargs)

    @property
    def phone_text(self) -> str:
        return phones.shown(self.phone)

    @property
    def is_fund(self) -> bool:
        return self.kind == OrganisationKind.FUND

    @property
    def is_municipality(self) -> bool:
        return self.kind == OrganisationKind.MUNICIPALITY

    @property
    def follow_up_text(self) -> str:
        """How it documents follow-up, in one sentence; empty where it has said nothing."""
        if not self.follow_up_way:
            return ""
        note = f": {self.follow_up_note}" if self.follow_up_note else ""
        return f"{self.name} dokumenterer opfølgning {self.get_follow_up_way_display()}{note}."

    @property
    def party(self) -> Party:
        """The part it has in a contact course."""
        return Party.FUND if self.is_fund else Party.MUNICIPALITY


class Team(models.Model):
    """A team within one organisation."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="teams", verbose_name="organisation")
    name = models.CharField("navn", max_length=80, validators=[validate_name])
    video_room = _video_room("Adressen på teamets videomøder. Står feltet tomt, bruges organisationens.")

    class Meta:
        verbose_name = "team"
        verbose_name_plural = "teams"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organisation", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Somebody who logs in. Belongs to one organisation; an administrator of the rules may belong to none."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    role = models.CharField("rolle", max_length=20, choices=Role.choices())
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="users", verbose_name="organisation"
    )
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="users", verbose_name="team")
    video_room = _video_room("Adressen på medarbejderens egne videomøder. Står feltet tomt, bruges teamets.")
    # Whoever got a password from another chooses their own at the log-in. The release before does not know it.
    must_change_password = models.BooleanField(default=False, db_default=False, editable=False)
    # A day, and what `looks_after` says of it: known of the user of a request without asking again.
    _looks_after: tuple[date, list[int]] | None = None

    class Meta:
        verbose_name = "bruger"
        verbose_name_plural = "brugere"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role=str(Role.ADMINISTRATOR)) | models.Q(organisation__isnull=False),
                name="user_works_somewhere",
                violation_error_message="Vælg den organisation, brugeren arbejder i.",
            )
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def shared_room(self, organisation: Organisation) -> str:
        """Where talks by video are held without a room of one's own: the team's, or else the organisation's."""
        return (self.team.video_room if self.team else "") or organisation.video_room

    def clean(self) -> None:
        super().clean()
        for part in (self.first_name, self.last_name):
            validate_name(part)
        organisation = self.organisation
        if self.role == Role.ADVISER and organisation and not organisation.is_fund:
            raise ValidationError({"role": "En rådgiver arbejder i en a-kasse. Vælg en a-kasse eller en anden rolle."})
        if self.role == Role.CASEWORKER and organisation and not organisation.is_municipality:
            raise ValidationError(
                {"role": "En sagsbehandler arbejder i et jobcenter. Vælg et jobcenter eller en anden rolle."}
            )
        if self.team and self.team.organisation_id != self.organisation_id:
            raise ValidationError({"team": "Teamet hører til en anden organisation."})

    @property
    def is_administrator(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    def works_at(self, organisation: int | None) -> bool:
        """Whether the user is one of those who work in that organisation today."""
        return self.is_active and organisation is not None and self.organisation_id == organisation

    def looks_after(self, today: date) -> list[int]:
        """The ids of those whose work the user looks after that day: the user, and for whom they stand in."""
        if self._looks_after is not None and self._looks_after[0] == today:
            return self._looks_after[1]
        stands_in = self.stands_in.at_work().on(today)
        return [self.pk, *stands_in.values_list("user", flat=True)]

    @property
    def workplace(self) -> Organisation:
        """The organisation, where a page is for those who work in one: 403 for an administrator of the rules."""
        if self.organisation is None:
            raise PermissionDenied
        return self.organisation


class CitizenQuerySet(models.QuerySet["Citizen"]):
    def with_cpr(self, number: cpr.Cpr) -> Self:
        """Whoever has the number, or had it."""
        return self.filter(numbers__cpr_index__in=cpr.indexes(number), numbers__withdrawn_at=None)

    def named(self, text: str) -> Self:
        """Those in whose name each word of the text begins a word."""
        asked = _begun_words(text)
        if not asked:
            return self.none()
        query = SearchQuery(asked, config="simple", search_type="raw")
        return self.annotate(words=SearchVector("search_key", config="simple")).filter(words=query)

    def few_named(self, text: str, *, at_most: int) -> list[int]:
        """The numbers of those whom one's own organisation sees."""
        with connection.cursor() as cursor:
            # A function of the database's owner (`cases.operation.policies`).
            cursor.execute("SELECT citizens_named(%s, %s)", [_begun_words(text), at_most])
            return [pk for (pk,) in cursor.fetchall()]


def _begun_words(text: str) -> str:
    """Each word of the text as the beginning of one, as PostgreSQL asks for it."""
    return " & ".join(f"{word}:*" for word in name_order.words(text))


class Citizen(models.Model):
    """A person. The CPR number is protected and points to nothing; the internal key does."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cpr_encrypted = models.BinaryField(editable=False)
    # A number belongs to one person by the rows of all numbers; here two records that were joined may say the same.
    cpr_index = models.CharField(max_length=64, editable=False)
    is_replacement_number = models.BooleanField("erstatningsnummer", default=False)
    born_on = models.DateField("født")
    name = models.CharField("navn", max_length=120, validators=[validate_name])
    name_key = models.CharField(max_length=160, editable=False)
    # Empty by default: the release before does not know it, and makes citizens while it is being replaced.
    search_key = models.TextField(db_default="", editable=False)
    has_protected_address = models.BooleanField("beskyttet adresse", default=False)
    is_exempt_from_digital_post = models.BooleanField("fritaget for Digital Post", default=False)

    objects = CitizenQuerySet.as_manager()

    class Meta:
        verbose_name = "borger"
        verbose_name_plural = "borgere"
        indexes = [
            models.Index(fields=["name_key"], name="citizen_name_key"),
            # Any word of the name by its beginning, in an index that PostgreSQL has without extensions.
            GinIndex(SearchVector("search_key", config="simple"), name="citizen_search_words"),
            models.Index(fields=["born_on"], name="citizen_born_on"),
        ]
        triggers = [KEEP_NUMBER]

    def __str__(self) -> str:
        return self.name

    def save(self, **kwargs: Any) -> None:
        self.set_name(self.name)
        super().save(**kwargs)

    def set_name(self, name: str) -> None:
        """The name in its one way of writing, with the keys it is sorted and found by; the row is not saved."""
        self.name = name_order.normal(name)
        self.name_key = name_order.sort_key(self.name)
        self.search_key = name_order.search_key(self.name)

    def set_cpr(self, number: cpr.Cpr) -> None:
        """Protect the number in this row; the row is not saved."""
        self.cpr_encrypted = cpr.encrypt(number)
        self.cpr_index = cpr.index(number)
        self.is_replacement_number = number.is_replacement
        self.born_on = number.born_on

    @property
    def number_in_words(self) -> str:
        return cpr.in_words(self.born_on, is_replacement=self.is_replacement_number)

    def has_now(self, number: cpr.Cpr) -> bool:
        """Whether it is the number in force, and not one that the citizen had before."""
        return self.cpr_index in cpr.indexes(number)

    @property
    def cpr_number(self) -> str:
        """The full number. Show it only by a click that is logged."""
        return cpr.decrypt(self.cpr_encrypted, index=self.cpr_index)

    @property
    def masked_cpr(self) -> str:
        return cpr.masked(self.born_on, is_replacement=self.is_replacement_number)


class CitizenContact(models.Model):
    """How one organisation reaches a citizen: what it was told itself, for all of its cases of that citizen."""

    citizen = models.ForeignKey(Citizen, models.CASCADE, related_name="contacts", verbose_name="borger", db_index=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="organisation", db_index=False
    )
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("telefon", max_length=20, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    interpreter_language = models.CharField("tolkesprog", max_length=40, blank=True)

    class Meta:
        verbose_name = "kontaktoplysninger"
        verbose_name_plural = "kontaktoplysninger"
        constraints = [
            models.UniqueConstraint(fields=["citizen", "organisation"], name="contact_once_per_organisation")
        ]
        indexes = [
            # Their beginnings too, whatever the order of letters in the database.
            models.Index("organisation", OpClass("phone", "varchar_pattern_ops"), name="contact_phone_begins"),
            models.Index("organisation", OpClass(Upper("email"), "text_pattern_ops"), name="contact_email_begins"),
        ]

    def __str__(self) -> str:
        return f"{self.citizen} hos {self.organisation}"

    def save(self, **kwargs: Any) -> None:
        self.phone = phones.tidy(self.phone)
        super().save(**kwargs)

    @property
    def tel_url(self) -> str:
        """What calls the number; empty where what is kept is none."""
        return f"tel:{self.phone}" if phones.is_readable(self.phone) else ""

    @property
    def phone_text(self) -> str:
        """The number in groups; what was never a number says so."""
        note = "" if not self.phone or phones.is_readable(self.phone) else " (er ikke et telefonnummer)"
        return f"{phones.shown(self.phone)}{note}"
