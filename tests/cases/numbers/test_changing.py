"""A citizen gets another CPR number: the new one is in force, and the one before still finds the same person."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from cases.citizen.services import CitizenDetails
from cases.closing import services as closing_services
from cases.imports import services as imports_services
from cases.models import AccessLog, Case, Citizen, CitizenNumber
from cases.models.cases import CloseReason
from cases.people import cpr
from tests import factories
from tests.cases.imports.files import TODAY, csv_bytes, line, preview, run_to_the_end
from tests.cases.intake.test_intake import typed_case
from tests.cases.pages import errors, said, url
from tests.cases.steps import close

REPLACEMENT = cpr.read("720385-0001", today=TODAY)
REAL = cpr.read("120385-4444", today=TODAY)
WHY = "Borgerens sundhedskort."


@pytest.fixture
def case(office):
    """Of somebody who has a replacement number."""
    return factories.case(office, citizen=factories.citizen_details(number=REPLACEMENT))


@pytest.fixture
def typed(case):
    return {"version": case.version, "cpr_number": str(REAL), "what": "changed", "on": "01-05-2026", "reason": WHY}


def fresh(case):
    return Case.objects.with_parties().get(pk=case.pk)


def find(log_in, office, number):
    return log_in(office.adviser).post(reverse("cases:search"), {"q": str(number)})


def test_both_numbers_find_the_citizen_and_the_new_one_is_in_force(page, log_in, office, case, typed):
    answer = page.post("change_number", typed)

    assert said(answer).startswith("CPR-nummeret er gemt.")
    citizen = fresh(case).citizen
    assert (citizen.cpr_number, citizen.is_replacement_number) == (str(REAL), False)
    assert find(log_in, office, REAL).url == case.get_absolute_url()
    by_old = find(log_in, office, REPLACEMENT)
    assert (by_old.url, said(by_old)) == (
        case.get_absolute_url(),
        "Det CPR-nummer havde borgeren før. Borgeren har fået et andet.",
    )
    text = case.events.get(kind="cases.number_changed").text
    assert text == (
        "CPR-nummeret er skiftet fra den 1. maj 2026: 720385-•••• (erstatningsnummer) er nu 120385-••••. "
        f"Begrundelse: {WHY}"
    )
    assert AccessLog.objects.filter(detail="cpr: skift af nummer", cases=[case.pk]).count() == 1
    facts = page.client_get(reverse("meetings:course_facts", args=[case.public_id])).content.decode()
    assert "fra den 1. maj 2026" in facts
    assert "før: 720385-•••• (erstatningsnummer)" in facts


def test_a_past_day_has_the_number_of_that_day(page, office, now, typed):
    case = Case.objects.latest("pk")
    Case.objects.filter(pk=case.pk).update(created_at=now - timedelta(days=3))
    page.post("change_number", typed)
    address = reverse("meetings:on_day", args=[case.public_id])

    assert "<dd>720385-•••• (erstatningsnummer)</dd>" in page.client_get(f"{address}?dag=2026-05-03").content.decode()
    assert "<dd>120385-••••</dd>" in page.client_get(f"{address}?dag=2026-05-04").content.decode()


def test_it_is_undone_within_ten_minutes_and_the_new_number_finds_nobody(page, log_in, office, case, typed):
    page.post("change_number", typed)
    event = case.events.get(kind="cases.number_changed")

    undone = log_in(office.adviser).post(reverse("cases:undo", args=[event.public_id]))

    assert "720385-•••• (erstatningsnummer) gælder igen." in said(undone)
    assert fresh(case).citizen.has_now(REPLACEMENT)
    assert find(log_in, office, REAL).status_code == 200
    # It may be given to the one whose it is.
    factories.case(office, citizen=factories.citizen_details(number=REAL))


def test_it_is_undone_on_a_case_that_has_ended(page, log_in, office, case, now, typed):
    closed = close(case, office, now)
    page.post("change_number", {**typed, "version": closed.version})

    undone = log_in(office.adviser).post(
        reverse("cases:undo", args=[case.events.get(kind="cases.number_changed").public_id])
    )

    assert said(undone).startswith("Fortrudt.")
    assert fresh(case).citizen.has_now(REPLACEMENT)


def test_a_version_that_cannot_be_is_no_error_of_ours(page, typed):
    for version, told in ((-(10**30), "Skemaet er ufuldstændigt."), (10**30, "En anden har rettet"), (0, "En anden")):
        assert told in errors(page.post("change_number", {**typed, "version": version}))


def test_a_slip_is_put_right_and_finds_nobody_any_more(page, log_in, office, case, typed):
    page.post("change_number", {**typed, "what": "slip", "on": ""})

    (number,) = CitizenNumber.objects.filter(citizen=case.citizen, withdrawn_at=None)
    assert (number.cpr_index, number.since) == (cpr.index(REAL), None)
    assert find(log_in, office, REPLACEMENT).status_code == 200
    event = case.events.get(kind="cases.number_changed")
    log_in(office.adviser).post(reverse("cases:undo", args=[event.public_id]))
    assert fresh(case).citizen.has_now(REPLACEMENT)
    assert find(log_in, office, REPLACEMENT).status_code == 302


def test_a_wrong_change_is_corrected_to_the_number_before(page, log_in, office, case, typed):
    page.post("change_number", typed)
    back = {**typed, "version": fresh(case).version, "cpr_number": str(REPLACEMENT)}
    assert "Borgeren har haft nummeret før." in errors(page.post("change_number", back))

    page.post("change_number", {**back, "what": "slip"})

    assert fresh(case).citizen.has_now(REPLACEMENT)
    assert find(log_in, office, REAL).status_code == 200
    assert Citizen.objects.with_cpr(REPLACEMENT).get() == case.citizen


def test_what_cannot_be_is_refused_and_nothing_is_saved(page, office, case, typed):
    def refused(**changes):
        return errors(page.post("change_number", {**typed, **changes}))

    assert "Det er det nummer, borgeren har nu." in refused(cpr_number=str(REPLACEMENT))
    assert "Datoen 32-03-85 i CPR-nummeret findes ikke." in refused(cpr_number="320385-4444")
    assert "ligger ikke før tilmeldingen" in refused(cpr_number="010526-4444")
    assert "Skriv dagen" in refused(on="")
    assert "ligge i fremtiden" in refused(on="05-05-2026")
    assert "er født den 12. marts 1985" in refused(on="11-03-1985", far_days="1985-03-11")
    assert "En anden har rettet" in refused(version=case.version - 1)
    assert fresh(case).citizen.has_now(REPLACEMENT)
    assert not case.events.filter(kind="cases.number_changed").exists()


def test_anothers_number_tells_only_of_a_case_that_one_sees(page, office, case, typed):
    own = factories.case(office, citizen=factories.citizen_details(number=REAL))
    assert f"Nummeret hører til borgeren i sag {own.label}." in errors(page.post("change_number", typed))

    Case.objects.filter(pk=own.pk).update(fund=office.other_fund, municipality=office.other_municipality)
    text = errors(page.post("change_number", typed))
    assert "hører til en anden borger, som ikke er jeres" in text
    assert own.label not in text
    assert fresh(case).citizen.has_now(REPLACEMENT)


def test_a_number_is_asked_for_as_often_as_by_search_and_no_oftener(page, case, typed, monkeypatch):
    monkeypatch.setattr("cases.lookup.search.CPR_LOOKUPS_AN_HOUR", 1)
    page.post("change_number", {**typed, "on": ""})
    assert page.post("change_number", typed).status_code == 429


def test_a_new_case_by_the_number_before_is_the_same_persons_and_says_so(page, log_in, office, now, case, typed):
    page.post("change_number", typed)
    closing_services.close_case(
        case_id=case.pk,
        version=fresh(case).version,
        reason=CloseReason.MISTAKE,
        closed_on=TODAY,
        by=office.adviser,
        at=now,
    )
    answer = log_in(office.adviser).post(reverse("cases:create"), typed_case(office, cpr_number=str(REPLACEMENT)))

    assert "Det skrevne CPR-nummer er et, borgeren havde før." in said(answer)
    new = Case.objects.latest("pk")
    assert new.citizen == case.citizen
    assert new.citizen.has_now(REAL)
    assert "borgeren havde før" in new.events.get(kind="cases.opened").text


def test_an_import_by_the_number_before_finds_the_open_case(page, log_in, office, now, case, typed):
    page.post("change_number", typed)
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": str(REPLACEMENT)})]), now=now)
    assert run.rows.get().problem == f"Borgeren har allerede en åben sag hos jer: {case.label}."


def test_an_import_by_the_number_before_says_so_of_a_new_case(page, log_in, office, now, case, typed):
    page.post("change_number", typed)
    Case.objects.filter(pk=case.pk).update(status="closed", close_reason="mistake", closed_on=TODAY)
    run = preview(office, csv_bytes([line(office, **{"CPR-nummer": str(REPLACEMENT)})]), now=now)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    row = run.rows.get()
    assert (row.state, row.case.citizen) == ("created", case.citizen)
    assert "borgeren havde før" in page.client_get(url("import_run", run)).content.decode()


def test_each_case_of_the_citizen_is_told(page, office, now, case, typed):
    closing_services.close_case(
        case_id=case.pk, version=case.version, reason=CloseReason.MISTAKE, closed_on=TODAY, by=office.adviser, at=now
    )
    details = CitizenDetails(number=REPLACEMENT, name=case.citizen.name)
    later = factories.case(office, citizen=details)
    page.post("change_number", {**typed, "version": later.version}, subject=later)
    assert case.events.filter(kind="cases.number_changed").count() == 1
    assert later.events.filter(kind="cases.number_changed").count() == 1


def test_the_database_gives_a_number_to_one_person(office, case):
    other = factories.case(office).citizen
    with pytest.raises(IntegrityError, match="one_citizen"), transaction.atomic():
        CitizenNumber.objects.create(
            citizen=other, cpr_encrypted=b"", cpr_index=cpr.index(REPLACEMENT), born_on=other.born_on
        )
    Citizen.objects.filter(pk=case.citizen_id).update(cpr_index="new")
    with pytest.raises(IntegrityError, match="belongs to another"), transaction.atomic():
        Citizen.objects.filter(pk=other.pk).update(cpr_index=cpr.index(REPLACEMENT))
