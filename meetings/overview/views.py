"""The pages of a team's or an office's leader: the figures, and the list behind each of them."""

from dataclasses import replace

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.history import access_log
from cases.models import Purpose
from cases.request import AppRequest
from cases.ui import spreadsheet
from meetings.overview import export, lists, presenters, queries
from meetings.overview import kept as kept_figures
from meetings.overview.figures import Choice, Figure, rows_of
from meetings.overview.forms import ChoiceForm, week_named, worker_named
from meetings.overview.presenters import NOBODY, Links


@require_safe
def page(request: AppRequest) -> HttpResponse:
    """All figures of the office or one team; no citizen is named."""
    form = _form(request)
    kept = kept_figures.figures(form.choice, lambda: render_to_string("meetings/overview/figures.html", _told(form)))
    return render(request, "meetings/overview/overview.html", {"form": form, "kept": kept})


@require_safe
def download(request: AppRequest, fmt: str) -> HttpResponseBase:
    """The same figures as a file."""
    if fmt not in spreadsheet.FORMATS:
        raise Http404
    form = _form(request)
    rows = export.figures(_told(form), in_words=form.in_words)
    return spreadsheet.answer(fmt, rows, name=f"overblik-{form.today:%Y-%m-%d}", sheet=export.FIGURES)


@require_safe
def listed(request: AppRequest) -> HttpResponse:
    """The rows that one figure counts, a page at a time."""
    form = _form(request)
    figure, choice = _asked(request, form)
    found = lists.page_of(figure, choice, params=request.GET.dict())
    if found.rows:
        access_log.record(request, purpose=Purpose.MANAGEMENT, cases=[lists.case_of(row) for row in found.rows])
    number = rows_of(figure, choice).count()
    previous_url, next_url = found.links(request.GET.dict())
    context = {
        "heading": figure.label,
        "of": presenters.of_what(choice, in_words=form.in_words),
        "lines": list(lists.lines_of(found.rows, choice)),
        "may_book": access.has(request.user, Permission.BOOK_MEETING),
        "may_assign": access.has(request.user, Permission.ASSIGN_CASE),
        "number": number,
        "shown": f"Viser {len(found.rows)} af {number}",
        "previous_url": previous_url,
        "next_url": next_url,
        "query": _without_place(request),
        "overview": Links(form.chosen).overview,
        # Whoever leaves a row to act on it comes back to the same list.
        "leads_back": True,
    }
    return render(request, "meetings/overview/list.html", context)


@require_safe
def download_list(request: AppRequest, fmt: str) -> HttpResponseBase:
    """All rows that one figure counts, as a file without CPR numbers."""
    if fmt not in spreadsheet.FORMATS:
        raise Http404
    form = _form(request)
    figure, choice = _asked(request, form)
    cases = lists.cases_of(figure, choice)
    detail = f"Eksport {fmt}: {len(cases)} rækker, {_without_place(request)}"[:120]
    access_log.record(request, purpose=Purpose.MANAGEMENT, cases=cases, detail=detail)
    return spreadsheet.answer(
        fmt, lists.cells(figure, choice), name=f"{figure}-{form.today:%Y-%m-%d}", sheet=lists.SHEET
    )


def _form(request: AppRequest) -> ChoiceForm:
    access.require(request.user, Permission.SEE_OVERVIEW)
    return ChoiceForm(request.GET.dict(), user=request.user, now=clock.now())


def _told(form: ChoiceForm) -> dict[str, object]:
    """The figures in words, as the page and the file show them."""
    choice, links = form.choice, Links(form.chosen)
    figures = queries.figures_of(choice)
    return {
        "in_words": form.in_words,
        "query": links.query,
        "shares": presenters.shares(figures, links),
        "overdue": presenters.overdue_by_age(figures, links),
        "workers": presenters.worker_rows(figures, links),
        "total": presenters.total_row(figures, links),
        "channels": presenters.channels(figures, links),
        "weeks": presenters.weeks(figures, links),
        "is_empty": not any(figures.totals.values()),
    }


def _asked(request: AppRequest, form: ChoiceForm) -> tuple[Figure, Choice]:
    """The figure whose list the address names, and of it the part of one adviser, of nobody, or of one week."""
    try:
        figure = Figure(request.GET.get("tal", Figure.CASES))
    except ValueError:
        raise Http404 from None
    named, choice = request.GET.get("medarbejder", ""), form.choice
    if named == NOBODY:
        choice = replace(choice, is_nobodys=True)
    elif named:
        worker = worker_named(named, user=request.user)
        if worker is None:
            raise Http404
        choice = replace(choice, worker=worker)
    return figure, replace(choice, week=week_named(request.GET.get("uge", "")))


def _without_place(request: AppRequest) -> str:
    kept = request.GET.copy()
    for name in ("before", "after"):
        kept.pop(name, None)
    return kept.urlencode()
