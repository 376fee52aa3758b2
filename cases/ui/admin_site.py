"""What the pages of the administration have in common."""

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth import forms as auth_forms
from django.core.paginator import Paginator
from django.db import IntegrityError, models, transaction
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property

from cases.ui.differences import differences
from cases.ui.fields import DateField, PlainTextField, TimeField
from cases.ui.forms import with_value

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
    UserChangeForm = auth_forms.UserChangeForm[Any]
    InlineFormSet = BaseInlineFormSet[Any, Any, Any]
    RowPaginator = Paginator[Any]
else:
    BaseAdmin = object
    ModelAdmin, StackedInline, TabularInline = admin.ModelAdmin, admin.StackedInline, admin.TabularInline
    UserAdmin, UserChangeForm = auth_admin.UserAdmin, auth_forms.UserChangeForm
    ModelForm, InlineFormSet, RowPaginator = forms.ModelForm, BaseInlineFormSet, Paginator


class CappedPaginator(RowPaginator):
    """Counts no further than anybody pages, so that a log of millions opens as fast as a new one."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        number: int = rows[:MOST_COUNTED].count()
        return number


class _AsRead(forms.CharField):
    """Stands for what the form showed when it was opened, and is no change of it."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class GuardedForm(ModelForm):
    """A form that overwrites nothing unseen: what another saved meanwhile stands beside what was typed."""

    as_read = _AsRead(required=False, widget=forms.HiddenInput)
    #: What another changed meanwhile, and what was typed instead.
    stale: Mapping[str, Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shown = sorted((name, value) for name, value in self.initial.items() if name in self.fields)
        self._stands = sha256(repr(shown).encode()).hexdigest()
        if self.instance.pk is not None and not self.is_bound:
            self.initial["as_read"] = self._stands

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance.pk is not None and not self.errors and self.cleaned_data["as_read"] != self._stands:
            standing = {name: getattr(self.instance, name) for name in self.initial if name in self.fields}
            self.stale = {"about": str(self.instance), "fields": differences(self, standing)}
            # It has now been shown, so that the next post builds on it.
            self.data = with_value(self.data, self.add_prefix("as_read"), self._stands)
            self.add_error(None, "En anden har gemt ændringer, mens du skrev. Dit er ikke gemt endnu.")
        return cleaned


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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        found = super().get_object(request, object_id, from_field)  # type: ignore[misc]  # an inline has no such page
        is_saved = request.method == "POST" and transaction.get_connection().in_atomic_block
        if found is not None and is_saved and self.has_change_permission(request, found):
            # Of two who save at once the later waits, and is then told of what the first saved.
            # So does nobody who only names the row, as each line of a log does its user.
            rows = self.model._default_manager.select_for_update(no_key=True)
            try:
                found.refresh_from_db(from_queryset=rows)
            except self.model.DoesNotExist:
                return None
        return found

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
