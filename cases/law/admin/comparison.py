"""Two states of the law side by side in words: two acts, or the law without and with a draft."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse

from cases.law.admin.pages import ActPages, Panel, all_added
from cases.law.reading import Pair, row_on
from cases.law.wording import by_subject
from cases.models import Act
from cases.request import AppRequest
from cases.rules.declaring import REGISTRY, Parameter
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text


@dataclass(frozen=True)
class Side:
    """Holds the law of one day: a book, and the act that is looked at, if any; the book then has it."""

    heading: str
    day: date
    book: RuleBook
    act: Act | None = None


@dataclass(frozen=True)
class ComparedValue(Pair):
    """Shows one value on both sides; where the act of a side does not set it, what holds there all the same."""

    is_set_before: bool = True
    is_set_after: bool = True


class ActsForm(forms.Form):
    first = forms.ModelChoiceField(label="Den ene lov", queryset=Act.objects.none(), empty_label="Vælg en lov")
    second = forms.ModelChoiceField(label="Den anden lov", queryset=Act.objects.none(), empty_label="Vælg en lov")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first", "second"):
            field: Any = self.fields[name]
            field.queryset = Act.objects.select_related("withdrawal")
            field.label_from_instance = label_of
            field.error_messages = {"required": "Vælg en lov.", "invalid_choice": "Loven findes ikke. Vælg en lov."}


def label_of(act: Act) -> str:
    """The act in a list to choose from."""
    state = " (kladde)" if act.is_draft else " (trukket tilbage)" if act.withdrawn else ""
    return f"{act.in_force_on:%d-%m-%Y} · {act.title}{state}"


def side_of(act: Act) -> Side:
    """The law on the day of an act, with the act in it: drafts and withdrawn acts too."""
    return Side(label_of(act), act.in_force_on, book_with(act), act)


def book_with(act: Act) -> RuleBook:
    if act.is_draft:
        return Act.objects.rule_book(draft=act.slug)
    book = Act.objects.rule_book()
    return book if act.withdrawn is None else book.with_act(act.as_fact())


def before_and_after(act: Act) -> tuple[Side, Side]:
    """The law on the act's day without it, and with it."""
    after = side_of(act)
    before = Side(f"Uden loven, {day_text(act.in_force_on)}", act.in_force_on, after.book.without(act.slug))
    return before, after


def values_compared(before: Side, after: Side) -> list[tuple[str, list[ComparedValue]]]:
    """List the values that the act of either side sets, by subject."""
    own = {side.act.pk: {value.key for value in side.act.values.all()} for side in (before, after) if side.act}

    def line(parameter: Parameter) -> ComparedValue:
        row, other = (row_on(parameter, day=side.day, book=side.book) for side in (before, after))
        is_set, is_other_set = (side.act is None or parameter.key in own[side.act.pk] for side in (before, after))
        return ComparedValue(row, other, is_set, is_other_set)

    keys = set().union(*own.values())
    compared = [(title, [line(one) for one in parameters if one.key in keys]) for title, parameters in by_subject()]
    return [(title, lines) for title, lines in compared if lines]


def unread(acts: Iterable[Act]) -> list[str]:
    """The keys of these acts that no rule reads."""
    return sorted({value.key for act in acts for value in act.values.all() if value.key not in REGISTRY})


def tables_compared(before: Side, after: Side) -> list[Panel]:
    return [panel for added in all_added() for show in added.tables if (panel := show(before, after)) is not None]


def compare(act_admin: ActPages, request: AppRequest) -> HttpResponse:
    """Any two acts side by side, drafts included."""
    # One act alone comes from its own page: the other is still to be chosen.
    asked = "second" in request.GET
    form = ActsForm(request.GET if asked else None, initial={"first": request.GET.get("first")})
    context: dict[str, Any] = {"title": "Sammenlign to love", "form": form}
    if form.is_valid():
        chosen = sorted((form.cleaned_data["first"], form.cleaned_data["second"]), key=lambda act: act.in_force_on)
        before, after = (side_of(act) for act in chosen)
        compared = values_compared(before, after)
        differing = [(title, [line for line in lines if line.differs]) for title, lines in compared]
        context |= {
            "before": before,
            "after": after,
            "subjects": [(title, lines) for title, lines in differing if lines],
            "same": sum(not line.differs for _, lines in compared for line in lines),
            "tables": tables_compared(before, after),
            "unread": unread(chosen),
        }
    return act_admin.page(request, "admin/cases/act/compare.html", context, status=422 if form.errors else 200)


def change(act_admin: ActPages, request: AppRequest, act_id: int) -> HttpResponse:
    """What one act changes on its day."""
    act = act_admin.act_or_404(request, act_id)
    context = {"title": f"Hvad »{act}« ændrer", **what_changes(act)}
    return act_admin.page(request, "admin/cases/act/change.html", context)


def what_changes(act: Act) -> dict[str, Any]:
    """Return what the pages of an act show of the law on its day, without the act and with it."""
    before, after = before_and_after(act)
    return {
        "act": act,
        "before": before,
        "after": after,
        "subjects": values_compared(before, after),
        "tables": tables_compared(before, after),
        "unread": unread([act]),
    }
