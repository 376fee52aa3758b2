"""How often somebody has asked at a door that is costly, or that tells of persons."""

from django.db import models


class DoorCount(models.Model):
    """One hour of one door and one who asks: a user, or an address where nobody has logged in."""

    door = models.CharField("dør", max_length=20)
    who = models.CharField("hvem", max_length=60)
    hour = models.DateTimeField("time")
    times = models.PositiveIntegerField("gange", default=1)

    class Meta:
        verbose_name = "tælling ved en dør"
        verbose_name_plural = "tællinger ved døre"
        constraints = [models.UniqueConstraint(fields=["door", "who", "hour"], name="door_counted_once_an_hour")]
        indexes = [models.Index(fields=["hour"], name="door_count_hour")]

    def __str__(self) -> str:
        return f"{self.door} {self.hour:%d-%m-%Y %H}: {self.times}"
