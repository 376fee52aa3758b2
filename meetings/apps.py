from django.apps import AppConfig


class MeetingsConfig(AppConfig):
    name = "meetings"
    verbose_name = "Samtaler"

    def ready(self) -> None:
        from cases import extensions
        from cases.law import health as law_health
        from cases.law import publishing as law_publishing
        from cases.operation import state
        from meetings.extension import EXTENSION
        from meetings.law import checks as law_checks
        from meetings.law import health as meetings_law_health
        from meetings.law.runs import lifecycle as runs_lifecycle

        extensions.install(EXTENSION)
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
