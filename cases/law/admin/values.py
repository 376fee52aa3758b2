"""What the law says on a day, value by value."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse

from cases import clock
from cases.law.admin.pages import DAY_PICKER, ActPages
from cases.law.wording import by_subject, in_words
from cases.models import Act
from cases.rules.parameter import Parameter
from cases.rules.rule_book import NotInForce, RuleBook, UnreadableText
from cases.ui.fields import DateField


@dataclass(frozen=True)
class Selection:
    """A few parameters that have a page of their own."""

    title: str
    about: str
    parameters: Sequence[Parameter]


#: By the name in the address; the upper apps add theirs.
SELECTIONS: dict[str, Selection] = {}


class DayForm(forms.Form):
    dag = DateField(label="I kraft den", required=False, widget=DAY_PICKER, help_text="")


@dataclass(frozen=True)
class ValueRow:
    """One parameter on a day: its value in words and where it comes from, or why it has none."""

    parameter: Parameter
    words: str = ""
    value: Any = None
    act: Act | None = None
    legal_basis: str = ""
    error: str = ""


def rows_on(parameters: Iterable[Parameter], *, day: date, book: RuleBook) -> Iterator[ValueRow]:
    """What a book says of each parameter on a day."""
    acts = {act.slug: act for act in Act.objects.all()}
    for parameter in parameters:
        try:
            found = book.value_on(parameter, day)
        except (NotInForce, UnreadableText) as error:
            yield ValueRow(parameter, error=str(error))
        else:
            yield ValueRow(
                parameter,
                words=in_words(parameter, found.value),
                value=found.value,
                act=acts.get(found.act.slug),
                legal_basis=found.legal_basis,
            )


def in_force(act_admin: ActPages, request: HttpRequest, name: str = "") -> HttpResponse:
    """Every value on a day, or those of one selection, with the way to correct each."""
    if name and name not in SELECTIONS:
        raise Http404
    form = DayForm(request.GET if "dag" in request.GET else {"dag": f"{clock.today():%Y-%m-%d}"})
    day = (form.cleaned_data["dag"] if form.is_valid() else None) or clock.today()
    selection = SELECTIONS.get(name)
    subjects = [(selection.title, list(selection.parameters))] if selection else by_subject()
    book = Act.objects.rule_book()
    context = {
        "title": selection.title if selection else "Regelværdier i kraft",
        "about": selection.about if selection else "Alle værdier, som en regel læser, og den lov, de kommer fra.",
        "form": form,
        "day": day,
        "subjects": [(title, list(rows_on(parameters, day=day, book=book))) for title, parameters in subjects],
    }
    return act_admin.page(request, "admin/cases/act/values.html", context, status=422 if form.errors else 200)
