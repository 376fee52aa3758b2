"""The municipality's yearly duties apart from its cases, and the documents it has adopted. No citizen is shown."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases import clock
from cases.accounts import access
from cases.accounts.access import Permission
from cases.documents import services
from cases.models import Act, MunicipalDocument
from cases.plans.forms import DocumentForm, DutyDayForm
from cases.request import AppRequest
from cases.rules.municipal_duties import DutyAnswer, duties_on
from cases.rules.rule_book import NotInForce
from cases.web import case_views


@require_safe
def duties(request: AppRequest) -> HttpResponse:
    """What the municipality owes on a day, and all documents there are."""
    access.require(request.user, Permission.KEEP_DOCUMENTS)
    form = DutyDayForm({"dag": request.GET["dag"]} if "dag" in request.GET else None, initial={"dag": clock.today()})
    day = clock.today() if not form.is_bound else None
    if form.is_bound and form.is_valid():
        day = form.cleaned_data["dag"]
    documents = list(
        MunicipalDocument.objects.filter(municipality=request.user.organisation).select_related("added_by")
    )
    answers = []
    if day is not None:
        try:
            answers = list(duties_on(day, Act.objects.rule_book()))
        except NotInForce as error:
            if not form.is_bound:
                raise
            form.add_error("dag", str(error))
    there = {(one.duty, one.year): one for one in documents}
    tasks = [
        _task(one, there.get((str(one.duty), one.year)), day) for one in answers if day is not None and one.is_required
    ]
    context = {
        "form": form,
        "day": day,
        "tasks": tasks,
        "lifted": [one for one in answers if not one.is_required],
        "documents": documents,
    }
    return render(request, "cases/documents/duties.html", context, status=422 if form.is_bound and form.errors else 200)


def _task(answer: DutyAnswer, document: MunicipalDocument | None, day: date) -> dict[str, Any]:
    """A duty with its document as it stood on the day: one adopted later was still a task."""
    is_done = document is not None and document.adopted_on <= day
    return {"name": answer.duty.label, "answer": answer, "document": document, "is_done": is_done}


@require_safe
def document(request: AppRequest, public_id: str) -> HttpResponse:
    access.require(request.user, Permission.KEEP_DOCUMENTS)
    own = MunicipalDocument.objects.filter(municipality=request.user.organisation).select_related("added_by")
    return render(request, "cases/documents/document.html", {"document": get_object_or_404(own, public_id=public_id)})


@case_views.takes_form
def add(request: AppRequest) -> HttpResponse:
    """Lay a document in."""
    access.require(request.user, Permission.KEEP_DOCUMENTS)
    form = DocumentForm(case_views.typed(request))
    if form.is_bound and form.is_valid():
        with case_views.refusals_in(form):
            details = services.DocumentDetails(**form.cleaned_data)
            made = services.add_document(details=details, by=request.user, at=clock.now())
            messages.success(request, f"»{made}« er lagt ind.")
            return redirect(made)
    context = {
        "title": "Læg et dokument ind",
        "form": form,
        "submit": "Gem dokumentet",
        "intro": "Dokumentet kan læses af alle i jobcentret og bliver ved med at kunne læses.",
        "cancel_url": reverse("duties:list"),
        "case": None,
    }
    return render(request, "cases/web/form.html", context, status=422 if form.is_bound else 200)
