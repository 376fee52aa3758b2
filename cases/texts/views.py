"""The pages where an office keeps its standard texts. No citizen is shown."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.models import StandardText
from cases.request import AppRequest
from cases.texts import services
from cases.texts.forms import ChangeTextForm, TextForm
from cases.web import case_views


@require_safe
def texts(request: AppRequest) -> HttpResponse:
    """Every text of one's own office, by what it is for."""
    access.require(request.user, Permission.KEEP_TEXTS)
    own = StandardText.objects.visible_to(request.user).select_related("written_by")
    return render(request, "cases/texts/texts.html", {"texts": own.order_by("is_retired", "use", "title", "pk")})


@case_views.takes_form
def add(request: AppRequest) -> HttpResponse:
    access.require(request.user, Permission.KEEP_TEXTS)
    form = TextForm(case_views.typed(request))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            made = services.add_text(written=form.written(), by=request.user, at=clock.now())
            return _done(request, f"»{made}« er gemt og kan bruges af alle i {request.user.organisation}.")
    return _form_page(request, form, title="Ny standardtekst")


@case_views.takes_form
def change(request: AppRequest, public_id: str) -> HttpResponse:
    text = _own(request, public_id)
    now = {name: getattr(text, name) for name in ("use", "title", "text", "version")}
    form = ChangeTextForm(case_views.typed(request), initial=now)
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            services.change_text(
                text_id=text.pk,
                written=form.written(),
                version=form.cleaned_data["version"],
                by=request.user,
                at=clock.now(),
            )
            return _done(request, "Teksten er rettet. Det, der er sendt med den, står, som det blev sendt.")
    return _form_page(request, form, title="Ret standardtekst")


@require_POST
def use(request: AppRequest, public_id: str) -> HttpResponse:
    """Put a text away, or take it up again: a button for each."""
    text = _own(request, public_id)
    is_used = request.POST.get("brug") == "ja"
    services.use_text(text_id=text.pk, is_used=is_used)
    return _done(request, f"»{text}« {'bruges igen' if is_used else 'er lagt væk. Den kan tages frem igen'}.")


def _own(request: AppRequest, public_id: str) -> StandardText:
    access.require(request.user, Permission.KEEP_TEXTS)
    return get_object_or_404(StandardText.objects.visible_to(request.user), public_id=public_id)


def _done(request: AppRequest, text: str) -> HttpResponse:
    messages.success(request, text)
    return redirect("cases:texts")


def _form_page(request: AppRequest, form: TextForm, *, title: str) -> HttpResponse:
    context: dict[str, Any] = {
        "title": title,
        "form": form,
        "submit": "Gem teksten",
        "intro": "",
        "cancel_url": reverse("cases:texts"),
        "case": None,
    }
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)
