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
        from cases import clock, extensions
        from cases.operation import keys
        from cases.plans import aim_services
        from cases.plans import presenters as plans_presenters
        from cases.reminders import carriers as reminders_carriers
        from cases.reminders import delivery as reminders_delivery
        from cases.ui import fields

        fields.DateField.today = staticmethod(clock.today)
        extensions.add_part(plans_presenters.plan_block)
        extensions.add_part(plans_presenters.aim_block)
        reminders_delivery.register(aim_services.SOURCE)
        connection_created.connect(keys.on_connection)
        checks.register(keys.check, checks.Tags.database)
        checks.register(reminders_carriers.check)
        for warning in reminders_carriers.check():
            # A web process and a worker run no checks.
            logger.warning(warning.msg)
