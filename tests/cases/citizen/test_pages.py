"""The page on which a citizen's contact ways are kept right."""

from cases.citizen import services as citizen_services
from cases.models import Case
from tests.cases.pages import errors, said


def contact_of(case, **changes):
    contact = case.fund_contact
    fields = {"version": case.version, "name": case.citizen.name, "email": contact.email, "phone": contact.phone}
    return {**fields, **changes}


def test_contact_ways_are_saved(page, case):
    answer = page.post("citizen", contact_of(case, phone="70809010", is_exempt_from_digital_post="on"))

    kept = Case.objects.with_parties().get()
    assert (kept.fund_contact.phone, kept.citizen.is_exempt_from_digital_post) == ("+4570809010", True)
    assert said(answer) == "Borgerens oplysninger er gemt."


def test_contact_ways_are_not_saved_over_newer_ones(page, office, case, now):
    citizen_services.update_citizen(case_id=case.pk, changes={"phone": "11223344"}, by=office.colleague, at=now)

    answer = page.post("citizen", contact_of(case, phone="70809010"))

    assert "En anden har rettet sagen" in errors(answer)
    assert "11223344" in answer.content.decode()
    assert Case.objects.with_parties().get().fund_contact.phone == "11223344"
