"""How long a party that was left reads on, on both sides of the border."""

from datetime import date, timedelta

from cases.rules.former_party import last_day, left_after
from tests.law import BOOK

LEFT = date(2026, 5, 4)


def test_the_last_day_and_the_question_of_a_day_agree():
    last = last_day(LEFT, today=LEFT, book=BOOK)
    assert last == date(2026, 8, 31)
    assert left_after(last, BOOK) < LEFT
    assert left_after(last + timedelta(days=1), BOOK) == LEFT
