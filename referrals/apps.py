from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "referrals"
    verbose_name = "Indstillinger"

    def ready(self) -> None:
        # What its rules read is declared before anybody loads or writes an act.
        from cases import extensions
        from cases.history.events import subscribe
        from cases.law import health as law_health
        from cases.law import publishing as law_publishing
        from cases.reminders.delivery import register
        from meetings.law.runs import affected_cases
        from referrals import reminders
        from referrals.law import health as referrals_law_health
        from referrals.law import what_moves
        from referrals.offers import changing as offers_changing
        from referrals.offers import duty as offers_duty
        from referrals.offers import past_day as offers_past_day
        from referrals.offers import presenters as offers_presenters
        from referrals.offers import six_weeks as offers_six_weeks
        from referrals.referral import queries as referral_queries
        from referrals.referral import writing as referral_writing
        from referrals.rules import (
            consistency,
            parameters,  # noqa: F401 - the import declares them
        )

        subscribe("cases.closed", referral_writing.on_case_closed)
        subscribe("cases.closed", offers_changing.on_case_closed)
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
            subscribe(kind, offers_duty.on_case_changed)
        affected_cases.register(what_moves.of_offers, touches=what_moves.touches)
        extensions.add_part(offers_presenters.part_of)
        extensions.add_part(offers_six_weeks.part_of)
        extensions.add_part(referral_queries.part_of)
        extensions.add_part_on_day(offers_past_day.part_of)
        extensions.add_tile(referral_queries.tile_of)
        extensions.add_tile(offers_presenters.tile_of)
        register(reminders.SOURCE)
        law_health.count_touched_by(referrals_law_health.touched)
        law_publishing.check_with(consistency.problems)
