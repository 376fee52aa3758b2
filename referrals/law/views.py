"""The law as pages to read: in force on a day, two days side by side, one value through time, and the acts.

They show nobody, so that every user may read them and nothing is logged. What a draft says is its writers' alone.
"""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import clock
from cases.law import reading, spells
from cases.request import AppRequest
from cases.rules.parameter import REGISTRY
from cases.rules.rule_book import Act
from cases.ui.fields import DateField, PlainErrors
from meetings.law import table_wording
from meetings.models import MeetingRule
from meetings.planning.law import Law, law_in_force
from referrals.law import reading as table_reading


class DayForm(PlainErrors, forms.Form):
    day = DateField(label="I kraft den")


class TwoDaysForm(PlainErrors, forms.Form):
    before = DateField(label="Første dag")
    after = DateField(label="Anden dag")


@require_safe
def in_force(request: AppRequest) -> HttpResponse:
    """Every value and the table of meetings on a day."""
    law, today = law_in_force(), clock.today()
    form = DayForm(request.GET if "day" in request.GET else {"day": f"{today:%d-%m-%Y}"})
    day = form.cleaned_data["day"] if form.is_valid() else None
    context: dict[str, Any] = {
        "form": form,
        "day": day,
        "is_today": day == today,
        "changes": table_reading.changes(law),
        "empty": reading.nothing_on(day, law.book) if day else None,
    }
    if day is not None and context["empty"] is None:
        context |= {
            "subjects": reading.subjects_on(day=day, book=law.book, shows_drafts=shows_drafts(request)),
            "demands": table_wording.table_on(day, law),
            "waiting": reading.waiting_on(day, law.book),
        }
    return render(request, "cases/law/in_force.html", context, status=422 if form.errors else 200)


@require_safe
def compare(request: AppRequest) -> HttpResponse:
    """What differs between two days; the last change of the law where no days are chosen."""
    law = law_in_force()
    changes = table_reading.changes(law)
    form = TwoDaysForm(request.GET if {"before", "after"} & request.GET.keys() else _days_of(changes))
    context: dict[str, Any] = {"form": form, "changes": changes}
    if form.is_valid():
        before, after = sorted((form.cleaned_data["before"], form.cleaned_data["after"]))
        context |= {"before": before, "after": after, "empty": reading.nothing_on(before, law.book)}
        if context["empty"] is None:
            is_table_1 = table_reading.is_table_1(before, after, law)
            context |= {
                "subjects": reading.differences(before, after, law.book),
                "table": table_wording.tables_compared((before, law), (after, law), as_the_agreement=is_table_1),
                "old": table_wording.table_on(before, law),
                "new": table_wording.table_on(after, law),
                "is_table_1": is_table_1,
                "waiting": reading.waiting_on(after, law.book),
            }
    return render(request, "cases/law/compare.html", context, status=422 if form.errors else 200)


@require_safe
def history(request: AppRequest, key: str) -> HttpResponse:
    """Which act set one value when."""
    parameter = REGISTRY.get(key)
    if parameter is None:
        raise Http404
    book = law_in_force().book
    found = spells.history(parameter, book=book, shows_drafts=shows_drafts(request), withdrawn=reading.withdrawn_acts())
    context = {
        "parameter": parameter,
        "spells": found,
        "bars": spells.drawn(found, until=clock.today()),
    }
    return render(request, "cases/law/history.html", context)


@require_safe
def acts(request: AppRequest) -> HttpResponse:
    """The acts, newest first."""
    book = law_in_force().book
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
    """One act: its values and its table; a draft only for those who write drafts."""
    law, withdrawn = law_in_force(), reading.withdrawn_acts()
    found = _act(slug, law, withdrawn, shows_drafts=shows_drafts(request))
    rules = list(MeetingRule.objects.filter(act__slug=slug).order_by("order"))
    context = {
        "act": found,
        "corrects": reading.corrected_by(found, law.book),
        "withdrawn_on": next((one.on for one in withdrawn if one.act is found), None),
        "subjects": reading.values_of(found, book=law.book),
        "rows": [
            {
                "party": rule.get_responsible_display().capitalize(),
                "what": str(rule),
                "months": table_wording.months_text(rule.from_month, rule.to_month),
                "first": table_wording.first_due_text(rule.due_days_after_registration),
                "legal_basis": rule.legal_basis,
                "certainty": rule.certainty,
            }
            for rule in rules
        ],
        "total": sum(rule.number for rule in rules),
        "is_of_the_agreement": table_reading.carries_out_the_agreement(found, [rule.as_fact() for rule in rules]),
        "source_url": found.source_url if found.source_url.startswith("https://") else "",
    }
    return render(request, "cases/law/act.html", context)


def shows_drafts(request: AppRequest) -> bool:
    """Whether this reader may know what a draft says: those who write and publish them, in the administration."""
    return bool(request.user.is_administrator)


def _act(slug: str, law: Law, withdrawn: list[reading.Withdrawn], *, shows_drafts: bool) -> Act:
    readable = [*law.book.acts, *(one.act for one in withdrawn), *(law.book.drafts if shows_drafts else ())]
    for one in readable:
        if one.slug == slug:
            return one
    raise Http404


def _days_of(changes: list[table_reading.Change]) -> dict[str, str]:
    """The two columns of the agreement's table 1; without such a change, the latest one."""
    chosen = next((change for change in changes if change.is_table_1), changes[-1] if changes else None)
    return {"before": f"{chosen.before:%d-%m-%Y}", "after": f"{chosen.after:%d-%m-%Y}"} if chosen else {}
