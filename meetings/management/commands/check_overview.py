"""Whether the figures of the leaders' overview are right, for whoever doubts them: status 1 where one is not."""

import sys
from datetime import timedelta
from typing import Any

from cases import clock
from cases.models import Role, User
from cases.rules.period import Period
from cases.ui.commands import OneLineCommand
from meetings.overview import by_case, queries
from meetings.overview.figures import Choice, Figure

UNEQUAL = 1


class Command(OneLineCommand):
    help = (
        "Tæller hvert kontors overblik for det seneste år efter sag for sag, og siger, hvor det ikke er det, siden "
        "viser. Slutter med 1, når noget ikke passer."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now, today = clock.now(), clock.today()
        span = Period(today - timedelta(days=365), today + timedelta(days=1))
        leaders = User.objects.filter(role=Role.TEAM_LEADER, is_active=True).select_related("organisation")
        found = [
            line
            for leader in {one.organisation_id: one for one in leaders}.values()
            for line in _differences(Choice(user=leader, span=span, now=now))
        ]
        for line in found:
            self.stdout.write(line)
        self.stdout.write("Overblikket er ikke rigtigt." if found else "Overblikket er rigtigt.")
        if found:
            sys.exit(UNEQUAL)


def _differences(choice: Choice) -> list[str]:
    by_hand, figures = by_case.totals_of(choice), queries.figures_of(choice)
    shown = {**figures.totals, Figure.COMING: sum(week.due for week in figures.weeks)}
    return [
        f"{choice.user.workplace}: {figure.label}: {shown.get(figure, 0)}, sag for sag {by_hand[figure]}"
        for figure in by_case.CHECKED
        if shown.get(figure, 0) != by_hand[figure]
    ]
