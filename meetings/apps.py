from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Samtaler"

    def ready(self) -> None:
        # The events of a case that move its plan.
        from cases import extensions
        from cases.history.events import subscribe
        from cases.law import health as law_health
        from cases.law import publishing as law_publishing
        from cases.operation import state
        from cases.reminders.delivery import register
        from meetings.booking import services as booking_services
        from meetings.case_page import next_steps as case_page_next_steps
        from meetings.delivery import still_wanted
        from meetings.law import changes as law_changes
        from meetings.law import checks as law_checks
        from meetings.law import health as meetings_law_health
        from meetings.law.runs import lifecycle as runs_lifecycle
        from meetings.planning import replan as planning_replan
        from meetings.planning.replan import REPLANNED_BY

        for kind in REPLANNED_BY:
            subscribe(kind, planning_replan.on_case_changed)
        for kind in ("cases.assigned", "cases.received"):
            subscribe(kind, planning_replan.on_worker_changed)
            subscribe(kind, law_changes.on_worker_changed)
        subscribe("cases.closed", booking_services.on_case_closed)
        register(still_wanted.SOURCE)
        extensions.tell_with(
            next_steps=case_page_next_steps.next_steps,
            handover_checks=case_page_next_steps.handover_checks,
            first_deadlines=case_page_next_steps.first_deadlines,
        )
        for check in (
            meetings_law_health.tables,
            meetings_law_health.deadlines,
            meetings_law_health.unfinished_plans,
            meetings_law_health.unplanned_cases,
        ):
            law_health.add_check(check)
        law_health.count_touched_by(meetings_law_health.touched)
        state.add_figure("law_runs_running", "Re-plannings and trials under way", meetings_law_health.running)
        state.add_figure(
            "law_batches_failed", "Portions of them that failed and wait", meetings_law_health.failed_batches
        )
        law_publishing.PARTS.append("meeting_rules")
        law_publishing.check_with(law_checks.problems)
        law_publishing.when_law_changes(runs_lifecycle.on_law_changed)
