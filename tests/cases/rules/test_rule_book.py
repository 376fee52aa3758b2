from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cases.rules.declaring import CaseDates, UnreadableText
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS as MONTHS
from cases.rules.parameters import HANDOVER_HOURS_FULL_TIME as HOURS
from cases.rules.parameters import YOUNG_AGE_LIMIT as AGE
from cases.rules.rule_book import NotInForce, RuleBook, UnknownDraft
from tests.law import BOOK, WITH_D, WITH_E, act, book_of, day

TWO = book_of(act("2024-01-01", {MONTHS: "3", AGE: "25"}), act("2026-07-01", {MONTHS: "4"}))


def months(book, on):
    return book.in_force(MONTHS, CaseDates(course_start=day(on))).value


@pytest.mark.parametrize(
    ("on", "value"),
    [
        pytest.param("2024-01-01", 3, id="the first day of the first act"),
        pytest.param("2026-06-30", 3, id="the day before the next act"),
        pytest.param("2026-07-01", 4, id="the day the next act comes into force"),
    ],
)
def test_the_newest_act_in_force_gives_the_value(on, value):
    assert months(TWO, on) == value


def test_an_act_that_does_not_set_a_key_leaves_the_earlier_value_standing():
    value = TWO.in_force(AGE, CaseDates(course_start=day("2027-01-01")))

    assert (value.value, value.act.slug, value.legal_basis) == (25, "act-2024-01-01", "§ 1")


def test_a_day_before_the_first_value_raises_with_key_and_day():
    with pytest.raises(NotInForce, match="31. december 2023.*cases.fund_responsible_months") as raised:
        months(TWO, "2023-12-31")

    assert (raised.value.key, raised.value.day) == ("cases.fund_responsible_months", day("2023-12-31"))


def test_of_two_acts_on_one_day_the_one_published_last_counts():
    wrong = act("2024-01-01", {MONTHS: "3"}, slug="wrong", published_at=datetime(2023, 12, 1, tzinfo=UTC))
    right = act("2024-01-01", {MONTHS: "5"}, slug="right", published_at=datetime(2023, 12, 2, tzinfo=UTC))

    assert months(book_of(right, wrong), "2024-01-01") == 5
    assert months(book_of(wrong, right), "2024-01-01") == 5


def test_of_two_acts_of_one_moment_the_order_in_which_they_are_given_decides_nothing():
    first, later = act("2024-01-01", {MONTHS: "3"}, slug="a"), act("2024-01-01", {MONTHS: "5"}, slug="b")

    assert months(book_of(first, later), "2024-01-01") == months(book_of(later, first), "2024-01-01") == 5


def test_a_book_with_an_act_and_without_it():
    waiting = act("2026-07-01", {MONTHS: "5"}, slug="later", is_draft=True)
    book = book_of(*TWO.acts, drafts=(waiting,))
    with_it = book.with_act(waiting)

    assert (months(with_it, "2026-07-01"), with_it.drafts) == (5, ())
    assert with_it.with_act(waiting) == with_it
    assert with_it.without("later") == book.without("later") == TWO


def test_a_draft_counts_as_published_last_on_its_day():
    draft = act("2024-01-01", {MONTHS: "6"}, slug="x-draft", is_draft=True)
    late = act("2024-01-01", {MONTHS: "3"}, slug="late", published_at=datetime(2030, 1, 1, tzinfo=UTC))
    book = book_of(late, drafts=(draft,))

    assert months(book, "2024-01-01") == 3
    assert months(book.with_draft("x-draft"), "2024-01-01") == 6
    assert months(book.with_draft("x"), "2024-01-01") == 6


def test_drafts_never_leak_into_the_published_law():
    course_start = CaseDates(course_start=day("2030-01-01"), event=day("2030-01-01"), payout=day("2030-01-01"))
    for act_ in BOOK.drafts:
        assert act_ not in BOOK.acts
    for book, draft in ((WITH_D, "d"), (WITH_E, "e")):
        assert draft in {act_.letter for act_ in book.acts}
        assert draft not in {act_.letter for act_ in book.drafts}
    assert months(BOOK, "2030-01-01") == BOOK.in_force(MONTHS, course_start).value == 3


def test_an_unknown_or_published_draft_is_refused_by_name():
    with pytest.raises(UnknownDraft, match="»c«.*d-lovens-undtagelser"):
        BOOK.with_draft("c")
    with pytest.raises(UnknownDraft, match="ingen"):
        TWO.with_draft("x")


def test_an_act_ends_a_value_by_setting_none_which_only_an_optional_parameter_allows():
    book = book_of(act("2024-01-01", {HOURS: "410", MONTHS: "3"}), act("2025-01-01", {HOURS: None, MONTHS: None}))

    assert book.in_force(HOURS, CaseDates(payout=day("2025-01-31"))).value is None
    with pytest.raises(UnreadableText, match="act-2025-01-01, cases.fund_responsible_months"):
        months(book, "2025-01-01")


@pytest.mark.parametrize(
    ("on", "draft"),
    [
        pytest.param("2023-06-01", None, id="act d is not newer than act b: nothing"),
        pytest.param("2024-06-01", None, id="act d is older than act c: nothing"),
        pytest.param("2026-06-30", None, id="the day before act e"),
        pytest.param("2026-07-01", "e", id="act e is newer than every act in force"),
        pytest.param("2019-01-01", None, id="before all acts"),
    ],
)
def test_which_draft_makes_a_day_unconfirmed(on, draft):
    found = BOOK.unconfirmed(day(on))

    assert (found.letter if found else None) == draft


def test_a_draft_taken_into_the_book_gives_no_notice():
    assert WITH_E.unconfirmed(day("2026-07-01")) is None


def test_a_draft_on_the_same_day_as_an_act_gives_no_notice():
    same = book_of(act("2024-01-01", {}), drafts=(act("2024-01-01", {}, is_draft=True),))

    assert same.unconfirmed(day("2024-01-01")) is None


def test_a_published_act_on_the_day_of_a_draft_also_silences_the_drafts_before_it():
    book = book_of(
        act("2024-01-01", {}),
        act("2026-01-01", {}),
        drafts=(act("2025-01-01", {}, slug="x", is_draft=True), act("2026-01-01", {}, slug="y", is_draft=True)),
    )

    assert [book.unconfirmed(day(on)) is not None for on in ("2024-12-31", "2025-01-01", "2025-12-31")] == [
        False,
        True,
        True,
    ]
    assert book.unconfirmed(day("2026-01-01")) is None


def test_books_with_the_same_content_are_equal_and_others_are_not():
    same = book_of(act("2024-01-01", {MONTHS: "3", AGE: "25"}), act("2026-07-01", {MONTHS: "4"}))
    other = book_of(act("2024-01-01", {MONTHS: "3", AGE: "26"}), act("2026-07-01", {MONTHS: "4"}))

    assert (same, hash(same)) == (TWO, hash(TWO))
    assert other != TWO
    assert TWO != "a book"
    assert WITH_D != BOOK


def test_books_whose_explanations_name_another_reference_are_not_equal():
    (first, *rest), draft = TWO.acts, act("2027-01-01", {}, is_draft=True)

    assert RuleBook([replace(first, reference="Lov nr. 99"), *rest]) != TWO
    assert RuleBook(TWO.acts, [draft]) != RuleBook(TWO.acts, [replace(draft, reference="Lov nr. 99")])


def test_a_sketch_makes_no_day_unconfirmed():
    sketch = replace(act("2025-01-01", {}, is_draft=True), is_sketch=True)
    later = act("2025-06-01", {}, is_draft=True)
    book = RuleBook([act("2024-01-01", {})], [sketch, later])

    assert book.unconfirmed(day("2025-05-31")) is None
    assert book.unconfirmed(day("2025-06-01")) == later
    assert book != RuleBook([act("2024-01-01", {})], [replace(sketch, is_sketch=False), later])
