from datetime import date

import pytest

from cases.rules.facts import Party
from cases.rules.rule_book import RuleBook
from meetings.rules.booking import check_booking, check_held
from meetings.rules.kinds import MeetingKind
from meetings.rules.lifecycle import MeetingStatus
from meetings.rules.matching import MeetingFact
from meetings.rules.parameters import KINDS_CALLED_BY_FUND, KINDS_CALLED_BY_MUNICIPALITY
from tests.law import BOOK, TABLE, WITH_D, act, course, day, exemption, pause

CONTACT, CV, AVAILABILITY, JOINT = MeetingKind
FUND, MUNICIPALITY = Party.FUND, Party.MUNICIPALITY


def objections(on, party=FUND, *, kind=CONTACT, start="2024-01-15", book=BOOK, today=None, counting=(), **facts):
    found = check_booking(
        course=course(start, **facts),
        kind=kind,
        party=party,
        day=day(on),
        book=book,
        table=TABLE,
        counting=counting,
        today=day(today) if today else None,
    )
    return [(str(objection.kind), objection.text) for objection in found]


@pytest.mark.parametrize(("on", "party"), [("2024-01-15", FUND), ("2024-04-12", FUND), ("2024-04-15", MUNICIPALITY)])
def test_a_booking_that_the_law_has_nothing_against(on, party):
    assert objections(on, party, today="2024-01-15") == []


@pytest.mark.parametrize(
    ("start", "kind", "is_bookable"),
    [
        pytest.param("2023-12-31", CV, True, id="a course under act a keeps its kinds"),
        pytest.param("2024-01-01", CV, False, id="a course under act c has no CV interview"),
        pytest.param("2024-01-01", AVAILABILITY, True, id="the availability interview can be booked when needed"),
    ],
)
def test_which_kinds_can_be_booked(start, kind, is_bookable):
    found = objections("2024-02-01", kind=kind, start=start)

    assert (not found) is is_bookable
    if not is_bookable:
        assert found[0][0] == "refuse"
        assert "En cv-samtale kan ikke bookes" in found[0][1]
        assert "Vælg jobsamtale eller rådighedssamtale" in found[0][1]


@pytest.mark.parametrize(
    ("kind", "party", "is_refused"),
    [
        (CV, FUND, False),
        (CV, MUNICIPALITY, True),
        (AVAILABILITY, FUND, False),
        (AVAILABILITY, MUNICIPALITY, True),
        (JOINT, FUND, True),
        (JOINT, MUNICIPALITY, False),
        (CONTACT, FUND, True),
        (CONTACT, MUNICIPALITY, False),
    ],
)
def test_who_calls_to_what_under_the_old_table(kind, party, is_refused):
    found = objections("2022-06-07", party, kind=kind, start="2022-06-01")

    assert [text for sort, text in found if sort == "refuse"] == ([found[0][1]] if is_refused else [])
    assert bool(found) is is_refused


def test_an_act_says_who_calls_to_a_kind():
    moved = act(
        "2022-01-01", {KINDS_CALLED_BY_FUND: "cv_interview", KINDS_CALLED_BY_MUNICIPALITY: "availability_interview"}
    )
    book = RuleBook([*reversed(BOOK.acts), moved])

    [(sort, text)] = objections("2022-06-07", FUND, kind=AVAILABILITY, start="2022-06-01", book=book)

    assert (sort, "indkaldes af jobcentret" in text) == ("refuse", True)
    assert objections("2022-06-07", MUNICIPALITY, kind=AVAILABILITY, start="2022-06-01", book=book) == []
    # On neither list: whoever holds the course calls, and that is the municipality.
    assert objections("2022-06-07", MUNICIPALITY, kind=JOINT, start="2022-06-01", book=book) == []
    [(sort, text)] = objections("2022-06-07", FUND, kind=JOINT, start="2022-06-01", book=book)
    assert sort == "refuse"


def test_the_fund_holds_no_interviews_with_the_young_under_act_d():
    young = {"born_on": date(2002, 1, 1), "has_qualifying_education": False, "has_children_at_home": False}

    found = objections("2024-02-01", book=WITH_D, **young)

    assert found[0][0] == "refuse"
    assert "under 25 år" in found[0][1]
    assert objections("2024-02-01", **young) == []


@pytest.mark.parametrize(
    ("on", "party"),
    [
        pytest.param("2024-04-12", MUNICIPALITY, id="the municipality in month 3"),
        pytest.param("2024-04-15", FUND, id="the fund in month 4"),
    ],
)
def test_the_party_without_responsibility_is_warned(on, party):
    found = objections(on, party)

    assert [sort for sort, _ in found] == ["warn", "warn"]
    assert "har ansvaret for kontaktforløbet" in found[0][1]
    assert ("Efter fristen" if party is FUND else "uden for de dage") in found[1][1]


def test_after_an_early_handover_the_municipality_books_freely():
    assert objections("2024-03-11", MUNICIPALITY, handed_over_on=date(2024, 3, 11)) == []
    assert len(objections("2024-03-08", MUNICIPALITY, handed_over_on=date(2024, 3, 11))) == 2


def test_with_hours_and_no_handover_the_municipality_is_warned_in_month_four():
    found = objections("2024-04-15", MUNICIPALITY, has_hours=True)

    assert [sort for sort, _ in found] == ["warn"]
    assert "timerne afgør overgangen" in found[0][1]


def test_a_day_before_the_registration_is_refused():
    found = objections("2024-01-12")

    assert found == [("refuse", "Den 12. januar 2024 ligger før tilmeldingen den 15. januar 2024. Vælg en senere dag.")]


def test_a_day_between_registration_and_start_is_inside_month_one():
    assert objections("2024-01-05", registered_on=date(2024, 1, 2)) == []


def held(party, *days):
    return [MeetingFact(one, CONTACT, party, day(one), MeetingStatus.HELD) for one in days]


@pytest.mark.parametrize(
    ("counting", "deadline"),
    [
        pytest.param((), "29. januar 2024", id="all three are missing: the first"),
        pytest.param(held(FUND, "2024-01-22"), "14. april 2024", id="the first is held"),
        pytest.param(held(MUNICIPALITY, "2024-04-22"), "29. januar 2024", id="held by the other party"),
    ],
)
def test_a_meeting_that_is_overdue_names_the_deadline_it_missed(counting, deadline):
    found = objections("2024-04-15", counting=counting)

    assert found[1:] == [("warn", f"Efter fristen: samtalen skulle være holdt senest den {deadline}.")]


def test_a_late_first_meeting_within_its_months_is_nothing_to_weigh():
    assert objections("2024-01-30") == []


def test_an_overdue_meeting_after_the_months_fulfils_its_requirement_late():
    found = objections("2024-07-15", MUNICIPALITY, counting=held(MUNICIPALITY, "2024-05-02", "2024-05-03"))

    assert found == [("warn", "Efter fristen: samtalen skulle være holdt senest den 14. juli 2024.")]


def test_a_historic_requirement_has_no_deadline_to_be_late_for():
    assert objections("2024-06-04", kind=AVAILABILITY, start="2023-11-01") == []


def test_a_day_after_month_six_is_warned_of():
    found = objections(
        "2024-07-15", MUNICIPALITY, counting=held(MUNICIPALITY, "2024-05-02", "2024-05-03", "2024-05-06")
    )

    assert [sort for sort, _ in found] == ["warn"]
    assert "fra den 15. april 2024 til og med den 14. juli 2024" in found[0][1]
    assert "opfylder ikke et krav" in found[0][1]


def test_a_day_that_has_passed_is_warned_of():
    assert "er passeret" in objections("2024-02-01", today="2024-02-02")[0][1]
    assert objections("2024-02-01", today="2024-02-01") == []


def test_days_of_rest_and_closed_days_are_warned_of():
    paused = objections("2024-02-15", pauses=(pause("2024-02-10", "2024-02-20"),))
    exempted = objections("2024-02-15", exemptions=(exemption("2024-02-10", "2024-02-20"),))

    assert "på pause til og med den 20. februar 2024" in paused[0][1]
    assert "fritaget" in exempted[0][1]
    assert objections("2024-02-18") == [("warn", "Den 18. februar 2024 er en søndag.")]


def test_a_course_without_a_table_has_no_windows():
    assert objections("2022-06-07", MUNICIPALITY, start="2022-06-01", is_trial=True) == []


def held_objections(on, party=FUND, *, kind=CONTACT, start="2024-01-15", book=BOOK, **facts):
    found = check_held(course=course(start, **facts), kind=kind, party=party, day=day(on), book=book)
    return [(str(objection.kind), objection.text) for objection in found]


@pytest.mark.parametrize(
    ("on", "party", "says"),
    [
        pytest.param("2024-01-15", FUND, [], id="the first day of the course"),
        pytest.param("2024-01-14", FUND, [("refuse", "ligger før tilmeldingen den 15. januar 2024")], id="before it"),
        pytest.param("2024-04-12", FUND, [], id="the last weekday on which the a-kasse is responsible"),
        pytest.param("2024-04-15", FUND, [("warn", "er det jobcentret, der har ansvaret")], id="the day after"),
        pytest.param("2024-04-14", FUND, [("warn", "er en søndag")], id="a Sunday"),
        pytest.param("2024-09-02", MUNICIPALITY, [], id="late, and more than the law demands, is no objection"),
    ],
)
def test_what_the_law_has_against_a_meeting_that_was_held(on, party, says):
    found = held_objections(on, party)

    assert [kind for kind, _ in found] == [kind for kind, _ in says]
    assert all(text in told for (_, told), (_, text) in zip(found, says, strict=True))


def test_who_calls_to_a_kind_may_hold_it_and_nobody_else():
    assert held_objections("2023-02-01", MUNICIPALITY, kind=CV, start="2023-01-02")[0][0] == "refuse"
    assert held_objections("2023-02-01", FUND, kind=CV, start="2023-01-02") == []
