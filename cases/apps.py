import logging

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created

logger = logging.getLogger(__name__)


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Grunddata"

    def ready(self) -> None:
        # What cases itself adds to the page of a case.
        from cases import clock, fields, keys, overview, plans, post
        from cases.services import aims, reminders

        fields.DateField.today = staticmethod(clock.today)
        overview.add_part(plans.plan_block)
        overview.add_part(plans.aim_block)
        reminders.register(aims.SOURCE)
        connection_created.connect(keys.on_connection)
        checks.register(keys.check, checks.Tags.database)
        checks.register(post.check)
        for warning in post.check():
            # A web process and a worker run no checks.
            logger.warning(warning.msg)
