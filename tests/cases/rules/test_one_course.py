"""Nobody has two courses at once."""

from datetime import date

import pytest

from cases.rules.one_course import Spell, run_at_once

MONDAY, TUESDAY, WEDNESDAY = date(2026, 4, 13), date(2026, 4, 14), date(2026, 4, 15)


@pytest.mark.parametrize(
    ("one", "other", "is_clash"),
    [
        (Spell(MONDAY, TUESDAY), Spell(TUESDAY, None), False),
        (Spell(MONDAY, WEDNESDAY), Spell(TUESDAY, None), True),
        (Spell(MONDAY, None), Spell(WEDNESDAY, None), True),
        (Spell(MONDAY, WEDNESDAY), Spell(MONDAY, TUESDAY), True),
    ],
)
def test_two_courses_run_at_once_where_they_share_a_day_and_the_day_of_closing_is_free(one, other, is_clash):
    assert run_at_once(one, other) is is_clash
    assert run_at_once(other, one) is is_clash
