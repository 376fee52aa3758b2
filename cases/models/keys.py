"""Which CPR keys the numbers in this database were written with."""

from django.db import models


class KeyCheck(models.Model):
    """A value by which one key is known again; nothing can be read with it."""

    name = models.CharField("nøgle", max_length=30, unique=True)
    value = models.CharField("kontrolværdi", max_length=64)

    class Meta:
        verbose_name = "kontrol af nøgle"
        verbose_name_plural = "kontrol af nøgler"
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
