"""What the pages of a case have in common: find it, ask who may, log what is shown, and answer a refused form."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.history import undo as history_undo
from cases.models import Case, Purpose, User
from cases.request import AppRequest, way_back
from cases.rules.refusal import Refused
from cases.rules.undo_time import undo_until
from cases.statements import Row, Statement
from cases.ui.forms import PageForm, ReasonForm
from cases.web import identity, standard_texts

CaseView = Callable[..., HttpResponse]

#: A page with a form is looked at or sent, and nothing else.
takes_form = require_http_methods(["GET", "HEAD", "POST"])


def takes_files(largest: int) -> Callable[[CaseView], CaseView]:
    """A form with a file of so many bytes: what is a little larger gets the form's own answer, and more is not read."""

    def decorate(view: CaseView) -> CaseView:
        view.largest_body = 2 * largest  # type: ignore[attr-defined]  # LimitBody reads it
        return view

    return decorate


_IS_CLOSED = "Sagen er afsluttet og kan ikke ændres."


_CASES = Statement(
    lambda user, *, public_id: (
        Case.objects.visible_to(user).with_parties().select_related("handover").filter(public_id=public_id)
    )
)


def case_of(user: User, public_id: UUID) -> Case:
    """The case that an address names, with its parties and handover: 404 outside the user's reach."""
    return found_or_404(_CASES.rows(user, public_id=public_id))


def found_or_404(rows: list[Row]) -> Row:
    """The one row that was found; 404 where there is none."""
    if not rows:
        raise Http404
    return rows[0]


def of_case(
    permission: Permission, *, party: str | None = None, is_open: bool = True
) -> Callable[[CaseView], CaseView]:
    """Give the view the case that the address names: 404 outside one's reach, 403 without the permission.

    With a party ("fund", "municipality") only that party's own people may. A closed case is not changed: whoever
    asks is sent back to it.
    """

    def decorate(view: CaseView) -> CaseView:
        @takes_form
        @wraps(view)
        def found(request: AppRequest, public_id: UUID, **more: Any) -> HttpResponse:
            case = case_of(request.user, public_id)
            access.require(request.user, permission, organisation=getattr(case, party) if party else None)
            return answer_for(request, case, view, case, **more) if is_open else view(request, case, **more)

        return found

    return decorate


def of_row(rows: str, permission: Permission) -> Callable[[CaseView], CaseView]:
    """Give the view what the address names of an open case within one's reach; `rows` is what the case calls them."""

    def decorate(view: CaseView) -> CaseView:
        @takes_form
        @wraps(view)
        def found(request: AppRequest, public_id: str) -> HttpResponse:
            visible = Case.objects.visible_to(request.user).with_parties().select_related("handover")
            case = get_object_or_404(visible, **{f"{rows}__public_id": public_id})
            access.require(request.user, permission)
            row = getattr(case, rows).get(public_id=public_id)
            row.case = case
            return answer_for(request, case, view, row)

        return found

    return decorate


def answer_for(request: AppRequest, case: Case, view: CaseView, subject: Any, **more: Any) -> HttpResponse:
    """The view's answer, or the way back to a case that is closed."""
    return view(request, subject, **more) if case.is_open else turned_away(request, case)


def turned_away(request: AppRequest, case: Case) -> HttpResponse:
    """The way back to a case that is closed."""
    messages.info(request, _IS_CLOSED)
    back = redirect(case)
    # Closed while somebody wrote: the words are kept for the one who wrote them.
    back.is_turned_away = True  # type: ignore[attr-defined]  # KeepUnsaved reads it
    return back


def typed(request: AppRequest) -> Any:
    """What was posted to be saved; nothing on a page that is only looked at, or that only puts a text in."""
    return request.POST if request.method == "POST" and not standard_texts.is_inserting(request) else None


@contextmanager
def refusals_in(form: PageForm) -> Iterator[None]:
    """Let the form say in Danish why the service refused; everything typed stays."""
    try:
        yield
    except ValidationError as error:
        form.add_error(None, error.messages)
    except Refused as refused:
        form.show_refusal(refused)


@contextmanager
def refusals_told(request: AppRequest) -> Iterator[None]:
    """Let the next page say why a button that stands alone did nothing."""
    try:
        yield
    except Refused as refused:
        messages.warning(request, str(refused))


def what_moved(case: Case, at: datetime) -> str:
    """What the change of that moment led to, as it was written in the same transaction."""
    return " ".join(what_followed(case, at)) or "Ingen frister er ændret."


def what_followed(case: Case, at: datetime, *, on: str = "cases.") -> list[str]:
    """What the apps above wrote of the last change whose kind begins like this; empty where nothing followed."""
    own = case.events.filter(kind__startswith=on).order_by("-pk").values_list("pk", flat=True)
    led_to = case.events.filter(at=at, pk__gt=own[:1]).exclude(kind__startswith="cases.")
    return list(led_to.order_by("pk").values_list("text", flat=True))


def done(request: AppRequest, case: Case, text: str, *, undo: str = "", to: Any = None) -> HttpResponse:
    """The way back to the page that the user came from, or else to the page of `to`, or to the case, with a receipt.

    The receipt of a change of the kind `undo` has a button that takes it back.
    """
    event = history_undo.last_change(case, kind=undo, by=request.user, at=clock.now()) if undo else None
    # The component of the messages reads it.
    button = f"{undo_until(event.at).isoformat()} {reverse('cases:undo', args=[event.public_id])}" if event else ""
    messages.success(request, text, extra_tags=button)
    return redirect(way_back(request, (to or case).get_absolute_url()))


def show(
    request: AppRequest,
    case: Case,
    *,
    title: str,
    template: str = "cases/web/form.html",
    form: PageForm | None = None,
    purpose: Purpose = Purpose.MEETING,
    detail: str = "",
    **context: Any,
) -> HttpResponse:
    """A page of the case with its identity bar; one line in the access log for each answer."""
    access_log.record(request, purpose=purpose, cases=[case.pk], detail=detail)
    if form is not None:
        standard_texts.offer(form, request=request, user=request.user)
    shown = {
        "case": case,
        "identity": identity.identity(case, user=request.user, at=clock.now()),
        "title": title,
        "form": form,
        "submit": "Gem",
        "intro": "",
        **context,
        "cancel_url": way_back(request, context.get("cancel_url", case.get_absolute_url())),
    }
    return render(request, template, shown, status=422 if form is not None and form.is_bound else 200)


def reason_page(
    request: AppRequest,
    case: Case,
    *,
    save: Callable[..., str],
    title: str,
    submit: str = "",
    about: Any = None,
    why: str = "",
    version: int | None = None,
    standing: str = "",
    **page: Any,
) -> HttpResponse:
    """A page with one reason and one button, about the case or what the case has: an offer, a referral.

    `save` does it, by the reason (and the version), and gives the receipt. The button says the title unless told.
    `standing` is the reason that there is already, if any.
    """
    about = about or case
    form = ReasonForm(typed(request), why=why, version=version, standing=standing)
    if form.is_bound and form.is_valid():
        with refusals_in(form):
            return done(request, case, save(**form.cleaned_data), to=about)
    page |= {"title": title, "submit": submit or title, "cancel_url": about.get_absolute_url()}
    return show(request, case, form=form, **page)
