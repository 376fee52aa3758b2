"""What a leader chooses to look at, kept in the address."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from django import forms
from django.utils import timezone

from cases.models import Team, User
from cases.rules.period import Period, add_months
from cases.rules.wording import MONTHS
from cases.ui.fields import EARLIEST_YEAR, LATEST_YEAR, PlainErrors
from cases.ui.forms import choice_in
from meetings.overview.figures import Choice

#: Looked back on where nothing is chosen.
_USUAL = "30"
_DAYS = {_USUAL: "Seneste 30 dage", "90": "Seneste 90 dage", "365": "Seneste år"}
_MONTHS_OFFERED = 13
#: In the address: the whole office, also for a leader who has a team.
ALL_TEAMS = "alle"


class ChoiceForm(PlainErrors, forms.Form):
    """A period, and a team of the own office; what nobody could choose is taken for what is usual."""

    periode = forms.ChoiceField(label="Periode", required=False)
    team = forms.ChoiceField(label="Team", required=False)

    def __init__(self, params: Mapping[str, str], *, user: User, now: datetime) -> None:
        self.user, self.now, self.today = user, now, timezone.localtime(now).date()
        self.teams = {team.name: team for team in Team.objects.filter(organisation=user.organisation_id)}
        self.periods = {**_DAYS, **_months(self.today)}
        period = params.get("periode", "")
        team = params.get("team", user.team.name if user.team else "")
        self.chosen = {
            "periode": period if period in self.periods else _USUAL,
            "team": team if team in self.teams else ALL_TEAMS,
        }
        super().__init__(initial=self.chosen)
        choice_in(self, "periode").choices = list(self.periods.items())
        choice_in(self, "team").choices = [(ALL_TEAMS, self._office), *((name, name) for name in self.teams)]

    @property
    def _office(self) -> str:
        return "Hele a-kassen" if self.user.workplace.is_fund else "Hele jobcentret"

    @property
    def choice(self) -> Choice:
        team = self.teams.get(self.chosen["team"])
        return Choice(user=self.user, now=self.now, span=_span(self.chosen["periode"], today=self.today), team=team)

    @property
    def in_words(self) -> str:
        """What was chosen, in words: »Hele a-kassen, maj 2026«."""
        team = self.chosen["team"]
        return f"{team if team in self.teams else self._office}, {self.periods[self.chosen['periode']].lower()}"


def worker_named(text: str, *, user: User) -> User | None:
    """The colleague of the user's office whom the text names by public id; None where it names none."""
    try:
        return User.objects.filter(organisation=user.organisation_id, public_id=UUID(text)).first()
    except ValueError:
        return None


def week_named(text: str) -> date | None:
    """The Monday of the week of the day that the text names, as 2026-05-04; None where it names none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day - timedelta(days=day.weekday()) if EARLIEST_YEAR <= day.year <= LATEST_YEAR else None


def _months(today: date) -> dict[str, str]:
    """This month and those before it: 2026-05 is called maj 2026."""
    firsts = [add_months(today.replace(day=1), -number) for number in range(_MONTHS_OFFERED)]
    return {f"{first:%Y-%m}": f"{MONTHS[first.month - 1].capitalize()} {first.year}" for first in firsts}


def _span(period: str, *, today: date) -> Period:
    if period in _DAYS:
        return Period(today - timedelta(days=int(period)), today + timedelta(days=1))
    return Period.of_months(date.fromisoformat(f"{period}-01"), 1)
