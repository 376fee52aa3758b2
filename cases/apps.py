import logging

from django.apps import AppConfig
from django.core import checks
from django.db.backends.signals import connection_created

logger = logging.getLogger(__name__)


class CasesConfig(AppConfig):
    name = "cases"
    verbose_name = "Grunddata"

    def ready(self) -> None:
        from cases import clock, seam
        from cases.accounts import proof, security_log
        from cases.extension import EXTENSION
        from cases.operation import keys
        from cases.reminders import carriers as reminders_carriers
        from cases.ui import fields

        seam.install(EXTENSION)
        security_log.connect()
        fields.DateField.today = staticmethod(clock.today)
        connection_created.connect(keys.on_connection)
        checks.register(proof.check, deploy=True)
        checks.register(keys.check, checks.Tags.database)
        checks.register(reminders_carriers.check)
        for warning in reminders_carriers.check():
            # A web process and a worker run no checks.
            logger.warning(warning.msg)
