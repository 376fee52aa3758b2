"""The page on which a citizen's contact ways are kept right."""

import re

from cases.citizen import services as citizen_services
from cases.models import Case, Citizen, CitizenContact
from tests.cases.pages import errors, said, url


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


def test_a_form_writes_what_it_asks_for_and_no_other_column(page, office, case):
    def columns():
        return [list(rows.objects.order_by("pk").values()) for rows in (Case, Citizen, CitizenContact)]

    before = columns()
    names = [column.name for model in (Case, Citizen, CitizenContact) for column in model._meta.concrete_fields]
    more = {name: "1" for name in names if name not in contact_of(case)} | {"address": "", "interpreter_language": ""}
    more |= {"fund": str(office.other_fund.pk), "status": "closed", "organisation": str(office.other_fund.pk)}
    del more["has_protected_address"], more["is_exempt_from_digital_post"]

    assert page.post("citizen", {**more, **contact_of(case, phone="70809010")}).status_code == 302

    [one], citizens, contacts = columns()
    [was], citizens_before, contacts_before = before
    assert (one, citizens) == ({**was, "version": was["version"] + 1}, citizens_before)
    own = next(row for row in contacts_before if row["id"] == case.fund_contact_id)
    own["phone"] = "+4570809010"
    assert contacts == contacts_before


def test_no_browser_fills_in_what_its_user_is_called_themselves(page, office, log_in):
    """A citizen's name, telephone, mail and address are not those of whoever sits at the screen."""
    for text in (page.get("citizen"), log_in(office.adviser).get(url("create"))):
        inside = text.content.decode()
        inside = inside[inside.index("<main") : inside.index("</main")]
        [form] = re.findall(r'<form method="post" [^>]*novalidate[^>]*>', inside)
        assert 'autocomplete="off"' in form
        assert {*re.findall(r'autocomplete="([^"]*)"', inside)} == {"off"}
