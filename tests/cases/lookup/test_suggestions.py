"""What is offered while somebody still types: the beginning of anything that finds a case, among one's own alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.lookup import search
from cases.models import AccessLog, Case
from tests import factories

URL = reverse("cases:suggest")


@pytest.fixture
def ask(log_in, office):
    def ask(text, by=office.adviser):
        return log_in(by).post(URL, {"q": text}).context["cases"]

    return ask


@pytest.fixture
def known(office, case, now):
    """The case, with the ways to its citizen that the a-kasse was told."""
    changes = {"email": "borger.prøve@example.dk", "phone": "+4520304050"}
    citizen_services.update_citizen(case_id=case.pk, changes=changes, by=office.adviser, at=now)
    other = {"email": "x@example.dk", "phone": "+4571222324"}
    citizen_services.update_citizen(case_id=case.pk, changes=other, by=office.caseworker, at=now)
    return Case.objects.get(pk=case.pk)


def beginnings(case):
    born, number, name = case.citizen.born_on, str(case.number), case.citizen.name
    return [
        name[:2],
        name.split()[1][:3].lower(),
        number[:2],
        f"s-{number[:3]}",
        "203",
        "20 30 4",
        "+45 2030",
        f"{born:%d%m}",
        f"{born:%d%m%y}"[:5],
        f"{born:%d-%m-%y}",
        f"{born:%d%m%y}-1",
        f"{born:%d-%m-%Y}",
        "borger.p",
        "borger.prøve@ex",
    ]


def test_any_beginning_of_what_finds_a_case_offers_it_to_its_own_organisation_alone(ask, office, known):
    told = {"203", "20 30 4", "+45 2030", "borger.p", "borger.prøve@ex"}

    for text in beginnings(known):
        assert ask(text) == [known], text
        assert ask(text, by=office.caseworker) == ([] if text in told else [known]), text
        assert ask(text, by=office.other_adviser) == [], text


@pytest.mark.parametrize(
    "text", ["9999", "3102", "1399", "+", "-", "0", "00", "zz", "%", "_", "@", "ø" * 500, "9" * 500]
)
def test_what_begins_nothing_offers_nobody(ask, known, text):
    assert ask(text) == []


def test_a_cpr_number_is_not_looked_up_before_it_is_asked_for(log_in, office, known):
    answer = log_in(office.adviser).post(URL, {"q": known.citizen.cpr_number})

    assert answer.context["cases"] == []
    assert "Tryk Enter for at søge på CPR-nummeret." in answer.content.decode()
    assert AccessLog.objects.latest("pk").detail == "forslag, cpr: 0 fundet"


def test_before_the_first_letters_stand_the_cases_opened_last(log_in, office, known):
    client = log_in(office.adviser)
    client.get(known.get_absolute_url())

    answer = client.post(URL, {"q": " "})

    assert answer.context["cases"] == [known]
    assert "Sager, du har haft åbne" in answer.content.decode()
    assert AccessLog.objects.latest("pk").cases == [known.pk]


def test_eight_are_offered_at_the_same_cost_as_one_and_it_is_said_that_there_are_more(ask, log_in, office, now):
    def named(number):
        factories.case(office, citizen=factories.citizen_details(name=f"Xenia {number}"))

    named(0)
    ask("Xenia")
    with CaptureQueriesContext(connection) as one:
        assert len(ask("Xenia")) == 1
    for number in range(1, 9):
        named(number)
    with CaptureQueriesContext(connection) as many:
        assert [case.citizen.name for case in ask("Xenia")] == [f"Xenia {number}" for number in range(8)]

    assert len(many) == len(one)
    assert "Der er flere." in log_in(office.adviser).post(URL, {"q": "xenia"}).content.decode()


def test_what_was_typed_stands_in_no_log(ask, known):
    ask("borger.p")

    assert list(AccessLog.objects.values_list("detail", "cases")) == [("forslag, navn: 1 fundet", [known.pk])]


def test_the_search_itself_takes_a_beginning_where_the_whole_finds_nobody(log_in, office, known):
    answer = log_in(office.adviser).post(reverse("cases:search"), {"q": "203040"})

    assert answer.url == known.get_absolute_url()


def test_of_a_beginning_that_very_many_share_no_more_are_read_than_anybody_looks_through(ask, office, monkeypatch):
    for number in range(3):
        contact = {"email": f"kontakt{number}@example.dk", "phone": f"+452030405{number}"}
        factories.case(office, citizen=factories.citizen_details(name=f"Ib {number}", **contact))
    assert [len(ask(text)) for text in ("kontakt", "203040")] == [3, 3]

    monkeypatch.setattr(search, "_FEW", 2)

    assert [len(ask(text)) for text in ("kontakt", "203040", "kontakt2@")] == [2, 2, 1]
