"""The pages that change a case: who may, what they save and say, and what stays when they are refused."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from cases import clock
from cases.models import AccessLog, Case, Citizen, Purpose
from cases.rules.period import Period
from cases.services import cases as services
from cases.services import events
from tests import factories

OWN_CPR = "120385-4999"


@pytest.fixture
def page(log_in, office, case):
    """Open and post the pages of the case as somebody."""

    class Page:
        def get(self, name, by=office.adviser, subject=case):
            return log_in(by).get(url(name, subject))

        def post(self, name, fields, by=office.adviser, subject=case):
            return log_in(by).post(url(name, subject), fields)

    return Page()


def url(name, subject=None):
    return reverse(f"cases:{name}", args=[subject.public_id] if subject else [])


def said(answer):
    """What the next page will say."""
    return str(list(get_messages(answer.wsgi_request))[-1])


def errors(answer):
    assert answer.status_code == 422
    return " ".join(text for texts in answer.context["form"].errors.values() for text in texts)


def typed_case(office, **changes):
    fields = {
        "cpr_number": OWN_CPR,
        "name": "Carla Prøvesen",
        "email": "carla@example.dk",
        "phone": "20 30 40 50",
        "address": "Testvej 1, 9999 Testby",
        "interpreter_language": "arabisk",
        "has_protected_address": "on",
        "registered_on": "13-04-2026",
        "placed_on": "13-04-2026",
        "target_group": "1",
        "insurance": "part_time",
        "has_qualifying_education": "nej",
        "has_children_at_home": "ja",
        "other_party": str(office.municipality.public_id),
        "worker": str(office.adviser.public_id),
    }
    return {**fields, **changes}


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


def pause_of(case, **changes):
    fields = {
        "version": case.version,
        "kind": "holiday",
        "first": "01-06-2026",
        "last": "14-06-2026",
        "source": "borgeren",
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


def add_pause(case, office):
    return services.add_pause(
        case_id=case.pk,
        kind="holiday",
        span=Period.of_days_inclusive(date(2026, 6, 1), date(2026, 6, 14)),
        source="borgeren",
        by=office.adviser,
        at=clock.now(),
    )


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


def close(case, office, now):
    services.close_case(
        case_id=case.pk,
        version=case.version,
        reason=services.CloseReason.WORK,
        closed_on=date(2026, 5, 4),
        by=office.adviser,
        at=now,
    )


# A new case


def test_an_adviser_opens_a_case_and_hears_what_the_law_demands(log_in, office):
    answer = log_in(office.adviser).post(url("create"), typed_case(office))

    case = Case.objects.get()
    assert answer.url == case.get_absolute_url()
    assert (case.fund, case.municipality, case.fund_adviser) == (office.fund, office.municipality, office.adviser)
    assert (case.insurance, case.has_qualifying_education, case.has_children_at_home) == ("part_time", False, True)
    citizen = case.citizen
    assert (citizen.name, citizen.interpreter_language) == ("Carla Prøvesen", "arabisk")
    assert (citizen.has_protected_address, citizen.is_exempt_from_digital_post) == (True, False)
    assert citizen.cpr_number == OWN_CPR
    assert f"Sagen {case.label} er oprettet." in said(answer)
    assert "Loven kræver 6 samtaler, den første senest 27-04-2026." in said(answer)


def test_a_caseworker_opens_a_case_without_a_fund_where_the_law_has_none(log_in, office):
    typed = typed_case(office, other_party="", worker="", target_group="2")

    log_in(office.caseworker).post(url("create"), typed)

    case = Case.objects.get()
    assert (case.fund, case.municipality, case.municipality_caseworker) == (None, office.municipality, None)


def test_a_benefit_recipient_without_a_fund_is_refused(log_in, office):
    answer = log_in(office.caseworker).post(url("create"), typed_case(office, other_party="", worker=""))

    assert "Vælg a-kassen" in errors(answer)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"cpr_number": "310290-1234"}, "Datoen 31-02-90", id="a CPR number with a date that is none"),
        pytest.param({"cpr_number": "1234"}, "har ti cifre", id="too short a CPR number"),
        pytest.param({"registered_on": "32-13-2026"}, "32-13-2026 findes ikke i kalenderen", id="no such day"),
        pytest.param({"registered_on": "i går"}, "fx 01-12-2026", id="words for a date"),
        pytest.param({"registered_on": "05-05-2026", "placed_on": "05-05-2026"}, "fremtiden", id="tomorrow"),
        pytest.param({"placed_on": "12-04-2026"}, "før tilmeldingen", id="placed before registered"),
        pytest.param({"phone": "12"}, "mindst otte cifre", id="half a phone number"),
        pytest.param({"email": "carla"}, "navn@eksempel.dk", id="half an e-mail address"),
        pytest.param({"name": "Carla 120385-4999"}, "indeholder et CPR-nummer", id="a CPR number in a name"),
        pytest.param({"other_party": ""}, "Vælg borgerens kommune", id="no municipality"),
        pytest.param({"other_party": "not-an-id"}, "Valget findes ikke længere", id="a party that is none"),
        pytest.param({"worker": "not-an-id"}, "Valget findes ikke længere", id="a worker that is none"),
    ],
)
def test_bad_input_gets_one_sentence_and_keeps_what_was_typed(log_in, office, typed, sentence):
    fields = typed_case(office, **typed)

    answer = log_in(office.adviser).post(url("create"), fields)

    assert sentence in errors(answer)
    text = answer.content.decode()
    for name in ("cpr_number", "name", "email", "registered_on", "placed_on"):
        assert f'value="{fields[name]}"' in text
    assert not Citizen.objects.exists()


def test_a_fund_or_a_colleague_elsewhere_is_no_choice(log_in, office):
    client = log_in(office.adviser)

    for typed in ({"other_party": office.other_fund.public_id}, {"worker": office.other_adviser.public_id}):
        assert "Valget findes ikke længere" in errors(client.post(url("create"), typed_case(office, **typed)))


def test_a_day_before_the_first_act_gets_the_day_of_the_first(log_in, office):
    typed = typed_case(office, registered_on="31-12-2019", placed_on="31-12-2019", doubt_reason="Gammel sag.")

    answer = log_in(office.adviser).post(url("create"), typed)

    assert "De første gælder fra den 1. januar 2020" in errors(answer)


def test_a_citizen_with_an_open_case_elsewhere_is_refused_without_a_hint_where(log_in, office, case):
    typed = typed_case(office, cpr_number=case.citizen.cpr_number)
    typed["other_party"] = str(office.other_municipality.public_id)
    typed["worker"] = str(office.other_adviser.public_id)

    answer = log_in(office.other_adviser).post(url("create"), typed)

    assert errors(answer).startswith("Borgeren har allerede en åben sag.")
    text = answer.content.decode()
    for secret in (case.label, "Fagkassen", case.citizen.name):
        assert secret not in text
    assert AccessLog.objects.get().detail == "cpr: åben sag findes"


def test_the_same_form_twice_opens_one_case(log_in, office):
    client = log_in(office.adviser)
    client.post(url("create"), typed_case(office))

    again = client.post(url("create"), typed_case(office))

    assert "har allerede en åben sag" in errors(again)
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "doubt"),
    [
        ({"registered_on": "03-05-2025", "placed_on": "03-05-2025"}, "mere end et år tilbage"),
        ({"placed_on": "05-05-2026"}, "ligger i fremtiden"),
        ({"cpr_number": "140408-6123"}, "under 18 år"),
        ({"cpr_number": "130456-1234"}, "70 år eller mere"),
    ],
)
def test_what_looks_like_a_mistake_is_asked_about_once(log_in, office, typed, doubt):
    client = log_in(office.adviser)
    fields = typed_case(office, **typed)

    asked = client.post(url("create"), fields)
    assert asked.status_code == 422
    assert doubt in asked.content.decode()
    assert not Case.objects.exists()

    asked_again = client.post(url("create"), {**fields, "doubt_reason": ""})
    assert "Skriv kort, hvorfor" in errors(asked_again)

    back = client.post(url("create"), {**fields, "doubt_reason": "", "edit": "1"})
    assert back.status_code == 200
    assert 'value="Carla Prøvesen"' in back.content.decode()

    client.post(url("create"), {**fields, "doubt_reason": "Sagen kom sent."})
    assert Case.objects.get().events.get(kind="cases.opened").text.endswith("Sagen kom sent.")


def test_the_days_at_the_border_of_doubt_are_not_asked_about(log_in, office):
    client = log_in(office.adviser)

    for number, typed in enumerate(
        (
            {"registered_on": "04-05-2025", "placed_on": "04-05-2025", "cpr_number": "120385-4001"},
            {"placed_on": "04-05-2026", "cpr_number": "120385-4002"},
            {"cpr_number": "130408-6123"},
            {"cpr_number": "140456-1234"},
        ),
        start=1,
    ):
        client.post(url("create"), typed_case(office, **typed))
        assert Case.objects.count() == number


def test_nothing_is_saved_when_the_history_of_a_new_case_fails(log_in, office, monkeypatch):
    client = log_in(office.adviser)
    client.raise_request_exception = False

    def fail(**_):
        raise RuntimeError("the history cannot be written")

    monkeypatch.setattr(events, "record", fail)

    assert client.post(url("create"), typed_case(office)).status_code == 500
    assert not Citizen.objects.exists()
    assert not AccessLog.objects.exists()


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


def test_a_stale_form_shows_both_texts_and_can_be_sent_again(page, office, case, now):
    services.correct_course(
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
    assert "I sagen nu: <strong>15-04-2026</strong>. Du har skrevet: <strong>20-04-2026</strong>" in text
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


# The citizen, the worker


def contact_of(case, **changes):
    citizen = case.citizen
    fields = {"version": case.version, "name": citizen.name, "email": citizen.email, "phone": citizen.phone}
    return {**fields, **changes}


def test_contact_ways_are_saved(page, case):
    answer = page.post("citizen", contact_of(case, phone="70809010", is_exempt_from_digital_post="on"))

    citizen = Citizen.objects.get()
    assert (citizen.phone, citizen.is_exempt_from_digital_post) == ("70809010", True)
    assert said(answer) == "Borgerens oplysninger er gemt."


def test_contact_ways_are_not_saved_over_newer_ones(page, office, case, now):
    services.update_citizen(case_id=case.pk, changes={"phone": "11223344"}, by=office.caseworker, at=now)

    answer = page.post("citizen", contact_of(case, phone="70809010"))

    assert "En anden har rettet sagen" in errors(answer)
    assert "11223344" in answer.content.decode()
    assert Citizen.objects.get().phone == "11223344"


def test_the_case_is_given_to_a_colleague_and_not_to_others(page, office, case):
    answer = page.post("assign", {"worker": office.colleague.public_id})
    assert said(answer) == f"{office.colleague} har nu sagen."

    assert "Valget findes ikke" in errors(page.post("assign", {"worker": office.caseworker.public_id}))
    assert Case.objects.get(pk=case.pk).fund_adviser == office.colleague


# Pauses and hours


def test_a_pause_is_added_changed_and_removed_and_each_says_what_moved(page, case):
    added = page.post("pause_add", pause_of(case))
    assert "Pausen er registreret." in said(added)
    assert "er flyttet fra" in said(added)
    pause = case.pauses.get()
    assert pause.period.last_day == date(2026, 6, 14)

    case.refresh_from_db()
    changed = page.post("pause_change", pause_of(case, last="13-06-2026"), subject=pause)
    assert "Pausen er rettet." in said(changed)
    assert "er flyttet fra" in said(changed)

    case.refresh_from_db()
    removed = page.post("pause_remove", {"version": case.version, "reason": "Ved en fejl."}, subject=pause)
    assert "Pausen er fjernet." in said(removed)
    assert not case.pauses.exists()


def test_the_pages_of_pauses_show_what_there_is(page, office, case):
    pause = add_pause(case, office)

    assert "Ferie fra 01-06-2026 til og med 14-06-2026" in page.get("pause_add").content.decode()
    assert 'value="14-06-2026"' in page.get("pause_change", subject=pause).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"last": "31-05-2026"}, "Sidste dag ligger før første dag"),
        ({"first": "31-06-2026"}, "findes ikke i kalenderen"),
        ({"first": "14-06-2026", "last": "20-06-2026"}, "Der er allerede en pause i de dage"),
        ({"first": "01-01-2026", "last": "02-01-2026"}, "før tilmeldingen"),
        ({"kind": ""}, "Vælg en mulighed"),
    ],
)
def test_a_pause_that_cannot_be_is_refused_and_stays_typed(page, office, case, typed, sentence):
    add_pause(case, office)
    case.refresh_from_db()

    answer = page.post("pause_add", pause_of(case, **typed))

    assert sentence in errors(answer)
    assert 'value="borgeren"' in answer.content.decode()
    assert case.pauses.count() == 1


def test_hours_are_saved_with_a_comma_and_speak_for_a_handover(page, case):
    page.post("hours", {"version": case.version, "month": "2026-05-01", "hours": "160,33"})
    for version, month in enumerate(("2026-04-01", "2026-05-01"), start=case.version + 1):
        answer = page.post("hours", {"version": version, "month": month, "hours": "200"})

    assert case.benefit_hours.get(month=date(2026, 5, 1)).hours == Decimal("200")
    assert "Timerne er gemt." in said(answer)


def test_more_hours_than_the_limit_suggest_a_handover(page, office, now):
    case = factories.case(office, registered_on=date(2026, 2, 1))
    for month in (2, 3, 4):
        services.record_hours(
            case_id=case.pk, month=date(2026, month, 1), hours=Decimal("160.33"), by=office.adviser, at=now
        )

    text = page.get("hours", subject=case).content.decode()
    assert "480,99" in text
    assert "Forløbet kan derfor gå over til jobcentret den 1. maj 2026." in text
    handing = page.get("hand_over", subject=case)
    assert 'value="01-05-2026"' in handing.content.decode()
    assert 'value="480,99"' in handing.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"hours": "mange"}, "fx 160,33"),
        ({"hours": "-1"}, "ikke være under 0"),
        ({"hours": "1,234"}, "to tal efter kommaet"),
        ({"hours": "300"}, "mellem 0 og 200"),
        ({"hours": "99999"}, "Så mange timer"),
        ({"month": "2026-06-01"}, "Valget findes ikke længere"),
        ({"month": "2026-03-01"}, "Valget findes ikke længere"),
    ],
)
def test_hours_that_cannot_be_are_refused(page, case, typed, sentence):
    fields = {"version": case.version, "month": "2026-05-01", "hours": "160,33", **typed}

    assert sentence in errors(page.post("hours", fields))
    assert not case.benefit_hours.exists()


# The course passes on


def test_a_handover_shows_what_is_open_and_both_parties_see_the_receipt(page, office, case):
    before = page.get("hand_over").content.decode()
    assert "0 af 3 samtaler i a-kassen er holdt." in before
    assert "A-kassen har ikke overgivet forløbet endnu" in page.get("receive", by=office.caseworker).content.decode()

    assert "Sæt kryds" in errors(page.post("hand_over", handover_of(case, is_confirmed="")))
    assert "tidligst" in errors(page.post("hand_over", handover_of(case, on="12-04-2026")))
    handed = page.post("hand_over", handover_of(case))
    assert "Forløbet overgår til Jobcenter Solby den 01-06-2026." in said(handed)

    received = page.post("receive", {"worker": office.caseworker.public_id}, by=office.caseworker)
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


# The end, and a new beginning


def test_a_case_is_closed(page, case):
    answer = page.post("close", {"version": case.version, "reason": "work", "closed_on": "04-05-2026"})

    assert said(answer) == "Sagen er afsluttet. Den kan stadig læses."
    assert Case.objects.get(pk=case.pk).close_reason == "work"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"closed_on": "05-05-2026"}, "ikke ligge i fremtiden"),
        ({"closed_on": "12-04-2026"}, "tidligst afsluttes"),
        ({"reason": ""}, "Vælg en mulighed"),
        ({"reason": "new_placement"}, "Valget findes ikke længere"),
    ],
)
def test_a_case_is_not_closed_like_this(page, case, typed, sentence):
    fields = {"version": case.version, "reason": "work", "closed_on": "04-05-2026", **typed}

    assert sentence in errors(page.post("close", fields))
    assert Case.objects.get(pk=case.pk).is_open


def test_a_new_placement_leads_to_the_new_case(page, case):
    fields = {
        "version": case.version,
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
    assert said(again) == "Sagen er afsluttet og kan ikke ændres."
    assert Case.objects.count() == 2


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
