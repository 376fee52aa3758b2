"""The CPR numbers of a person: the one in force, and those before it, by which the person is still found."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q

from cases.models.people import Citizen
from cases.people import cpr


class CitizenNumberQuerySet(models.QuerySet["CitizenNumber"]):
    def holders(self, keys: Iterable[str]) -> dict[str, int]:
        """By the key of each number that somebody has or had: that citizen's id."""
        standing = self.filter(cpr_index__in=list(keys), withdrawn_at=None)
        return dict(standing.values_list("cpr_index", "citizen_id"))


class CitizenNumber(models.Model):
    """A number that a citizen has or had. The one in force stands on the citizen too."""

    citizen = models.ForeignKey(Citizen, models.CASCADE, related_name="numbers", verbose_name="borger")
    cpr_encrypted = models.BinaryField(editable=False)
    cpr_index = models.CharField(max_length=64, editable=False)
    is_replacement = models.BooleanField("erstatningsnummer", default=False)
    born_on = models.DateField("født")
    # Empty: for as long as we know of the citizen.
    since = models.DateField("gælder fra", null=True, blank=True)
    # Set when it was never the citizen's: it finds nobody, and may be given to the one whose it is.
    withdrawn_at = models.DateTimeField("trukket tilbage", null=True)

    objects = CitizenNumberQuerySet.as_manager()

    class Meta:
        verbose_name = "CPR-nummer"
        verbose_name_plural = "CPR-numre"
        ordering = ["citizen", models.F("since").desc(nulls_last=True), "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["cpr_index"],
                condition=Q(withdrawn_at=None),
                name="number_belongs_to_one_citizen",
                violation_error_message="Nummeret hører til en anden borger. Kontrollér tallene.",
            )
        ]

    def __str__(self) -> str:
        return cpr.in_words(self.born_on, is_replacement=self.is_replacement)
