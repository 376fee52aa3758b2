"""Pages by key: each row once, in both directions, and no row number outside the server."""

from datetime import timedelta

import pytest

from cases.models import Case
from cases.ui.keyset import page
from tests import factories


@pytest.fixture
def cases(office, now):
    """Five cases; three of them began on the same day."""
    starts = [now.date() - timedelta(days=days) for days in (9, 7, 7, 7, 2)]
    return [factories.case(office, registered_on=start) for start in starts]


def get(params, **more):
    rows = Case.objects.all()
    return page(rows, among=rows, order="placed_on", public_id="public_id", params=params, size=2, **more)


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_every_row_is_met_once_forward_and_again_backward(cases, is_newest_first):
    expected = cases[::-1] if is_newest_first else cases
    found, params = [], {}
    while True:
        at = get(params, is_newest_first=is_newest_first)
        found.append(at.rows)
        if not at.after:
            break
        params = {"after": at.after}
    assert found == [expected[:2], expected[2:4], expected[4:]]

    back = []
    while at.before:
        at = get({"before": at.before}, is_newest_first=is_newest_first)
        back.insert(0, at.rows)
    assert back == found[:-1]


@pytest.mark.parametrize("is_newest_first", [False, True])
def test_a_place_whose_row_is_gone_begins_with_all_of_its_value(cases, is_newest_first):
    gone = f"{cases[1].placed_on}_00000000-0000-4000-8000-000000000000"

    rows = get({"after": gone}, is_newest_first=is_newest_first).rows

    same_day = cases[1:4][::-1] if is_newest_first else cases[1:4]
    assert rows == same_day[:2]


@pytest.mark.parametrize("place", ["", "x", "2026-13-45_x", "None_None", "_", "2026-05-01_x"])
def test_a_place_nobody_was_given_is_the_first_page(cases, place):
    assert get({"after": place}).rows == cases[:2]


def test_a_place_is_a_value_and_a_public_key(cases):
    assert get({}).after == f"{cases[1].placed_on}_{cases[1].public_id}"


def test_the_links_keep_what_else_is_asked_for(cases):
    at = get({"after": get({}).after})

    previous, following = at.links({"scope": "team", "kind": "", "after": "x", "before": "y"})

    assert previous == f"?scope=team&before={cases[2].placed_on}_{cases[2].public_id}"
    assert following == f"?scope=team&after={cases[3].placed_on}_{cases[3].public_id}"


def test_an_empty_list_leads_nowhere(office):
    at = get({})

    assert (at.rows, at.links({})) == ([], ("", ""))
