"""Cases are spread evenly, and go to whoever has time for their talks."""

from datetime import date, time

from hypothesis import given
from hypothesis import strategies as st

from meetings.rules.availability import Availability, Talk
from meetings.rules.kinds import Channel
from meetings.rules.spans import Span
from meetings.rules.spreading import Colleague, spread

DAY = date(2026, 5, 6)


def half_hour(number):
    return Span.on(
        DAY, time(10 + number // 2, 30 * (number % 2)), time(10 + (number + 1) // 2, 30 * ((number + 1) % 2))
    )


def colleague(key, taken=(), **known):
    talks = [Talk(span, Channel.TELEPHONE) for span in taken]
    return Colleague(key, Availability(name=f"Kollega {key}", opens=time(9), closes=time(15), talks=talks, **known))


slots = st.integers(0, 5).map(half_hour)


@given(
    talks=st.dictionaries(st.integers(1, 60), st.lists(slots, max_size=2, unique=True), max_size=25),
    busy=st.lists(st.lists(slots, max_size=4, unique=True), min_size=1, max_size=5),
)
def test_nobody_gets_more_than_one_over_another_and_nobody_is_in_two_talks(talks, busy):
    colleagues = [colleague(number, taken) for number, taken in enumerate(busy)]

    found = spread(talks, colleagues)

    shares = [sum(one.to == each.key for one in found.values()) for each in colleagues]
    assert set(found) == set(talks)
    assert max(shares) - min(shares) <= 1
    for each, taken in zip(colleagues, busy, strict=True):
        own = [(case, one) for case, one in found.items() if one.to == each.key]
        held = [*taken, *(span for case, one in own for span in talks[case] if span not in one.stays)]
        assert len(held) == len(set(held))


def test_a_talk_goes_to_whoever_is_free():
    first, second = colleague(1, [half_hour(0)]), colleague(2)

    found = spread({7: [half_hour(0)], 8: []}, [first, second])

    assert (found[7].to, found[7].stays, found[8].to) == (2, {}, 1)


def test_a_talk_does_not_follow_to_somebody_who_is_away():
    away = colleague(1, absences=[Span.of_days(DAY, DAY)])

    assert spread({7: [half_hour(0)]}, [away])[7].stays == {half_hour(0): "Kollega 1 er fraværende den 6. maj 2026."}


def test_who_has_a_case_keeps_it_and_is_not_in_the_way_of_the_own_talk():
    owner, other = colleague(1, [half_hour(0)]), colleague(2)
    owner.own = {7}

    found = spread({7: [half_hour(0)], 8: [half_hour(1)]}, [other, owner])

    assert (found[7].to, found[7].stays, found[8].to) == (1, {}, 2)
