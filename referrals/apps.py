from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Indstillinger"

    def ready(self) -> None:
        # What its rules read is declared before anybody loads or writes an act.
        from cases.services.events import subscribe
        from cases.services.reminders import register
        from referrals import reminders
        from referrals.rules import parameters  # noqa: F401 - the import declares them
        from referrals.services import referrals

        subscribe("cases.closed", referrals.on_case_closed)
        register(reminders.SOURCE)
