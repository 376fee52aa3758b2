from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.facts import Party
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact, RequirementFact, assign, why_none
from tests.law import day, planned

HELD, BOOKED = MeetingStatus.HELD, MeetingStatus.BOOKED
CONTACT = MeetingKind.CONTACT_INTERVIEW
FUND, MUNICIPALITY = Party.FUND, Party.MUNICIPALITY


def requirements(start="2024-01-15", **facts):
    """The plan as requirements, with keys such as f1 and m3, cv1, av2 and jo1."""
    short = {"cv_interview": "cv", "availability_interview": "av", "joint_interview": "jo"}
    return [
        RequirementFact(
            key=f"{short.get(m.kind, m.responsible[0])}{m.number}",
            kind=m.kind,
            responsible=m.responsible,
            number=m.number,
            window_from=m.window_from,
            window_to=m.window_to,
            due_on=m.due_on,
            is_month_one=m.window_from <= day(start),
        )
        for m in planned(start, **facts).meetings
    ]


def meeting(key, on, party=FUND, *, kind=CONTACT, status=HELD):
    return MeetingFact(key=key, kind=kind, party=party, day=day(on), status=status)


def test_held_meetings_fill_their_row_in_order():
    meetings = [meeting("b", "2024-02-20"), meeting("a", "2024-01-22"), meeting("c", "2024-04-14")]

    assert assign(requirements=requirements(), meetings=meetings) == {
        "a": ("f1", False),
        "b": ("f2", False),
        "c": ("f3", False),
    }


@pytest.mark.parametrize(("on", "is_late"), [("2024-01-29", False), ("2024-01-30", True)])
def test_the_first_of_a_row_is_late_after_its_own_deadline(on, is_late):
    assert assign(requirements=requirements(), meetings=[meeting("a", on)]) == {"a": ("f1", is_late)}


def test_a_meeting_after_the_window_fills_the_earliest_requirement_that_has_ended_and_is_late():
    meetings = [meeting("a", "2024-01-22"), meeting("b", "2024-04-15")]

    assert assign(requirements=requirements(), meetings=meetings)["b"] == ("f2", True)


def test_a_meeting_before_its_window_is_over_the_minimum():
    assert assign(requirements=requirements(), meetings=[meeting("a", "2024-04-14", MUNICIPALITY)]) == {}
    assert assign(requirements=requirements(), meetings=[meeting("a", "2024-04-15", MUNICIPALITY)]) == {
        "a": ("m1", False)
    }


def test_after_an_early_handover_the_municipalitys_meetings_count_from_that_day():
    early = [meeting("a", "2024-03-10", MUNICIPALITY), meeting("b", "2024-03-09", MUNICIPALITY)]

    matched = assign(requirements=requirements(), meetings=early, handed_over_on=date(2024, 3, 10))

    assert matched == {"a": ("m1", False)}


def test_a_late_handover_does_not_close_a_window_that_is_open():
    held = [meeting("a", "2024-04-20", MUNICIPALITY)]

    assert assign(requirements=requirements(), meetings=held, handed_over_on=date(2024, 5, 1)) == {"a": ("m1", False)}


def test_further_meetings_are_over_the_minimum():
    meetings = [meeting(key, f"2024-02-0{key}") for key in range(1, 6)]

    assert sorted(assign(requirements=requirements(), meetings=meetings)) == [1, 2, 3]


def test_a_meeting_between_registration_and_start_counts_in_month_one():
    waiting = requirements(registered_on=date(2024, 1, 2))

    meetings = [meeting("a", "2024-01-05"), meeting("b", "2024-01-10")]

    assert assign(requirements=waiting, meetings=meetings) == {"a": ("f1", False), "b": ("f2", False)}


@pytest.mark.parametrize("status", [MeetingStatus.MISSED, MeetingStatus.CANCELLED, MeetingStatus.MOVED])
def test_meetings_without_the_citizen_fill_nothing(status):
    assert assign(requirements=requirements(), meetings=[meeting("a", "2024-01-22", status=status)]) == {}


def test_held_meetings_choose_before_booked_ones():
    meetings = [meeting("booked", "2024-01-25", status=BOOKED), meeting("held", "2024-01-30")]

    assert assign(requirements=requirements(), meetings=meetings) == {"held": ("f1", True), "booked": ("f2", False)}


def test_one_kind_never_fills_another():
    old = requirements("2022-06-01")
    availability = MeetingKind.AVAILABILITY_INTERVIEW

    assert assign(requirements=old, meetings=[meeting("a", "2022-06-10", MUNICIPALITY, kind=availability)]) == {}
    assert assign(requirements=old, meetings=[meeting("a", "2022-06-10", kind=CONTACT)]) == {}
    assert assign(requirements=old, meetings=[meeting("a", "2022-06-10", kind=availability)]) == {"a": ("av1", False)}


def test_of_several_rows_the_one_that_ends_first_is_filled():
    old = requirements("2022-06-01")
    availability = MeetingKind.AVAILABILITY_INTERVIEW
    meetings = [
        meeting("a", "2022-07-10", kind=availability),
        meeting("b", "2022-08-10", kind=availability),
        meeting("c", "2022-08-20", kind=availability),
    ]

    assert assign(requirements=old, meetings=meetings) == {"a": ("av1", False), "b": ("av2", False)}


def test_a_window_that_holds_the_day_goes_before_one_that_has_ended():
    availability = MeetingKind.AVAILABILITY_INTERVIEW
    meetings = [meeting("a", "2022-10-10", kind=availability), meeting("b", "2022-10-20", kind=availability)]

    assert assign(requirements=requirements("2022-06-01"), meetings=meetings) == {
        "a": ("av2", False),
        "b": ("av1", True),
    }


def test_the_municipality_holds_the_joint_interviews():
    joint = meeting("a", "2022-06-10", MUNICIPALITY, kind=MeetingKind.JOINT_INTERVIEW)

    assert assign(requirements=requirements("2022-06-01"), meetings=[joint]) == {"a": ("jo1", False)}


def test_a_cv_interview_held_after_its_14_days_is_late():
    cv = meeting("a", "2022-07-10", kind=MeetingKind.CV_INTERVIEW)

    assert assign(requirements=requirements("2022-06-01"), meetings=[cv]) == {"a": ("cv1", True)}


@given(
    st.lists(
        st.tuples(
            st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 9, 1)),
            st.sampled_from([FUND, MUNICIPALITY]),
            st.sampled_from([HELD, BOOKED]),
        ),
        max_size=12,
    )
)
def test_each_requirement_is_filled_once_and_by_its_own_party(found):
    wanted = {requirement.key: requirement for requirement in requirements()}
    meetings = {
        key: MeetingFact(key=key, kind=CONTACT, party=party, day=on, status=status)
        for key, (on, party, status) in enumerate(found)
    }

    matched = assign(requirements=wanted.values(), meetings=meetings.values())

    filled = [requirement for requirement, _ in matched.values()]
    assert len(filled) == len(set(filled))
    for key, (requirement, is_late) in matched.items():
        assert wanted[requirement].responsible == meetings[key].party
        assert is_late is (meetings[key].day > wanted[requirement].due_on)


@pytest.mark.parametrize(
    ("start", "one", "why"),
    [
        pytest.param(
            "2024-01-15",
            meeting("x", "2024-02-01"),
            "De jobsamtaler hos a-kassen, som loven krævede til og med den dag, er dækket af andre samtaler.",
            id="more than the law demands",
        ),
        pytest.param(
            "2024-01-15",
            meeting("x", "2024-04-14", MUNICIPALITY),
            "Loven kræver først jobsamtaler hos jobcentret fra den 15. april 2024.",
            id="the day before the window",
        ),
        pytest.param(
            "2024-01-15",
            meeting("x", "2024-02-01", kind=MeetingKind.AVAILABILITY_INTERVIEW),
            "Loven kræver ingen rådighedssamtaler hos a-kassen i dette forløb.",
            id="a kind that is not demanded",
        ),
    ],
)
def test_why_a_meeting_counts_for_none(start, one, why):
    before = [meeting(key, f"2024-01-{key}") for key in ("16", "17", "18")]

    assert "x" not in assign(requirements=requirements(start), meetings=[*before, one])
    assert why_none(meeting=one, requirements=requirements(start)) == why


def test_after_an_early_handover_the_municipality_counts_from_that_day():
    one = meeting("x", "2024-03-01", MUNICIPALITY)

    assert "først jobsamtaler hos jobcentret fra den 2. marts 2024" in why_none(
        meeting=one, requirements=requirements(), handed_over_on=date(2024, 3, 2)
    )
