"""What somebody looks at again and again: filters and order of the worklist under a name."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q

from cases.models import User
from cases.rules.labelled import Labelled


class SharedWith(Labelled):
    """Who finds a saved view beside their own."""

    NOBODY = "nobody", "kun mig"
    TEAM = "team", "mit team"
    ORGANISATION = "organisation", "hele organisationen"


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and what colleagues share with one's team or with everybody."""
        of_all = Q(user__organisation=user.organisation_id, shared_with=SharedWith.ORGANISATION)
        found = Q(user=user.pk) | of_all
        if user.team_id is not None:
            found |= Q(user__team=user.team_id, shared_with=SharedWith.TEAM)
        return self.filter(found)


class SavedView(models.Model):
    """Filters and order of the worklist under a name of one's own; it holds no citizen."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="saved_views", verbose_name="bruger")
    name = models.CharField("navn", max_length=40)
    # The query of the worklist's address, with nothing in it that could not be chosen.
    query = models.CharField("filtre", max_length=300, blank=True)
    shared_with = models.CharField(
        "deles med", max_length=12, choices=SharedWith.choices(), default=SharedWith.NOBODY.value
    )
    is_start = models.BooleanField("startside", default=False)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "gemt visning"
        verbose_name_plural = "gemte visninger"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_has_a_name_of_its_own"),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(is_start=True),
                name="one_start_view_each",
                violation_error_message="Kun én visning kan være din startside.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
