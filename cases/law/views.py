"""The law as pages to read: in force on a day, two days side by side, one value through time, and the acts.

They show nobody, so that every user may read them and nothing is logged. What a draft says is its writers' alone.
"""

from datetime import date
from functools import lru_cache
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template import Context, Template
from django.template.loader import get_template
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from cases import clock, seam
from cases.law import reading, spells
from cases.models import Act
from cases.request import AppRequest
from cases.rules import rule_book
from cases.rules.declaring import REGISTRY
from cases.rules.rule_book import RuleBook
from cases.ui.fields import DateField, PlainErrors

Subjects = list[tuple[str, list[reading.Row]]]


class DayForm(PlainErrors, forms.Form):
    day = DateField(label="I kraft den")


class TwoDaysForm(PlainErrors, forms.Form):
    before = DateField(label="Første dag")
    after = DateField(label="Anden dag")


@require_safe
def in_force(request: AppRequest) -> HttpResponse:
    """Show every value and the table of meetings on a day."""
    book, today = Act.objects.rule_book(), clock.today()
    tables = seam.tables_of(book)
    form = DayForm(request.GET if "day" in request.GET else {"day": f"{today:%d-%m-%Y}"})
    day = form.cleaned_data["day"] if form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "day": day,
        "is_today": day == today,
        "changes": reading.changes(book, tables),
        "empty": reading.nothing_on(day, book) if day else None,
    }
    if day is not None and context["empty"] is None:
        subjects, values = _values_on(day, book, shows_drafts(request))
        context |= {
            "subjects": subjects,
            "values": values,
            "table": tables.on_day(day),
            "waiting": reading.waiting_on(day, book),
        }
    return render(request, "cases/law/in_force.html", context, status=422 if form.errors else 200)


def _values_on(day: date, book: RuleBook, shows_drafts: bool) -> tuple[Subjects, SafeString]:
    """Return the values of a day by subject, and as the page shows them."""
    template: Any = get_template("cases/law/values_on_day.html")
    # Two books are equal where their rules are; of a note or a certainty the acts themselves are asked.
    return _drawn(day, book, (*book.acts, *book.drafts), shows_drafts, template.template, get_script_prefix())


@lru_cache(maxsize=16)
def _drawn(
    day: date, book: RuleBook, acts: tuple[rule_book.Act, ...], shows_drafts: bool, template: Template, prefix: str
) -> tuple[Subjects, SafeString]:
    """Draw the values of a day: most of the page, the same for everybody, and changed by the law alone.

    The template is the one that was read, so that an edited one is drawn anew.
    """
    subjects = reading.subjects_on(day=day, book=book, shows_drafts=shows_drafts)
    return subjects, template.render(Context({"subjects": subjects}))


@require_safe
def compare(request: AppRequest) -> HttpResponse:
    """Show what differs between two days; where no days are chosen, before and after a change of the law."""
    book = Act.objects.rule_book()
    tables = seam.tables_of(book)
    changes = reading.changes(book, tables)
    form = TwoDaysForm(request.GET if {"before", "after"} & request.GET.keys() else _days_of(changes))
    context: dict[str, Any] = {"form": form, "changes": changes}
    if form.is_valid():
        before, after = sorted((form.cleaned_data["before"], form.cleaned_data["after"]))
        context |= {"before": before, "after": after, "empty": reading.nothing_on(before, book)}
        if context["empty"] is None:
            context |= {
                "subjects": reading.differences(before, after, book),
                "table": tables.compared(before, after),
                "waiting": reading.waiting_on(after, book),
            }
    return render(request, "cases/law/compare.html", context, status=422 if form.errors else 200)


@require_safe
def history(request: AppRequest, key: str) -> HttpResponse:
    """Show which act set one value when."""
    parameter = REGISTRY.get(key)
    if parameter is None:
        raise Http404
    found = spells.history(
        parameter,
        book=Act.objects.rule_book(),
        shows_drafts=shows_drafts(request),
        withdrawn=reading.withdrawn_acts(),
    )
    context = {
        "parameter": parameter,
        "spells": found,
        "bars": spells.drawn(found, until=clock.today()),
    }
    return render(request, "cases/law/history.html", context)


@require_safe
def acts(request: AppRequest) -> HttpResponse:
    """List the acts, newest first."""
    book = Act.objects.rule_book()
    drafts = reading.visible_drafts(book, shows_drafts=shows_drafts(request))
    context = {
        "acts": [(act, reading.corrected_by(act, book)) for act in book.acts],
        "withdrawn": reading.withdrawn_acts(),
        "drafts": drafts,
        "shows_drafts": shows_drafts(request),
    }
    return render(request, "cases/law/acts.html", context)


@require_safe
def act(request: AppRequest, slug: str) -> HttpResponse:
    """Show the values and the table of one act; a draft only to those who write drafts."""
    book, withdrawn = Act.objects.rule_book(), reading.withdrawn_acts()
    shown = _act(slug, book, withdrawn, shows_drafts=shows_drafts(request))
    tables = seam.tables_of(book)
    context = {
        "act": shown,
        "corrects": reading.corrected_by(shown, book),
        "withdrawn_on": next((one.on for one in withdrawn if one.act is shown), None),
        "subjects": reading.values_of(shown, book=book),
        "table": tables.of_act(shown),
        "is_of_the_agreement": reading.carries_out_the_agreement(shown, tables),
        "source_url": shown.source_url if shown.source_url.startswith("https://") else "",
    }
    return render(request, "cases/law/act.html", context)


def shows_drafts(request: AppRequest) -> bool:
    """Return whether this reader may know what a draft says: only administrators, who write and publish drafts."""
    return bool(request.user.is_administrator)


def _act(slug: str, book: RuleBook, withdrawn: list[reading.Withdrawn], *, shows_drafts: bool) -> rule_book.Act:
    readable = [*book.acts, *(one.act for one in withdrawn), *(book.drafts if shows_drafts else ())]
    for one in readable:
        if one.slug == slug:
            return one
    raise Http404


def _days_of(changes: list[reading.Change]) -> dict[str, str]:
    """The two columns of the agreement's table 1; without such a change, the latest one."""
    chosen = next((change for change in changes if change.is_table_1), changes[-1] if changes else None)
    return {"before": f"{chosen.before:%d-%m-%Y}", "after": f"{chosen.after:%d-%m-%Y}"} if chosen else {}
