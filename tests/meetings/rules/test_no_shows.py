"""Which steps after a missed talk are open, and how long a hearing waits."""

from datetime import date

import pytest

from meetings.rules.no_shows import NoShowStepKind, has_run_out, leaves_time_to_answer, open_steps

MONDAY, TUESDAY, WEDNESDAY = date(2026, 4, 13), date(2026, 4, 14), date(2026, 4, 15)


def test_each_step_is_open_until_it_stands():
    assert open_steps(standing=(), has_fund=True) == list(NoShowStepKind)
    assert open_steps(standing={"hearing"}, has_fund=True) == [NoShowStepKind.NOTICE, NoShowStepKind.SUMMONS]


def test_without_a_fund_nobody_is_notified():
    assert open_steps(standing=(), has_fund=False) == [NoShowStepKind.HEARING, NoShowStepKind.SUMMONS]


@pytest.mark.parametrize(
    ("answer_by", "leaves_time", "is_over"),
    [(None, False, False), (MONDAY, False, True), (TUESDAY, False, False), (WEDNESDAY, True, False)],
)
def test_a_hearing_gives_a_day_to_come_and_that_day_is_one_to_answer_on(answer_by, leaves_time, is_over):
    assert leaves_time_to_answer(answer_by, today=TUESDAY) is leaves_time
    assert has_run_out(answer_by, today=TUESDAY) is is_over
