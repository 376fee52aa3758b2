"""The referrals and offers of a case as they stood on a day."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from cases.closing import services as closing_services
from cases.models.cases import CloseReason
from cases.rules.period import Period
from referrals.models import Offer
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.rules.offers import OfferType
from tests import factories, world

FIRST, LAST = date(2026, 4, 6), date(2026, 5, 3)


def on(day):
    return datetime(2026, 4, day, 9, 0, tzinfo=UTC)


@pytest.fixture
def case(office):
    return factories.case(office, registered_on=date(2026, 3, 30), at=datetime(2026, 3, 30, 9, 0, tzinfo=UTC))


@pytest.fixture
def offer(case, office):
    """Granted on 2 April, begun on 6 April."""
    terms = Terms(
        type=str(OfferType.INTERNSHIP),
        span=Period.of_days_inclusive(FIRST, LAST),
        employer="Solby Bageri",
        employer_cvr="99000104",
    )
    made = offers_services.grant(
        case_id=case.pk, terms=terms, granted_on=date(2026, 4, 2), is_confirmed=True, by=office.caseworker, at=on(2)
    )
    return offers_services.start(
        offer_id=made.pk, first_day=FIRST, version=made.version, by=office.caseworker, at=on(6)
    )


def block(client, case, user, day):
    client.force_login(user)
    response = client.get(reverse("meetings:on_day", args=[case.public_id]), {"dag": str(day)})
    assert response.status_code == 200
    return next(part.data for part in response.context["parts"] if part.template == "referrals/offers/on_day.html")


@pytest.fixture
def shown(client, case, office):
    def on_day(day):
        return [
            (one.status, one.employer, one.first, one.last)
            for one in block(client, case, office.adviser, f"2026-04-{day:02}").offers
        ]

    return on_day


def test_an_offer_is_known_from_the_day_it_was_granted(shown, offer):
    assert shown(1) == []
    assert shown(2) == [("bevilget", "Solby Bageri", FIRST, LAST)]
    assert shown(6) == [("i gang", "Solby Bageri", FIRST, LAST)]


def test_what_was_changed_ended_and_taken_back_is_given_back(shown, offer, office):
    terms = Terms(
        type=str(OfferType.WAGE_SUBSIDY),
        span=Period.of_days_inclusive(FIRST, LAST),
        employer="Naboby Bageri",
        employer_cvr="99000104",
    )
    changed = offers_services.change(
        offer_id=offer.pk,
        terms=terms,
        granted_on=offer.granted_on,
        is_confirmed=True,
        version=offer.version,
        by=office.caseworker,
        at=on(10),
    )
    ended = offers_services.end(
        offer_id=offer.pk, last_day=date(2026, 4, 14), version=changed.version, by=office.caseworker, at=on(15)
    )
    offers_services.undo(offer_id=offer.pk, reason="Fejl", version=ended.version, by=office.caseworker, at=on(20))

    ended_on = date(2026, 4, 14)
    assert shown(9) == [("i gang", "Solby Bageri", FIRST, LAST)]
    assert shown(10) == [("i gang", "Naboby Bageri", FIRST, LAST)]
    assert shown(15) == [("afsluttet", "Naboby Bageri", FIRST, ended_on)]
    assert shown(20) == [("i gang", "Naboby Bageri", FIRST, ended_on)]


def test_what_ended_with_the_case_was_under_way_until_then(shown, case, offer, office):
    closing_services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=CloseReason.WORK,
        closed_on=date(2026, 4, 20),
        by=office.caseworker,
        at=on(20),
    )

    assert shown(19) == [("i gang", "Solby Bageri", FIRST, LAST)]
    assert shown(20) == [("afsluttet", "Solby Bageri", FIRST, date(2026, 4, 20))]


def test_an_offer_that_was_cancelled_was_granted_until_then(shown, case, office):
    terms = Terms(type=str(OfferType.OTHER_GUIDANCE), span=Period.of_days_inclusive(FIRST, LAST))
    made = offers_services.grant(
        case_id=case.pk, terms=terms, granted_on=date(2026, 4, 2), is_confirmed=True, by=office.caseworker, at=on(2)
    )
    offers_services.cancel(offer_id=made.pk, reason="Fejl", version=made.version, by=office.caseworker, at=on(5))

    assert [shown(4)[0][0], shown(5)[0][0]] == ["bevilget", "aflyst"]


def test_rows_without_kept_events_are_read_by_their_moments(shown, case, offer, office):
    """As an installation has them from before events kept what they overwrote."""
    Offer.objects.bulk_create(
        Offer(
            case=case,
            type=offer.type,
            span=offer.span,
            status=status,
            granted_on=offer.granted_on,
            granted_at=on(2),
            granted_by=office.caseworker,
            counts=True,
            explanation=[],
            employer="Rækkevig Bageri",
            employer_cvr="99000104",
            cancel_reason="Fejl" if status == "cancelled" else "",
            **{f"{name}_at": on(day) for name, day in moments.items()},
            **{f"{name}_by": office.caseworker for name in moments},
        )
        for status, moments in (("ended", {"started": 8, "ended": 12}), ("cancelled", {"cancelled": 12}))
    )

    def known(day):
        return sorted(status for status, employer, *_ in shown(day) if employer.startswith("Række"))

    assert [known(7), known(8), known(12)] == [
        ["bevilget", "bevilget"],
        ["bevilget", "i gang"],
        ["aflyst", "afsluttet"],
    ]


def test_referrals_are_shown_from_the_day_they_were_sent_and_drafts_never(client, office, now):
    here = world.build(office, now, is_handed_over=False)

    for user in (office.adviser, office.caseworker):
        known = block(client, here.case, user, now.date()).referrals
        assert sorted(one.status for one in known) == ["afvist", "set"]
        assert here.objects["draft"] not in [one.referral for one in known]
