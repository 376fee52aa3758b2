"""How the page of a case is read, and how its meetings get an outcome."""

from cases.ui.case_tabs import Tab
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services


def register(meeting, worker, outcome=Outcome.HELD):
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=outcome,
        note="",
        is_six_weeks_guided=True if outcome is Outcome.HELD else None,
        next_booking=None,
        by=worker,
        at=meeting.ends_at,
    )


def page(client, case, tab=Tab.WHOLE, **query):
    response = client.get(tab.url_of(case.public_id), query)
    assert response.status_code == 200
    return response


def read(client, case):
    return page(client, case).context["page"]


def states(client, case):
    return [one.state for one in read(client, case).requirements]
