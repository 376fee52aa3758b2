"""The administration of what happened. No page of it shows a citizen."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from cases.history import events
from cases.history.access_log import address_of
from cases.models import AccessLog, Event, Organisation, SecurityEvent
from cases.ui.admin_site import CappedPaginator, ModelAdmin, ReadOnly


class LogAdmin(ReadOnly, ModelAdmin):
    """A log that has no end, the newest first; a line says all there is, and leads nowhere."""

    list_display_links = None
    ordering = ("-at", "-pk")
    paginator = CappedPaginator
    show_full_result_count = False


@admin.register(Event)
class EventAdmin(LogAdmin):
    """That something happened, and who did it; what it says of a citizen stands on the case alone."""

    list_display = ("at", "name", "by", "organisation")
    fields = ("at", "name", "by", "organisation")
    list_select_related = ("by__organisation",)

    @admin.display(description="art")
    def name(self, event: Event) -> str:
        return events.name_of(event.kind)

    @admin.display(description="organisation")
    def organisation(self, event: Event) -> Organisation | None:
        return event.by.organisation if event.by else None


@admin.register(AccessLog)
class AccessLogAdmin(LogAdmin):
    """Who looked up cases, when and why; how many, not whose."""

    list_display = ("at", "user", "organisation", "purpose", "address", "number_of_cases")
    fields = ("at", "user", "organisation", "purpose", "address", "number_of_cases")
    list_filter = ("purpose", "organisation")
    list_select_related = ("user", "organisation")

    @admin.display(description="side")
    def address(self, look_up: AccessLog) -> str:
        return address_of(look_up.route)

    @admin.display(description="antal sager")
    def number_of_cases(self, look_up: AccessLog) -> int:
        return len(look_up.cases)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessLog]:
        return super().get_queryset(request).defer("detail")


@admin.register(SecurityEvent)
class SecurityEventAdmin(LogAdmin):
    """Who came in, was kept out, or changed who may."""

    list_display = ("at", "kind", "user", "address", "page", "detail")
    fields = ("at", "kind", "user", "address", "page", "detail")
    list_filter = ("kind", "user__organisation")
    list_select_related = ("user",)

    @admin.display(description="side")
    def page(self, event: SecurityEvent) -> str:
        return address_of(event.route)
