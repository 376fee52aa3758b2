from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from meetings.month_plan.day_times import times_in
from meetings.month_plan.planner import missing_by_week, plan
from meetings.month_plan.rows import Capacity, Plan, Talk
from meetings.rules.spans import Span
from tests.examples import asked

HALF_HOUR = timedelta(minutes=30)
MONDAY = date(2026, 6, 1)
ANNE, BO, CARLA = 1, 2, 3


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), UTC)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def talk(key: int, *, first: int = 0, due: int = 4, owner: int | None = ANNE, **more) -> Talk:
    return Talk(**{"key": key, "citizen": key, "owner": owner, "first": day(first), "due": day(due), **more})


def free(adviser: int, number: int, times: int) -> dict[tuple[int, date], list[Span]]:
    """So many half hours from nine o'clock."""
    begins = at(day(number), 9)
    return {(adviser, day(number)): [Span(begins, begins + times * HALF_HOUR)]}


def planned(talks, *times, groups=((ANNE, BO, CARLA),), **more) -> Plan:
    capacity = Capacity(groups=groups, free={place: spans for one in times for place, spans in one.items()}, **more)
    return plan(talks, capacity, length=HALF_HOUR)


def days_of(found: Plan) -> dict[int, tuple[int, int]]:
    """Who has which talk, and on which day."""
    return {one.talk.key: (one.adviser, (one.day - MONDAY).days) for one in found.placed}


# What is cheaper


def test_one_late_talk_does_not_make_the_others_late():
    # By the earliest deadline the overdue one takes today's only time, and each of the others comes a day late.
    talks = [talk(0, due=-3), *(talk(number, first=number, due=number) for number in range(3))]
    talks[1] = talk(9, first=0, due=0)
    found = planned(talks, *(free(ANNE, number, 1) for number in range(4)))
    assert days_of(found) == {9: (ANNE, 0), 1: (ANNE, 1), 2: (ANNE, 2), 0: (ANNE, 3)}


def test_of_two_talks_of_one_citizen_the_nearer_deadline_has_the_earlier_time():
    one, other = talk(1, citizen=7, due=-3), talk(2, citizen=7, due=0)
    found = planned([one, other], free(ANNE, 0, 1), free(ANNE, 1, 1))
    assert days_of(found) == {1: (ANNE, 0), 2: (ANNE, 1)}
    # Where the nearer cannot be on the earlier day, each stays where it is.
    later = talk(1, citizen=7, first=1, due=-3)
    assert days_of(planned([later, other], free(ANNE, 0, 1), free(ANNE, 1, 1))) == {2: (ANNE, 0), 1: (ANNE, 1)}


def test_ones_own_adviser_goes_before_a_colleague_and_a_colleague_before_a_late_talk():
    own = planned([talk(1)], free(BO, 0, 2), free(ANNE, 3, 1))
    assert days_of(own) == {1: (ANNE, 3)}
    helped = planned([talk(1)], free(BO, 0, 2), free(ANNE, 7, 1))
    assert days_of(helped) == {1: (BO, 0)}


def test_those_of_another_group_do_not_help():
    found = planned([talk(1)], free(BO, 0, 2), groups=((ANNE,), (BO,)))
    assert (found.placed, found.left) == ([], [talk(1)])


def test_the_days_are_filled_evenly():
    found = planned([talk(number) for number in range(8)], *(free(ANNE, number, 6) for number in range(4)))
    assert Counter(one.day for one in found.placed) == dict.fromkeys(map(day, range(4)), 2)


def test_times_are_kept_open_for_the_telephone_until_a_talk_would_be_late():
    times = (free(ANNE, 0, 2), free(ANNE, 8, 3))
    spared = planned([talk(1, due=0), talk(2, due=20)], *times, kept_open=1)
    assert days_of(spared) == {1: (ANNE, 0), 2: (ANNE, 8)}
    filled = planned([talk(1, due=0), talk(2, due=0)], *times, kept_open=1)
    assert days_of(filled) == {1: (ANNE, 0), 2: (ANNE, 0)}


def test_a_day_has_no_more_talks_of_a_channel_than_its_cap():
    talks = [talk(number, due=0, channel="attendance") for number in range(3)] + [talk(9, due=0, channel="video")]
    found = planned(talks, free(ANNE, 0, 9), free(ANNE, 1, 9), caps={(ANNE, day(0), "attendance"): 1})
    on_monday = Counter(one.talk.channel for one in found.placed if one.day == MONDAY)
    assert on_monday == {"attendance": 1, "video": 1}
    assert found.left == []


def test_a_day_has_no_more_talks_than_the_adviser_takes():
    found = planned([talk(1), talk(2)], free(ANNE, 0, 9), free(ANNE, 1, 9), most={(ANNE, day(0)): 1, (ANNE, day(1)): 1})
    assert {one.day for one in found.placed} == {day(0), day(1)}


def test_what_the_citizen_was_told_stays_where_a_colleague_is_free_then():
    told = Span(at(MONDAY, 10), at(MONDAY, 10, 30))
    found = planned([talk(1, told=told)], free(ANNE, 1, 4), free(CARLA, 0, 4))
    assert [(one.adviser, one.span) for one in found.placed] == [(CARLA, told)]


def test_a_citizen_with_two_talks_meets_somebody_once_a_day():
    found = planned([talk(1, citizen=7), talk(2, citizen=7)], free(ANNE, 0, 4), free(BO, 0, 4), free(BO, 1, 1))
    assert {one.day for one in found.placed} == {day(0), day(1)}


def test_a_talk_that_nobody_has_is_given_to_whoever_has_time():
    assert days_of(planned([talk(1, owner=None)], free(BO, 2, 1))) == {1: (BO, 2)}


def test_where_nobody_is_free_nothing_is_placed():
    assert planned([talk(1)]) == ([], [talk(1)])
    assert planned([], free(ANNE, 0, 1)) == ([], [])


def test_a_time_begins_on_the_quarter():
    begins = at(MONDAY, 9, 10)
    found = planned([talk(1)], {(ANNE, MONDAY): [Span(begins, begins + timedelta(minutes=40))]})
    assert [one.span.starts_at for one in found.placed] == [at(MONDAY, 9, 15)]


# What lacks


def test_the_hours_that_lack_are_told_by_the_week_of_the_deadline():
    talks = [talk(1, due=-9), talk(2, due=0), talk(3, due=0), talk(4, first=7, due=8)]
    found = planned(talks, free(ANNE, 0, 1))
    lacking = missing_by_week(found, first=MONDAY, length=HALF_HOUR)
    assert lacking == {(2026, 23): timedelta(hours=1), (2026, 24): timedelta(minutes=30)}


def test_what_was_overdue_lacks_no_time_where_it_is_held_in_the_first_week():
    held = planned([talk(1, due=-9)], free(ANNE, 4, 1))
    assert missing_by_week(held, first=MONDAY, length=HALF_HOUR) == {}
    waits = planned([talk(1, due=-9)], free(ANNE, 7, 1))
    assert missing_by_week(waits, first=MONDAY, length=HALF_HOUR) == {(2026, 23): HALF_HOUR}


# What always holds


@st.composite
def months(draw):
    """A few advisers with scraps of time, and talks of every sort."""
    scraps = st.tuples(st.integers(8, 14), st.sampled_from([0, 5, 15, 30]), st.integers(10, 200))
    days = st.dictionaries(
        st.tuples(st.sampled_from([ANNE, BO, CARLA]), st.integers(0, 6).map(day)),
        st.lists(scraps, max_size=3),
        max_size=8,
    )
    times = {
        (adviser, on): [
            Span(at(on, hour, minute), at(on, hour, minute) + timedelta(minutes=lasts))
            for hour, minute, lasts in scraps
        ]
        for (adviser, on), scraps in draw(days).items()
    }
    numbers = draw(st.integers(0, 8))
    talks = []
    for key in range(numbers):
        first = draw(st.integers(0, 6))
        due = draw(st.integers(-2, 8))
        told = draw(st.none() | st.sampled_from([9, 10]))
        talks.append(
            Talk(
                key=key,
                citizen=draw(st.integers(0, 3)),
                owner=draw(st.sampled_from([None, ANNE, BO, CARLA, 99])),
                first=day(first),
                due=day(due),
                channel=draw(st.sampled_from(["attendance", "video"])),
                last=draw(st.sampled_from([date.max, day(first + 3)])),
                not_on=frozenset(map(day, draw(st.lists(st.integers(0, 6), max_size=3)))),
                told=Span(at(day(first), told), at(day(first), told) + HALF_HOUR) if told else None,
            )
        )
    caps = draw(
        st.dictionaries(
            st.tuples(st.sampled_from([ANNE, BO]), st.integers(0, 6).map(day), st.just("attendance")),
            st.integers(0, 2),
            max_size=6,
        )
    )
    groups = draw(st.sampled_from([((ANNE, BO, CARLA),), ((ANNE,), (BO, CARLA))]))
    return talks, Capacity(groups=groups, free=times, caps=caps, kept_open=draw(st.integers(0, 2)))


@settings(max_examples=asked(40))  # each is a flow of its own
@given(months())
def test_no_plan_breaks_what_it_was_given(month):
    talks, capacity = month
    found = plan(talks, capacity, length=HALF_HOUR)
    assert found == plan(talks[::-1], capacity, length=HALF_HOUR)
    assert sorted([*(one.talk.key for one in found.placed), *(one.key for one in found.left)]) == list(
        range(len(talks))
    )
    for one in found.placed:
        assert one.span.ends_at - one.span.starts_at == HALF_HOUR
        assert one.talk.can_be_on(one.day) or one.span == one.talk.told
        assert one.day == one.span.starts_at.date()
        assert any(free_span.holds(one.span) for free_span in capacity.free[one.adviser, one.day])
    for adviser in (ANNE, BO, CARLA):
        spans = sorted((one.span for one in found.placed if one.adviser == adviser), key=lambda span: span.starts_at)
        assert all(before.ends_at <= after.starts_at for before, after in zip(spans, spans[1:], strict=False))
    assert max(Counter((one.talk.citizen, one.day) for one in found.placed).values(), default=0) <= 1
    taken = Counter((one.adviser, one.day, one.talk.channel) for one in found.placed)
    assert all(taken[place] <= cap for place, cap in capacity.caps.items())


@settings(max_examples=asked(40))  # each is a flow of its own
@given(months())
def test_what_is_left_would_fit_into_nothing_that_is_still_free(month):
    talks, capacity = month
    found = plan(talks, capacity, length=HALF_HOUR)
    taken = Counter((one.adviser, one.day) for one in found.placed)
    used = Counter((one.adviser, one.day, one.talk.channel) for one in found.placed)
    met = {(one.talk.citizen, one.day) for one in found.placed}
    for left in found.left:
        group = next((group for group in capacity.groups if left.owner in group), capacity.groups[0])
        for (adviser, on), spans in capacity.free.items():
            is_theirs = adviser in group and left.can_be_on(on) and (left.citizen, on) not in met
            has_room = used[adviser, on, left.channel] < capacity.caps.get((adviser, on, left.channel), 99)
            if is_theirs and has_room:
                assert taken[adviser, on] == len(times_in(spans, HALF_HOUR))
