"""Finding a case: by name, case number or CPR number, only among one's own, and never in an address or a log."""

import logging
import unicodedata
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.citizen import services as citizen_services
from cases.intake import services as intake_services
from cases.lookup import search as lookup_search
from cases.models import AccessLog
from tests import factories
from tests.cases.intake.test_intake import typed_case

URL = reverse("cases:search")
EMPTY = "Ingen fundet blandt dine borgere."


@pytest.fixture
def ask(log_in, office):
    def ask(text, by=office.adviser):
        return log_in(by).post(URL, {"q": text})

    return ask


def named(office, name, **fields):
    return factories.case(office, citizen=factories.citizen_details(name=name), **fields)


def names(answer):
    return [row["case"].citizen.name for row in answer.context["rows"]]


def test_each_word_begins_a_word_of_the_name(ask, office):
    for name in ("Anne Marie Holm", "Anne-Mette Åkjær", "Bent Annesen", "Mariann Holm"):
        named(office, name)

    assert names(ask("anne")) == ["Anne Marie Holm", "Anne-Mette Åkjær", "Bent Annesen"]
    assert names(ask("HOLM ann")) == ["Anne Marie Holm"]
    assert names(ask("åk")) == ["Anne-Mette Åkjær"]
    assert names(ask("nne")) == []


def test_many_of_one_name_are_found_as_few_are_and_a_name_that_nobody_has_asks_no_case(ask, office, monkeypatch):
    for name in ("Anne Marie Holm", "Bent Annesen", "Mariann Holm"):
        named(office, name)
    few = names(ask("ann holm"))
    with CaptureQueriesContext(connection) as queries:
        ask("zz")
    assert not any('FROM "cases_case"' in query["sql"] and "zz:*" in query["sql"] for query in queries)

    monkeypatch.setattr(lookup_search, "_FEW", 0)
    assert names(ask("ann holm")) == few == ["Anne Marie Holm"]
    assert names(ask("ann")) == ["Anne Marie Holm", "Bent Annesen"]


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("A\u030ase Bøga\u030ard", "åse bøgård"),
        ("Åse Bøgård", "A\u030ase"),
        ("Åse Bøgård", "aase boegaard"),
        ("Aase Bøgaard", "Åse Bøgård"),
        ("D'Artagnan O’Brien-Ø", "o'brien"),
        ("D'Artagnan O’Brien-Ø", "O’Brien"),
        ("D'Artagnan O’Brien-Ø", "obr dart"),
        ("Nguyễn Thị Ánh", "nguyen anh"),
        ("Maria de los Ángeles Fernández-Østergård", "angeles øster"),
        ("Jørgen Müller", "jörgen muller"),
        ('Jens "Bulder" Prøve', "bulder"),
    ],
)
def test_a_name_is_found_however_it_is_written(ask, office, stored, text):
    named(office, stored)

    assert names(ask(text)) == [unicodedata.normalize("NFC", stored).replace("’", "'")]


@pytest.mark.parametrize("text", ["20304050", "+45 20 30 40 50", "12-03-1985", "120385", "BORGER@example.dk"])
def test_a_telephone_a_birthday_or_a_mail_opens_the_case_of_the_party_that_was_told(ask, office, case, now, text):
    changes = {"email": "borger@example.dk", "phone": "+4520304050"}
    citizen_services.update_citizen(case_id=case.pk, changes=changes, by=office.adviser, at=now)
    other = {"email": "x@example.dk", "phone": "+4521222324"}
    citizen_services.update_citizen(case_id=case.pk, changes=other, by=office.caseworker, at=now)

    assert ask(text).url == case.get_absolute_url()
    assert text not in str(list(AccessLog.objects.values_list("detail", flat=True)))
    if "85" not in text:
        assert EMPTY in ask(text, by=office.caseworker).content.decode()
    assert EMPTY in ask(text, by=office.other_adviser).content.decode()


@pytest.mark.parametrize("text", ["a & b", "'); --", "!!", ":*", "<-> | !", "%", "_", "\\"])
def test_signs_are_no_commands(ask, case, text):
    assert EMPTY in ask(text).content.decode()


def test_a_case_number_opens_the_case(ask, case):
    for text in (case.label, case.label.lower(), f"S {case.number}", str(case.number)):
        answer = ask(text)
        assert answer.status_code == 302
        assert answer.url == case.get_absolute_url()


@pytest.mark.parametrize("text", ["S-1", "999999999999999999", "S-999999999999999999"])
def test_a_case_number_that_nobody_has_finds_nothing(ask, case, text):
    assert EMPTY in ask(text).content.decode()


def test_a_cpr_number_opens_the_case_with_or_without_its_hyphen(ask, case):
    number = case.citizen.cpr_number

    for text in (number, number.replace("-", ""), number.replace("-", " ")):
        assert ask(text).url == case.get_absolute_url()


def test_a_cpr_number_with_an_earlier_case_lists_both_the_open_one_first(ask, office, case, now):
    new = intake_services.place_anew(
        case_id=case.pk,
        version=case.version,
        registered_on=now.date(),
        placed_on=now.date(),
        reason="Ny periode.",
        by=office.adviser,
        at=now,
    )

    answer = ask(case.citizen.cpr_number)

    assert [row["case"] for row in answer.context["rows"]] == [new, case]
    assert "Afsluttet" in answer.content.decode()


def test_a_cpr_number_that_cannot_be_says_why(ask, case):
    answer = ask("310290-1234")

    assert answer.status_code == 422
    assert "Datoen 31-02-90 i CPR-nummeret findes ikke." in answer.content.decode()


def test_both_parties_find_a_case_and_nobody_else_learns_that_it_is_there(ask, office, case):
    texts = (case.citizen.name, case.label, case.citizen.cpr_number)
    unknown = ("Ingen Sådan", "S-1", str(factories.cpr_number()))

    for text in texts:
        assert ask(text, by=office.caseworker).status_code in (200, 302)
        assert EMPTY not in ask(text).content.decode()
    for stranger in (office.other_adviser, office.other_caseworker):
        for text, nobody in zip(texts, unknown, strict=True):
            found, missed = ask(text, by=stranger), ask(nobody, by=stranger)
            # What is hidden looks as what does not exist, but for the text typed.
            assert (found.status_code, found.context["rows"]) == (missed.status_code, [])
            assert EMPTY in found.content.decode()


def test_somebody_without_an_office_does_not_search(ask, office, case):
    assert ask(case.label, by=office.administrator).status_code == 403


def test_twenty_five_are_shown_and_it_is_said_that_there_are_more(ask, office):
    cases = [named(office, f"Xenia {number:02}") for number in range(25)]
    assert "der er flere" not in ask("xenia").content.decode()

    cases.append(named(office, "Xenia 25"))
    answer = ask("xenia")

    assert len(names(answer)) == lookup_search.SHOWN
    assert "der er flere" in answer.content.decode()


def test_a_search_costs_the_same_for_one_row_and_for_ten(ask, office):
    named(office, "Xenia 00")
    ask("bent")
    with CaptureQueriesContext(connection) as one:
        ask("xenia")
    for number in range(1, 10):
        named(office, f"Xenia {number:02}")

    with CaptureQueriesContext(connection) as ten:
        ask("xenia")

    assert len(ten) == len(one)


def test_the_search_is_logged_with_what_it_found_and_never_with_what_was_typed(ask, case, caplog):
    caplog.set_level(logging.DEBUG)
    number = case.citizen.cpr_number

    ask(number)
    ask("Anne")
    ask(str(factories.cpr_number()))

    lines = list(AccessLog.objects.order_by("pk").values_list("detail", "cases"))
    assert lines == [("cpr: 1 fundet", [case.pk]), ("navn: 1 fundet", [case.pk]), ("cpr: 0 fundet", [])]
    assert number not in caplog.text
    assert number.replace("-", "") not in caplog.text


def test_the_term_is_in_no_address(ask, client, case):
    answer = ask(case.citizen.cpr_number)

    assert case.citizen.cpr_number not in answer.url
    page = client.get(URL, {"q": case.citizen.cpr_number})
    assert page.context["found"] is None
    assert case.citizen.cpr_number not in page.content.decode()


def test_the_page_offers_the_cases_opened_last(log_in, office, case):
    other = named(office, "Bo Bosen")
    client = log_in(office.adviser)
    assert client.get(URL).context["rows"] == []
    for opened in (case, other, case):
        client.get(opened.get_absolute_url())

    answer = client.get(URL)

    assert [row["case"] for row in answer.context["rows"]] == [case, other]
    assert AccessLog.objects.latest("pk").cases == sorted([case.pk, other.pk])


def test_nothing_typed_asks_for_something(ask, case):
    answer = ask("  ")

    assert answer.status_code == 422
    assert "Skriv et navn, et sagsnummer, et CPR-nummer" in answer.content.decode()


def looked_up(user, at, times):
    AccessLog.objects.bulk_create(
        AccessLog(at=at, user=user, organisation=user.organisation, purpose="operation", cases=[], detail="cpr: 0")
        for _ in range(times)
    )


def test_sixty_lookups_by_cpr_number_an_hour_and_then_a_pause(ask, office, case, now, caplog):
    asked_at = now - timedelta(minutes=50)
    looked_up(office.adviser, asked_at, lookup_search.CPR_LOOKUPS_AN_HOUR - 1)
    assert ask(case.citizen.cpr_number).status_code == 302

    answer = ask(case.citizen.cpr_number)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Vent lidt" in answer.content.decode()
    assert f"User {office.adviser.pk} has reached the limit" in caplog.text
    # Names and case numbers are still found, and a colleague is not held up.
    assert ask("Anne").status_code == 200
    assert ask(case.citizen.cpr_number, by=office.colleague).status_code == 302


def test_lookups_of_an_hour_ago_no_longer_count(ask, office, case, now):
    looked_up(office.adviser, now - timedelta(hours=1), lookup_search.CPR_LOOKUPS_AN_HOUR)

    assert ask(case.citizen.cpr_number).status_code == 302


def test_the_limit_holds_for_new_cases_too(log_in, office, now):
    client = log_in(office.adviser)
    looked_up(office.adviser, now, lookup_search.CPR_LOOKUPS_AN_HOUR)

    answer = client.post(reverse("cases:create"), typed_case(office))

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert 'value="Carla Prøvesen"' in answer.content.decode()
