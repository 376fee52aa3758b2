"""The acts in the administration: the list, and one act as a draft to write or as law to read."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path

from cases import clock
from cases.law import checks as law_checks
from cases.law import services as law_services
from cases.law.admin import comparison, drafts, health, publish_views, values
from cases.law.admin.pages import ActPage, ActPages, all_added
from cases.law.admin.published import PublishedValues
from cases.models import Act
from cases.request import user_of
from cases.rules.refusal import Refused

PAGES = (
    ActPage("vaerdier/", values.in_force, "cases_act_values"),
    ActPage("vaerdier/<slug:name>/", values.in_force, "cases_act_selection"),
    ActPage("tilstand/", health.health, "cases_act_health"),
    ActPage("sammenlign/", comparison.compare, "cases_act_compare"),
    ActPage("ret/", publish_views.correct, "cases_act_correct"),
    ActPage("<int:act_id>/vaelg/", drafts.choose, "cases_act_choose"),
    ActPage("<int:act_id>/aendrer/", comparison.change, "cases_act_changes"),
    ActPage("<int:act_id>/offentliggoer/", publish_views.publish, "cases_act_publish"),
    ActPage("<int:act_id>/traek-tilbage/", publish_views.withdraw, "cases_act_withdraw"),
)


if TYPE_CHECKING:
    Inline = type[admin.options.InlineModelAdmin[Any, Any]]


class ActAdmin(ActPages):
    list_display = ("title", "in_force", "state", "number_of_values", "drafted_by", "published_by")
    list_filter = ("status",)
    list_select_related = ("drafted_by", "published_by", "withdrawal")
    search_fields = ("title", "reference", "slug")
    search_help_text = "Titel, henvisning eller kort navn"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Act]:
        acts: QuerySet[Act] = super().get_queryset(request).annotate(values_in_it=Count("values"))
        return acts

    @admin.display(description="i kraft fra", ordering="in_force_on")
    def in_force(self, act: Act) -> str:
        far = law_checks.is_far_ahead(act, today=clock.today())
        return f"{act.in_force_on:%d-%m-%Y}{' (langt ude i fremtiden)' if far else ''}"

    @admin.display(description="status", ordering="status")
    def state(self, act: Act) -> str:
        return "trukket tilbage" if act.withdrawn else act.get_status_display()

    @admin.display(description="regelværdier", ordering="values_in_it")
    def number_of_values(self, act: Any) -> int:
        number: int = act.values_in_it
        return number

    @admin.display(description="løbende forløb")
    def running(self, act: Act) -> str:
        return publish_views.running_courses_text(act)

    # Which fields, and who may change them

    def get_fieldsets(self, request: HttpRequest, obj: Act | None = None) -> Any:
        if obj is None or obj.is_draft:
            return [(None, {"fields": list(drafts.DraftForm.Meta.fields)})]
        told = ["title", "reference", "in_force_on", "running", "source_url", "note"]
        state = ["slug", "state", "drafted_by", "published_by", "published_at", "publish_reason"]
        return [(None, {"fields": told}), ("Status", {"fields": state})]

    def get_form(self, request: HttpRequest, obj: Act | None = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None and obj.is_draft:
            kwargs["form"] = drafts.DraftForm
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Act | None = None) -> tuple[str, ...]:
        return ("running", "slug", "state", "drafted_by", "published_by", "published_at", "publish_reason")

    def get_inlines(self, request: HttpRequest, obj: Act | None) -> list["Inline"]:
        if obj is None or obj.is_draft:
            return [drafts.DraftValues, *(inline for added in all_added() for inline in added.draft_inlines)]
        published: list[Any] = [
            *(inline for added in all_added() for inline in added.published_inlines),
            PublishedValues,
        ]
        return [inline for inline in published if inline.model.objects.filter(act=obj).exists()]

    def has_change_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_draft)

    def has_delete_permission(self, request: HttpRequest, obj: Act | None = None) -> bool:
        return self.has_change_permission(request, obj) and obj is not None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        # Whoever has changed it has written it: a person who has not reads every change before it is law.
        is_changed = form.holds_changes or any(formset.has_changed() for formset in formsets)
        if is_changed or "_vouch" in request.POST:
            law_services.wrote(act=form.instance, by=user_of(request))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        # Not one by one: what was tried with a draft is a row for each thing that it would change in the live cases.
        fields: dict[str, Any] = {part: Act._meta.get_field(part) for part in law_checks.act_parts()}
        parts = {part: field.related_model._meta.verbose_name_plural for part, field in fields.items()}
        counts = {str(name): sum(getattr(act, part).count() for act in objs) for part, name in parts.items()}
        return [str(act) for act in objs], counts, set(), []

    def delete_model(self, request: HttpRequest, obj: Act) -> None:
        act = law_services.hold_draft(act_id=obj.pk)
        for added in all_added():
            for tell in added.before_deleting:
                tell(act)
        act.delete()

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as error:
            self.message_user(request, str(error), level=messages.ERROR)
            return redirect("admin:cases_act_changelist")

    # Pages of its own

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(page.route, self.admin_site.admin_view(partial(page.view, self)), name=page.name)
            for page in (*PAGES, *(page for added in all_added() for page in added.pages))
        ]
        return own + super().get_urls()

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return drafts.start(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        act = self.get_object(request, object_id)
        own: dict[str, Any] = {"act": act}
        if act is not None:
            own |= {
                "panels": self.panels_of(request, act),
                "may_be_withdrawn": publish_views.may_be_withdrawn(act),
                "problems": law_checks.problems_of(act, today=clock.today()) if act.is_draft else [],
                "is_own": law_services.has_written(act, user_of(request)),
                "title": "Kladde" if act.is_draft else "Lov",
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **own})

    def response_change(self, request: HttpRequest, obj: Act) -> HttpResponse:
        if law_services.make_sketch_of_wrong(act=obj, today=clock.today()):
            text = "Kladden har fejl og er nu en skitse, som kun administratorer ser. Ret den, og sæt krydset igen."
            self.message_user(request, text, level=messages.WARNING)
        for added in all_added():
            for name, do in added.buttons.items():
                if name in request.POST:
                    do(request, obj)
        if "_vouch" in request.POST:
            self.message_user(request, "Du har kontrolleret kladden. En anden administrator offentliggør den.")
            return redirect("admin:cases_act_change", obj.pk)
        if "_choose" in request.POST:
            return redirect("admin:cases_act_choose", obj.pk)
        if "_changes" in request.POST:
            return redirect("admin:cases_act_changes", obj.pk)
        self.message_user(request, "Kladden er gemt.")
        return redirect("admin:cases_act_change", obj.pk)
