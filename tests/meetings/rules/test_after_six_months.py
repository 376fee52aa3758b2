import pytest

from meetings.rules.after_six_months import fulfils, long_term_meeting, right_on_request
from meetings.rules.parameters import LONG_TERM_JOINT_MONTH, REQUEST_RIGHT_AFTER_MONTHS
from tests.law import BOOK, act, course, day, exemption, pause, shipped_and


def meeting(start="2024-01-15", *, on="2025-05-01", book=BOOK, **facts):
    return long_term_meeting(course=course(start, **facts), on=day(on), book=book)


def test_the_right_begins_when_the_table_ends():
    before = right_on_request(course=course("2024-01-15"), on=day("2024-07-14"), book=BOOK)
    after = right_on_request(course=course("2024-01-15"), on=day("2024-07-15"), book=BOOK)

    assert "begynder den 15. juli 2024; til da gælder lovens tabel" in before.why[-1].text
    assert "ret til en samtale, når borgeren beder om den" in after.why[-1].text


def test_a_pause_moves_both():
    work = (pause("2024-03-04", "2024-03-17"),)

    assert right_on_request(course=course("2024-01-15", pauses=work), on=day("2024-07-28"), book=BOOK).from_day == day(
        "2024-07-29"
    )
    assert (str(meeting(pauses=work).window_from), str(meeting(pauses=work).due_on)) == ("2024-07-29", "2025-05-28")


def test_the_day_of_the_question_decides():
    book = shipped_and(
        act("2024-08-01", {REQUEST_RIGHT_AFTER_MONTHS: "8"}, slug="x"),
        act("2025-05-01", {LONG_TERM_JOINT_MONTH: "12"}, slug="y"),
    )

    def has_right(on):
        return right_on_request(course=course("2024-01-15"), on=day(on), book=book).has_right

    assert (has_right("2024-07-31"), has_right("2024-08-01")) == (True, False)
    assert str(meeting(on="2025-04-30", book=book).due_on) == "2025-05-14"
    assert str(meeting(on="2025-05-01", book=book).due_on) == "2025-01-14"


@pytest.mark.parametrize("facts", [{"target_group": 2}, {"is_trial": True}])
def test_without_a_fund_or_in_the_trial_there_is_no_such_meeting(facts):
    assert meeting(**facts) is None


def test_a_deadline_in_an_exemption_is_postponed():
    postponed = meeting(exemptions=(exemption("2025-05-01", "2025-05-31"),))

    assert (str(postponed.due_on), postponed.is_postponed) == ("2025-06-30", True)
    assert "udskudt" in postponed.why[-1].text


def test_the_explanation_has_the_law_behind_it():
    answer = meeting()

    assert (answer.act, answer.legal_basis) == ("a-foer-anden-delaftale", "LAB § 32, stk. 2")
    assert "16 måneder fra den 15. januar 2024 slutter den 14. maj 2025" in answer.why[0].text
    assert "intensiveret indsats" in answer.why[1].text


def test_a_draft_that_may_change_the_law_of_the_day_gives_its_notice():
    assert "Reglen er ikke bekræftet" in meeting("2025-06-02").why[-1].text
    asked = right_on_request(course=course("2025-06-02"), on=day("2026-07-01"), book=BOOK)
    assert "Reglen er ikke bekræftet" in asked.why[-1].text


@pytest.mark.parametrize(
    ("held_on", "counts"),
    [
        pytest.param("2024-07-14", False, id="in the first six months: one of the table's"),
        pytest.param("2024-07-15", True, id="the first day after them"),
        pytest.param("2025-05-15", True, id="late, but held"),
    ],
)
def test_which_meeting_is_the_one(held_on, counts):
    assert fulfils(meeting(), held_on=day(held_on), fund_took_part=True, fund_declined=False) is counts
