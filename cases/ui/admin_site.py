"""What the pages of the administration have in common."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from cases.ui.fields import DateField, PlainTextField, TimeField

#: No list counts further than this; the filters lead to what lies behind.
MOST_COUNTED = 10_000


class CappedPaginator(Paginator):
    """Counts no further than anybody pages, so that a log of millions opens as fast as a new one."""

    @cached_property
    def count(self) -> int:
        return self.object_list[:MOST_COUNTED].count()  # type: ignore[union-attr]


class PlainFields:
    """Danish dates and times, typed; texts without CPR numbers; and a choice among what there is, without pop-ups."""

    formfield_overrides = {
        models.CharField: {"form_class": PlainTextField},
        models.TextField: {"form_class": PlainTextField},
        models.DateField: {
            "form_class": DateField,
            "widget": DateField.widget,
            "help_text": "Dag-måned-år, fx 01-12-2026",
        },
        models.TimeField: {"form_class": TimeField, "widget": TimeField.widget},
    }

    def formfield_for_dbfield(self, db_field: models.Field, request: HttpRequest, **kwargs: Any) -> Field | None:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, name):
                setattr(field.widget, name, False)
        return field


class ForAdministrators(PlainFields):
    """Whoever may enter the site may read and change; nothing is deleted."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        title = str(self.opts.verbose_name_plural).capitalize()  # type: ignore[attr-defined]
        return super().changelist_view(request, {"title": title, **(extra_context or {})})  # type: ignore[misc]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return admin.site.has_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.site.has_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.site.has_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return admin.site.has_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnly(ForAdministrators):
    """What happened is read, never changed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
