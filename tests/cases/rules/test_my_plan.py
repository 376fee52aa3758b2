import pytest

from cases.rules.facts import Party
from cases.rules.my_plan import first_version, may_write, missing_parts, parts_on
from cases.rules.parameters import PLAN_FIRST_VERSION_BY, PLAN_REQUIRED_ITEMS, PLAN_STABILISING_GROUPS
from cases.rules.plan_parts import PlanMeeting, PlanPart
from meetings.rules.kinds import MeetingKind
from tests.law import BOOK, act, course, day, shipped_and

DEMANDED = [PlanPart.JOB_GOAL, PlanPart.EDUCATION_GOAL, PlanPart.JOB_SEARCH, PlanPart.OFFERS, PlanPart.OTHER_EFFORTS]


def write(party, on, *, start="2024-01-15", is_first=True, **facts):
    return may_write(party, course=course(start, **facts), on=day(on), is_first=is_first, book=BOOK)


def test_an_empty_plan_lacks_every_demanded_part():
    found = missing_parts({"job_goal": " \n"}, target_group=1, saved_on=day("2024-02-01"), book=BOOK)

    assert [one.field for one in found] == DEMANDED
    assert found[0].text == (
        "Min Plan, der gemmes den 1. februar 2024, skal have jobmål (LAB § 41, stk. 2, nr. 1-4 og 6). Udfyld feltet, "
        "eller skriv »ingen«."
    )


@pytest.mark.parametrize(("group", "is_asked"), [(1, False), (2, False), (3, True), (4, False), (5, True), (11, True)])
def test_stabilising_activities_are_asked_of_some_groups_and_demanded_of_none(group, is_asked):
    parts = parts_on(target_group=group, saved_on=day("2024-02-01"), book=BOOK)

    assert (PlanPart.STABILISING in parts.asked) is is_asked
    assert PlanPart.STABILISING not in parts.required
    assert ("stabiliserende aktiviteter" in parts.why[-1].text) is is_asked


def test_the_parts_are_read_on_the_day_the_plan_is_saved():
    book = shipped_and(
        act("2024-06-01", {PLAN_REQUIRED_ITEMS: "job_goal", PLAN_STABILISING_GROUPS: "1"}, slug="x"),
        act("2024-07-01", {PLAN_REQUIRED_ITEMS: ""}, slug="y"),
    )

    def asked(on):
        return parts_on(target_group=1, saved_on=day(on), book=book).asked

    assert list(asked("2024-05-31")) == DEMANDED
    assert asked("2024-06-01") == (PlanPart.JOB_GOAL, PlanPart.STABILISING)
    assert asked("2024-07-01") == (PlanPart.STABILISING,)
    assert "skal have ingen" in parts_on(target_group=1, saved_on=day("2024-07-01"), book=book).why[0].text


@pytest.mark.parametrize(
    ("start", "meeting"),
    [
        pytest.param("2023-12-31", PlanMeeting.CV_INTERVIEW, id="under the old rules at the cv-samtale"),
        pytest.param("2024-01-01", PlanMeeting.CONTACT_INTERVIEW, id="from act c at the first jobsamtale"),
    ],
)
def test_the_fund_makes_the_first_version(start, meeting):
    answer = first_version(course=course(start), on=day(start), book=BOOK)

    assert (answer.parties, answer.meeting) == ((Party.FUND,), meeting)
    assert answer.why[0].text == f"A-kassen laver første version af Min Plan ved {meeting.label}."


@pytest.mark.parametrize("group", [2, 5, 9])
def test_where_there_is_no_fund_the_municipality_makes_it(group):
    answer = first_version(course=course("2023-06-01", target_group=group), on=day("2023-06-01"), book=BOOK)

    assert (answer.parties, answer.meeting) == ((Party.MUNICIPALITY,), PlanMeeting.CONTACT_INTERVIEW)


def test_an_act_may_leave_it_to_both():
    book = shipped_and(act("2025-01-01", {PLAN_FIRST_VERSION_BY: "fund, municipality"}, slug="x"))

    answer = first_version(course=course("2025-01-01"), on=day("2025-01-01"), book=book)

    assert answer.parties == (Party.FUND, Party.MUNICIPALITY)
    assert answer.why[0].text.startswith("A-kassen og jobcentret laver")


@pytest.mark.parametrize(
    ("party", "on", "is_allowed"),
    [
        (Party.FUND, "2024-04-14", True),
        (Party.MUNICIPALITY, "2024-04-14", False),
        (Party.FUND, "2024-04-15", False),
        (Party.MUNICIPALITY, "2024-04-15", True),
    ],
)
def test_later_versions_are_the_responsible_partys(party, on, is_allowed):
    answer = write(party, on, is_first=False)

    assert answer.is_allowed is is_allowed
    assert "som har ansvaret" in answer.why[-1].text


def test_a_first_version_that_the_fund_never_made_is_made_after_the_handover_by_the_municipality():
    assert write(Party.FUND, "2024-04-14").is_allowed
    assert not write(Party.MUNICIPALITY, "2024-04-14").is_allowed
    late = write(Party.MUNICIPALITY, "2024-04-15")

    assert late.is_allowed
    assert "har overtaget forløbet uden en plan" in late.why[-1].text


def test_under_the_old_rules_the_first_version_is_the_funds_though_the_municipality_has_the_course():
    assert write(Party.FUND, "2023-02-10", start="2023-02-01").is_allowed
    assert not write(Party.MUNICIPALITY, "2023-02-10", start="2023-02-01").is_allowed
    assert write(Party.MUNICIPALITY, "2023-03-10", start="2023-02-01", is_first=False).is_allowed


def test_every_meeting_of_a_plan_is_a_kind_of_meeting():
    assert set(PlanMeeting) <= set(MeetingKind)
