"""Whoever types a CPR number that others hold gets a case of their own, and nothing of what the others know."""

import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.imports import services as imports_services
from cases.models import AccessLog, Case, CitizenContact, ImportRun, Role
from tests import factories, world
from tests.cases.imports import files
from tests.cases.intake.test_intake import typed_case
from tests.cases.steps import close, last_event
from tests.test_access import PAGES, address, ask, asked

#: What the office that has the citizen was told, as a page would write it.
CONTACT = {"email": "hemmelig@example.dk", "phone": "61626364", "address": "Skjulestedet 7"}
#: What stands in its case: a note of its own, an offer, a talk and a referral.
KNOWN = ("Anne Prøvedal", "61 62 63 64", "Ring tilbage om kurset", "Solby Bageri", "Stedet søger ingen", "m" * 240)


@pytest.fixture
def here(office, now):
    here = world.build(office, now, is_handed_over=False)
    CitizenContact.objects.filter(citizen=here.case.citizen).update(**CONTACT)
    office.other_leader = factories.user(organisation=office.other_fund, role=Role.TEAM_LEADER, username="other_leader")
    return here


@pytest.fixture
def secrets(here):
    """What no answer to another office may hold."""
    return (*CONTACT.values(), *KNOWN, str(here.case.public_id))


def typed_elsewhere(office, number):
    typed = typed_case(
        office,
        cpr_number=str(number),
        name="Carla Nygift",
        phone="",
        email="",
        address="",
        other_party=str(office.other_municipality.public_id),
        worker=str(office.other_adviser.public_id),
    )
    del typed["has_protected_address"]
    return typed


def by_form(here, number):
    return here.client("other_adviser").post(reverse("cases:create"), typed_elsewhere(here.office, number))


def by_import(here, number):
    """The file, its preview, its result and the rows it refused, as the one who sent it reads them."""
    office, client = here.office, here.client("other_adviser")
    changes = {"CPR-nummer": str(number), "Navn": "Carla Nygift", "Modpart": office.other_municipality.name}
    file = SimpleUploadedFile("sager.csv", files.csv_bytes([files.line(office, **changes)]))
    client.post(reverse("cases:import"), {"file": file})
    run = ImportRun.objects.latest("pk")
    files.read_to_the_end(run, world.NOW)
    told = [client.get(reverse("cases:import_run", args=[run.public_id]))]
    imports_services.start(run_id=run.pk)
    files.run_to_the_end(world.NOW)
    return [*told, client.get(reverse("cases:import_run", args=[run.public_id]))]


def by_search(here, number):
    return here.client("other_adviser").post(reverse("cases:search"), {"q": str(number)})


def by_change_of_number(here, number):
    typed = {
        "version": here.others_case.version,
        "cpr_number": str(number),
        "what": "slip",
        "reason": "Skrevet forkert.",
    }
    address = reverse("cases:change_number", args=[here.others_case.public_id])
    return here.client("other_adviser").post(address, typed)


def by_joining(here, number):
    address = reverse("cases:join", args=[here.others_case.public_id])
    return here.client("other_adviser").get(f"{address}?sag={here.case.label}")


def text_of(answers):
    answers = answers if isinstance(answers, list) else [answers]
    return html.unescape("\n".join(world.text_of(answer) for answer in answers))


@pytest.mark.parametrize("door", [by_form, by_import, by_search, by_change_of_number, by_joining])
def test_while_the_case_is_open_no_door_makes_a_record_or_tells_of_it(here, secrets, door):
    """The look-up itself may say that there is an open case; the preview of a file does not even that."""
    cases = Case.objects.count()

    told = text_of(door(here, here.case.citizen.cpr_number))

    assert [secret for secret in secrets if secret in told] == []
    assert "Fagkassen" not in told
    assert (here.case.label in told) == (door is by_joining), "only where it was typed"
    assert Case.objects.count() == cases
    assert not AccessLog.objects.filter(user=here.office.other_adviser, cases__contains=[here.case.pk]).exists()


@pytest.mark.parametrize("door", [by_form, by_import])
def test_once_it_is_closed_each_keeps_its_own_and_the_other_is_told_what_is_shared(here, secrets, door):
    old, kept = here.case, CitizenContact.objects.filter(citizen=here.case.citizen).order_by("pk")
    before = list(kept.values())
    close(old, here.office, world.NOW)

    told = text_of(door(here, old.citizen.cpr_number))

    assert Case.objects.get(fund=here.office.other_fund, citizen=old.citizen) != old
    assert [secret for secret in secrets if secret in told] == []
    assert list(kept.filter(pk__in=[row["id"] for row in before]).values()) == before
    assert last_event(old).text == "Borgerens oplysninger er rettet i en anden sag: navn."


def test_the_newcomers_case_shows_nothing_of_theirs_on_any_page(here, secrets, subtests):
    """As the leader reads it, who may open all that the office has of it, with what is given to the citizen."""
    old = here.case
    close(old, here.office, world.NOW)
    by_form(here, old.citizen.cpr_number)
    here.objects["case"] = Case.objects.get(fund=here.office.other_fund, citizen=old.citizen)

    for name, page in PAGES.items():
        # Whoever comes by an object of the old case finds nothing: tests/test_access.py.
        for method, _ in asked(page) if page.of in ("", "case") and not page.has_no_token else ():
            with subtests.test(page=name, method=method), world.undone():
                told = text_of(ask(here.client("other_leader"), method, address(name, page, here), page))
                assert [secret for secret in secrets if secret in told] == []
