"""The same person stands here twice: the two records are joined, and told apart again within a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.models import AccessLog, Case, Citizen, CitizenContact, CitizenJoin
from cases.people import cpr
from meetings.models import Meeting
from tests import factories
from tests.cases.pages import errors, said, url
from tests.cases.steps import close

TODAY = date(2026, 5, 4)
REPLACEMENT = cpr.read("720385-0001", today=TODAY)
REAL = cpr.read("120385-4444", today=TODAY)
WHY = "Borgerens sundhedskort."


@pytest.fixture
def case(office):
    """The open case, of a record with a replacement number."""
    details = factories.citizen_details(number=REPLACEMENT, name="Amal Prøve", phone="20304050", email="")
    return factories.case(office, citizen=details, registered_on=date(2026, 4, 13))


@pytest.fixture
def other(office, case, now):
    """A case that has ended, of the same person by the real number."""
    details = factories.citizen_details(number=REAL, name="Amal Prøvesen", phone="21222324", email="amal@example.dk")
    details = replace(details, address="Skjulested 7, 9999 Testby")
    opened = now - timedelta(days=90)
    other = factories.case(office, citizen=details, registered_on=date(2026, 2, 2), at=opened)
    factories.book(other, office.adviser, now - timedelta(days=80), at=opened)
    close(other, office, now)
    Case.objects.filter(pk=other.pk).update(closed_on=date(2026, 3, 2))
    return fresh(other)


@pytest.fixture
def typed(case):
    return {"version": case.version, "number": "other", "name": "other", "contact": "kept", "reason": WHY}


@pytest.fixture
def post(log_in, office, case, other):
    def post(typed, by=office.adviser):
        return log_in(by).post(f"{url('join', case)}?sag={other.label}", typed)

    return post


def fresh(case):
    return Case.objects.with_parties().get(pk=case.pk)


def standing():
    """All that a join may move, as it stands in the database."""
    return [
        list(Case.objects.order_by("pk").values_list("pk", "citizen", "fund_contact", "municipality_contact")),
        list(CitizenContact.objects.order_by("pk").values()),
        list(Citizen.objects.order_by("pk").values("pk", "name", "cpr_index", "born_on", "has_protected_address")),
        sorted(number for one in Citizen.objects.all() for number in one.numbers.values_list("citizen", "cpr_index")),
        list(Meeting.objects.order_by("pk").values_list("pk", "citizen")),
    ]


def test_both_are_shown_side_by_side_and_joined_as_chosen(log_in, office, case, other, typed, post):
    Citizen.objects.filter(pk=other.citizen_id).update(has_protected_address=True)
    found = log_in(office.adviser).post(url("join", case), {"sag": other.label.lower()})
    asked = log_in(office.adviser).get(found.url).content.decode()
    assert "720385-•••• (erstatningsnummer)" in asked
    assert "20 30 40 50" in asked
    assert "amal@example.dk" in asked
    assert "Skjulested" not in asked
    assert AccessLog.objects.filter(cases=[other.pk], detail="saml to poster").count() == 1

    assert said(post(typed)).startswith("De to poster er samlet.")

    case, other = fresh(case), fresh(other)
    citizen = case.citizen
    assert other.citizen == citizen
    assert (citizen.name, citizen.cpr_number, citizen.has_protected_address) == ("Amal Prøvesen", str(REAL), True)
    # What the chosen one does not say, the other does.
    contact = case.contact_of(office.fund)
    assert (contact.phone, contact.email) == ("+4520304050", "amal@example.dk")
    assert other.contact_of(office.fund) == contact
    assert set(Meeting.objects.values_list("citizen", flat=True)) == {citizen.pk}
    for number in (REPLACEMENT, REAL):
        assert Citizen.objects.with_cpr(number).get() == citizen
    for one in (case, other):
        text = one.events.get(kind="cases.persons_joined").text
        assert text == f"Borgeren stod her to gange, og de to poster er samlet. Begrundelse: {WHY}"


def test_they_are_told_apart_within_a_day_just_as_they_were(page, case, other, typed, post):
    before = standing()
    post(typed)
    assert standing() != before
    facts = page.client_get(reverse("meetings:course_facts", args=[case.public_id])).content.decode()
    assert "Skil posterne ad igen" in facts

    answer = page.post("separate", {"reason": "To søstre."})

    assert said(answer) == "De to poster er skilt ad igen, som de var."
    assert standing() == before
    assert other.events.get(kind="cases.persons_separated").text.endswith("Begrundelse: To søstre.")
    # There is nothing left to tell apart.
    assert page.get("separate").status_code == 302


def test_after_a_day_they_stay_joined(page, case, now, typed, post):
    post(typed)
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert "ikke samlet det sidste døgn" in said(page.get("separate"))


def test_when_somebody_went_on_it_says_so_and_nothing_moves(page, office, case, now, typed, post):
    post(typed)
    citizen_services.update_citizen(case_id=case.pk, changes={"phone": "23242526"}, by=office.caseworker, at=now)
    joined = standing()

    refused = errors(page.post("separate", {"reason": "En fejl."}))

    assert f"Borgeren er ændret, siden posterne blev samlet, i sag {case.label}" in refused
    assert standing() == joined


def test_two_courses_at_once_are_no_one_persons(page, log_in, office, case, other):
    Case.objects.filter(pk=other.pk).update(closed_on=date(2026, 4, 20))
    address = f"{url('join', case)}?sag={other.label}"
    refused = errors(log_in(office.adviser).get(address))
    assert f"Sag {case.label} (13-04-2026 og frem) og Sag {other.label}" in refused
    assert "oprettet ved en fejl" in refused

    Case.objects.filter(pk=other.pk).update(close_reason="mistake")
    assert log_in(office.adviser).get(address).status_code == 200


def test_of_courses_at_once_elsewhere_no_case_is_told(log_in, office, now, case, other):
    hidden = factories.case(
        factories.Parties(fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser)
    )
    Case.objects.filter(pk=hidden.pk).update(citizen=other.citizen)
    refused = errors(log_in(office.adviser).get(f"{url('join', case)}?sag={other.label}"))
    assert "har sager hos andre, der løber samtidig" in refused
    assert hidden.label not in refused


def test_a_case_that_one_does_not_see_is_not_there(log_in, office, case, other):
    Case.objects.filter(pk=other.pk).update(fund=office.other_fund, municipality=office.other_municipality)
    for sag in (other.label, "S-999999", "hest", case.citizen.cpr_number):
        refused = errors(log_in(office.adviser).post(url("join", case), {"sag": sag}))
        assert refused == "Ingen af jeres sager har det nummer. Skriv sagens nummer, fx S-1024."
    assert "samme borger allerede" in errors(log_in(office.adviser).get(url("join", case), {"sag": case.label}))


def test_two_talks_at_the_same_time_are_no_one_persons(office, case, other, now, typed, post):
    at = now + timedelta(days=3)
    factories.book(case, office.adviser, at, at=now)
    meeting = other.meetings.get()
    same_time = {"starts_at": at, "ends_at": at + timedelta(minutes=30), "adviser": office.colleague}
    Meeting.objects.filter(pk=meeting.pk).update(**same_time)
    before = standing()
    assert "to samtaler på samme tid" in errors(post({**typed, "version": fresh(case).version}))
    assert standing() == before


def test_the_number_of_another_record_leads_to_joining(page, office, case, other):
    fields = {"version": case.version, "cpr_number": str(REAL), "what": "changed", "on": "01-05-2026", "reason": WHY}
    answer = page.post("change_number", fields)
    assert f'href="{url("join", case)}?sag={other.label}"' in answer.content.decode()


def test_the_contact_data_of_another_office_follow_the_latest_case(office, case, other, typed, post):
    rows = CitizenContact.objects.filter(organisation=office.municipality)
    assert [row.phone for row in rows.order_by("pk")] == ["+4520304050", "+4521222324"]
    post({**typed, "contact": "other"})
    case = fresh(case)
    assert case.contact_of(office.fund).phone == "+4521222324"
    assert case.contact_of(office.municipality).phone == "+4520304050"


def test_the_second_click_finds_it_done(office, case, typed, post):
    first, second = said(post(typed)), said(post(typed))
    assert first == second
    assert CitizenJoin.objects.count() == 1


def test_who_has_an_open_case_is_alive_whatever_the_other_record_said(case, other, typed, post):
    Case.objects.filter(pk=other.pk).update(close_reason="death")
    post(typed)
    assert (fresh(case).citizen_is_dead, fresh(other).citizen_is_dead) == (False, True)
