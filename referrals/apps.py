from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Indstillinger"

    def ready(self) -> None:
        # What its rules read is declared before anybody loads or writes an act.
        from cases import law_health as health
        from cases import overview
        from cases import values_in_words as words
        from cases.services import law
        from cases.services.events import subscribe
        from cases.services.reminders import register
        from meetings import law_runs
        from referrals import (
            consequences,
            duties,
            education,
            granting,
            inbox,
            law_health,
            offers,
            on_day,
            reminders,
            values_in_words,
        )
        from referrals.rules import (
            consistency,
            parameters,  # noqa: F401 - the import declares them
        )
        from referrals.services import referrals

        subscribe("cases.closed", referrals.on_case_closed)
        subscribe("cases.closed", granting.on_case_closed)
        # What the deadline of right and duty rests on, and who has the case.
        for kind in (
            "cases.opened",
            "cases.corrected",
            "cases.paused",
            "cases.pause_changed",
            "cases.pause_removed",
            "cases.assigned",
            "cases.received",
            "meetings.exempted",
            "meetings.duty_kept",
            "meetings.exemption_removed",
        ):
            subscribe(kind, duties.on_case_changed)
        law_runs.register(consequences.of_offers, touches=consequences.touches)
        overview.add_part(offers.part_of)
        overview.add_part(education.part_of)
        overview.add_part(inbox.part_of)
        overview.add_part_on_day(on_day.part_of)
        overview.add_tile(inbox.tile_of)
        overview.add_tile(offers.tile_of)
        register(reminders.SOURCE)
        health.count_touched_by(law_health.touched)
        law.check_with(consistency.problems)
        words.tell_with(subjects=values_in_words.SUBJECTS, names=values_in_words.CODE_NAMES)
