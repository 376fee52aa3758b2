"""The citizen's insight: all that stands about one person, who read it and why, and nothing of others."""

import io
import json
import zipfile
from datetime import timedelta

import pytest

from cases.citizen import services as citizen_services
from cases.corrections import services as corrections_services
from cases.erasure import services as erasure_services
from cases.models import AccessLog, Dispatch, Purpose, Reminder
from cases.notes import services as notes_services
from cases.personal_data import export
from cases.personal_data.classification import OF_PERSONS
from cases.plans import services as plans_services
from cases.rules.plan_parts import PlanPart
from tests import factories

DAY = timedelta(days=1)


@pytest.fixture
def told(case, office, now):
    """Both parties know something of the citizen, and a neighbour's citizen stands beside."""
    for by, phone in ((office.adviser, "+4520304050"), (office.caseworker, "+4599887766")):
        citizen_services.update_citizen(case_id=case.pk, changes={"phone": phone}, by=by, at=now)
        notes_services.write(case_id=case.pk, text=f"Notat {phone}", due_on=None, worker_id=None, by=by, at=now)
    parts = {**dict.fromkeys(PlanPart, "ingen"), PlanPart.JOB_GOAL: "Vil være tømrer"}
    plans_services.publish(case_id=case.pk, parts=parts, version=0, by=office.adviser, at=now)
    booked = factories.book(case, office.adviser, now + 2 * DAY, at=now)
    row = Reminder.objects.get(kind="meetings.invitation", subject=booked.pk)
    Dispatch.objects.create(
        reminder=row, sender=office.fund, at=now, is_reached=True, subject="Indkaldelse", text="Kom!", letter=b"%PDF-1"
    )
    factories.case(office, citizen=factories.citizen_details(name="Bente Nabogaard"))
    return case


@pytest.fixture
def files(page, office):
    def files(case, by=office.leader):
        answer = page.post("insight", {}, by=by, subject=case)
        assert answer["Content-Disposition"] == 'attachment; filename="indsigt.zip"'
        with zipfile.ZipFile(io.BytesIO(answer.content)) as opened:
            return {name: opened.read(name) for name in opened.namelist()}

    return files


def test_it_has_everything_of_the_own_organisations_and_nothing_of_the_other_partys(files, told):
    found = files(told)
    text = found["oplysninger.html"].decode()
    tables = json.loads(found["oplysninger.json"])["tables"]

    for mine in (told.citizen.name, "Notat +4520304050", "Vil være tømrer", "Jobmål", "Indkaldelse", "Kom!"):
        assert mine.lower() in text.lower()
    for other in ("+4599887766", "Bente Nabogaard"):
        assert other not in text
        assert other not in found["oplysninger.json"].decode()
    assert [row["phone"] for row in tables["cases_citizencontact"]] == ["+4520304050"]
    assert tables["cases_planversion"][0]["parts"]["job_goal"] == "Vil være tømrer"
    assert found["breve/brev-1.pdf"] == b"%PDF-1"


def test_why_a_party_holds_the_case_back_stays_its_own(files, told, office, now):
    erasure_services.hold(case_id=told.pk, reason="Mistanke om svig", by=office.leader, at=now)
    found = files(told)
    assert json.loads(found["oplysninger.json"])["tables"]["cases_legalhold"][0].keys() == {"set_at", "lifted_at"}
    assert b"svig" not in found["oplysninger.html"]


def test_it_says_that_the_history_names_the_staff(files, told, office, now):
    corrections_services.assign(case_id=told.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)
    text = files(told)["oplysninger.html"].decode()
    assert f"{office.colleague} har nu sagen." in text
    assert "Navne på medarbejdere står kun, hvor en tekst nævner dem" in text


def test_every_table_that_has_something_of_the_person_stands_in_it(told, office):
    """A column that cannot be shown fails here, whatever is in it."""
    named = {table.name for table in export.tables(told, user=office.leader)}
    assert {"cases_case", "cases_event", "cases_dispatch", "meetings_meeting", "meetings_requiredmeeting"} <= named
    assert named <= {name for name, of in OF_PERSONS.items() if of.given}


def test_no_number_and_no_name_of_the_staff_by_its_columns(files, told, office):
    found = files(told)
    whole = "".join(body.decode(errors="replace") for name, body in found.items() if not name.startswith("breve"))
    number = told.citizen.cpr_number
    assert number not in whole
    assert number.replace("-", "") not in whole
    assert str(office.adviser) not in json.dumps(json.loads(found["oplysninger.json"])["readings"])


def test_who_read_what_is_told_by_day_organisation_and_purpose_without_names(page, told, office):
    page.get("plan", by=office.caseworker, subject=told)
    page.get("plan", by=office.adviser, subject=told)
    page.get("plan", by=office.adviser, subject=told)

    answer = page.get("insight", by=office.leader, subject=told)

    told_of = [(one.organisation, one.purpose, one.times) for one in answer.context["readings"]]
    assert (office.fund.name, Purpose.EFFORT.label, 2) in told_of
    assert (office.municipality.name, Purpose.EFFORT.label, 1) in told_of
    main = answer.content.decode().split("<main")[1].split("</main")[0]
    assert "04-05-2026" in main
    assert str(office.caseworker) not in main


def test_the_reading_of_everything_is_logged_with_its_purpose(files, told, office):
    before = AccessLog.objects.count()
    files(told)
    [row] = AccessLog.objects.order_by("pk")[before:]
    assert (row.purpose, row.route, row.cases, row.detail) == (
        Purpose.INSIGHT,
        "cases:insight",
        [told.pk],
        "alle oplysninger hentet",
    )


def test_a_leader_of_a_party_alone_gives_it(page, told, office):
    for by in (office.adviser, office.caseworker):
        assert page.post("insight", {}, by=by, subject=told).status_code == 403
    assert page.post("insight", {}, by=office.other_adviser, subject=told).status_code == 404


def test_a_case_that_is_others_is_not_in_it(told, office, now):
    """The same citizen's earlier case with another a-kasse is not within reach."""
    told.fund = office.other_fund
    told.save()
    assert export.reach(told, office.leader) == []


def test_it_costs_the_same_for_many_rows(told, office, now, django_assert_max_num_queries):
    with django_assert_max_num_queries(60):
        export.package(told, user=office.leader, at=now)
