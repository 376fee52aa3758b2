"""The page of one case as it stood on a day, the same for both parties."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases import clock, seam
from cases.history import access_log
from cases.models import Purpose
from cases.request import AppRequest
from cases.ui.fields import DateField, PlainErrors
from cases.web import identity
from meetings.case_page import on_day, presenters


class DayForm(PlainErrors, forms.Form):
    # The address says it in Danish.
    dag = DateField(label="Vis sagen, som den stod den")


@require_safe
def page(request: AppRequest, public_id: UUID) -> HttpResponse:
    user, now = request.user, clock.now()
    today = clock.today()
    case = presenters.case_of(user, public_id)
    access_log.record(request, purpose=Purpose.MEETING, cases=[case.pk])
    form = DayForm(request.GET if "dag" in request.GET else {"dag": f"{today:%d-%m-%Y}"})
    day = form.cleaned_data["dag"] if form.is_valid() else None
    if day is not None and (refusal := on_day.refusal(case, day, today=today)):
        form.add_error("dag", refusal)
    context: dict[str, Any] = {
        "form": form,
        "case": case,
        "day": day,
        "first_day": on_day.first_day(case),
        "identity": identity.identity(case, user=user, at=now),
        "page": None,
    }
    if day is not None and form.is_valid():
        # An address has the day as machines write it, the field as people do.
        context["form"] = DayForm(initial={"dag": day})
        read = on_day.read(case=case, day=day, at=now, params=request.GET.dict())
        previous_url, next_url = read.history.links({"dag": day.isoformat()})
        context |= {
            "page": read,
            "history": read.history,
            "parts": seam.parts_on_day(case, user=user, last=read.last, later=read.later),
            "previous_url": f"{previous_url}#historik" if previous_url else "",
            "next_url": f"{next_url}#historik" if next_url else "",
        }
    return render(request, "meetings/case_page/on_day.html", context, status=422 if form.errors else 200)
