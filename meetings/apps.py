from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Samtaler"

    def ready(self) -> None:
        # The events of a case that move its plan.
        from cases import law_health as health
        from cases import operation, overview
        from cases.services import law
        from cases.services.events import subscribe
        from cases.services.reminders import register
        from meetings import law_changes, law_checks, law_health, law_runs, planning, reminders, summary
        from meetings.services import bookings

        for kind in planning.REPLANNED_BY:
            subscribe(kind, planning.on_case_changed)
        for kind in ("cases.assigned", "cases.received"):
            subscribe(kind, planning.on_worker_changed)
            subscribe(kind, law_changes.on_worker_changed)
        subscribe("cases.closed", bookings.on_case_closed)
        register(reminders.SOURCE)
        overview.tell_with(
            next_steps=summary.next_steps,
            handover_checks=summary.handover_checks,
            first_deadlines=summary.first_deadlines,
        )
        for check in (
            law_health.tables,
            law_health.deadlines,
            law_health.unfinished_plans,
            law_health.unplanned_cases,
        ):
            health.add_check(check)
        health.count_touched_by(law_health.touched)
        operation.add_figure("law_runs_running", "Re-plannings and trials under way", law_health.running)
        operation.add_figure("law_batches_failed", "Portions of them that failed and wait", law_health.failed_batches)
        law.PARTS.append("meeting_rules")
        law.check_with(law_checks.problems)
        law.when_law_changes(law_runs.on_law_changed)
