from cases.rules.explanation import Step, from_data, to_data, unconfirmed_notice
from cases.rules.wording import counted, day_text, listed
from tests.law import BOOK, day


def test_an_explanation_is_stored_as_plain_data_and_read_back():
    steps = (Step("Begynder.", day("2024-01-15")), Step("Efter loven.", None, "c-anden-delaftale-2", "LAB § 31"))

    data = to_data(steps)

    assert data[0] == {"text": "Begynder.", "day": "2024-01-15", "act": None, "legal_basis": ""}
    assert from_data(data) == steps


def test_the_notice_names_the_draft_and_its_day():
    (step,) = unconfirmed_notice(day("2026-07-01"), BOOK)

    assert step.text.startswith("Reglen er ikke bekræftet: »Mere fleksibelt kontaktforløb« gælder fra den 1. juli 2026")
    assert unconfirmed_notice(day("2026-06-30"), BOOK) == ()


def test_days_and_lists_in_danish():
    assert day_text(day("2024-01-15")) == "15. januar 2024"
    assert counted(1, "dag", "dage") == "1 dag"
    assert counted(14, "dag", "dage") == "14 dage"
    assert listed(["fremmøde"]) == "fremmøde"
    assert listed(["fremmøde", "telefon", "video"], "eller") == "fremmøde, telefon eller video"
