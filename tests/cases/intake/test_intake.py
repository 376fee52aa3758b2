"""A new case by form: what it tells afterwards, what it refuses, and what it asks about once."""

from datetime import date, timedelta

import pytest
import time_machine

from cases.history import events as history_events
from cases.models import AccessLog, Case, Citizen
from cases.models.cases import TARGET_GROUP_LABELS
from tests import world
from tests.cases.pages import errors, said, url

OWN_CPR = "120385-4999"


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


def test_an_adviser_opens_a_case_and_hears_what_the_law_demands(log_in, office):
    answer = log_in(office.adviser).post(url("create"), typed_case(office))

    case = Case.objects.get()
    assert answer.url == case.get_absolute_url()
    assert (case.fund, case.municipality, case.fund_adviser) == (office.fund, office.municipality, office.adviser)
    assert (case.insurance, case.has_qualifying_education, case.has_children_at_home) == ("part_time", False, True)
    citizen = case.citizen
    assert (citizen.name, case.fund_contact.interpreter_language) == ("Carla Prøvesen", "arabisk")
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


def test_nothing_that_decides_the_law_is_chosen_beforehand(log_in, office):
    form = log_in(office.adviser).get(url("create")).context["form"]

    decides = ("target_group", "insurance", "has_qualifying_education", "has_children_at_home", "is_trial")
    assert [form[name].value() for name in decides] == [None] * 5


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"cpr_number": "310290-1234"}, "Datoen 31-02-90", id="a CPR number with a date that is none"),
        pytest.param({"cpr_number": "1234"}, "har ti cifre", id="too short a CPR number"),
        pytest.param({"registered_on": "32-13-2026"}, "32-13-2026 findes ikke i kalenderen", id="no such day"),
        pytest.param({"registered_on": "i går"}, "fx 01-12-2026", id="words for a date"),
        pytest.param({"registered_on": "05-05-2026", "placed_on": "05-05-2026"}, "fremtiden", id="tomorrow"),
        pytest.param({"placed_on": "12-04-2026"}, "før tilmeldingen", id="placed before registered"),
        pytest.param({"phone": "2030405"}, "otte cifre", id="seven digits of a phone number"),
        pytest.param({"email": "carla"}, "navn@eksempel.dk", id="half an e-mail address"),
        pytest.param({"name": "Carla 120385-4999"}, "indeholder et CPR-nummer", id="a CPR number in a name"),
        pytest.param({"name": "Carla; Dorte"}, "linjeskift eller et semikolon", id="two names"),
        pytest.param({"target_group": ""}, "under »Målgruppe«", id="no target group"),
        pytest.param({"target_group": "6"}, "Målgruppe 6 har intet kontaktforløb", id="a group without a course"),
        pytest.param({"is_trial": "on"}, "er ikke del af a-kasseforsøget", id="a trial that is over"),
        pytest.param({"insurance": ""}, "under »Forsikret«", id="neither full nor part time"),
        pytest.param({"has_qualifying_education": ""}, "giver erhvervskompetence?«", id="nothing of an education"),
        pytest.param({"has_children_at_home": ""}, "hjemmeboende børn?«", id="nothing of children"),
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


def test_only_what_the_law_of_the_day_of_placement_knows_is_offered(log_in, office):
    def offered(answer):
        form = answer.context["form"]
        groups = [str(value) for value, _ in form["target_group"].field.widget.choices]
        return groups, not form["is_trial"].is_hidden

    client = log_in(office.adviser)
    of_today = client.get(url("create"))
    old = {"registered_on": "01-12-2023", "placed_on": "01-12-2023", "name": ""}
    of_then = client.post(url("create"), typed_case(office, **old, target_group="6"))

    assert offered(of_today) == (["", *"12345789", "10"], False)
    assert "a-kasseforsøget" not in of_today.content.decode()
    # What was chosen stays, to be refused.
    assert offered(of_then) == (["", *"123456789", "10"], True)


def test_before_any_law_is_loaded_all_is_offered_and_what_is_typed_is_refused(no_law, log_in, now):
    office = world.build_office()
    client = log_in(office.adviser)

    offered = client.get(url("create")).context["form"].fields["target_group"].widget.choices
    answer = client.post(url("create"), typed_case(office))

    assert len(offered) == 1 + len(TARGET_GROUP_LABELS)
    assert answer.status_code == 422
    assert "Ingen lov" in errors(answer)


def test_a_fund_or_a_colleague_elsewhere_is_no_choice(log_in, office):
    client = log_in(office.adviser)

    for typed in ({"other_party": office.other_fund.public_id}, {"worker": office.other_adviser.public_id}):
        assert "Valget findes ikke længere" in errors(client.post(url("create"), typed_case(office, **typed)))


def test_a_day_before_the_first_act_gets_the_day_of_the_first(log_in, office):
    typed = typed_case(office, registered_on="31-12-2019", placed_on="31-12-2019", doubt_reason="Gammel sag.")

    answer = log_in(office.adviser).post(url("create"), typed)

    assert "De første gælder fra den 1. januar 2020" in errors(answer)


def test_a_registration_before_birth_is_refused(log_in, office):
    typed = typed_case(office, cpr_number="120321-4999", registered_on="01-02-2021", placed_on="01-03-2021")

    answer = log_in(office.adviser).post(url("create"), {**typed, "doubt_reason": "Gammel sag."})

    assert "Fødselsdagen" in errors(answer)


def test_a_citizen_with_an_open_case_elsewhere_is_refused_without_a_hint_where(log_in, office, case):
    typed = typed_case(office, cpr_number=case.citizen.cpr_number)
    typed["other_party"] = str(office.other_municipality.public_id)
    typed["worker"] = str(office.other_adviser.public_id)

    answer = log_in(office.other_adviser).post(url("create"), typed)

    assert errors(answer).startswith("Borgeren har allerede en åben sag.")
    text = answer.content.decode()
    for secret in (case.label, "Fagkassen", case.citizen.name):
        assert secret not in text
    assert [row.detail for row in AccessLog.objects.order_by("pk")] == ["cpr: ny sag", "åben sag findes"]


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param({"registered_on": "31-12-2019", "placed_on": "31-12-2019"}, id="before the first act"),
        pytest.param({"registered_on": "11-03-1985", "placed_on": "13-04-2026"}, id="before the citizen was born"),
    ],
)
def test_facts_that_can_never_be_saved_tell_nothing_of_the_citizen(log_in, office, case, typed):
    client = log_in(office.other_adviser)
    typed = {"worker": str(office.other_adviser.public_id), "doubt_reason": "Gammel sag.", **typed}
    known, unknown = (
        errors(client.post(url("create"), typed_case(office, cpr_number=number, **typed)))
        for number in (case.citizen.cpr_number, "120385-4999")
    )

    assert known == unknown
    assert "åben sag" not in known


def test_the_same_form_twice_opens_one_case(log_in, office):
    client = log_in(office.adviser)
    first = client.post(url("create"), typed_case(office))

    assert client.post(url("create"), typed_case(office)).url == first.url
    for changed in ({"phone": "30 30 40 50"}, {"placed_on": "14-04-2026"}, {"worker": office.colleague.public_id}):
        assert "har allerede en åben sag" in errors(client.post(url("create"), typed_case(office, **changed)))
    assert Case.objects.count() == 1


def test_the_same_form_minutes_later_is_told_of_the_case_that_there_is(log_in, office, now):
    client = log_in(office.adviser)
    first = client.post(url("create"), typed_case(office))

    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        assert client.post(url("create"), typed_case(office)).url == first.url
    with time_machine.travel(now + timedelta(seconds=61), tick=False):
        assert "har allerede en åben sag" in errors(client.post(url("create"), typed_case(office)))


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


def test_a_citizen_whose_case_was_closed_as_dead_is_asked_about_and_the_question_is_a_look_up(log_in, office, case):
    Case.objects.filter(pk=case.pk).update(status="closed", close_reason="death", closed_on=date(2026, 5, 1))
    client = log_in(office.other_adviser)
    places = {"other_party": office.other_municipality, "worker": office.other_adviser}
    fields = typed_case(office, cpr_number=case.citizen.cpr_number)
    fields |= {name: str(place.public_id) for name, place in places.items()}

    asked = client.post(url("create"), fields)
    assert "afsluttet med grunden »død«" in asked.content.decode()
    assert 'name="death_weighed" value="on"' in asked.content.decode()
    assert (case.label in asked.content.decode(), Case.objects.count()) == (False, 1)
    assert AccessLog.objects.order_by("pk").last().detail == "en sag er afsluttet med dødsfald"

    again = client.post(url("create"), {**fields, "death_weighed": "on", "doubt_reason": ""})
    assert "Skriv kort, hvorfor" in errors(again)
    back = client.post(url("create"), {**fields, "death_weighed": "on", "doubt_reason": "", "edit": "1"})
    assert 'name="death_weighed" value="on"' not in back.content.decode()
    # A reason that was given for something else is none for this.
    assert client.post(url("create"), {**fields, "doubt_reason": "Sagen kom sent."}).status_code == 422
    client.post(url("create"), {**fields, "death_weighed": "on", "doubt_reason": "Grunden var en fejl."})
    assert Case.objects.latest("pk").events.get(kind="cases.opened").text.endswith("Grunden var en fejl.")


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

    def fail(*_):
        raise RuntimeError("the history cannot be written")

    monkeypatch.setattr(history_events, "record_all", fail)

    assert client.post(url("create"), typed_case(office)).status_code == 500
    assert not Citizen.objects.exists()
    # That somebody asked stays on record.
    assert AccessLog.objects.get().detail == "cpr: ny sag"
