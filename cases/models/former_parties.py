"""An organisation that is no party to a case any more, with what it knew of the citizen as it was left."""

import uuid
from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models.cases import Case
from cases.models.law import Act
from cases.models.people import Organisation, User
from cases.rules.former_party import left_after


class FormerPartyQuerySet(models.QuerySet["FormerParty"]):
    def visible_to(self, user: User, *, on: date) -> Self:
        """Those of the user's own organisation, as long as the acts let it read on, and unless it came back.

        Beside `Case.objects.visible_to`, through which a case is worked with: this is to be read, and never more.
        """
        organisation = user.organisation
        if not user.is_active or organisation is None or user.is_administrator:
            return self.none()
        is_back = Q(case__fund=organisation) | Q(case__municipality=organisation)
        since = left_after(on, Act.objects.rule_book())
        return self.filter(~is_back, organisation=organisation, left_on__gt=since)


class FormerParty(models.Model):
    """One time that an organisation was left. Its page shows the case as it stood in that moment."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="former_parties", verbose_name="sag")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name="organisation", db_index=False
    )
    # The day from which another has the case, and the moment in which that was registered.
    left_on = models.DateField("ophørt som part")
    left_at = models.DateTimeField("registreret")
    name = models.CharField("navn", max_length=120)
    had_protected_address = models.BooleanField("beskyttet adresse", default=False)
    email = models.EmailField("e-mail", blank=True)
    phone = models.CharField("telefon", max_length=20, blank=True)
    address = models.CharField("adresse", max_length=200, blank=True)
    interpreter_language = models.CharField("tolkesprog", max_length=40, blank=True)

    objects = FormerPartyQuerySet.as_manager()

    class Meta:
        verbose_name = "tidligere part"
        verbose_name_plural = "tidligere parter"
        indexes = [models.Index(fields=["organisation", "left_on"], name="former_party_left")]

    def __str__(self) -> str:
        return f"{self.organisation} til den {self.left_on:%d-%m-%Y}"
