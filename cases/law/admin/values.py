"""What the law says on a day, value by value."""

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import Http404, HttpResponse

from cases import clock
from cases.law.admin.pages import ActPages, all_added
from cases.law.reading import rows_on
from cases.law.wording import by_subject
from cases.models import Act
from cases.request import AppRequest
from cases.rules.declaring import Parameter
from cases.ui.fields import DateField


@dataclass(frozen=True)
class Selection:
    """A few parameters that have a page of their own."""

    title: str
    about: str
    parameters: Sequence[Parameter]


class DayForm(forms.Form):
    dag = DateField(label="I kraft den", required=False, help_text="")


def in_force(act_admin: ActPages, request: AppRequest, name: str = "") -> HttpResponse:
    """Every value on a day, or those of one selection, with the way to correct each."""
    selections = {key: one for added in all_added() for key, one in added.selections.items()}
    if name and name not in selections:
        raise Http404
    form = DayForm(request.GET if "dag" in request.GET else {"dag": f"{clock.today():%d-%m-%Y}"})
    day = (form.cleaned_data["dag"] if form.is_valid() else None) or clock.today()
    selection = selections.get(name)
    subjects = [(selection.title, list(selection.parameters))] if selection else by_subject()
    book, acts = Act.objects.rule_book(), dict(Act.objects.values_list("slug", "pk"))
    context = {
        "title": selection.title if selection else "Regelværdier i kraft",
        "about": selection.about if selection else "Alle værdier, som en regel læser, og den lov, de kommer fra.",
        "form": form,
        "day": day,
        # Each row with the way to the page of its act.
        "subjects": [
            (
                title,
                [(row, acts.get(row.act.slug) if row.act else None) for row in rows_on(parameters, day=day, book=book)],
            )
            for title, parameters in subjects
        ],
    }
    return act_admin.page(request, "admin/cases/act/values.html", context, status=422 if form.errors else 200)
