"""The meetings of a course on its way when an act moves it: what stays, what moves, appears and vanishes."""

from datetime import date

import pytest

from cases.rules.facts import Party
from cases.rules.parameters import (
    CLOCK_STOPPING_PAUSES,
    FUND_RESPONSIBLE_MONTHS,
    TARGET_GROUPS,
    YOUNG_COURSE_BY_MUNICIPALITY,
)
from meetings.rules.after_six_months import long_term_meeting, right_on_request
from meetings.rules.booking import check_booking
from meetings.rules.channel import channel_on
from meetings.rules.contact_course import plan
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import BOOKABLE_KINDS, YOUNG_MEETINGS
from meetings.rules.participation import may_invite_fund
from tests.law import BOOK, TABLE, WITH_D, act, book_of, course, day, exemption, interviews, pause, planned, table_with

START = "2027-01-15"
FOUR_AND_TWO = interviews((Party.FUND, 4, 1, 4, 14), (Party.MUNICIPALITY, 2, 5, 6, None))


def moving(on, values=None, *, slug="x", moves=True):
    return act(on, {FUND_RESPONSIBLE_MONTHS: "4"} if values is None else values, slug=slug, moves=moves)


def published(*acts):
    """The shipped law with more acts on top, and without the drafts, whose notices these acts would silence."""
    return book_of(*BOOK.acts, *acts)


def four_and_two(on, **facts):
    """The plan of a course from 15 January 2027 when fund months 4, meetings 4 + 2 move it on a day."""
    return planned(START, book=published(moving(on)), table=table_with({"x": FOUR_AND_TWO}), **facts)


def short(answer):
    """fund 1: 2027-01-15..2027-01-29"""
    return [f"{m.responsible} {m.number}: {m.window_from}..{m.due_on}" for m in answer.meetings]


FIRST = "fund 1: 2027-01-15..2027-01-29"
OLD_FUND = ["fund 2: 2027-01-15..2027-04-14", "fund 3: 2027-01-15..2027-04-14"]
NEW_FUND = ["fund 2: 2027-01-15..2027-05-14", "fund 3: 2027-01-15..2027-05-14"]
FOURTH = "fund 4: 2027-01-15..2027-05-14"
OLD_JOBCENTER = [f"municipality {n}: 2027-04-15..2027-07-14" for n in (1, 2, 3)]
NEW_JOBCENTER = [f"municipality {n}: 2027-05-15..2027-07-14" for n in (1, 2)]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2027-01-15", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="in force the day it starts"),
        pytest.param("2027-01-16", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="begun the day before"),
        pytest.param("2027-02-01", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="month 1"),
        pytest.param("2027-03-01", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="month 2"),
        pytest.param("2027-04-01", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="month 3"),
        pytest.param("2027-04-14", [FIRST, *NEW_FUND, FOURTH, *NEW_JOBCENTER], id="the last day of month 3"),
        pytest.param("2027-04-15", [FIRST, *OLD_FUND, FOURTH, *NEW_JOBCENTER], id="the day the jobcenter takes over"),
        pytest.param("2027-04-16", [FIRST, *OLD_FUND, *OLD_JOBCENTER[:2]], id="the day after the jobcenter took over"),
        pytest.param("2027-05-01", [FIRST, *OLD_FUND, *OLD_JOBCENTER[:2]], id="month 4"),
        pytest.param("2027-05-15", [FIRST, *OLD_FUND, *OLD_JOBCENTER[:2]], id="month 5"),
        pytest.param("2027-07-14", [FIRST, *OLD_FUND, *OLD_JOBCENTER[:2]], id="the last day of month 6"),
        pytest.param("2027-07-15", [FIRST, *OLD_FUND, *OLD_JOBCENTER], id="the day after month 6"),
        pytest.param("2027-07-20", [FIRST, *OLD_FUND, *OLD_JOBCENTER], id="after month 6"),
    ],
)
def test_fund_months_4_and_meetings_4_and_2_on_the_way(on, expected):
    assert short(four_and_two(on)) == expected


def test_an_act_that_keeps_running_courses_changes_nothing_for_them():
    book = published(moving("2027-03-01", moves=False))
    table = table_with({"x": FOUR_AND_TWO})

    assert planned(START, book=book, table=table) == planned(START, book=published())
    assert short(planned("2027-03-01", book=book, table=table)) == short(
        planned("2027-03-01", book=published(moving("2027-03-01")), table=table)
    )


def test_a_window_that_was_open_before_the_day_stays_open():
    """The jobcenter has held the course since 15 April: what it has held since then counts on."""
    moved, plain = four_and_two("2027-05-01").meetings[3], planned(START).meetings[3]

    assert (moved.window_from, moved.act) == (plain.window_from, "x")


@pytest.mark.parametrize(
    ("on", "due_on", "act_slug"),
    [
        pytest.param("2027-01-29", "2027-01-22", "x", id="open on the day: due a week before it, and so overdue"),
        pytest.param("2027-01-30", "2027-01-29", "c-anden-delaftale-2", id="fell due the day before: as it was"),
    ],
)
def test_a_shortened_deadline(on, due_on, act_slug):
    table = table_with({"x": interviews((Party.FUND, 3, 1, 3, 7), (Party.MUNICIPALITY, 3, 4, 6, None))})
    first = planned(START, book=published(moving(on, {})), table=table).meetings[0]

    assert (str(first.due_on), first.act) == (due_on, act_slug)


@pytest.mark.parametrize(
    ("on", "number"),
    [
        pytest.param("2027-02-14", 7, id="due on the day itself: demanded"),
        pytest.param("2027-02-15", 6, id="would have been due the day before: not demanded"),
    ],
)
def test_a_new_meeting_is_not_demanded_for_days_before_the_act(on, number):
    rows = interviews((Party.MUNICIPALITY, 3, 4, 6, None), (Party.BOTH, 1, 1, 1, None), (Party.FUND, 3, 1, 3, 14))
    answer = planned(START, book=published(moving(on, {})), table=table_with({"x": rows}))

    assert len(answer.meetings) == number


def test_a_pause_across_the_day_moves_old_and_new_deadlines_alike():
    paused = (pause("2027-02-20", "2027-03-05"),)  # 14 days

    assert short(four_and_two("2027-03-01", pauses=paused))[1] == "fund 2: 2027-01-15..2027-05-28"
    # Without the pause month 3 ends before the act; with it, on the act's day.
    assert short(four_and_two("2027-04-28"))[1] == OLD_FUND[0]
    assert short(four_and_two("2027-04-28", pauses=paused))[1] == "fund 2: 2027-01-15..2027-05-28"
    assert short(four_and_two("2027-04-29", pauses=paused))[1] == "fund 2: 2027-01-15..2027-04-28"


@pytest.mark.parametrize(
    ("on", "window_to", "names_the_pause"),
    [
        pytest.param("2023-03-02", "2023-08-31", False, id="the pause begins on the act's day: it stops nothing"),
        pytest.param("2023-03-03", "2023-09-01", True, id="the pause began the day before: it stops the clock"),
    ],
)
def test_a_pause_after_the_deadline_is_judged_by_the_law_of_its_own_first_day(on, window_to, names_the_pause):
    """The CV interview fell due on 1 March. Until when a late one counts is moved by the pause, and not by the act."""
    no_pauses = moving(on, {CLOCK_STOPPING_PAUSES: ""}, moves=False)
    begun = {"registered_on": day("2023-02-15"), "pauses": (pause("2023-03-02", "2023-03-02"),)}
    first = planned("2023-03-01", book=published(no_pauses), **begun).meetings[0]

    assert (first.kind, str(first.due_on), first.act) == ("cv_interview", "2023-03-01", "a-foer-anden-delaftale")
    assert str(first.window_to) == window_to
    assert any(step.text.startswith("Pausen fra den 2. marts 2023") for step in first.why) is names_the_pause


@pytest.mark.parametrize(
    ("handed_over_on", "has_fourth"),
    [
        pytest.param("2027-02-28", False, id="handed over the day before the act"),
        pytest.param("2027-03-01", True, id="handed over on the act's day"),
        pytest.param(None, True, id="paid hours, and no hand-over yet"),
    ],
)
def test_no_new_meeting_is_demanded_of_a_fund_that_has_handed_the_course_over(handed_over_on, has_fourth):
    answer = four_and_two("2027-03-01", has_hours=True, handed_over_on=day(handed_over_on) if handed_over_on else None)

    assert (FOURTH in short(answer)) is has_fourth
    # Those it had before are the act's to move.
    assert set(NEW_FUND) < set(short(answer))


def test_an_exemption_postpones_what_the_act_has_moved():
    answer = four_and_two("2027-03-01", exemptions=(exemption("2027-05-01", "2027-05-31"),))

    assert [m.due_on for m in answer.meetings if m.is_postponed] == [date(2027, 6, 30)] * 3


YOUNG = {"born_on": date(2005, 1, 1), "has_qualifying_education": False, "has_children_at_home": False}


@pytest.mark.parametrize(
    ("on", "fund", "jobcenter"),
    [
        pytest.param("2027-01-29", 0, 6, id="nothing has fallen due"),
        pytest.param("2027-01-30", 1, 6, id="the first has fallen due"),
        pytest.param("2027-04-15", 3, 6, id="all of the fund's have"),
        pytest.param("2027-07-15", 3, 3, id="everything has"),
    ],
)
def test_the_rule_for_the_young_reaches_courses_on_their_way(on, fund, jobcenter):
    book = published(moving(on, {YOUNG_COURSE_BY_MUNICIPALITY: "true", YOUNG_MEETINGS: "6"}))
    answer = planned(START, book=book, **YOUNG)

    parties = [meeting.responsible for meeting in answer.meetings]
    assert (parties.count(Party.FUND), parties.count(Party.MUNICIPALITY)) == (fund, jobcenter)
    assert planned(START, book=book) == planned(START, book=published()), "others are as they were"


def test_an_act_that_keeps_between_two_that_move():
    tables = table_with(
        {
            "one": interviews((Party.FUND, 4, 1, 3, 14), (Party.MUNICIPALITY, 3, 4, 6, None)),
            "kept": interviews((Party.FUND, 9, 1, 3, 14)),
            "two": interviews((Party.FUND, 4, 1, 3, 14), (Party.MUNICIPALITY, 2, 4, 6, None)),
        }
    )
    book = published(
        moving("2027-02-01", {}, slug="one"),
        moving("2027-02-15", {}, slug="kept", moves=False),
        moving("2027-05-01", {}, slug="two"),
    )
    answer = planned(START, book=book, table=tables)

    assert [(m.responsible, m.number, m.act) for m in answer.meetings] == [
        ("fund", 1, "c-anden-delaftale-2"),
        ("fund", 2, "one"),
        ("fund", 3, "one"),
        ("fund", 4, "one"),
        ("municipality", 1, "two"),
        ("municipality", 2, "two"),
    ]
    # A course begun under the act that keeps is moved by the second alone.
    assert [m.act for m in planned("2027-02-20", book=book, table=tables).meetings][:1] == ["kept"]


def test_two_acts_that_move_in_turn():
    tables = table_with(
        {
            "one": interviews((Party.FUND, 3, 1, 5, 14), (Party.MUNICIPALITY, 1, 6, 6, None)),
            "two": interviews((Party.FUND, 3, 1, 4, 14), (Party.MUNICIPALITY, 2, 5, 6, None)),
        }
    )
    book = published(moving("2027-03-01", {}, slug="one"), moving("2027-05-15", {}, slug="two"))
    answer = planned(START, book=book, table=tables)

    # The second brings forward to the day before it what the first had put off: overdue on its day.
    assert short(answer) == [
        FIRST,
        "fund 2: 2027-01-15..2027-05-14",
        "fund 3: 2027-01-15..2027-05-14",
        "municipality 1: 2027-05-15..2027-07-14",
        "municipality 2: 2027-05-15..2027-07-14",
    ]


def test_a_moved_meeting_names_the_act_and_one_that_stays_does_not():
    answer = four_and_two("2027-03-01")
    step = "»Loven af 2027-03-01« gælder fra den 1. marts 2027 også for forløb, der er begyndt før."

    assert answer.meetings[0] == planned(START, book=published()).meetings[0]
    assert [any(s.text == step for s in m.why) for m in answer.meetings] == [False, *[True] * 5]
    assert (answer.act, answer.notes[0].text, answer.notes[0].act) == ("x", step, "x")
    assert answer.meetings[1].why[1].day == date(2027, 3, 1)


def test_a_plan_that_an_act_moves_without_changing_it_says_nothing_of_it():
    book = published(moving("2027-03-01", {}))

    assert planned(START, book=book) == planned(START, book=published())


def test_a_course_that_the_law_no_longer_gives_a_number_keeps_what_fell_due():
    answer = planned(START, book=published(moving("2027-03-01", {TARGET_GROUPS: "2"})))

    assert (short(answer), answer.act) == ([FIRST], "c-anden-delaftale-2")


def test_a_kind_is_bookable_by_the_rules_of_the_day_of_the_meeting():
    book = published(moving("2027-03-01", {BOOKABLE_KINDS: "contact_interview"}))

    def refused(on):
        objections = check_booking(
            course=course(START),
            kind=MeetingKind.AVAILABILITY_INTERVIEW,
            party=Party.FUND,
            day=day(on),
            book=book,
            table=TABLE,
        )
        return any(objection.kind == "refuse" for objection in objections)

    assert [refused(on) for on in ("2027-02-26", "2027-03-01")] == [False, True]


def test_the_later_meeting_with_the_fund_goes_by_the_day_asked_about():
    book = published(moving("2028-01-01", {TARGET_GROUPS: "2"}))

    assert long_term_meeting(course=course(START), on=date(2027, 12, 31), book=book) is not None
    assert long_term_meeting(course=course(START), on=date(2028, 1, 1), book=book) is None


def test_a_fund_that_an_earlier_act_gave_more_months_has_new_meetings_in_them():
    five = moving("2027-03-01", {FUND_RESPONSIBLE_MONTHS: "5"}, slug="five")
    rows = interviews((Party.FUND, 4, 1, 5, 14), (Party.MUNICIPALITY, 3, 6, 6, None))
    tables = table_with({"x": rows})

    # The jobcenter would have had the course from 15 April, and has it from 15 June.
    assert "fund 4: 2027-01-15..2027-06-14" not in short(
        planned(START, book=published(moving("2027-05-01", {})), table=tables)
    )
    assert "fund 4: 2027-01-15..2027-06-14" in short(
        planned(START, book=published(five, moving("2027-05-01", {})), table=tables)
    )


@pytest.mark.parametrize(("on", "slug"), [("2027-02-28", "c-anden-delaftale-2"), ("2027-03-01", "x")])
def test_the_table_of_a_course_goes_by_the_day_asked_about(on, slug):
    table, book = table_with({"x": FOUR_AND_TWO}), published(moving("2027-03-01"))

    assert table.in_force(book, day(START), event=day(on))[0].slug == slug
    assert table.in_force(book, day(START))[0].slug == "x"


# A law that takes the group out of the table also lets its pauses run.
PAUSED = course(START, pauses=(pause("2027-01-20", "2027-02-02"),))
NO_PAUSES = published(moving("2027-06-01", {TARGET_GROUPS: "2"}))


def test_whether_pauses_count_goes_by_the_day_of_the_meeting():
    ends = [
        channel_on(course=PAUSED, meeting_on=day(on), kind=MeetingKind.CONTACT_INTERVIEW, number=2, book=NO_PAUSES)
        for on in ("2027-05-31", "2027-06-01")
    ]

    assert [str(answer.citizen_chooses_until) for answer in ends] == ["2027-07-28", "2027-07-14"]


def test_whether_pauses_count_for_the_right_to_a_meeting_goes_by_the_day_asked_about():
    rights = [right_on_request(course=PAUSED, on=day(on), book=NO_PAUSES) for on in ("2027-05-31", "2027-06-01")]
    wish = [
        may_invite_fund(course=PAUSED, party=Party.MUNICIPALITY, number=1, on=day(on), book=NO_PAUSES).is_allowed
        for on in ("2027-05-31", "2027-06-01")
    ]

    assert [str(right.from_day) for right in rights] == ["2027-07-29", "2027-07-15"]
    assert wish == [True, False]


def test_pauses_count_for_the_later_meeting_until_an_act_lets_them_run():
    later = long_term_meeting(course=PAUSED, on=day("2027-05-31"), book=NO_PAUSES)

    assert str(later.due_on) == "2028-05-28"


def test_the_shipped_draft_for_the_young_moves_nobody():
    answer = plan(course=course("2023-12-31", **YOUNG), book=WITH_D, table=TABLE)

    assert answer.act == "a-foer-anden-delaftale"
