from cases.rules.complaint import complaint_guidance
from cases.rules.parameters import COMPLAINT_REASSESS_WORKDAYS, COMPLAINT_WEEKS
from tests.law import BOOK, act, day, shipped_and


def test_four_weeks_run_from_the_day_the_decision_is_given():
    guidance = complaint_guidance(decided_on=day("2024-02-20"), given_on=day("2024-02-22"), book=BOOK)

    assert guidance.due_on == day("2024-03-21")
    assert guidance.why[0].text == "Fristen for at klage er den 21. marts 2024."


def test_the_letter_is_written_before_the_day_is_known():
    guidance = complaint_guidance(decided_on=day("2024-02-20"), given_on=None, book=BOOK)

    assert guidance.due_on is None
    assert "hos kommunen inden 4 uger fra den dag, du fik afgørelsen" in guidance.sentences[0]
    assert "inden 5 arbejdsdage" in guidance.sentences[1]
    assert "Ankestyrelsens Beskæftigelsesudvalg" in guidance.sentences[1]
    assert "4 uger fra den dag, afgørelsen er givet" in guidance.why[0].text


def test_the_day_of_the_decision_decides():
    book = shipped_and(act("2024-03-01", {COMPLAINT_WEEKS: "2", COMPLAINT_REASSESS_WORKDAYS: "1"}, slug="x"))

    def due(decided_on):
        return complaint_guidance(decided_on=day(decided_on), given_on=day("2024-03-01"), book=book).due_on

    assert (due("2024-02-29"), due("2024-03-01")) == (day("2024-03-29"), day("2024-03-15"))
