"""The pages that change a case: who may, what they save and say, and what stays when they are refused."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest

from cases.citizen import services as citizen_services
from cases.corrections import services as corrections_services
from cases.models import AccessLog, Case, Handover, Purpose, UnsavedForm
from cases.unsaved import writer
from tests import factories
from tests.cases.pages import add_pause, errors, said, url
from tests.cases.steps import close


def course_of(case, **changes):
    fields = {
        "version": case.version,
        "registered_on": "13-04-2026",
        "placed_on": "13-04-2026",
        "target_group": "1",
        "insurance": "full_time",
        "has_qualifying_education": "ja",
        "has_children_at_home": "nej",
        "reason": "Skrevet forkert.",
    }
    return {**fields, **changes}


def handover_of(case, **changes):
    fields = {
        "version": case.version,
        "on": "01-06-2026",
        "hours": "412,5",
        "source": "payout",
        "note": "Borgeren vil gerne have video.",
        "is_confirmed": "on",
    }
    return {**fields, **changes}


# Who may

PAGES = {
    #                adviser, caseworker; both are parties
    "correct": (200, 200),
    "citizen": (200, 200),
    "assign": (200, 200),
    "close": (200, 200),
    "place_anew": (200, 200),
    "pause_add": (200, 200),
    "hours": (200, 200),
    "hand_over": (200, 403),
    "receive": (403, 200),
    "show_cpr": (302, 302),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_parties_open_a_page_and_neighbours_do_not_see_that_it_is_there(page, office, client, case, name):
    adviser, caseworker = PAGES[name]

    assert page.get(name).status_code == adviser
    assert page.get(name, by=office.caseworker).status_code == caseworker
    for stranger in (office.other_adviser, office.other_caseworker, office.administrator):
        assert page.get(name, by=stranger).status_code == 404
        assert client.post(url(name, case)).status_code == 404
    client.logout()
    assert client.get(url(name, case)).status_code == 302


@pytest.mark.parametrize("name", ["pause_change", "pause_remove"])
def test_a_pause_is_opened_by_the_parties_only(page, office, case, name):
    pause = add_pause(case, office)

    assert page.get(name, subject=pause).status_code == 200
    assert page.get(name, by=office.caseworker, subject=pause).status_code == 200
    assert page.get(name, by=office.other_adviser, subject=pause).status_code == 404


def test_a_user_without_an_office_opens_no_case(log_in, office):
    assert log_in(office.administrator).get(url("create")).status_code == 403
    assert log_in(office.adviser).get(url("create")).status_code == 200


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("show_cpr", "receive")])
def test_a_page_shows_whose_case_it_is_and_is_logged_once_and_stored_nowhere(page, case, name):
    answer = page.get(name)

    assert answer.headers["Cache-Control"] == "no-store"
    assert case.citizen.masked_cpr in answer.content.decode()
    line = AccessLog.objects.get()
    assert (line.cases, line.route) == ([case.pk], f"cases:{name}")
    assert line.purpose == {"place_anew": Purpose.INTAKE, "hand_over": Purpose.HANDOVER}.get(name, Purpose.MEETING)


@pytest.mark.parametrize("name", [name for name in PAGES if name != "show_cpr"])
def test_the_cpr_number_is_on_no_page_and_in_no_title(page, office, case, name):
    by = office.caseworker if name == "receive" else office.adviser
    text = page.get(name, by=by).content.decode()

    assert case.citizen.cpr_number not in text
    assert case.citizen.cpr_number.replace("-", "") not in text
    title = re.search(r"<title>(.*?)</title>", text, re.DOTALL)[1]
    assert case.label in title
    assert case.citizen.name not in title


@pytest.mark.parametrize("name", [name for name in PAGES if name not in ("show_cpr", "receive")])
def test_a_closed_case_sends_back_whoever_wants_to_change_it(page, office, case, now, name):
    close(case, office, now)

    for answer in (page.post(name, {"version": case.version}), page.post(name, {})):
        assert answer.url == case.get_absolute_url()
        assert said(answer) == "Sagen er afsluttet og kan ikke ændres."


# Correct


def test_a_correction_is_saved_and_says_what_moved(page, case):
    answer = page.post("correct", course_of(case, registered_on="20-04-2026", placed_on="20-04-2026"))

    assert answer.url == case.get_absolute_url()
    assert "Fristen for 1. jobsamtale" in said(answer)
    assert "er flyttet fra 27-04-2026 til 04-05-2026" in said(answer)


def test_a_correction_without_effect_says_so(page, case):
    assert "Ingen frister er ændret." in said(page.post("correct", course_of(case, insurance="part_time")))


def test_a_correction_needs_a_reason_that_names_nobody(page, case):
    assert "Udfyld »Begrundelse«" in errors(page.post("correct", course_of(case, reason="")))
    assert "indeholder et CPR-nummer" in errors(page.post("correct", course_of(case, reason="Se 120385-4999")))
    assert "Hent siden igen" in errors(page.post("correct", course_of(case, version="")))
    assert Case.objects.get(pk=case.pk).version == case.version


def test_a_correction_that_cannot_be_keeps_what_was_typed(page, case):
    answer = page.post("correct", course_of(case, placed_on="01-04-2026"))

    assert "før tilmeldingen" in errors(answer)
    assert 'value="01-04-2026"' in answer.content.decode()


def test_what_stands_in_the_address_fills_no_form(log_in, office, case):
    client, typed = log_in(office.adviser), course_of(case, placed_on="15-04-2026")

    client.post(f"{url('correct', case)}?{urlencode(typed)}", {"version": case.version})
    assert Case.objects.get(pk=case.pk).version == case.version

    # Of a name that is sent twice one value counts, whatever the address says.
    twice = typed | {"placed_on": ["14-04-2026", "15-04-2026"]}
    client.post(f"{url('correct', case)}?placed_on=16-04-2026", twice)
    assert Case.objects.get(pk=case.pk).placed_on == date(2026, 4, 15)


def test_a_stale_form_shows_both_texts_and_can_be_sent_again(page, office, case, now):
    corrections_services.correct_course(
        case_id=case.pk,
        version=case.version,
        changes={"placed_on": date(2026, 4, 15)},
        reason="Ny besked.",
        by=office.colleague,
        at=now,
    )

    answer = page.post("correct", course_of(case, placed_on="20-04-2026"))

    assert "En anden har rettet sagen" in errors(answer)
    text = " ".join(answer.content.decode().split())
    assert "Der står nu: <strong>15-04-2026</strong>. Du har skrevet: <strong>20-04-2026</strong>" in text
    assert str(office.colleague) in text
    assert "Ny besked." in text
    assert 'value="20-04-2026"' in text
    assert Case.objects.get(pk=case.pk).placed_on == date(2026, 4, 15)

    seen = re.search(r'name="version" value="(\d+)"', text)[1]
    page.post("correct", course_of(case, placed_on="20-04-2026", version=seen))
    assert Case.objects.get(pk=case.pk).placed_on == date(2026, 4, 20)


def test_the_same_correction_twice_is_saved_once(page, case):
    for _ in range(2):
        answer = page.post("correct", course_of(case, placed_on="20-04-2026"))
        assert answer.status_code == 302

    assert case.events.filter(kind="cases.corrected").count() == 1


# The worker


def test_the_case_is_given_to_a_colleague_and_not_to_others(page, office, case):
    answer = page.post("assign", {"version": case.version, "worker": office.colleague.public_id})
    assert said(answer) == f"{office.colleague} har nu sagen."

    assert "Valget findes ikke" in errors(
        page.post("assign", {"version": case.version, "worker": office.caseworker.public_id})
    )
    assert Case.objects.get(pk=case.pk).fund_adviser == office.colleague


# The course passes on


def test_a_handover_shows_what_is_open_and_both_parties_see_the_receipt(page, office, case):
    before = page.get("hand_over").content.decode()
    assert "0 af 3 samtaler i a-kassen er holdt." in before
    assert "A-kassen har ikke overgivet forløbet endnu" in page.get("receive", by=office.caseworker).content.decode()

    assert "Sæt kryds" in errors(page.post("hand_over", handover_of(case, is_confirmed="")))
    assert "tidligst" in errors(page.post("hand_over", handover_of(case, on="12-04-2026")))
    handed = page.post("hand_over", handover_of(case))
    assert "Forløbet overgår til Jobcenter Solby den 01-06-2026." in said(handed)

    typed = {"version": Case.objects.get(pk=case.pk).version, "worker": office.caseworker.public_id}
    received = page.post("receive", typed, by=office.caseworker)
    assert f"{office.caseworker} har sagen" in said(received)

    for name, by in (("hand_over", office.adviser), ("receive", office.caseworker)):
        receipt = page.get(name, by=by).content.decode()
        assert "Kvittering" in receipt
        assert "412,50" in receipt
        assert "Borgeren vil gerne have video." in receipt
        assert str(office.caseworker) in receipt
        assert "<textarea" not in receipt


def test_a_handover_twice_is_one(page, case):
    for _ in range(2):
        assert page.post("hand_over", handover_of(case)).status_code == 302

    assert case.events.filter(kind="cases.handed_over").count() == 1
    assert "allerede overgivet" in errors(page.post("hand_over", handover_of(case, on="02-06-2026")))


def test_a_course_that_is_the_jobcenters_is_not_offered_for_handing_over(page, office):
    old = factories.case(office, registered_on=date(2023, 12, 1))

    text = page.get("hand_over", subject=old).content.decode()

    assert "Jobcentret har ansvaret i hele forløbet" in text
    assert "<textarea" not in text


def test_a_stale_handover_tells_what_changed_but_compares_no_suggestion(page, office, case, now):
    citizen_services.update_citizen(case_id=case.pk, changes={"phone": "11223344"}, by=office.colleague, at=now)

    answer = page.post("hand_over", handover_of(case))

    assert "En anden har rettet sagen" in errors(answer)
    text = answer.content.decode()
    assert "Borgerens oplysninger er rettet: telefon hos Fagkassen." in text
    assert "Der står nu" not in text
    assert not Handover.objects.exists()


# A new beginning


def test_a_new_placement_leads_to_the_new_case(page, case, office):
    fields = {
        "version": case.version,
        writer.FIELD: writer.token(office.adviser),
        "registered_on": "01-05-2026",
        "placed_on": "01-05-2026",
        "reason": "Ny dagpengeperiode.",
    }
    assert "fremtiden" in errors(page.post("place_anew", {**fields, "placed_on": "05-05-2026"}))
    assert "efter den gamle" in errors(page.post("place_anew", {**fields, "placed_on": "13-04-2026"}))

    answer = page.post("place_anew", fields)

    new = Case.objects.get(previous=case)
    assert answer.url == new.get_absolute_url()
    assert "den første senest 15-05-2026" in said(answer)

    again = page.post("place_anew", fields)
    assert (again.url, said(again)) == (answer.url, f"Det nye forløb er oprettet i sag {new.label}.")
    assert Case.objects.count() == 2
    assert not UnsavedForm.objects.exists()
    late = page.post("place_anew", {**fields, "registered_on": "30-04-2026"})
    assert said(late) == "Sagen er afsluttet og kan ikke ændres."
    assert UnsavedForm.objects.exists()


# Pages that belong to no case


def test_somebody_who_is_still_there_stays_logged_in(log_in, client, office):
    assert client.post(url("keep_alive")).status_code == 302
    assert log_in(office.adviser).post(url("keep_alive")).status_code == 204
    assert client.get(url("keep_alive")).status_code == 405


def test_the_accessibility_statement_is_open_and_tells_the_day_of_the_last_check(client, db):
    answer = client.get(url("accessibility"))

    assert answer.status_code == 200
    assert "22. november 2026" in answer.content.decode()
    assert "Cache-Control" not in answer.headers


def test_the_page_of_a_closed_case_without_meetings_opens(log_in, office, case, now):
    close(case, office, now)

    assert log_in(office.adviser).get(case.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [({"target_group": "6"}, "Vælg målgruppe 1, 2, 3"), ({"is_trial": "on"}, "Fjern krydset ved a-kasseforsøget")],
)
def test_a_case_is_corrected_to_nothing_that_the_law_has_no_rules_for(page, case, typed, sentence):
    answer = page.post("correct", course_of(case, **typed))

    assert sentence in errors(answer)
    # It can be seen, and taken back.
    (name, value) = next(iter(typed.items()))
    assert str(answer.context["form"][name].value()) in (value, "True")
    assert not answer.context["form"][name].is_hidden
    case.refresh_from_db()
    assert (case.target_group, case.is_trial) == (1, False)


@pytest.mark.parametrize(
    ("kept", "typed", "sentence"),
    [
        ({"target_group": 6}, {"target_group": "6"}, "Vælg målgruppe 1, 2, 3"),
        ({"is_trial": True}, {"is_trial": "on"}, "Fjern krydset ved a-kasseforsøget"),
    ],
)
def test_an_old_case_with_what_the_law_has_no_rules_for_is_corrected_in_the_rest(page, case, kept, typed, sentence):
    Case.objects.filter(pk=case.pk).update(**kept)

    page.post("correct", course_of(case, **typed, registered_on="10-04-2026", has_children_at_home="ja"))

    case.refresh_from_db()
    assert (case.registered_on, case.has_children_at_home) == (date(2026, 4, 10), True)
    moved = course_of(case, **typed, registered_on="10-04-2026", placed_on="14-04-2026", has_children_at_home="ja")
    assert sentence in errors(page.post("correct", moved))


def test_a_new_placement_of_a_group_without_a_course_leads_to_the_correction(page, case):
    Case.objects.filter(pk=case.pk).update(target_group=6)
    placed = {"registered_on": "01-05-2026", "placed_on": "01-05-2026", "reason": "Ny dagpengeperiode."}

    answer = page.post("place_anew", {"version": case.version, **placed})

    assert errors(answer).endswith("Ret målgruppen på sagen først.")
    case.refresh_from_db()
    assert case.is_open
