"""The texts that an office keeps, so that nobody writes the same thing twice."""

import uuid
from typing import Self

from django.db import models

from cases.models.people import Organisation, User
from cases.rules.text_use import TextUse


class StandardTextQuerySet(models.QuerySet["StandardText"]):
    def visible_to(self, user: User) -> Self:
        """Those of the user's own organisation: another party never sees them."""
        return self.filter(organisation=user.organisation_id)

    def in_use(self) -> Self:
        return self.filter(is_retired=False)


class StandardText(models.Model):
    """One text of one office for one use. One that is used no more can be taken up again."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="standard_texts", verbose_name="organisation", db_index=False
    )
    use = models.CharField("bruges til", max_length=12, choices=TextUse.choices())
    title = models.CharField("titel", max_length=100)
    text = models.TextField("tekst")
    # Raised when it is written anew: a form that was filled in on an older version is refused.
    version = models.IntegerField("version", default=1, db_default=1)
    is_retired = models.BooleanField("bruges ikke mere", default=False)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name="skrevet af")
    written_at = models.DateTimeField("skrevet")

    objects = StandardTextQuerySet.as_manager()

    class Meta:
        verbose_name = "standardtekst"
        verbose_name_plural = "standardtekster"
        ordering = ["use", "title", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "use", "title"], name="standard_text_has_its_own_title")
        ]

    def __str__(self) -> str:
        return self.title
