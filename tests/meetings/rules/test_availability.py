"""When somebody can hold talks: what is free, and what speaks against a time, each in one sentence."""

from datetime import date, time

import pytest

from meetings.rules.availability import Availability, Hours, Talk, absence_text
from meetings.rules.kinds import Channel
from meetings.rules.spans import Span, without

#: A Thursday.
DAY = date(2026, 12, 3)
CHRISTMAS_EVE = date(2026, 12, 24)


def span(begins, ends, day=DAY):
    return Span.on(day, time(begins), time(ends))


def available(**more):
    return Availability(name="Anne Lærkedal", opens=time(9), closes=time(15), **more)


def talk(begins, ends, channel=Channel.TELEPHONE):
    return Talk(span(begins, ends), channel)


OWN = {"own_hours": (Hours(3, time(12), time(16)), Hours(3, time(8), time(11)))}

FREE = {
    "the office's hours where there are no own": ({}, [span(9, 15)]),
    "own hours, in two stretches": (OWN, [span(8, 11), span(12, 16)]),
    "not on a weekday without own hours": ({"own_hours": (Hours(0, time(8), time(11)),)}, []),
    "not on a closing day": ({"closing_days": {DAY: "flytning"}}, []),
    "not in an absence": ({"absences": [Span.of_days(DAY, None)]}, []),
    "around an absence of a part of the day": ({"absences": [span(10, 12)]}, [span(9, 10), span(12, 15)]),
    "between the talks": ({"talks": [talk(9, 10), talk(14, 15)]}, [span(10, 14)]),
    "around what is busy elsewhere": ({"elsewhere": [span(8, 14)]}, [span(14, 15)]),
    "not where the cap is reached": ({"caps": {None: 1}, "talks": [talk(9, 10)]}, []),
    "below the cap": ({"caps": {None: 2}, "talks": [talk(9, 10)]}, [span(10, 15)]),
}


@pytest.mark.parametrize(("known", "free"), FREE.values(), ids=FREE)
def test_what_is_free(known, free):
    assert available(**known).free_spans(DAY) == free


def test_every_office_is_closed_on_the_two_days_before_a_holiday_unless_it_says_otherwise():
    year = [CHRISTMAS_EVE, date(2026, 12, 31)]
    assert [available().free_spans(day) for day in year] == [[], []]
    open_then = available(closing_days={CHRISTMAS_EVE: None})
    assert open_then.free_spans(CHRISTMAS_EVE) == [span(9, 15, CHRISTMAS_EVE)]
    assert available().free_spans(date(2026, 12, 25)) == []  # a holiday is closed in any case
    assert available().free_spans(date(2026, 12, 5)) == []  # and so is a Saturday


AGAINST = {
    "nothing": ({}, []),
    "closed": ({"closing_days": {DAY: "flytning"}}, ["Kontoret har lukket den 3. december 2026 (flytning)."]),
    "absent": (
        {"absences": [Span.of_days(DAY, date(2026, 12, 5))]},
        ["Anne Lærkedal er fraværende fra den 3. december 2026 til og med den 5. december 2026."],
    ),
    "outside the office's hours": (
        {"opens": time(11)},
        ["Tiden ligger uden for åbningstiden 11.00-15.00."],
    ),
    "outside own hours": (
        OWN,
        ["Tiden ligger uden for arbejdstiden om torsdagen: 08.00-11.00 og 12.00-16.00."],
    ),
    "a day without own hours": (
        {"own_hours": (Hours(0, time(8), time(11)),)},
        ["Anne Lærkedal arbejder ikke om torsdagen."],
    ),
    "busy elsewhere": (
        {"elsewhere": [span(10, 11)]},
        ["Anne Lærkedal er optaget i sin egen kalender i det tidsrum."],
    ),
    "the cap of all talks": (
        {"caps": {None: 1}, "talks": [talk(13, 14)]},
        ["Anne Lærkedal har nået loftet på 1 samtale om dagen den 3. december 2026."],
    ),
}


@pytest.mark.parametrize(("known", "said"), AGAINST.values(), ids=AGAINST)
def test_what_speaks_against_a_time(known, said):
    one = Availability(**{"name": "Anne Lærkedal", "opens": time(9), "closes": time(15), **known})
    assert one.against(span(10, 12)) == said


def test_the_cap_of_a_channel_is_asked_for_that_channel():
    one = available(caps={Channel.VIDEO: 2}, talks=[talk(9, 10, Channel.VIDEO), talk(10, 11, Channel.VIDEO)])
    assert one.over_cap(DAY, Channel.VIDEO) == (
        "Anne Lærkedal har nået loftet på 2 samtaler om dagen (video) den 3. december 2026."
    )
    assert one.over_cap(DAY, Channel.TELEPHONE) is None
    assert (one.room(DAY, Channel.VIDEO), one.room(DAY, Channel.TELEPHONE), one.room(CHRISTMAS_EVE, Channel.VIDEO)) == (
        0,
        None,
        2,
    )
    # It is free for other channels, and yet not suggested: nobody knows yet which it will be.
    assert one.free_spans(DAY) == [span(11, 15)]
    assert one.is_capped(DAY)


@pytest.mark.parametrize(
    ("absence", "text"),
    [
        (Span.of_days(DAY, DAY), "den 3. december 2026"),
        (Span.of_days(DAY, None), "fra den 3. december 2026 og indtil videre"),
        (span(10, 12), "torsdag den 3. december 2026 kl. 10.00-12.00"),
    ],
)
def test_an_absence_in_words(absence, text):
    assert absence_text(absence) == text


def test_a_cut_that_touches_takes_nothing():
    assert without([span(9, 10)], [span(8, 9), span(10, 11)]) == [span(9, 10)]
