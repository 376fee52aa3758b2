import pytest

from cases.rules.parameters import UNBROKEN_PERIOD_GROUPS
from cases.rules.target_group import NoTrial, UnknownGroup, groups_on, may_be_trial, require_group
from tests.law import BOOK, act, day, shipped_and


def refused(start, *, group=1, is_trial=False, book=BOOK):
    try:
        require_group(target_group=group, is_trial=is_trial, placed_on=day(start), book=book)
    except (UnknownGroup, NoTrial) as error:
        return error.field, str(error)
    return None


def test_the_groups_are_those_whose_months_the_law_counts():
    five = shipped_and(act("2027-01-01", {UNBROKEN_PERIOD_GROUPS: "2, 3"}, slug="x"))

    assert groups_on(day("2026-12-31"), book=five) == (1, 2, 3, 4, 5, 7, 8, 9, 10)
    assert groups_on(day("2027-01-01"), book=five) == (1, 2, 3)
    assert refused("2027-01-01", group=10, book=five) == (
        "target_group",
        "Målgruppe 10 har intet kontaktforløb efter loven den 1. januar 2027 (LAB §§ 6 og 31). "
        "Vælg målgruppe 1, 2 eller 3.",
    )


@pytest.mark.parametrize("group", [6, 11, 12, 13])
def test_a_group_without_a_course_is_refused(group):
    assert refused("2026-04-13", group=group)[0] == "target_group"


def test_the_trial_ends_where_the_law_gives_the_a_kasse_the_first_months():
    assert [may_be_trial(day(start), book=BOOK) for start in ("2023-12-31", "2024-01-01")] == [True, False]
    assert refused("2023-12-31", is_trial=True) is None
    assert refused("2024-01-01", is_trial=True)[0] == "is_trial"
    assert "loven giver selv a-kassen de første 3 måneder" in refused("2024-01-01", is_trial=True)[1]
    assert "Målgruppe 2 var ikke med i a-kasseforsøget" in refused("2023-12-31", group=2, is_trial=True)[1]
