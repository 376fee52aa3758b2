"""Django's migrate, as the owner of the tables, who then grants the application what it needs."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from cases.operation import policies, roles


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """Connect as the owner where the environment names one; what is only looked at asks for nobody else."""
        connection = connections[options["database"]]
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        with roles.as_owner(connection):
            roles.require_owner(connection)
            super().handle(*args, **options)
            roles.grant(connection)
            # Half of the way is no release: the wall is raised where all tables are there.
            if options["app_label"] is None:
                policies.build(connection)
