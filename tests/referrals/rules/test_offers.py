import pytest

from cases.rules.facts import BadFacts
from cases.rules.period import BadPeriod
from referrals.rules.offers import GRANTED_TYPES, KIND_OF_TYPE, OfferKind, OfferType
from tests.law import offer


def test_every_type_has_a_kind():
    assert set(KIND_OF_TYPE) == set(OfferType)
    assert set(KIND_OF_TYPE.values()) == set(OfferKind)


def test_the_jobcenter_grants_every_type_but_the_citizens_own_right():
    assert set(OfferType) - set(GRANTED_TYPES) == {OfferType.SIX_WEEKS_COURSE}


def test_offers_that_cannot_be_are_refused_in_one_sentence():
    with pytest.raises(BadFacts, match="»ferie« er ikke en tilbudstype. Vælg internship"):
        offer("ferie", "2024-03-01", "2024-03-31")
    with pytest.raises(BadFacts, match="bevilget den 2. marts 2024, efter at det begyndte den 1. marts 2024"):
        offer("internship", "2024-03-01", "2024-03-31", granted_on="2024-03-02")
    with pytest.raises(BadPeriod, match="slutter den 29. februar 2024, før den begynder den 1. marts 2024"):
        offer("internship", "2024-03-01", "2024-02-29")


def test_an_offer_may_be_granted_on_its_first_day():
    assert offer("internship", "2024-03-01", "2024-03-31", granted_on="2024-03-01").span.days == 31
