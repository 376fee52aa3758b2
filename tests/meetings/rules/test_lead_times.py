from datetime import date, timedelta

from meetings.rules.lead_times import (
    book_from,
    citizen_reminder,
    deadline_near_from,
    due_soon_until,
    handover_near_from,
    outcome_missing_from,
    spells,
)
from meetings.rules.parameters import REMINDER_BOOK_BY_DAYS
from tests.law import BOOK, act, book_of, day, shipped_and


def test_days_before_and_after():
    assert book_from(day("2024-01-29"), BOOK) == day("2024-01-15")
    assert deadline_near_from(day("2024-01-29"), BOOK) == day("2024-01-24")
    assert outcome_missing_from(day("2024-01-29"), BOOK) == day("2024-01-30")
    assert handover_near_from(day("2024-04-15"), BOOK) == day("2024-04-01")
    assert due_soon_until(day("2024-01-15"), BOOK) == day("2024-01-29")


def test_the_citizen_is_reminded_a_day_before_unless_it_is_too_late():
    reminder = citizen_reminder(day("2024-01-29"), BOOK)

    assert (reminder.send_before, reminder.too_late_below) == (timedelta(hours=24), timedelta(hours=2))


def test_a_lead_time_is_read_on_the_day_of_the_deadline():
    book = shipped_and(act("2024-01-29", {REMINDER_BOOK_BY_DAYS: "7"}, slug="x"))

    assert book_from(day("2024-01-28"), book) == day("2024-01-14")
    assert book_from(day("2024-01-29"), book) == day("2024-01-22")


def test_spells_give_the_lead_of_every_day_from_the_first_act_that_sets_it():
    book = book_of(
        act("2020-01-01", {}),
        act("2022-01-01", {REMINDER_BOOK_BY_DAYS: "14"}),
        act("2024-01-01", {REMINDER_BOOK_BY_DAYS: "7"}),
    )

    found = [(spell.first_day, spell.end_day, spell.lead.days) for spell in spells(lead, book)]

    assert found == [(day("2022-01-01"), day("2024-01-01"), 14), (day("2024-01-01"), date.max, 7)]


def lead(on, book):
    return on - book_from(on, book)
