"""Write the acts we ship into the database. Can be run again at any time: what is there is left as it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases import clock
from cases.law.shipped_acts import BadLawFile, read_acts
from meetings.law.loading import PublishedActDiffers, load


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, verbosity: int, **options: Any) -> None:
        try:
            added = load(read_acts(), at=clock.now())
        except (BadLawFile, PublishedActDiffers) as error:
            raise CommandError(str(error)) from error
        if verbosity:
            for act in added:
                self.stdout.write(f"{act.slug}: {act.get_status_display()}, i kraft fra {act.in_force_on:%d-%m-%Y}")
