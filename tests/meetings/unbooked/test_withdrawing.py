"""A meeting entered by mistake is taken back, and one that was held before its case closed is entered afterwards."""

from datetime import timedelta

import pytest

from cases.closing import services as closing_services
from cases.models.cases import CloseReason
from meetings.changing import NotBookable
from meetings.models import Meeting, Outcome
from meetings.unbooked import services
from tests.meetings.booking.steps import Visitor, said
from tests.meetings.steps import WEDNESDAY_TEN, everything, kinds_of_events
from tests.meetings.unbooked.steps import HELD, THURSDAY_TEN, enter

A_DAY = timedelta(days=1)


def withdraw(meeting, by, at):
    return services.withdraw(meeting_id=meeting.pk, reason="Forkert borger.", by=by, at=at)


def close(case, office, now, *, on=None):
    case.refresh_from_db()
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.MISTAKE,
        closed_on=on or now.date(),
        by=office.adviser,
        at=now,
    )


def states(case):
    return list(case.required_meetings.current().order_by("due_on", "pk").values_list("state", flat=True))


def test_what_it_counted_for_is_open_again_and_its_time_is_free(case, office, now):
    before = states(case)
    meeting = enter(case, office.adviser, now, is_six_weeks_guided=True)
    assert states(case) != before

    withdrawn = withdraw(meeting, office.adviser, now)

    assert (withdrawn.status, withdrawn.outcome, withdrawn.held_at) == ("cancelled", "", None)
    assert states(case) == before
    event = case.events.filter(kind="meetings.outcome_corrected").get()
    assert event.text.endswith("er trukket tilbage. Begrundelse: Forkert borger.")
    assert enter(case, office.adviser, now, is_six_weeks_guided=True).pk != meeting.pk


def test_twice_is_once(case, office, now):
    meeting = enter(case, office.adviser, now, is_six_weeks_guided=True)
    withdraw(meeting, office.adviser, now)
    before = everything(case)
    withdraw(meeting, office.adviser, now)
    assert everything(case) == before


def test_one_that_was_missed_is_taken_back_although_its_time_has_gone_to_another(case, office, now):
    missed = enter(case, office.adviser, now, outcome=Outcome.ABSENT)
    enter(case, office.adviser, now, starts_at=THURSDAY_TEN + timedelta(minutes=10), is_six_weeks_guided=True)
    assert withdraw(missed, office.adviser, now).status == "cancelled"


def test_a_meeting_that_was_booked_is_not_withdrawn(book, office, now):
    with pytest.raises(NotBookable, match="Ret udfaldet i stedet"):
        withdraw(book(), office.adviser, now)


def test_on_a_closed_case_too_and_what_was_held_before_its_end_is_entered(case, office, now):
    meeting = enter(case, office.adviser, now, is_six_weeks_guided=True)
    close(case, office, now)
    withdraw(meeting, office.adviser, now + A_DAY)

    again = enter(case, office.adviser, now + A_DAY, is_six_weeks_guided=True)

    assert again.status == "held"
    on_the_last_day = now - timedelta(hours=1)
    assert (
        enter(case, office.adviser, now + A_DAY, starts_at=on_the_last_day, is_six_weeks_guided=True).status == "held"
    )
    assert kinds_of_events(case)[-1] == "meetings.held"


def test_nothing_is_entered_after_the_end_of_the_case(case, office, now):
    close(case, office, now)
    with pytest.raises(NotBookable, match="Sagen blev afsluttet den 4. maj 2026, og samtalen ligger efter"):
        enter(case, office.adviser, now + 3 * A_DAY, starts_at=WEDNESDAY_TEN, is_six_weeks_guided=True)


def test_on_its_page_it_is_entered_after_the_end_and_taken_back_with_a_reason(client, case, office, now):
    adviser = Visitor(client, office.adviser)
    close(case, office, now)
    assert f"/sager/{case.public_id}/registrer/" in said(adviser.client.get(f"{case.get_absolute_url()}samtaler/"))
    adviser.send("enter", case, **HELD)
    meeting = Meeting.objects.get()
    assert "Samtalen tæller ikke længere" in said(adviser.look("withdraw", meeting))
    assert "Skriv" in said(adviser.send("withdraw", meeting))

    answer = adviser.send("withdraw", meeting, reason="Forkert borger.")

    assert "Trukket tilbage: jobsamtale torsdag den 30. april 2026" in said(adviser.client.get(answer.url))
