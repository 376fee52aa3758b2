"""A case is closed and opens again: what that stops of offers and recommendations is named before and after."""

from datetime import date

import pytest

from cases.models import Case
from referrals.models import Offer
from referrals.offers import services as offers_services
from referrals.rules.lifecycle import OfferStatus, ReferralStatus
from tests.cases.pages import said, url
from tests.referrals.offers.test_pages import granted

LATER = "virksomhedspraktik fra 11-05-2026 til og med 07-06-2026"
UNDER_WAY = "virksomhedspraktik fra 04-05-2026 til og med 31-05-2026"
ASKED = [
    "Indstilling til virksomhedspraktik falder bort, hvis sagen afsluttes. Den er ikke afgjort.",
    f"Tilbuddet {UNDER_WAY} er i gang og slutter, hvis sagen afsluttes.",
    f"Tilbuddet {LATER} er ikke begyndt og bliver aflyst, hvis sagen afsluttes.",
]
TOLD = [
    "Indstilling til virksomhedspraktik er faldet bort: sagen er afsluttet.",
    f"Tilbud aflyst: {LATER}. Sagen er afsluttet.",
    f"Tilbud afsluttet: {UNDER_WAY.replace('31-05', '04-05')}. Sagen er afsluttet.",
]


@pytest.fixture
def has_all(sent, office, now):
    """The case has a recommendation that waits, an offer under way, and one that has not begun."""
    case = sent.case
    begun = granted(case, office, now)
    offers_services.start(offer_id=begun.pk, first_day=now.date(), version=1, by=office.caseworker, at=now)
    granted(case, office, now, first=date(2026, 5, 11), is_confirmed=True)
    case.refresh_from_db()
    return case


@pytest.fixture
def anne(office, log_in):
    return log_in(office.adviser)


def close(client, case, **typed):
    typed = {"version": case.version, "reason": "work", "closed_on": "04-05-2026", **typed}
    return client.post(url("close", case), typed)


def closed(client, case):
    """Close it as somebody does who has read the page."""
    return close(client, case, confirm=tick_of(client.get(url("close", case))))


def tick_of(page):
    return page.context["form"].fields["confirm"].widget.attrs["value"]


def warnings(page):
    return list(page.context["form"].warnings)


def test_closing_names_what_stops_before_and_after(has_all, anne):
    assert warnings(anne.get(url("close", has_all))) == ASKED
    asked = close(anne, has_all)
    assert (asked.status_code, warnings(asked)) == (422, ASKED)
    assert Case.objects.get(pk=has_all.pk).is_open

    receipt = said(closed(anne, has_all))

    assert receipt.startswith("Sagen er afsluttet. Den kan stadig læses.")
    assert all(text in receipt for text in TOLD), receipt
    assert not has_all.referrals.pending().exists()
    assert set(has_all.offers.values_list("status", flat=True)) == {OfferStatus.ENDED, OfferStatus.CANCELLED}


def test_what_came_after_the_page_was_opened_is_asked_about(sent, anne, office, now):
    sent.case.refresh_from_db()
    seen = tick_of(anne.get(url("close", sent.case)))
    granted(sent.case, office, now)

    asked = close(anne, sent.case, confirm=seen)

    assert (asked.status_code, len(warnings(asked))) == (422, 2)
    assert Offer.objects.get().status == OfferStatus.GRANTED


def test_a_new_placement_names_it_too(has_all, anne):
    typed = {"registered_on": "04-05-2026", "placed_on": "04-05-2026", "reason": "Ny periode."}
    page, typed = url("place_anew", has_all), {"version": has_all.version, **typed}
    asked = anne.post(page, typed)
    assert (asked.status_code, warnings(asked)) == (422, ASKED)

    receipt = said(anne.post(page, {**typed, "confirm": tick_of(asked)}))

    assert all(text in receipt for text in TOLD), receipt


def test_what_a_closing_stopped_is_named_when_the_case_opens_again(sent, anne):
    case = sent.case
    case.refresh_from_db()
    closed(anne, case)

    told = said(anne.post(url("undo", case.events.get(kind="cases.closed"))))

    sent.refresh_from_db()
    assert sent.status == ReferralStatus.WITHDRAWN
    assert Case.objects.get(pk=case.pk).is_open
    assert f"Det kom ikke igen med sagen: {TOLD[0]}" in told
    assert told.endswith("Registrér det på ny, hvis det stadig gælder.")
    assert case.events.get(kind="referrals.stays_stopped").text in told


def test_of_what_was_not_stopped_nothing_is_said(case, anne):
    assert not warnings(anne.get(url("close", case)))
    assert said(close(anne, case)) == "Sagen er afsluttet. Den kan stadig læses."

    assert "Det kom ikke igen" not in said(anne.post(url("undo", case.events.get(kind="cases.closed"))))
