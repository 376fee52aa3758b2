"""The timeline's geometry, and the dates in words beside it."""

import re
from datetime import date, timedelta

import pytest
from django.template import Context, Template
from django.utils import translation

from cases.templatetags.dkfds import days_left, long_date, short_date, thousands, week
from cases.ui.timeline_drawing import CHARACTER, NARROWEST, draw

START, END, TODAY = date(2026, 9, 1), date(2027, 3, 1), date(2026, 11, 22)


def event(day, label="jobsamtale", kind="past", **rest):
    return {"date": day, "label": label, "kind": kind, **rest}


def drawn(*events, today=TODAY):
    return draw(events, start=START, end=END, today=today)


def number(text):
    return float(text.rstrip("%"))


def test_marks_stand_in_order_of_time_within_the_drawing():
    days = [date(2026, 9, 1), date(2026, 10, 12), date(2027, 3, 1)]

    drawing = drawn(*[event(day) for day in reversed(days)])

    places = [number(point.x) for point in drawing.points]
    assert places == sorted(places)
    assert places[0] == pytest.approx(1.5)
    assert places[-1] == pytest.approx(98.5)


def test_an_event_outside_the_days_widens_the_drawing():
    drawing = drawn(event(date(2026, 7, 1)), event(date(2027, 5, 1)))

    assert all(0 <= number(point.x) <= 100 for point in drawing.points)


@pytest.mark.parametrize("apart", [0, 1, 3, 10, 40])
def test_labels_never_cover_each_other(apart):
    events = [event(START + timedelta(days=apart * n), f"{n}. jobsamtale", "next") for n in range(5)]

    boxes = []
    for point in drawn(*events).points:
        x = number(point.x) / 100 * NARROWEST
        width = max(len(point.short), 10) * CHARACTER
        left = {"start": x, "middle": x - width / 2, "end": x - width}[point.anchor]
        assert left >= -1
        assert left + width <= NARROWEST + 1
        for other_left, other_width, text_y in boxes:
            assert text_y != point.text_y or left >= other_left + other_width or other_left >= left + width
        boxes.append((left, width, point.text_y))


def test_a_pause_shows_its_last_day():
    (pause,) = drawn(event(date(2026, 10, 19), "Ferie", "pause", end=date(2026, 10, 26))).bars

    assert pause.last_day == date(2026, 10, 25)
    assert number(pause.width) > 0.4


def test_today_is_drawn_only_within_the_days():
    assert drawn(event(START)).today_x
    assert not drawn(event(START), today=date(2028, 1, 1)).today_x


def test_a_meeting_that_is_over_without_an_outcome_is_not_of_today_and_not_the_next():
    drawing = drawn(event(date(2026, 11, 20), kind="unregistered"), event(date(2026, 12, 7), "Frist", "deadline"))

    assert [mark.kind_label for mark in drawing.listed] == ["Mangler udfald", "Frist"]
    assert drawing.description == "1 af 2 punkter er passeret. Næste: Frist 07-12-2026."


def test_a_case_of_a_single_day_can_be_drawn():
    drawing = draw([event(START)], start=START, end=START, today=START)

    assert drawing.points[0].x == "1.50%"


def test_the_drawing_has_no_comma_in_a_coordinate_and_says_its_message():
    html_of = Template("{% load dkfds %}{% timeline events start end today %}")
    events = [
        event(START, "A-kassen har forløbet", "phase", end=date(2026, 12, 1), party="fund"),
        event(date(2026, 10, 12), "1. jobsamtale", party="fund"),
        event(date(2026, 12, 7), "<b>2. jobsamtale</b>", "next", url="/samtaler/2/"),
    ]

    with translation.override("da"):
        html = html_of.render(Context({"events": events, "start": START, "end": END, "today": TODAY}))

    svg = html[html.index("<svg") : html.index("<ol")]
    assert not re.search(r'\b(?:x|y|x1|x2|y1|y2|width|height)="[^"]*,', svg)
    assert 'role="img" aria-labelledby="timeline-title timeline-desc"' in svg
    assert "1 af 2 punkter er passeret. Næste: &lt;b&gt;2. jobsamtale&lt;/b&gt; 07-12-2026." in svg
    assert "<a " not in svg
    listed = html[html.index("<ol") :]
    assert listed.count("<li") == 3
    assert "til og med 30-11-2026" in listed
    assert '<a href="/samtaler/2/">' in listed


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 20), "2 dage over"),
        (date(2026, 11, 21), "1 dag over"),
        (date(2026, 11, 22), "i dag"),
        (date(2026, 11, 23), "i morgen"),
        (date(2026, 11, 25), "om 3 dage"),
    ],
)
def test_days_left_are_told_in_words(day, words):
    assert days_left(day, TODAY) == words


def test_dates_and_numbers_are_written_as_danes_read_them():
    day = date(2026, 12, 7)

    assert long_date(day) == "7. december 2026"
    assert short_date(day) == "07-12-2026"
    assert week(day) == "uge 50"
    assert thousands(1204) == "1.204"
    assert long_date(None) == short_date(None) == week(None) == days_left(None, TODAY) == ""
