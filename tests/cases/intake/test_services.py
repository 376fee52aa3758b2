"""A case is opened, or the citizen placed anew: allowed, refused, sent twice, and nothing kept when a step fails."""

from dataclasses import replace
from datetime import date

import pytest

from cases.changing import CitizenHasOpenCase, NoRules, WrongParty
from cases.citizen import services as citizen_services
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails
from cases.models import Case, Citizen, CitizenNumber, Event
from cases.rules.facts import BadFacts
from cases.rules.refusal import Refused
from tests import factories
from tests.cases.steps import PLACED, close, cpr_of, last_event, new_case


def test_a_case_is_opened_with_its_plan(case):
    assert case.events.get(kind="meetings.planned").text.startswith("Planen er beregnet. Loven kræver 6 samtaler")


def test_the_worker_becomes_the_adviser_or_the_caseworker(office, now):
    by_fund = intake_services.open_case(new=new_case(office, worker_id=office.colleague.pk), by=office.adviser, at=now)
    by_municipality = intake_services.open_case(
        new=new_case(office, worker_id=office.caseworker.pk), by=office.caseworker, at=now
    )

    assert (by_fund.fund_adviser, by_fund.municipality_caseworker) == (office.colleague, None)
    assert (by_municipality.fund_adviser, by_municipality.municipality_caseworker) == (None, office.caseworker)


def test_a_reason_for_what_looked_like_a_mistake_is_kept(office, now):
    case = intake_services.open_case(new=new_case(office, note="Sagen kom med post."), by=office.adviser, at=now)

    assert (
        last_event(case).text == "Sagen er oprettet. Tilmeldt 13-04-2026, indplaceret 13-04-2026. Sagen kom med post."
    )


@pytest.mark.parametrize(
    ("course", "error", "text"),
    [
        pytest.param({"registered_on": date(2026, 4, 14)}, BadFacts, "før tilmeldingen", id="placed first"),
        pytest.param(
            {"registered_on": date(2019, 12, 31), "placed_on": date(2019, 12, 31)},
            NoRules,
            "De første gælder fra den 1. januar 2020",
            id="the day before the first act",
        ),
        pytest.param({"registered_on": date(1980, 1, 1)}, BadFacts, "Fødselsdagen", id="registered before birth"),
    ],
)
def test_a_course_that_cannot_be_is_refused_and_nothing_is_kept(office, now, course, error, text):
    details = CourseDetails(**{"registered_on": PLACED, "placed_on": PLACED, **course})

    with pytest.raises(error, match=text):
        intake_services.open_case(new=new_case(office, course=details), by=office.adviser, at=now)

    assert not Case.objects.exists()
    assert not Citizen.objects.exists()


def test_the_first_day_of_the_first_act_has_rules(office, now):
    first = date(2020, 1, 1)

    case = intake_services.open_case(
        new=new_case(office, course=CourseDetails(registered_on=first, placed_on=first)), by=office.adviser, at=now
    )

    assert case.placed_on == first


def test_benefit_recipients_have_a_fund_and_others_need_none(office, now):
    others = CourseDetails(registered_on=PLACED, placed_on=PLACED, target_group=2)

    case = intake_services.open_case(new=new_case(office, course=others, fund_id=None), by=office.caseworker, at=now)

    assert case.fund is None
    with pytest.raises(WrongParty, match="Vælg a-kassen"):
        intake_services.open_case(new=new_case(office, fund_id=None), by=office.caseworker, at=now)


@pytest.mark.parametrize(
    ("parties", "text"),
    [
        ({"municipality_id": "fund"}, "Vælg borgerens kommune"),
        ({"fund_id": "municipality"}, "Vælg borgerens a-kasse"),
        ({"fund_id": "other_fund"}, "Din egen organisation"),
        ({"municipality_id": "nobody"}, "Vælg borgerens kommune"),
    ],
)
def test_the_parties_are_of_their_kind_and_one_is_ones_own(office, now, parties, text):
    ids = {name: getattr(getattr(office, party, None), "pk", 0) for name, party in parties.items()}

    with pytest.raises(WrongParty, match=text):
        intake_services.open_case(new=new_case(office, **ids), by=office.adviser, at=now)


def test_a_worker_of_neither_party_is_refused(office, now):
    with pytest.raises(WrongParty, match="arbejder ikke"):
        intake_services.open_case(new=new_case(office, worker_id=office.other_adviser.pk), by=office.adviser, at=now)


def test_a_citizen_with_an_open_case_is_refused_whoever_has_it(office, now, case):
    citizen = factories.citizen_details(number=cpr_of(case))

    with pytest.raises(CitizenHasOpenCase) as refused:
        intake_services.open_case(
            new=new_case(office, citizen=citizen, fund_id=office.other_fund.pk), by=office.other_adviser, at=now
        )

    assert "Fagkassen" not in str(refused.value)
    assert case.label not in str(refused.value)
    case.citizen.refresh_from_db()
    assert case.citizen.name != citizen.name


def test_two_who_make_the_same_citizen_at_once_get_one(office, now, monkeypatch):
    first = new_case(office)
    intake_services.open_case(new=first, by=office.adviser, at=now)
    # The second looked before the first had saved.
    monkeypatch.setattr(type(CitizenNumber.objects), "holders", lambda self, numbers: {})

    with pytest.raises(CitizenHasOpenCase):
        intake_services.open_case(new=first, by=office.adviser, at=now)


def test_a_known_citizen_without_an_open_case_is_brought_up_to_date(office, now, case):
    citizen_services.update_citizen(case_id=case.pk, changes={"has_protected_address": True}, by=office.adviser, at=now)
    close(case, office, now)
    typed = factories.citizen_details(number=cpr_of(case), name="Anne Nygift", email="", phone="70809010")

    new = replace(new_case(office, citizen=typed), meanwhile="anew", note="Ny dagpengeperiode.")
    again = intake_services.open_case(new=new, by=office.adviser, at=now)

    assert again.citizen_id == case.citizen_id
    assert (again.citizen.name, again.fund_contact.phone) == ("Anne Nygift", "+4570809010")
    # What was left empty is unknown, not gone.
    assert again.fund_contact.email == case.fund_contact.email
    assert again.citizen.has_protected_address


def test_nothing_is_kept_when_the_history_of_a_new_case_fails(office, now, broken_history):
    with pytest.raises(RuntimeError):
        intake_services.open_case(new=new_case(office), by=office.adviser, at=now)

    assert not Citizen.objects.exists()


def place_anew(case, office, now, placed_on=date(2026, 5, 1), registered_on=date(2026, 5, 1)):
    return intake_services.place_anew(
        case_id=case.pk,
        version=case.version,
        registered_on=registered_on,
        placed_on=placed_on,
        reason="Ny dagpengeperiode.",
        by=office.adviser,
        at=now,
    )


def test_a_new_placement_is_a_new_case_that_points_to_the_old(case, office, now):
    new = place_anew(case, office, now)

    old = Case.objects.get(pk=case.pk)
    assert new.previous == old
    assert (old.status, old.closed_on, old.close_reason) == ("closed", date(2026, 5, 1), "new_placement")
    assert new.fund_adviser == office.adviser
    assert f"efter sag {old.label}" in new.events.get(kind="cases.opened").text
    assert f"i sag {new.label}" in old.events.get(kind="cases.placed_anew").text


def test_a_new_placement_leaves_those_behind_who_no_longer_work_there(case, office, now):
    office.adviser.is_active = False
    office.adviser.save()

    new = intake_services.place_anew(
        case_id=case.pk,
        version=case.version,
        registered_on=date(2026, 5, 1),
        placed_on=date(2026, 5, 1),
        reason="Ny periode.",
        by=office.colleague,
        at=now,
    )

    assert new.fund_adviser is None


def test_a_new_placement_lies_after_the_old_and_nothing_is_kept_of_one_that_fails(case, office, now):
    with pytest.raises(Refused, match="efter den gamle, 13-04-2026"):
        place_anew(case, office, now, placed_on=date(2026, 4, 13))
    with pytest.raises(BadFacts, match="før tilmeldingen"):
        place_anew(case, office, now, registered_on=date(2026, 5, 2))

    assert Case.objects.get().is_open
    assert not Event.objects.filter(kind="cases.closed").exists()
