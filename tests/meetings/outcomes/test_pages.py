"""The pages that register and correct: how a meeting was really held, and what can be put right on a closed case."""

import pytest

from cases.closing import services as closing_services
from cases.models.cases import CloseReason
from tests.meetings.booking.steps import Visitor, said, standing_at
from tests.meetings.steps import WEDNESDAY_TEN


@pytest.fixture
def adviser(client, office):
    return Visitor(client, office.adviser)


@pytest.fixture
def begun(book):
    """A meeting booked in person, at the hour at which it begins."""
    meeting = book()
    with standing_at(WEDNESDAY_TEN):
        yield meeting


def test_the_channel_that_was_booked_is_proposed_and_another_is_told_beside_it(adviser, begun):
    page = adviser.look("register", begun)
    assert page.context["form"]["held_channel"].value() == "attendance"
    assert "Blev samtalen holdt på en anden måde end personligt fremmøde?" in said(page)

    answer = adviser.send("register", begun, outcome="held", guided="ja", held_channel="telephone", slot="none")

    assert "Telefon, booket som personligt fremmøde" in said(adviser.client.get(answer.url))


def test_a_closed_case_shows_the_way_to_put_right_what_happened(adviser, begun, case, office):
    close(case, office)
    assert f"/samtaler/{begun.public_id}/udfald/" in said(adviser.client.get(case.get_absolute_url()))

    assert adviser.send("register", begun, outcome="absent", note="Kom ikke.").status_code == 302
    assert f"/samtaler/{begun.public_id}/ret/" in said(adviser.client.get(case.get_absolute_url()))
    answer = adviser.send(
        "correct", begun, outcome="held", guided="ja", held_channel="video", note="Kom alligevel.", reason="Tastefejl."
    )

    page = said(adviser.client.get(answer.url))
    assert "Video, booket som personligt fremmøde" in page
    assert "»Borgeren udeblev uden grund« er rettet til »Samtalen blev holdt«" in page
    assert "samtaleformen er rettet fra personligt fremmøde til video, notatet er rettet" in page
    assert "Kom ikke." in page


def test_nothing_is_booked_or_moved_on_a_closed_case(adviser, begun, case, office):
    close(case, office)

    page = said(adviser.client.get(case.get_absolute_url()))
    assert f"/samtaler/{begun.public_id}/flyt/" not in page
    assert f"/sager/{case.public_id}/registrer/" not in page


def close(case, office):
    case.refresh_from_db()
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.MISTAKE,
        closed_on=WEDNESDAY_TEN.date(),
        by=office.adviser,
        at=WEDNESDAY_TEN,
    )
