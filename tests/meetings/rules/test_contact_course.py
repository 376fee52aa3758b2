from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.facts import Course, ExemptionFact, ExemptionReason, Party, PauseFact
from cases.rules.parameters import YOUNG_COURSE_BY_MUNICIPALITY
from cases.rules.period import Period
from cases.rules.rule_book import NotInForce, RuleBook
from meetings.rules.contact_course import BadTable, MeetingTable, TableRow, plan, row_of
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import FIRST_CONTACT_GROUPS, OLD_KINDS_ENFORCED
from tests.law import BOOK, TABLE, WITH_D, WITH_E, act, exemption, lines, pause, planned, shipped_and

ROW = TableRow(1, MeetingKind.CONTACT_INTERVIEW, Party.FUND, 2, 1, 3, 14, "§ 31")


def texts(meeting):
    return [step.text for step in meeting.why]


@pytest.mark.parametrize(
    ("start", "act_slug", "number"),
    [
        pytest.param("2020-01-01", "a-foer-anden-delaftale", 9, id="the first day there are rules for"),
        pytest.param("2023-03-22", "a-foer-anden-delaftale", 9, id="act b sets no table"),
        pytest.param("2023-12-31", "a-foer-anden-delaftale", 9, id="the day before act c"),
        pytest.param("2024-01-01", "c-anden-delaftale-2", 6, id="the day act c comes into force"),
        pytest.param("2026-07-01", "c-anden-delaftale-2", 6, id="act e is a draft"),
    ],
)
def test_the_table_is_read_on_the_day_the_course_starts(start, act_slug, number):
    answer = planned(start)

    assert (answer.act, len(answer.meetings)) == (act_slug, number)


@pytest.mark.parametrize(("start", "number"), [("2026-06-30", 6), ("2026-07-01", 4)])
def test_with_act_e_courses_begun_from_its_day_have_four(start, number):
    assert len(planned(start, book=WITH_E).meetings) == number


def test_no_course_starts_before_there_are_rules():
    with pytest.raises(NotInForce, match="31. december 2019"):
        planned("2019-12-31")


def test_registration_before_placement_counts_the_first_deadline_from_the_registration():
    answer = planned("2024-01-15", registered_on=date(2024, 1, 8))

    assert lines(answer)[0] == ("fund", "contact_interview", 1, "2024-01-08", "2024-01-22")
    assert lines(answer)[1] == ("fund", "contact_interview", 2, "2024-01-15", "2024-04-14")


def test_months_and_due_days_follow_their_own_clocks_when_a_course_is_paused():
    answer = planned("2024-09-02", pauses=(pause("2024-09-05", "2024-09-18"),))

    assert lines(answer) == [
        ("fund", "contact_interview", 1, "2024-09-02", "2024-09-16"),
        ("fund", "contact_interview", 2, "2024-09-02", "2024-12-15"),
        ("fund", "contact_interview", 3, "2024-09-02", "2024-12-15"),
        ("municipality", "contact_interview", 1, "2024-12-16", "2025-03-15"),
        ("municipality", "contact_interview", 2, "2024-12-16", "2025-03-15"),
        ("municipality", "contact_interview", 3, "2024-12-16", "2025-03-15"),
    ]


def test_the_first_meeting_is_never_due_after_its_months():
    table = MeetingTable(
        {"c-anden-delaftale-2": (TableRow(1, MeetingKind.CONTACT_INTERVIEW, Party.FUND, 2, 1, 1, 60, "§ 31"),)}
    )

    assert [str(meeting.due_on) for meeting in planned("2024-01-15", table=table).meetings] == ["2024-02-14"] * 2


def test_a_deadline_counted_from_registration_in_a_later_month_keeps_its_window():
    table = MeetingTable(
        {"c-anden-delaftale-2": (TableRow(1, MeetingKind.CONTACT_INTERVIEW, Party.FUND, 1, 2, 2, 40, "§ 31"),)}
    )
    (meeting,) = planned("2024-01-15", table=table).meetings

    assert (str(meeting.window_from), str(meeting.due_on), str(meeting.window_to)) == (
        "2024-02-15",
        "2024-02-24",
        "2024-03-14",
    )


def test_the_explanation_of_the_first_and_of_a_later_meeting():
    first, *_, last = planned("2024-01-16").meetings

    assert texts(first) == [
        "Forløbet begynder ved indplaceringen den 16. januar 2024.",
        "Efter »Anden delaftale, andet lovforslag« skal a-kassen holde mindst 3 jobsamtaler i måned 1-3 af forløbet.",
        "3 måneder fra den 16. januar 2024 slutter den 15. april 2024, sidste dag medregnet.",
        "Den første skal holdes senest 14 dage efter tilmeldingen den 16. januar 2024: den 30. januar 2024.",
    ]
    assert texts(last) == [
        "Forløbet begynder ved indplaceringen den 16. januar 2024.",
        "Efter »Anden delaftale, andet lovforslag« skal jobcentret holde mindst 3 jobsamtaler i måned 4-6 af forløbet.",
        "Måned 4 begynder den 16. april 2024.",
        "6 måneder fra den 16. januar 2024 slutter den 15. juli 2024, sidste dag medregnet.",
    ]
    assert {step.act for step in first.why} == {None, "c-anden-delaftale-2"}


def test_a_deadline_on_a_sunday_or_a_holiday_is_not_moved_but_warned_of():
    sunday = planned("2024-01-15").meetings[1]
    christmas = planned("2024-09-26").meetings[1]

    assert sunday.due_on == date(2024, 4, 14)
    assert texts(sunday)[-1] == "Fristen den 14. april 2024 falder på en søndag og flyttes ikke."
    assert texts(christmas)[-1] == "Fristen den 25. december 2024 falder på en helligdag (juledag) og flyttes ikke."


@pytest.mark.parametrize(
    ("start", "is_enforced"),
    [
        pytest.param("2023-12-17", True, id="CV due on 31 December 2023: demanded"),
        pytest.param("2023-12-18", False, id="CV due on 1 January 2024: historic"),
    ],
)
def test_old_kinds_are_history_from_the_day_of_act_c(start, is_enforced):
    cv = planned(start).meetings[0]

    assert cv.kind == MeetingKind.CV_INTERVIEW
    assert cv.is_enforced is is_enforced


def test_the_switch_makes_old_kinds_demanded_again():
    book = shipped_and(act("2024-01-01", {OLD_KINDS_ENFORCED: "true"}, slug="x-switch"))

    assert all(meeting.is_enforced for meeting in planned("2023-12-31", book=book).meetings)


@pytest.mark.parametrize(
    ("start", "is_noted"),
    [
        pytest.param("2025-12-31", False, id="the last deadline is 29 June 2026"),
        pytest.param("2026-01-01", False, id="the last deadline is 30 June 2026"),
        pytest.param("2026-01-02", True, id="the last deadline is 1 July 2026"),
    ],
)
def test_what_falls_on_a_day_with_a_newer_draft_bears_the_notice(start, is_noted):
    answer = planned(start)

    assert bool(answer.notes) is is_noted
    marked = [m for m in answer.meetings if "ikke bekræftet" in m.why[-1].text]
    assert {m.due_on >= date(2026, 7, 1) for m in marked} == ({True} if is_noted else set())
    assert len(marked) == (3 if is_noted else 0)


@pytest.mark.parametrize("book", [BOOK, RuleBook([])], ids=["the shipped law", "a law that says nothing"])
def test_the_trial_follows_no_table(book):
    young = {"born_on": date(2002, 1, 1), "has_qualifying_education": False, "has_children_at_home": False}
    answer = planned("2022-06-01", is_trial=True, book=book, **young)

    assert (answer.act, answer.meetings) == (None, ())
    assert "a-kasseforsøget" in answer.notes[0].text


@pytest.mark.parametrize("group", [2, 3, 4, 5])
def test_groups_2_to_5_have_four_meetings_the_first_within_a_week(group):
    answer = planned("2024-01-15", target_group=group)

    assert answer.act == "a-foer-anden-delaftale"
    assert lines(answer) == [
        ("municipality", "contact_interview", 1, "2024-01-15", "2024-01-22"),
        *(("municipality", "contact_interview", n, "2024-01-15", "2024-07-14") for n in (2, 3, 4)),
    ]


@pytest.mark.parametrize("group", [7, 8, 9, 10])
def test_groups_7_to_10_have_four_meetings_without_a_first_day(group):
    answer = planned("2024-01-15", target_group=group)

    assert [str(meeting.due_on) for meeting in answer.meetings] == ["2024-07-14"] * 4


@pytest.mark.parametrize("group", [6, 11, 12, 13])
def test_other_groups_have_no_fixed_number(group):
    answer = planned("2024-01-15", target_group=group)

    assert (answer.act, answer.meetings) == (None, ())
    assert f"målgruppe {group}" in answer.notes[0].text


def test_which_groups_have_a_first_day_is_data():
    book = shipped_and(act("2024-01-01", {FIRST_CONTACT_GROUPS: "7"}, slug="x-groups"))

    assert planned("2024-01-15", target_group=7, book=book).meetings[0].due_on == date(2024, 1, 22)
    assert planned("2024-01-15", target_group=2, book=book).meetings[0].due_on == date(2024, 7, 14)


def test_a_young_rule_without_a_number_is_an_error_not_a_guess():
    book = shipped_and(act("2024-01-01", {YOUNG_COURSE_BY_MUNICIPALITY: "true"}, slug="x-young"))

    with pytest.raises(NotInForce, match="meetings.young_meetings"):
        planned(
            "2024-09-02",
            book=book,
            born_on=date(2002, 1, 1),
            has_qualifying_education=False,
            has_children_at_home=False,
        )


def test_the_young_plan_says_why():
    answer = planned(
        "2024-09-02", book=WITH_D, born_on=date(2002, 1, 1), has_qualifying_education=False, has_children_at_home=False
    )

    assert "ung" in answer.notes[0].text


def test_an_open_pause_is_noted():
    answer = planned("2024-09-02", pauses=(pause("2024-10-07", None),))

    assert lines(answer) == lines(planned("2024-09-02"))
    assert "har ingen slutdato" in answer.notes[0].text


def test_a_deadline_in_an_exemption_is_postponed_and_the_order_follows():
    answer = planned("2024-01-15", exemptions=(exemption("2024-01-20", "2024-04-20"),))

    assert lines(answer)[:3] == [("fund", "contact_interview", n, "2024-01-15", "2024-05-20") for n in (1, 2, 3)]
    first = answer.meetings[0]
    assert (first.is_postponed, str(first.window_to)) == (True, "2024-05-20")
    assert "udskudt til 1 måned efter: den 20. maj 2024" in texts(first)[-2]
    assert "helligdag (anden pinsedag)" in texts(first)[-1]
    assert not answer.meetings[-1].is_postponed


def test_a_row_that_no_course_could_follow_is_refused():
    data = {
        "order": 2,
        "kind": "contact_interview",
        "responsible": "fund",
        "number": 1,
        "from_month": 3,
        "to_month": 1,
        "due_days_after_registration": None,
        "legal_basis": "§ 31",
    }
    for wrong in ({}, {"to_month": 3, "number": 0}, {"to_month": 3, "kind": "tea"}, {"to_month": 3, "from_month": 0}):
        with pytest.raises(BadTable, match="Række 2"):
            row_of({**data, **wrong})
    row = TableRow(2, MeetingKind.CONTACT_INTERVIEW, Party.FUND, 1, 3, 3, None, legal_basis="§ 31")
    assert row_of({**data, "to_month": 3}) == row


def test_tables_with_the_same_rows_are_equal():
    assert MeetingTable({"x": (ROW,), "y": ()}) == MeetingTable({"x": (ROW,)})
    assert hash(MeetingTable({"x": (ROW,)})) == hash(MeetingTable({"x": (ROW,)}))
    assert MeetingTable({"x": (ROW,)}) != MeetingTable({"z": (ROW,)})
    assert MeetingTable({}) != "a table"


def test_the_facts_that_a_plan_does_not_depend_on_are_not_remembered_apart():
    one = planned("2024-01-15", has_hours=True, born_on=date(1980, 1, 1))

    assert one is planned("2024-01-15", handed_over_on=date(2024, 3, 1))


@st.composite
def courses(draw):
    registered = draw(st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31)))
    placed = registered + timedelta(days=draw(st.integers(0, 60)))
    spans = st.tuples(st.integers(0, 300), st.integers(1, 60))

    def periods():
        return [
            Period(placed + timedelta(days=offset), placed + timedelta(days=offset + days))
            for offset, days in draw(st.lists(spans, max_size=3))
        ]

    return Course(
        registered_on=registered,
        placed_on=placed,
        target_group=draw(st.sampled_from([1, 1, 1, 2, 7])),
        pauses=tuple(PauseFact("holiday", span) for span in periods()),
        exemptions=tuple(ExemptionFact(ExemptionReason.SENT_HOME, span) for span in periods()),
    )


@given(courses())
def test_a_plan_is_in_order_and_every_meeting_can_be_held_in_time(facts):
    answer = plan(course=facts, book=BOOK, table=TABLE)

    orders = [(m.due_on, m.window_from, m.number) for m in answer.meetings]
    assert orders == sorted(orders)
    for meeting in answer.meetings:
        assert min(facts.registered_on, facts.placed_on) <= meeting.window_from
        assert meeting.due_on <= meeting.window_to
        assert meeting.window_from <= meeting.window_to
        assert meeting.why
        assert all(step.text.endswith(".") for step in meeting.why)


@given(courses())
def test_numbers_run_from_one_within_kind_and_party(facts):
    answer = plan(course=facts, book=BOOK, table=TABLE)

    found: dict = {}
    for meeting in answer.meetings:
        found.setdefault((meeting.kind, meeting.responsible), []).append(meeting.number)
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in found.values())


@given(courses())
def test_pauses_and_exemptions_never_bring_a_deadline_forward(facts):
    free = Course(registered_on=facts.registered_on, placed_on=facts.placed_on, target_group=facts.target_group)

    before = {(m.kind, m.responsible, m.number): m.due_on for m in plan(course=free, book=BOOK, table=TABLE).meetings}
    for meeting in plan(course=facts, book=BOOK, table=TABLE).meetings:
        assert meeting.due_on >= before[meeting.kind, meeting.responsible, meeting.number]


@given(courses())
def test_no_deadline_lies_in_an_exemption(facts):
    for meeting in plan(course=facts, book=BOOK, table=TABLE).meetings:
        assert not any(one.span.contains(meeting.due_on) for one in facts.exemptions)
