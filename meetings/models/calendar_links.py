"""What joins somebody's talks here with a calendar of their own: an address out, and busy times in."""

from django.db import models
from django.db.models import F, Q

from cases.models import User
from cases.people import encryption
from meetings.rules.spans import Span


class CalendarFeed(models.Model):
    """The address at which a calendar finds somebody's talks. Only its hash is kept: it is shown once."""

    user = models.OneToOneField(User, models.CASCADE, related_name="calendar_feed", verbose_name="bruger")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField("lavet")

    class Meta:
        verbose_name = "kalenderadresse"
        verbose_name_plural = "kalenderadresser"

    def __str__(self) -> str:
        return str(self.user)


class BusyCalendar(models.Model):
    """A calendar of somebody's own, of which only the busy times are kept."""

    user = models.OneToOneField(User, models.CASCADE, related_name="busy_calendar", verbose_name="bruger")
    # Whoever has the address reads the whole calendar: it is a secret, and sealed.
    address_encrypted = models.BinaryField("adresse")
    # "user:password" of one that is asked by CalDAV, sealed as well; none for an ICS file.
    login_encrypted = models.BinaryField("brugernavn og adgangskode", null=True)
    is_login_refused = models.BooleanField("login er afvist", default=False, db_default=False)
    # The last attempt, the last that went well, and why the last did not.
    asked_at = models.DateTimeField("sidst forsøgt", null=True)
    read_at = models.DateTimeField("sidst læst", null=True)
    problem = models.CharField("hvorfor den ikke kan læses", max_length=300, blank=True)

    class Meta:
        verbose_name = "medarbejders egen kalender"
        verbose_name_plural = "medarbejderes egne kalendere"

    def __str__(self) -> str:
        return str(self.user)

    def sealed_as(self, column: str) -> str:
        return f"calendar of {self.user_id} {column}"

    @property
    def address(self) -> str:
        return encryption.unseal(self.address_encrypted, of=self.sealed_as("address_encrypted"))

    @property
    def login(self) -> str:
        sealed_as = self.sealed_as("login_encrypted")
        return encryption.unseal(self.login_encrypted, of=sealed_as) if self.login_encrypted else ""

    @property
    def username(self) -> str:
        return self.login.partition(":")[0]


class BusyTime(models.Model):
    """Somebody is busy in a calendar of their own; nothing is known of why."""

    calendar = models.ForeignKey(BusyCalendar, models.CASCADE, related_name="times", verbose_name="kalender")
    starts_at = models.DateTimeField("fra")
    ends_at = models.DateTimeField("til")

    class Meta:
        verbose_name = "optaget tid"
        verbose_name_plural = "optagne tider"
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="busy_time_ends_after_it_begins",
                violation_error_message="En optaget tid skal slutte, efter at den er begyndt.",
            )
        ]
        indexes = [models.Index(fields=["calendar", "starts_at"], name="busy_time_start")]

    def __str__(self) -> str:
        return self.span.text

    @property
    def span(self) -> Span:
        return Span(self.starts_at, self.ends_at)
