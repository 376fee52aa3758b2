"""Nothing typed is lost: a form sent after the session ended is kept, and stands filled in after the log-in."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse

from cases import clock
from cases.models import UnsavedForm, User
from cases.statements import Statement
from cases.unsaved import filling, reading, services
from cases.unsaved.writer import writer_of

#: Asking is no work that is lost: nothing is saved by it, and what was asked for, maybe a CPR number, is not stored.
_ASKING = ("cases:search", "cases:suggest", "cases:show_cpr")
_WAITING = Statement(
    lambda user, *, at, page: UnsavedForm.objects.waiting(user, at=at).filter(page=page).order_by("pk")
)


class KeepUnsaved:
    """Keeps what could not be saved, shows it to its writer in the same form, and forgets it once it is saved."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.method == "POST":
            return _after_post(request, response)
        if isinstance(request.user, User) and request.method == "GET" and not request.headers.get("HX-Request"):
            return _with_unsaved(request, response, request.user)
        return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form whose token is of an earlier log-in, or of none."""
    response = render(request, "403_csrf.html", status=403)
    response.is_turned_away = True  # type: ignore[attr-defined]  # KeepUnsaved reads it
    return response


def _after_post(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if _is_turned_away(request, response):
        return _keep(request, response)
    if isinstance(request.user, User) and response.status_code == 302:
        services.forget(action=request.get_full_path(), by=request.user)
    return response


def _is_turned_away(request: HttpRequest, response: HttpResponse) -> bool:
    """Whether the form was refused unread: because of who sent it, or because its case is closed."""
    if getattr(response, "is_turned_away", False):
        return True
    to = response.headers.get("Location") or response.headers.get("HX-Redirect") or ""
    log_ins = tuple(f"{reverse(name)}?" for name in ("login", "admin:login"))
    return not request.user.is_authenticated and to.startswith(log_ins)


def _is_asking(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in _ASKING


def _keep(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep the form for its writer, and lead to where it can be gone on with; a stranger's is not kept."""
    by = writer_of(request)
    page, action = reading.page_of(request), request.get_full_path()
    is_script = request.headers.get("Sec-Fetch-Dest") == "empty" and not request.headers.get("HX-Request")
    # What a script sends in the background is sent once more by the user's own hand.
    if by is None or is_script or _is_asking(request) or max(len(page), len(action)) > reading.LONGEST_ADDRESS:
        return response
    services.keep(page=page, action=action, typed=reading.typed_in(request), was_sent=True, by=by, at=clock.now())
    if not request.user.is_authenticated:
        page = f"{reverse('login')}?{urlencode({'next': page, 'bevaret': '1'}, safe='/')}"
    elif request.user != by:
        return render(request, "403_csrf.html", {"is_anothers": True}, status=403)
    elif getattr(response, "leads_on", False):
        # By way of a page that comes first.
        return response
    return HttpResponse(headers={"HX-Redirect": page}) if request.headers.get("HX-Request") else redirect(page)


def _with_unsaved(request: HttpRequest, response: HttpResponse, user: User) -> HttpResponse:
    """The page with what its reader once typed there; where it has no form any more, the words alone."""
    is_page = not response.streaming and response.headers.get("Content-Type", "").startswith("text/html")
    if not is_page or response.status_code not in (200, 302):
        return response
    address = request.get_full_path()
    for kept in _WAITING.rows(user, at=clock.now(), page=address):
        response = _shown_in(request, response, kept)
    return response


def _shown_in(request: HttpRequest, response: HttpResponse, kept: UnsavedForm) -> HttpResponse:
    typed = services.typed_in(kept)
    if response.status_code == 302:
        words = filling.texts(typed)
        shown = {"kept": kept, "has_form": False, "files": (), "rest": words, "onward": response.headers["Location"]}
        return render(request, "cases/unsaved/no_form.html", shown) if words else response
    page = response.content.decode()
    filled = filling.fill(page, address=kept.page, action=kept.action, typed=typed) or filling.without_form(page, typed)
    if filled.has_form or filled.rest:
        shown = {"kept": kept, "files": typed.files, **vars(filled)}
        notice = render_to_string("components/unsaved.html", shown, request=request)
        response.content = f"{filled.page[: filled.notice_at]}{notice}{filled.page[filled.notice_at :]}"
    return response
