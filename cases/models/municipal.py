"""What a municipality adopts each year apart from its cases."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from cases.models.people import Organisation, User
from cases.rules.municipal_duties import YearlyDuty

#: The years that a document can be about.
FIRST_YEAR, LAST_YEAR = 2007, 2199


class MunicipalDocument(models.Model):
    """An employment plan or a result audit of one year: its text, or where it lies. It stays readable for ever."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(
        Organisation, models.PROTECT, related_name="documents", verbose_name="kommune", db_index=False
    )
    duty = models.CharField("art", max_length=20, choices=YearlyDuty.choices())
    year = models.PositiveSmallIntegerField(
        "år", validators=[MinValueValidator(FIRST_YEAR), MaxValueValidator(LAST_YEAR)]
    )
    title = models.CharField("titel", max_length=200)
    adopted_on = models.DateField("vedtaget den")
    text = models.TextField("tekst", blank=True)
    link = models.CharField("link", max_length=2000, blank=True, validators=[URLValidator(schemes=["https"])])
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="lagt ind af")
    added_at = models.DateTimeField("lagt ind")

    class Meta:
        verbose_name = "kommunalt dokument"
        verbose_name_plural = "kommunale dokumenter"
        ordering = ["-year", "duty"]
        constraints = [
            models.UniqueConstraint(fields=["municipality", "duty", "year"], name="municipal_document_once_a_year"),
            models.CheckConstraint(
                condition=Q(text__regex=r"\S") | Q(link__regex=r"\S"),
                name="municipal_document_can_be_read",
                violation_error_message="Skriv dokumentets tekst, eller et link til det.",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("duties:document", args=[self.public_id])
