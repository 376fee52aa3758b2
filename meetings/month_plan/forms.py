"""Which talks are to be planned, and how."""

from datetime import date, timedelta
from typing import Any

from django import forms

from cases.models import Role, User
from cases.models.scopes import Scope, scope_labels
from cases.rules.wording import MONTHS
from cases.ui.fields import DateField
from cases.ui.forms import ChosenOne, PageForm, choice_in, row_in
from meetings.booking.forms import MinutesField
from meetings.models import PlanScope, StaffAbsence
from meetings.month_plan.services import Wish
from meetings.rules.spans import FOREVER, ONE_DAY, Span

#: So many months can be planned, from that of tomorrow.
_MONTHS = 4
_LAST_WEEK = 24
#: Times of chosen cases are looked for from a day no farther ahead.
_FARTHEST = timedelta(days=365)
_NOT_LISTED = {"invalid_choice": "Vælg en fra listen.", "required": "Vælg en fra listen."}


class MonthPlanForm(PageForm):
    scope = forms.ChoiceField(label="Hvilke sagers samtaler", widget=forms.RadioSelect, error_messages=_NOT_LISTED)
    month = forms.ChoiceField(label="Måned", error_messages=_NOT_LISTED)
    minutes = MinutesField()
    kept_open = forms.IntegerField(
        label="Tider om dagen, der holdes fri til telefon",
        min_value=0,
        max_value=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "input-char-4", "autocomplete": "off"}),
        help_text="De bruges kun, hvor en samtale ellers kommer efter fristen.",
        error_messages={"max_value": "Hold højst 20 tider fri om dagen.", "min_value": "Skriv 0 eller flere tider."},
    )

    def __init__(self, *args: Any, user: User, today: date, **kwargs: Any) -> None:
        scopes = [scope for scope in Scope if scope is not Scope.TEAM or user.team_id]
        first = Scope.MINE if user.role != Role.TEAM_LEADER else scopes[-1] if not user.team_id else Scope.TEAM
        months = _months(today + ONE_DAY)
        # In the last week of a month the next one is what is to be planned.
        month = months[(today + ONE_DAY).day > _LAST_WEEK][0]
        initial = {"scope": str(first), "month": month, "minutes": 30, "kept_open": 0}
        super().__init__(*args, initial=initial, **kwargs)
        labels = scope_labels(user)
        choice_in(self, "scope").choices = [(str(scope), labels[scope]) for scope in scopes]
        choice_in(self, "month").choices = months

    def wish(self) -> Wish:
        typed = self.cleaned_data
        return Wish(
            scope=PlanScope(typed["scope"]),
            month=date.fromisoformat(typed["month"]),
            minutes=typed["minutes"],
            kept_open=typed["kept_open"],
        )


class ChosenForm(PageForm):
    """What the chosen cases get times for, and from which day."""

    what = forms.ChoiceField(
        label="Hvad skal ske?",
        choices=[
            (str(PlanScope.CHOSEN), "Book den næste samtale, der mangler, i hver sag"),
            (str(PlanScope.MOVED), "Flyt den næste bookede samtale i hver sag til en anden dag"),
        ],
        widget=forms.RadioSelect,
        error_messages=_NOT_LISTED,
    )
    since = DateField(
        label="Tidligste dag", error_messages={"required": "Skriv den tidligste dag, der må findes tider på."}
    )
    minutes = MinutesField()

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        self.first = today + ONE_DAY
        initial = {"what": str(PlanScope.CHOSEN), "since": self.first, "minutes": 30}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["minutes"].help_text = "En samtale, der flyttes, varer så længe som før."

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        if not self.first <= since <= self.first + _FARTHEST:
            raise forms.ValidationError("Vælg en dag fra i morgen og højst et år frem.")
        return since


class AbsentForm(PageForm):
    absent = ChosenOne(
        User.objects.none(), label="Fraværende medarbejder", empty_label="Vælg medarbejder", error_messages=_NOT_LISTED
    )

    def __init__(self, *args: Any, user: User, at: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        away = StaffAbsence.objects.visible_to(user).overlapping(Span(at, FOREVER))
        people = User.objects.filter(pk__in=away.values("user"))
        row_in(self, "absent").offer(people)
        self.has_anybody = people.exists()


def _months(since: date) -> list[tuple[str, str]]:
    """The months that can be chosen, from the one of that day: ("2026-05-01", "maj 2026")."""
    numbers = [since.year * 12 + since.month - 1 + more for more in range(_MONTHS)]
    return [
        (date(number // 12, number % 12 + 1, 1).isoformat(), f"{MONTHS[number % 12]} {number // 12}")
        for number in numbers
    ]
