"""The CPR numbers of a person: the one in force, and those before it, by which the person is still found."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models.people import Citizen
from cases.people import cpr


class CitizenNumberQuerySet(models.QuerySet["CitizenNumber"]):
    def standing(self, number: cpr.Cpr) -> Self:
        """The row of the number, if somebody has or had it."""
        return self.filter(cpr_index__in=cpr.indexes(number), withdrawn_at=None)

    def holders(self, numbers: Iterable[cpr.Cpr]) -> dict[str, int]:
        """By the index of each number that somebody has or had: that citizen's id."""
        newest = {index: cpr.index(number) for number in numbers for index in cpr.indexes(number)}
        standing = self.filter(cpr_index__in=list(newest), withdrawn_at=None)
        return {newest[index]: citizen for index, citizen in standing.values_list("cpr_index", "citizen_id")}


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

    @property
    def number(self) -> cpr.Cpr:
        """The whole of it, which no page shows without a click that is logged."""
        digits = cpr.digits_of(self.cpr_encrypted, index=self.cpr_index)
        return cpr.Cpr(digits=digits, born_on=self.born_on, is_replacement=self.is_replacement)

    def set_number(self, number: cpr.Cpr) -> None:
        """Protect the number in this row; the row is not saved."""
        self.cpr_encrypted, self.cpr_index = cpr.encrypt(number), cpr.index(number)
        self.is_replacement, self.born_on = number.is_replacement, number.born_on

    def __str__(self) -> str:
        return cpr.in_words(self.born_on, is_replacement=self.is_replacement)
