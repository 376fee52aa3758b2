from cases.law.reading import Pair, row_on
from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS as MONTHS
from tests.law import act, book_of, day


def test_a_value_that_cannot_be_read_is_said_to_be_so():
    row = row_on(MONTHS, day=day("2024-01-01"), book=book_of(act("2024-01-01", {MONTHS: "tre"})))

    assert (row.words, row.act) == ("kan ikke læses", None)
    assert "»tre«" in row.error


def test_two_days_on_which_nobody_sets_a_value_do_not_differ():
    nothing = [row_on(MONTHS, day=day(on), book=book_of()) for on in ("2024-01-01", "2024-01-02")]
    something = row_on(MONTHS, day=day("2024-01-02"), book=book_of(act("2024-01-02", {MONTHS: "3"})))

    assert (nothing[1].words, something.words) == ("ikke fastsat", "3 måneder")
    assert [Pair(nothing[0], after).differs for after in (nothing[1], something)] == [False, True]
