from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Indstillinger"

    def ready(self) -> None:
        # What its rules read is declared before anybody loads or writes an act.
        from cases import seam
        from referrals.extension import EXTENSION
        from referrals.rules import parameters  # noqa: F401 - the import declares them

        seam.install(EXTENSION)
