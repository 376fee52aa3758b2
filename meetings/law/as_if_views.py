"""One case as if another law counted: a question that changes nothing."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import clock
from cases.history import access_log
from cases.models import Act, Purpose
from cases.request import AppRequest
from cases.rules.wording import day_text
from cases.ui.forms import choice_in
from cases.web import identity
from meetings.case_page import presenters as case_page_presenters
from meetings.law import as_if


class LawForm(forms.Form):
    """Which law to ask by: a draft as if it counted, or none of a published act whose day is still to come."""

    lov = forms.ChoiceField(
        label="Hvad vil du se sagen efter?",
        error_messages={"invalid_choice": "Vælg en lov fra listen.", "required": "Vælg en lov fra listen."},
    )

    def __init__(self, *args: Any, acts: Iterable[Act], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_in(self, "lov").choices = [(act.slug, _question(act)) for act in acts]


@require_safe
def page(request: AppRequest, public_id: UUID) -> HttpResponse:
    """What the law demands of the case now, and what it would demand; whoever may see the case may ask."""
    user, at, today = request.user, clock.now(), clock.today()
    case = case_page_presenters.case_of(user, public_id)
    drafts = list(Act.objects.drafts().order_by("in_force_on", "pk"))
    coming = list(Act.objects.published().filter(in_force_on__gt=today).order_by("in_force_on", "pk"))
    acts = {act.slug: act for act in [*drafts, *coming]}
    form = LawForm(request.GET or None, acts=acts.values())
    act = acts[form.cleaned_data["lov"]] if form.is_bound and form.is_valid() else None
    answer = None
    if act is not None and case.is_open:
        try:
            answer = as_if.ask(case=case, act=act, at=at, today=today)
        except ValueError:
            form.add_error(None, "Planen kan ikke beregnes efter loven. Kontrollér sagens oplysninger.")
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    context = {
        "case": case,
        "citizen": case.citizen,
        "identity": identity.identity(case, user=user, at=at),
        "form": form,
        "acts": acts,
        "act": act,
        "question": _question(act) if act else "",
        "answer": answer,
    }
    return render(request, "meetings/law/as_if.html", context, status=422 if form.errors else 200)


def _question(act: Act) -> str:
    day = day_text(act.in_force_on)
    return f"Som om kladden »{act}« gjaldt fra {day}" if act.is_draft else f"Som om »{act}« ikke kom den {day}"
