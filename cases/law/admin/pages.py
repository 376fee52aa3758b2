"""What the pages about acts have in common, and what the upper apps add to them."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from cases import seam
from cases.models import Act
from cases.seam import ActAdminExtension
from cases.ui.admin_site import ForAdministrators, ModelAdmin


class Panel(NamedTuple):
    """What an upper app shows on the pages of an act; the template finds its context as `panel`."""

    template: str
    context: dict[str, Any]


class ActPage(NamedTuple):
    """A page under the acts; its view is called with the ActAdmin before the request."""

    route: str
    view: Callable[..., HttpResponseBase]
    name: str


def all_added() -> list[ActAdminExtension]:
    """What each app adds to these pages."""
    return [app.law.act_admin for app in seam.INSTALLED]


class ActPages(ForAdministrators, ModelAdmin):
    """The ways from an act to the pages that are no forms of the admin's own."""

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """A page of the administration that is not a form of the admin's own; also for those of the upper apps."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, template, context, status=status)

    def panels_of(self, request: HttpRequest, act: Act) -> list[Panel]:
        return [panel for added in all_added() for show in added.panels if (panel := show(request, act)) is not None]

    def act_or_404(self, request: HttpRequest, act_id: int) -> Act:
        """The act with whoever wrote, published and withdrew it."""
        acts = self.get_queryset(request).select_related("drafted_by", "published_by", "withdrawal", "withdrawal__by")
        act: Act = get_object_or_404(acts, pk=act_id)
        return act
