"""The ledger of reminders: what is owed, sent and skipped, and whether the sweep runs. No citizen is named."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone

from cases import clock
from cases.models import Reminder, SweepRun
from cases.models.reminders import ReminderState
from cases.reminders import owing
from cases.rules.wording import counted
from cases.ui.admin_site import CappedPaginator, ModelAdmin, ReadOnly

#: What was closed is counted this far back.
COUNTED = timedelta(days=30)

#: So many rounds may be late before somebody should look.
ROUNDS_UNTIL_ALARM = 5


class KindFilter(admin.SimpleListFilter):
    """By what the reminder is about."""

    title = "art"
    parameter_name = "art"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return list(owing.kind_labels().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


class StateFilter(admin.SimpleListFilter):
    """By what became of the reminder."""

    title = "status"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Sequence[tuple[str, str]]:
        return list(ReminderState.choices().items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Reminder]) -> QuerySet[Reminder]:
        state = self.value()
        return queryset.filter(state=state) if state in ReminderState.choices() else queryset


class ReminderAdmin(ReadOnly, ModelAdmin):
    """The rows are written by the services and closed by the deliveries; here they are read."""

    list_display = (
        "kind_label",
        "case_label",
        "receiver",
        "due",
        "state",
        "outcome",
        "way",
        "attempts",
        "closed",
    )
    list_display_links = None
    list_filter = (StateFilter, KindFilter)
    list_select_related = ("case", "user__organisation", "organisation")
    list_per_page = 50
    ordering = ("-pk",)
    # The newest first, and no other order: nobody sorts millions of rows by accident.
    sortable_by = ()
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("case__number",)
    search_help_text = "Søg efter et sagsnummer, fx S-204117."
    paginator = CappedPaginator
    show_full_result_count = False

    @admin.display(description="art")
    def kind_label(self, row: Reminder) -> str:
        return owing.kind_labels().get(row.kind, row.kind)

    @admin.display(description="sag")
    def case_label(self, row: Reminder) -> str:
        return row.case.label

    @admin.display(description="modtager")
    def receiver(self, row: Reminder) -> str:
        if row.user is not None:
            return f"{row.user.username}, {row.user.organisation}"
        return row.organisation.name if row.organisation is not None else "borgeren"

    @admin.display(description="skal sendes")
    def due(self, row: Reminder) -> str:
        return _moment(row.due_at)

    @admin.display(description="vej")
    def way(self, row: Reminder) -> str:
        return row.route

    @admin.display(description="afsluttet")
    def closed(self, row: Reminder) -> str | None:
        return _moment(row.closed_at) if row.closed_at else None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reminder], search_term: str
    ) -> tuple[QuerySet[Reminder], bool]:
        text = search_term.strip().upper().removeprefix("S-")
        if not text:
            return queryset, False
        return (queryset.filter(case__number=int(text)) if text.isdecimal() else queryset.none()), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        return super().changelist_view(request, {**(extra_context or {}), "title": "Påmindelser", "ledger": _ledger()})


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%d-%m-%Y %H.%M}"


def _ledger() -> dict[str, Any]:
    """How many reminders are in each state, and when the sweep ran and runs again."""
    now, every = clock.now(), timedelta(seconds=settings.SWEEP_SECONDS)
    rows = Reminder.objects.filter(Q(state="owed") | Q(closed_at__gte=now - COUNTED))
    by_state = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    run = SweepRun.objects.first()
    return {
        "counts": [(label, by_state.get(state, 0)) for state, label in ReminderState.choices().items()],
        "days": COUNTED.days,
        "run": run,
        "recorded": counted(run.recorded, "ny påmindelse", "nye påmindelser") if run else "",
        "waiting": counted(run.receivers, "modtager", "modtagere") if run else "",
        "next_at": run.started_at + every if run else None,
        "is_late": run is None or now - run.started_at > ROUNDS_UNTIL_ALARM * every,
    }
