"""A published act: a page to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from cases.law.wording import in_words
from cases.models import ActValue
from cases.rules.declaring import REGISTRY
from cases.ui.admin_site import ForAdministrators, TabularInline


class PublishedRows(ForAdministrators, TabularInline):
    """Rows of a published act, as people read them."""

    template = "admin/cases/act/rows.html"
    max_num = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PublishedValues(PublishedRows):
    model = ActValue
    fields = readonly_fields = ("meaning", "value", "decided_by", "legal_basis", "certainty", "note")

    @admin.display(description="regelværdi")
    def meaning(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return format_html("{}<br><code>{}</code>", parameter.description if parameter else "", value.key)

    @admin.display(description="værdi")
    def value(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return in_words(parameter, parameter.value_of(value.text)) if parameter else value.text

    @admin.display(description="afgøres af")
    def decided_by(self, value: ActValue) -> str:
        parameter = REGISTRY.get(value.key)
        return parameter.decided_by if parameter else "–"
