"""How a citizen is reached is brought up to date."""

import pytest

from cases.changing import StaleForm
from cases.citizen import services as citizen_services
from cases.models import CitizenContact
from tests.cases.steps import last_event


def test_contact_ways_are_brought_up_to_date_and_the_history_tells_which_not_what(case, office, now):
    citizen_services.update_citizen(
        case_id=case.pk, changes={"phone": "+4570809010", "name": case.citizen.name}, by=office.adviser, at=now
    )

    assert last_event(case).text == "Borgerens oplysninger er rettet: telefon hos Fagkassen."
    assert CitizenContact.objects.get(organisation=office.fund).phone == "+4570809010"
    assert CitizenContact.objects.get(organisation=office.municipality).phone == "+4520304050"


def test_contact_ways_are_saved_once_and_not_over_a_newer_version(case, office, now):
    for _ in range(2):
        citizen_services.update_citizen(
            case_id=case.pk, changes={"phone": "+4570809010"}, by=office.adviser, at=now, version=case.version
        )
    assert case.events.filter(kind="cases.citizen_updated").count() == 1

    with pytest.raises(StaleForm):
        citizen_services.update_citizen(
            case_id=case.pk, changes={"phone": "11223344"}, by=office.adviser, at=now, version=case.version
        )


def test_a_cpr_number_is_not_a_contact_way(case, office, now):
    with pytest.raises(ValueError, match="cpr_index"):
        citizen_services.update_citizen(case_id=case.pk, changes={"cpr_index": "x"}, by=office.adviser, at=now)
