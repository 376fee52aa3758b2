"""The site of the administrators: Django's admin, in Danish, behind our own log-in page."""

from collections.abc import Iterator
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from cases import clock
from cases.law import health as law_health
from cases.law.health import Level

#: The front page by subject, not by app: a heading, then models by name and pages as (title, URL name, arguments).
FRONT_PAGE: tuple[tuple[str, tuple[Any, ...]], ...] = (
    (
        "Lov",
        (
            "Act",
            ("Lovens tilstand", "admin:cases_act_health", ()),
            ("Regelværdier i kraft", "admin:cases_act_values", ()),
            ("Sammenlign to love", "admin:cases_act_compare", ()),
            ("Varsler og påmindelser", "admin:cases_act_selection", ("varsler",)),
        ),
    ),
    ("Organisationer og brugere", ("Organisation", "User")),
    ("Drift", ("Reminder", "Event", "AccessLog", "SecurityEvent")),
)


class SamtaleflowAdmin(AdminSite):
    site_header = "Samtaleflow administration"
    site_title = "Samtaleflow"
    index_title = "Administration"
    index_template = "admin/cases/front.html"
    site_url = None
    enable_nav_sidebar = False
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators alone; whoever works with cases has no business here."""
        user = request.user
        return user.is_active and user.is_staff and getattr(user, "is_administrator", False)

    @method_decorator(never_cache)
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """One log-in page for everybody, with one lock-out."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """One page for everybody's own password."""
        return redirect("own_password")

    password_change_done = password_change

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """The front page begins with how the law stands."""
        counts = law_health.count(law_health.findings(on=clock.today(), at=clock.now(), is_counted=False))
        health = {"counts": law_health.counts_in_words(counts), "is_wrong": counts[Level.ERROR] > 0}
        return super().index(request, {**(extra_context or {}), "health": health})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict[str, Any]]:
        apps = super().get_app_list(request, app_label)
        if app_label is not None:
            return apps
        models = {model["object_name"]: model for app in apps for model in app["models"]}
        return [
            {
                "name": name,
                "app_label": f"front-{position}",
                "app_url": "",
                "has_module_perms": True,
                "models": list(_entries(wanted, models)),
            }
            for position, (name, wanted) in enumerate(FRONT_PAGE)
        ]


def _entries(wanted: tuple[Any, ...], models: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in wanted:
        if isinstance(one, str):
            if one in models:
                yield models[one]
            continue
        title, url_name, arguments = one
        yield {
            "name": title,
            "object_name": url_name.rpartition("_")[2],
            "admin_url": reverse(url_name, args=arguments),
            "view_only": True,
        }
