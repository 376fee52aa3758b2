"""The page of the administration that says how the law stands, and where a check of it is recorded."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from cases import clock
from cases.law import health as law_health
from cases.law import reviews as law_reviews
from cases.law.admin.pages import ActPages
from cases.models import LawReview
from cases.request import AppRequest
from cases.rules.refusal import Refused
from cases.ui.fields import PlainTextField

#: So many earlier checks are shown.
SHOWN = 10


class ReviewForm(forms.Form):
    note = PlainTextField(
        label="Hvad har du kontrolleret?",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Skriv, hvad der er kontrolleret."},
        help_text="Fx: Alle værdier holdt op mod LAB og bekendtgørelsen, som de stod den 1. januar 2027.",
    )


def health(act_admin: ActPages, request: AppRequest) -> HttpResponse:
    """What is wrong with the law, what will be, and what waits; a check against the law is recorded here."""
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            law_reviews.record(note=form.cleaned_data["note"], by=request.user, at=clock.now())
        except Refused as error:
            form.add_error("note", str(error))
        else:
            messages.success(request, "Kontrollen er skrevet.")
            return redirect("admin:cases_act_health")
    found = law_health.findings(on=clock.today(), at=clock.now())
    context = {
        "title": "Lovens tilstand",
        "today": clock.today(),
        "found": found,
        "counts": law_health.counts_in_words(law_health.count(found)),
        "form": form,
        "reviews": LawReview.objects.select_related("by")[:SHOWN],
    }
    return act_admin.page(request, "admin/cases/health.html", context, status=422 if form.errors else 200)
