"""After the months with a fixed number: meetings on request, and the one that the a-kasse takes part in."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from cases.closing import services as closing_services
from cases.models import Event
from cases.models.cases import CloseReason
from cases.pauses import services as pauses_services
from meetings.booking import services as booking_services
from meetings.booking.services import Booking
from meetings.changing import NotBookable
from meetings.channel import fund_presence
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.rules.kinds import MeetingKind
from tests import factories
from tests.meetings.case_page.steps import page, read

#: Month 6 ended on 1 December 2025, month 16 ends on 1 October 2026.
BEGUN = date(2025, 6, 2)


@pytest.fixture
def case(office):
    return factories.case(office, registered_on=BEGUN)


@pytest.fixture
def caseworker(log_in, office):
    return log_in(office.caseworker)


def booked(case, worker, starts_at, *, at, **more):
    booking = Booking(
        kind=MeetingKind.CONTACT_INTERVIEW,
        adviser_id=worker.pk,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        is_confirmed=True,
        **more,
    )
    return booking_services.book(case_id=case.pk, booking=booking, by=worker, at=at)


def held(case, worker, starts_at, **more):
    meeting = booked(case, worker, starts_at, at=starts_at - timedelta(days=7), **more)
    outcomes_services.register(
        meeting_id=meeting.pk,
        outcome=Outcome.HELD,
        note="",
        is_six_weeks_guided=None,
        next_booking=None,
        by=worker,
        at=meeting.ends_at,
    )
    return meeting


def block(client, case):
    return read(client, case).after_six_months


class TestTheBlock:
    @pytest.mark.parametrize(
        ("begun", "is_shown"),
        [
            pytest.param(date(2025, 11, 5), False, id="4 May 2026 is the last day of month 6"),
            pytest.param(date(2025, 11, 4), True, id="4 May 2026 is the first day after month 6"),
        ],
    )
    def test_it_stands_from_the_day_after_month_6(self, caseworker, office, begun, is_shown):
        case = factories.case(office, registered_on=begun)

        text = page(caseworker, case).content.decode()

        assert ("Loven kræver ikke et fast antal samtaler nu" in text) is is_shown
        assert ("Borgeren beder om en samtale" in text) is is_shown

    def test_it_says_the_rule_and_the_deadline_with_its_reason(self, caseworker, case):
        text = page(caseworker, case).content.decode()

        assert "LAB § 32, stk. 1" in text
        assert "LAB § 32, stk. 2" in text
        assert "senest den <strong>1. oktober 2026</strong>" in text
        assert str(block(caseworker, case).long_term.required.due_on) == "2026-10-01"

    def test_a_group_without_an_a_kasse_has_the_right_and_no_such_meeting(self, caseworker, office):
        case = factories.case(office, registered_on=BEGUN, target_group=2)

        shown = block(caseworker, case)

        assert shown.right.has_right
        assert shown.long_term is None

    def test_a_closed_case_says_nothing_of_what_is_to_come(self, caseworker, case, office, now):
        closing_services.close_case(
            case_id=case.pk,
            version=case.version,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            by=office.caseworker,
            at=now,
        )

        assert block(caseworker, case) is None


class TestTheMeetingWithTheFund:
    @pytest.mark.parametrize(
        ("begun", "state"),
        [
            pytest.param(date(2025, 1, 5), "Skal bookes", id="due today"),
            pytest.param(date(2025, 1, 4), "Overskredet", id="due yesterday"),
        ],
    )
    def test_it_is_overdue_the_day_after_month_16(self, caseworker, office, begun, state):
        case = factories.case(office, registered_on=begun)

        assert block(caseworker, case).long_term.state == state

    def test_a_booking_can_be_it_and_asks_about_the_a_kasse(self, caseworker, case, office, now):
        meeting = booked(case, office.caseworker, now + timedelta(days=2), at=now)

        shown = block(caseworker, case).long_term
        text = page(caseworker, case).content.decode()

        assert (shown.state, shown.meeting, shown.needs_answer) == ("Booket", meeting, True)
        assert reverse("meetings:fund_wish", args=[meeting.public_id]) in text

    @pytest.mark.parametrize("wish", [True, False])
    def test_held_with_the_a_kasse_or_with_a_no_to_it_fulfils(self, caseworker, case, office, now, wish):
        # The jobcenter's first meeting asks by a rule of its own.
        held(case, office.caseworker, now - timedelta(days=40))
        meeting = held(case, office.caseworker, now - timedelta(days=10), fund_attends=wish)

        shown = block(caseworker, case).long_term

        assert (shown.state, shown.meeting) == ("Holdt", meeting)

    def test_held_without_asking_about_the_a_kasse_does_not_fulfil(self, caseworker, case, office, now):
        held(case, office.caseworker, now - timedelta(days=10))

        assert block(caseworker, case).long_term.state == "Skal bookes"

    def test_a_meeting_of_the_a_kasse_is_not_it(self, caseworker, office, now):
        case = factories.case(office, registered_on=BEGUN)
        pauses_services.record_hours(
            case_id=case.pk, month=date(2025, 7, 1), hours=Decimal(100), by=office.adviser, at=now
        )
        held(case, office.adviser, now - timedelta(days=10))

        assert block(caseworker, case).long_term.meeting is None

    def test_the_a_kasse_is_asked_about_once(self, case, office, now):
        held(case, office.caseworker, now - timedelta(days=40))
        held(case, office.caseworker, now - timedelta(days=10), fund_attends=False)
        later = booked(case, office.caseworker, now + timedelta(days=2), at=now)

        with pytest.raises(NotBookable, match="kun deltage i den første samtale"):
            fund_presence.wish_fund_present(meeting_id=later.pk, wish=True, by=office.caseworker, at=now)

    @pytest.mark.parametrize(
        ("meeting_on", "is_asked"),
        [
            pytest.param(date(2026, 5, 12), False, id="the last day of month 6"),
            pytest.param(date(2026, 5, 13), True, id="the first day after month 6"),
        ],
    )
    def test_a_later_meeting_asks_from_the_day_after_month_6(self, office, now, meeting_on, is_asked):
        case = factories.case(office, registered_on=date(2025, 11, 13))
        held(case, office.caseworker, now - timedelta(days=4))
        starts_at = now + (meeting_on - now.date())
        meeting = booked(case, office.caseworker, starts_at, at=now)

        if is_asked:
            assert fund_presence.wish_fund_present(meeting_id=meeting.pk, wish=True, by=office.caseworker, at=now)
        else:
            with pytest.raises(NotBookable):
                fund_presence.wish_fund_present(meeting_id=meeting.pk, wish=True, by=office.caseworker, at=now)


class TestOnRequest:
    def test_what_the_citizen_asks_for_is_booked_and_told_in_the_history(self, caseworker, case, office):
        address = reverse("meetings:book", args=[case.public_id])
        form = caseworker.get(address, {"oenske": "ja"}).context["form"]
        assert form["requested"].value() is True
        typed = {
            "slot": form["slot"].value(),
            "minutes": "30",
            "kind": "contact_interview",
            "adviser": office.caseworker.public_id,
            "channel": "attendance",
            "requested": "on",
            "confirm": "on",
            "seen": form.seen_now,
        }

        answer = caseworker.post(f"{address}?oenske=ja", typed)

        assert answer.status_code == 302
        assert [event.kind for event in Event.objects.for_case(case)[:2]] == ["meetings.booked", "meetings.requested"]
        assert "Borgeren har bedt om en samtale." in page(caseworker, case).content.decode()

    def test_a_meeting_nobody_asked_for_says_nothing_of_it(self, case, office, now):
        booked(case, office.caseworker, now + timedelta(days=2), at=now)

        assert not Event.objects.for_case(case).filter(kind="meetings.requested").exists()

    @pytest.mark.parametrize(
        ("begun", "is_asked"),
        [
            pytest.param(date(2025, 11, 5), False, id="on the last day of month 6"),
            pytest.param(date(2025, 11, 4), True, id="on the first day after it"),
        ],
    )
    def test_the_booking_asks_only_when_there_is_a_right(self, caseworker, office, begun, is_asked):
        case = factories.case(office, registered_on=begun)

        form = caseworker.get(reverse("meetings:book", args=[case.public_id]), {"oenske": "ja"}).context["form"]

        assert ("requested" in form.fields) is is_asked
