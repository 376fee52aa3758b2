"""What guards the doors: who came in, who was kept out, and who changed who may."""

import pgtrigger
from django.db import models

from cases.models.people import User
from cases.rules.labelled import Labelled


class SecurityKind(Labelled):
    LOGGED_IN = "logged_in", "logget ind"
    LOGGED_OUT = "logged_out", "logget ud"
    PASSWORD_CHANGED = "password_changed", "skiftet adgangskode"
    LOG_IN_FAILED = "log_in_failed", "forkert adgangskode"
    FACTOR_FAILED = "factor_failed", "forkert kode"
    FACTOR_PASSED = "factor_passed", "andet trin bestået"
    FACTOR_CHANGED = "factor_changed", "andet trin ændret"
    PROVED_AGAIN = "proved_again", "bekræftet igen"
    SESSION_ENDED = "session_ended", "session afsluttet"
    INVITED = "invited", "inviteret"
    PROVIDER_REFUSED = "provider_refused", "log-ind udefra afvist"
    LOCKED_OUT = "locked_out", "låst ude"
    ADMINISTERED = "administered", "rettet i administrationen"
    REFUSED = "refused", "afvist"
    LIMITED = "limited", "spurgt for ofte"
    FORGED = "forged", "formular uden gyldigt mærke"
    BLOCKED = "blocked", "indhold blokeret i browseren"


class SecurityEvent(models.Model):
    """One thing that happened at a door: never whose case it was about, and nothing that was typed."""

    at = models.DateTimeField("tidspunkt")
    kind = models.CharField("art", max_length=20, choices=SecurityKind.choices())
    # Empty where nobody had logged in, or the name is nobody's.
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="bruger")
    address = models.GenericIPAddressField("adresse", null=True)
    route = models.CharField("side", max_length=80, blank=True)
    detail = models.CharField("bemærkning", max_length=200, blank=True)

    class Meta:
        verbose_name = "sikkerhedshændelse"
        verbose_name_plural = "sikkerhedshændelser"
        indexes = [models.Index(fields=["at"], name="security_event_at")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.at:%d-%m-%Y %H:%M} {self.kind}"
