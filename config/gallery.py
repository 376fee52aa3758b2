"""The page of the components, for those who write pages and for the accessibility test; never in production."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.rules.explanation import Step
from cases.ui.bars import Bars, Number, Row
from cases.ui.fields import DateField, PlainErrors, TimeField

TODAY = date(2026, 12, 1)


class EveryControl(PlainErrors, forms.Form):
    """One field of each kind that the form pack draws."""

    name = forms.CharField(label="Navn")
    note = forms.CharField(
        label="Bemærkning", widget=forms.Textarea, max_length=1200, help_text="Skriv ikke om helbred her."
    )
    kind = forms.ChoiceField(label="Art", choices=[("", "Vælg"), ("a", "Jobsamtale")])
    channel = forms.ChoiceField(
        label="Samtaleform", choices=[("video", "Video"), ("telephone", "Telefon")], widget=forms.RadioSelect
    )
    days = forms.MultipleChoiceField(
        label="Dage", choices=[("1", "Mandag"), ("2", "Tirsdag")], widget=forms.CheckboxSelectMultiple
    )
    joins = forms.BooleanField(label="A-kassen deltager")
    on = DateField(label="Dato")
    at = TimeField(label="Tidspunkt")
    file = forms.FileField(label="Fil")

    def clean(self) -> None:
        raise forms.ValidationError("Medarbejderen er optaget. Vælg et andet tidspunkt.")


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Each component with example data, and each control with and without an error."""
    return render(request, "development/components.html", _examples())


def _examples() -> dict[str, Any]:
    return {
        "variants": ["info", "success", "warning", "error"],
        "identity": {
            "name": "Anne Testesen",
            "masked_cpr": "120385-****",
            "case_number": "2026-17",
            "holder": "Fagkassen",
            "channel": "Video",
            "next_deadline": "7. december 2026, om 6 dage",
            "is_late": False,
            "has_protected_address": True,
            "phone": "20 30 40 50",
            "phone_url": "tel:+4520304050",
            "email": "anne@example.dk",
            "interpreter": "arabisk",
            "show_cpr_url": "",
        },
        "tiles": [
            {"label": "Over fristen", "count": "2", "url": "?", "is_current": True, "variant": "error"},
            {"label": "Frist snart", "count": "14", "url": "?", "is_current": False, "variant": "warning"},
            {"label": "Alle", "count": "1.204", "url": "?", "is_current": False},
        ],
        "chart": Bars(
            "eksempel-uger",
            "Samtaler med frist, uge for uge",
            "Flest i uge 50: 14.",
            ("Uge", "Frister", "Heraf booket"),
            [Row("49", [Number(8, "?"), Number(8)]), Row("50", [Number(14, "?"), Number(2)])],
        ),
        "deadline": {"steps": ["Tilmeldt den 16. november 2026.", "Tre uger."], "act": "Loven", "legal_basis": "§ 34"},
        "steps": [Step(text="Forløbet begyndte den 16. november 2026.", legal_basis="§ 34")],
        "events": [
            {"date": TODAY - timedelta(days=14), "label": "1. jobsamtale", "kind": "past"},
            {"date": TODAY + timedelta(days=6), "label": "2. jobsamtale", "kind": "next"},
        ],
        "meeting": {"video_link": "https://moede.example.dk/rum", "starts_at": TODAY},
        "start": TODAY - timedelta(days=30),
        "end": TODAY + timedelta(days=60),
        "today": TODAY,
        "slots": [
            {"value": "a", "label": "Mandag kl. 10.00", "why": "Inden fristen", "is_chosen": True},
            {"value": "b", "label": "Tirsdag kl. 9.00", "why": "", "is_chosen": False},
        ],
        "form": EveryControl(prefix="whole"),
        "refused": EveryControl({"refused-on": "32-13-2026", "refused-at": "25.30"}, prefix="refused"),
    }
