"""Free times: what is suggested can be booked, and what can be booked without a word is suggested."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cases.models import User
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.rules.refusal import NeedsConfirmation, Refused
from meetings.booking import free_times
from meetings.booking.free_times import Question
from meetings.changing import NotBookable, Occupied
from meetings.exemptions import services as exemptions_services
from meetings.models import ClosingDay, Meeting, StaffAbsence, TalkCap
from meetings.planning import law as planning_law
from meetings.rules.kinds import MeetingKind
from meetings.rules.spans import Span, local
from tests import factories
from tests.examples import asked

MONDAY = date(2026, 5, 4)
#: Three weeks with four weekends' days, and Ascension Day on Thursday 14 May.
DAYS = Period(MONDAY, MONDAY + timedelta(days=21))
ASCENSION_DAY = date(2026, 5, 14)


def question(case, adviser, now, *, minutes=30, **more):
    return Question(
        case=case,
        adviser=User.objects.select_related("organisation").get(pk=adviser.pk),
        kind=MeetingKind.CONTACT_INTERVIEW,
        length=timedelta(minutes=minutes),
        at=now,
        law=planning_law.law_in_force(),
        **more,
    )


busy_times = st.lists(
    st.tuples(st.booleans(), st.integers(0, 20), st.integers(6, 17), st.sampled_from([0, 15, 30, 45])), max_size=12
)


class TestSuggestionsAndBookingAgree:
    @settings(max_examples=asked(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        busy=busy_times,
        day=st.integers(-1, 20),
        half_hour=st.integers(12, 36),
        minutes=st.sampled_from([15, 30, 45, 60]),
    )
    @example(busy=[], day=10, half_hour=20, minutes=30)  # Ascension Day
    @example(busy=[], day=1, half_hour=29, minutes=45)  # until fifteen minutes after closing time
    @example(busy=[(False, 1, 10, 0)], day=1, half_hour=19, minutes=45)  # into the citizen's other meeting
    @example(busy=[(True, 1, 10, 0)], day=1, half_hour=21, minutes=30)  # when the adviser's has ended
    def test_a_time_is_offered_exactly_when_it_is_booked_without_a_word(
        self, case, office, now, busy, day, half_hour, minutes
    ):
        Meeting.objects.all().delete()
        self.other_case = getattr(self, "other_case", None) or factories.case(office)
        for of_adviser, on, hour, minute in busy:
            starts_at = local(MONDAY + timedelta(days=on), time(hour, minute))
            by = office.adviser if of_adviser else office.caseworker
            try:
                factories.book(self.other_case if of_adviser else case, by, starts_at, at=now)
            except (Occupied, NotBookable):
                continue  # the picture drawn of the office overlaps itself, or lies in the past
        starts_at = local(MONDAY + timedelta(days=day), time(0)) + half_hour * timedelta(minutes=30)

        offered = free_times.free_times(question(case, office.adviser, now, minutes=minutes), DAYS)
        is_offered = starts_at in {one.span.starts_at for one in offered}
        try:
            factories.book(case, office.adviser, starts_at, at=now, minutes=minutes, is_confirmed=False)
        except Refused:
            is_booked = False
        else:
            is_booked = True
        assert is_offered == is_booked

    def test_what_is_offered_despite_warnings_is_booked_once_they_are_accepted(self, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        offered = free_times.free_times(question(case, office.adviser, now), DAYS, despite_warnings=True)
        one = next(offered)
        assert one.warnings
        with pytest.raises(NeedsConfirmation) as asked:
            factories.book(case, office.adviser, one.span.starts_at, at=now, is_confirmed=False)
        assert asked.value.warnings == one.warnings
        assert factories.book(case, office.adviser, one.span.starts_at, at=now).status == "booked"


class TestFreeTimes:
    def free_days(self, case, office, now, **more):
        return {one.span.day for one in free_times.free_times(question(case, office.adviser, now), DAYS, **more)}

    def test_working_days_only(self, case, office, now):
        days = self.free_days(case, office, now)
        assert len(days) == 14
        assert ASCENSION_DAY not in days

    def test_from_now_on(self, case, office, now):
        today = [one for one in free_times.free_times(question(case, office.adviser, now), DAYS)][0]
        assert today.span.starts_at == now + timedelta(minutes=30)

    def test_never_in_an_exemption_even_despite_warnings(self, case, office, now):
        exemptions_services.exempt(
            case_id=case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(MONDAY, date(2026, 5, 11)),
            documented_on=MONDAY,
            starts_on=None,
            document="Attest",
            by=office.adviser,
            at=now,
        )
        assert min(self.free_days(case, office, now, despite_warnings=True)) == date(2026, 5, 11)

    def test_never_before_the_registration(self, office, now):
        case = factories.case(office, registered_on=date(2026, 5, 11))
        assert min(self.free_days(case, office, now)) == date(2026, 5, 11)

    def test_nothing_where_the_law_refuses(self, case, office, now):
        joint = question(case, office.adviser, now)
        joint = type(joint)(**{**vars(joint), "kind": MeetingKind.JOINT_INTERVIEW})
        assert list(free_times.free_times(joint, DAYS, despite_warnings=True)) == []

    def test_never_on_a_closing_day_in_an_absence_or_above_a_cap(self, case, office, now):
        by = {"recorded_by": office.adviser, "recorded_at": now}
        week = Span.of_days(date(2026, 5, 11), date(2026, 5, 17))
        StaffAbsence.objects.create(
            user=office.adviser, kind="holiday", starts_at=week.starts_at, ends_at=week.ends_at, **by
        )
        ClosingDay.objects.create(organisation=office.fund, day=date(2026, 5, 20), name="personaledag")
        TalkCap.objects.create(organisation=office.fund, channel="attendance", most=1)
        factories.book(factories.case(office), office.adviser, local(date(2026, 5, 6), time(9)), at=now)
        days = {*(4, 5, 7, 8), *(18, 19, 21, 22)}
        for more in ({}, {"despite_warnings": True}):
            assert {day.day for day in self.free_days(case, office, now, **more)} == days

    def test_times_in_summer_and_winter_are_the_offices(self, case, office, now):
        office.fund.opens_at, office.fund.closes_at = time(9), time(10)
        office.fund.save()
        slots = [one.span for one in free_times.free_times(question(case, office.adviser, now), DAYS)]
        assert [f"{local_hour(span)}" for span in slots[:2]] == ["09:00", "09:30"]


def local_hour(span):
    return f"{free_times.timezone.localtime(span.starts_at):%H:%M}"


def requirement(case, number=1):
    return case.required_meetings.current().get(number=number, responsible="fund")


def suggested(question, requirement, **more):
    return [
        (f"{free_times.timezone.localtime(one.span.starts_at):%d-%m %H.%M}", " ".join(one.why))
        for one in free_times.suggest(question, requirement, **more)
    ]


class TestSuggest:
    def test_the_three_best_with_their_reasons(self, case, office, now):
        found = suggested(question(case, office.adviser, now), requirement(case, 2), missing=2)
        assert found == [
            ("27-05 09.00", "Fordeler de 2 samtaler, der mangler, jævnt frem til fristen. 46 dage før fristen."),
            ("05-05 09.00", "Den første ledige tid. 68 dage før fristen."),
            ("03-06 12.00", "En uge senere, om eftermiddagen. 39 dage før fristen."),
        ]

    def test_alone_it_is_put_in_the_middle(self, case, office, now):
        (_, why), *_ = suggested(question(case, office.adviser, now), requirement(case, 3))
        assert why.startswith("Midt i den tid, der er tilbage.")

    def test_on_the_last_day_also_today(self, office, now):
        case = factories.case(office, registered_on=date(2026, 4, 20))
        found = suggested(question(case, office.adviser, now), requirement(case))
        assert found == [("04-05 10.30", "Midt i den tid, der er tilbage. På fristens sidste dag.")]

    def test_after_the_deadline_the_sooner_the_better(self, case, office, now):
        found = suggested(question(case, office.adviser, now), requirement(case))
        assert found[0] == ("05-05 09.00", "Den første ledige tid. Efter fristen den 27. april 2026.")
        assert found[2] == ("06-05 09.00", "Den næste ledige dag. Efter fristen den 27. april 2026.")

    def test_after_the_whole_window_with_its_warnings(self, office, now):
        case = factories.case(office, registered_on=date(2026, 1, 5))
        one = free_times.suggest(question(case, office.adviser, now), requirement(case))[0]
        assert "Efter fristen: samtalen skulle være holdt senest den 19. januar 2026." in one.warnings
        assert not any("uden for de dage" in text for text in one.warnings)

    def test_without_a_requirement_the_first_free_days(self, case, office, now):
        found = suggested(question(case, office.adviser, now), None)
        assert [why for _, why in found] == [
            "Den første ledige tid.",
            "En uge senere, om eftermiddagen.",
            "Den næste ledige dag.",
        ]

    def test_when_the_days_before_are_all_there_is(self, office, now):
        case, other = factories.case(office, registered_on=date(2026, 4, 25)), factories.case(office)
        whole_day = datetime(2026, 5, 8, 6, 0, tzinfo=UTC)
        factories.book(other, office.adviser, whole_day, at=now, minutes=480)
        factories.book(other, office.adviser, whole_day - timedelta(days=1), at=now, minutes=480)
        found = suggested(question(case, office.adviser, now), requirement(case))
        assert found == [
            ("06-05 09.00", "Midt i den tid, der er tilbage. 3 dage før fristen."),
            ("05-05 09.00", "Den første ledige tid. 4 dage før fristen."),
        ]

    def test_when_the_last_days_are_taken(self, office, now):
        case, other = factories.case(office, registered_on=date(2026, 4, 29)), factories.case(office)
        for day in (8, 11, 12, 13):
            whole_day = datetime(2026, 5, day, 6, 0, tzinfo=UTC)
            factories.book(other, office.adviser, whole_day, at=now, minutes=480)
        found = suggested(question(case, office.adviser, now), requirement(case))
        assert [when for when, _ in found] == ["07-05 09.00", "05-05 09.00", "06-05 09.00"]
        assert found[2][1].startswith("En anden ledig dag.")

    def test_nothing_when_everything_is_taken(self, case, office, now):
        everything = Span(now + timedelta(minutes=1), now + timedelta(days=200))
        factories.book(factories.case(office), office.adviser, everything.starts_at, at=now, minutes=200 * 24 * 60)
        assert free_times.suggest(question(case, office.adviser, now), None) == []

    def test_a_meeting_that_moves_is_not_in_its_own_way(self, case, office, now):
        old = factories.book(case, office.adviser, local(date(2026, 5, 5), time(9)), at=now, is_confirmed=False)
        at_nine = local(date(2026, 5, 5), time(9))
        days = Period(date(2026, 5, 5), date(2026, 5, 6))
        starts = [one.span.starts_at for one in free_times.free_times(question(case, office.adviser, now), days)]
        assert at_nine not in starts
        longer = question(case, office.adviser, now, instead_of=old, minutes=60)
        assert at_nine in [one.span.starts_at for one in free_times.free_times(longer, days)]

    def test_a_meeting_is_not_moved_to_the_time_it_has_unless_another_holds_it(self, case, office, now):
        at_nine = local(date(2026, 5, 5), time(9))
        old = factories.book(case, office.adviser, at_nine, at=now, is_confirmed=False)
        days = Period(date(2026, 5, 5), date(2026, 5, 6))
        same = question(case, office.adviser, now, instead_of=old)
        assert at_nine not in [one.span.starts_at for one in free_times.free_times(same, days)]
        other = question(case, office.colleague, now, instead_of=old)
        assert at_nine in [one.span.starts_at for one in free_times.free_times(other, days)]
