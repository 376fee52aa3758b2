from referrals.rules.lead_times import not_sent_from, offer_due_soon_until, waiting_from
from referrals.rules.parameters import REMINDER_WAITING_DAYS
from tests.law import BOOK, act, day, shipped_and


def test_days_after_and_ahead():
    assert waiting_from(day("2024-02-10"), BOOK) == day("2024-02-17")
    assert not_sent_from(day("2024-02-20"), BOOK) == day("2024-02-21")
    assert offer_due_soon_until(day("2024-06-16"), BOOK) == day("2024-07-14")


def test_a_lead_time_is_read_on_its_day():
    book = shipped_and(act("2024-02-11", {REMINDER_WAITING_DAYS: "3"}, slug="x"))

    assert waiting_from(day("2024-02-10"), book) == day("2024-02-17")
    assert waiting_from(day("2024-02-11"), book) == day("2024-02-14")
