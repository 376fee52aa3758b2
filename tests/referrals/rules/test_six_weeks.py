from datetime import date

import pytest

from referrals.rules.parameters import SIX_WEEKS_EARLIEST_WEEKS, SIX_WEEKS_GROUPS, SIX_WEEKS_MAX_WEEKS
from referrals.rules.six_weeks import objections, six_weeks
from tests.law import BOOK, act, course, day, pause, shipped_and, span

TWENTY_FOUR = {"born_on": date(1999, 1, 16)}
TWENTY_FIVE = {"born_on": date(1999, 1, 15)}


def right(start="2024-01-15", *, on="2024-03-01", book=BOOK, **facts):
    return six_weeks(course=course(start, **facts), on=day(on), book=book)


def against(first, last, *, book=BOOK, **facts):
    return objections(course=course("2024-01-15", **facts), span=span(first, last), book=book)


@pytest.mark.parametrize(
    ("facts", "latest_end"),
    [
        pytest.param(TWENTY_FOUR, "2024-07-14", id="25 the day after the start: month 6"),
        pytest.param(TWENTY_FIVE, "2024-10-14", id="25 on the day of the start: month 9"),
        pytest.param({}, "2024-10-14", id="the day of birth is not known"),
        pytest.param({**TWENTY_FOUR, "target_group": 9}, "2024-10-14", id="group 9 whatever the age"),
    ],
)
def test_by_when_the_education_is_over(facts, latest_end):
    assert str(right(**facts).latest_end) == latest_end


def test_it_begins_after_five_weeks_of_unemployment():
    answer = right()

    assert str(answer.earliest_start) == "2024-02-19"
    assert [step.text for step in answer.why] == [
        "Målgruppe 1 har ret til 6 ugers jobrettet uddannelse.",
        "5 uger fra den 15. januar 2024 slutter den 18. februar 2024, sidste dag medregnet.",
        "Uddannelsen kan begynde efter 5 ugers ledighed: fra den 19. februar 2024.",
        "9 måneder fra den 15. januar 2024 slutter den 14. oktober 2024, sidste dag medregnet.",
        "Borgeren regnes som 25 år eller mere ved forløbets start og har derfor den lange frist.",
        "Uddannelsen skal være slut senest den 14. oktober 2024.",
        "Uddannelsen kan højst vare 6 uger.",
    ]


@pytest.mark.parametrize(
    ("first", "earliest"),
    [
        pytest.param("2024-02-18", "2024-02-26", id="a pause that begins on the last day of five weeks moves it"),
        pytest.param("2024-02-19", "2024-02-19", id="one that begins the day after does not"),
    ],
)
def test_weeks_are_counted_on_the_unemployment_clock(first, earliest):
    last = day(first).fromordinal(day(first).toordinal() + 6)

    answer = right(pauses=(pause(first, str(last)),))

    assert str(answer.earliest_start) == earliest
    assert ("flytter dagen 7 dage" in answer.why[2].text) is (earliest == "2024-02-26")


@pytest.mark.parametrize(("group", "has_right"), [(1, True), (2, False), (9, True)])
def test_who_has_the_right(group, has_right):
    answer = right(target_group=group)

    assert answer.has_right is has_right
    assert ("har ikke ret til" in answer.why[0].text) is not has_right


@pytest.mark.parametrize(
    ("first", "last", "sentence"),
    [
        ("2024-02-19", "2024-03-31", None),
        ("2024-02-18", "2024-03-30", "kan tidligst begynde den 19. februar 2024"),
        ("2024-02-19", "2024-04-01", "varer 43 dage, men kan højst vare 6 uger"),
        ("2024-09-16", "2024-10-14", None),
        ("2024-09-16", "2024-10-15", "skal være slut senest den 14. oktober 2024"),
        ("2024-02-19", None, "Skriv uddannelsens sidste dag"),
    ],
)
def test_what_speaks_against_an_education(first, last, sentence):
    found = against(first, last)

    assert len(found) == (sentence is not None)
    assert sentence is None or sentence in found[0]


def test_a_group_without_the_right_is_told_first():
    assert "Målgruppe 2 har ikke ret" in against("2024-02-19", "2024-03-31", target_group=2)[0]


def test_the_first_day_decides_groups_and_length_and_the_course_start_the_weeks():
    book = shipped_and(
        act("2024-02-01", {SIX_WEEKS_EARLIEST_WEEKS: "1"}, slug="x"),
        act("2024-03-01", {SIX_WEEKS_GROUPS: "9", SIX_WEEKS_MAX_WEEKS: "2"}, slug="y"),
    )

    assert (right(on="2024-02-29", book=book).has_right, right(on="2024-02-29", book=book).max_weeks) == (True, 6)
    assert (right(on="2024-03-01", book=book).has_right, right(on="2024-03-01", book=book).max_weeks) == (False, 2)
    assert str(right(book=book).earliest_start) == "2024-02-19"
    assert str(right("2024-02-01", book=book).earliest_start) == "2024-02-08"
