"""The seals of the logs: whoever takes away or changes a line of the past breaks one."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models


class LogSeal(models.Model):
    """What some rows of one log were: a digest of them and of the seal before, so that the seals are a chain."""

    log = models.CharField("log", max_length=63)
    number = models.PositiveIntegerField("nummer")
    # The rows by their ids, half-open: after the first, up to and with the second.
    after = models.BigIntegerField("efter række")
    last = models.BigIntegerField("til og med række")
    rows = models.PositiveIntegerField("rækker", default=0)
    columns = ArrayField(models.CharField(max_length=63), default=list, verbose_name="kolonner")
    digest = models.CharField("segl", max_length=64)
    sealed_at = models.DateTimeField("forseglet")
    # How far the log was written then, and the transactions that must end before that is sealed: who wrote in it.
    written_to = models.BigIntegerField("skrevet til række")
    writers = ArrayField(models.CharField(max_length=40), default=list, verbose_name="åbne transaktioner")

    class Meta:
        verbose_name = "segl"
        verbose_name_plural = "segl"
        ordering = ["log", "number"]
        constraints = [models.UniqueConstraint(fields=["log", "number"], name="log_seal_number")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.log}:{self.number}:{self.digest}"


class LogCheck(models.Model):
    """One reading of all sealed rows, and what was not as it was sealed."""

    checked_at = models.DateTimeField("efterprøvet")
    rows = models.PositiveBigIntegerField("rækker")
    faults = models.JSONField("fejl", default=list)

    class Meta:
        verbose_name = "efterprøvning af logge"
        verbose_name_plural = "efterprøvninger af logge"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.checked_at:%d-%m-%Y %H:%M}"
