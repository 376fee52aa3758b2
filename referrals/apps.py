from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Indstillinger"

    def ready(self) -> None:
        # What its rules read is declared before anybody loads or writes an act.
        from cases import extensions
        from cases.law import health as law_health
        from cases.law import publishing as law_publishing
        from meetings.law.runs import affected_cases
        from referrals.extension import EXTENSION
        from referrals.law import health as referrals_law_health
        from referrals.law import what_moves
        from referrals.rules import (
            consistency,
            parameters,  # noqa: F401 - the import declares them
        )

        extensions.install(EXTENSION)
        affected_cases.register(what_moves.of_offers, touches=what_moves.touches)
        law_health.count_touched_by(referrals_law_health.touched)
        law_publishing.check_with(consistency.problems)
