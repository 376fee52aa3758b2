"""What the pages of the administration have in common."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms
from django.core.paginator import Paginator
from django.db import IntegrityError, models
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from cases.ui.fields import DateField, PlainTextField, TimeField

#: No list counts further than this; the filters lead to what lies behind.
MOST_COUNTED = 10_000


if TYPE_CHECKING:
    # Django's classes take their models only before the checker.
    BaseAdmin = admin.options.BaseModelAdmin[Any]
    ModelAdmin = admin.ModelAdmin[Any]
    StackedInline = admin.StackedInline[Any, Any]
    TabularInline = admin.TabularInline[Any, Any]
    UserAdmin = auth_admin.UserAdmin[Any]
    ModelForm = forms.ModelForm[Any]
    UserCreationForm = auth_forms.UserCreationForm[Any]
    UserChangeForm = auth_forms.UserChangeForm[Any]
    AdminPasswordChangeForm = auth_forms.AdminPasswordChangeForm[Any]
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
    RowPaginator = Paginator[Any]
else:
    BaseAdmin = object
    ModelAdmin, StackedInline, TabularInline = admin.ModelAdmin, admin.StackedInline, admin.TabularInline
    UserAdmin, UserCreationForm = auth_admin.UserAdmin, auth_forms.UserCreationForm
    UserChangeForm, AdminPasswordChangeForm = auth_forms.UserChangeForm, auth_forms.AdminPasswordChangeForm
    ModelForm, InlineFormSet, RowPaginator = forms.ModelForm, BaseInlineFormSet, Paginator


class CappedPaginator(RowPaginator):
    """Counts no further than anybody pages, so that a log of millions opens as fast as a new one."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        number: int = rows[:MOST_COUNTED].count()
        return number


class PlainFields(BaseAdmin):
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

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for name in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, name):
                setattr(field.widget, name, False)
        return field


class ForAdministrators(PlainFields):
    """Whoever may enter the site may read and change; nothing is deleted."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        title = str(self.opts.verbose_name_plural).capitalize()
        given = {"title": title, **(extra_context or {})}
        # An inline has no list, and nobody asks it for one.
        page: TemplateResponse = super().changelist_view(request, given)  # type: ignore[misc]  # see above
        return page

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]  # see above
        except IntegrityError:
            # The same was saved in this moment: asked once more, the form says what is there already.
            answer = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]  # see above
        return answer

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
