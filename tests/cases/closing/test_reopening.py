"""A case that was closed by mistake is opened again: in its old course, once, and with a reason."""

from dataclasses import replace
from datetime import timedelta

from cases.intake import services as intake_services
from cases.models import Case
from cases.people import cpr
from tests import factories
from tests.cases.pages import errors, said
from tests.cases.steps import close


def due_days(case):
    return list(case.required_meetings.filter(state="open").order_by("due_on").values_list("due_on", flat=True))


def test_a_case_closed_by_mistake_is_opened_again_in_its_old_course(page, office, case, now):
    before = due_days(case)
    assert before
    close(case, office, now)
    case.refresh_from_db()
    assert "Åbn sagen igen" in page.client_get(case.get_absolute_url()).content.decode()

    answer = page.post("reopen", {"version": case.version, "reason": "Jobbet blev ikke til noget."})

    assert said(answer).startswith("Sagen er åben igen.")
    case.refresh_from_db()
    assert (case.is_open, case.closed_on, case.close_reason) == (True, None, "")
    assert due_days(case) == before
    told = case.events.get(kind="cases.reopened").text
    assert told.endswith("kommet i arbejde. Begrundelse: Jobbet blev ikke til noget.")
    # The second click finds it done.
    assert said(page.post("reopen", {"version": case.version - 1, "reason": "Igen."})) == "Sagen er åben."
    assert case.events.filter(kind="cases.reopened").count() == 1


def test_what_the_closing_cancelled_is_not_booked_again_by_itself(page, office, case, now):
    meeting = factories.book(case, office.adviser, now + timedelta(days=1), at=now)
    case.refresh_from_db()
    close(case, office, now)
    case.refresh_from_db()

    assert "aflyst, er stadig aflyst" in page.get("reopen").content.decode()
    page.post("reopen", {"version": case.version, "reason": "En fejl."})

    meeting.refresh_from_db()
    assert meeting.status == "cancelled"
    assert case.required_meetings.filter(state="open").exists()


def test_a_closed_case_is_not_opened_again_like_this(page, office, case, now):
    close(case, office, now)
    case.refresh_from_db()
    fields = {"version": case.version, "reason": "En fejl."}
    assert "Udfyld »Begrundelse«" in errors(page.post("reopen", {**fields, "reason": ""}))
    assert "En anden har rettet sagen" in errors(page.post("reopen", {**fields, "version": case.version - 1}))

    details = factories.citizen_details(name=case.citizen.name)
    number = cpr.read(case.citizen.cpr_number, today=now.date())
    factories.case(office, citizen=replace(details, number=number), registered_on=now.date(), target_group=2)
    assert "har allerede en åben sag" in errors(page.post("reopen", fields))
    case.refresh_from_db()
    assert not case.is_open


def test_a_case_that_went_on_in_a_new_placement_leads_there(page, office, case, now):
    new = intake_services.place_anew(
        case_id=case.pk,
        version=case.version,
        registered_on=now.date(),
        placed_on=now.date(),
        reason="Ny periode.",
        by=office.adviser,
        at=now,
    )
    case.refresh_from_db()

    assert "Åbn sagen igen" not in page.client_get(case.get_absolute_url()).content.decode()
    answer = page.post("reopen", {"version": case.version, "reason": "En fejl."})
    assert f"gik videre i {new.label}" in errors(answer)


def test_no_case_of_somebody_dead_is_opened_before_the_one_that_says_so(page, office, case, now):
    close(case, office, now)
    case.refresh_from_db()
    number = cpr.read(case.citizen.cpr_number, today=now.date())
    details = replace(factories.citizen_details(name=case.citizen.name), number=number)
    later = factories.case(office, citizen=details, registered_on=now.date(), target_group=2)
    close(later, office, now)
    later.refresh_from_db()
    Case.objects.filter(pk=later.pk).update(close_reason="death")

    refused = errors(page.post("reopen", {"version": case.version, "reason": "En fejl."}))

    assert refused == f"Borgerens sag {later.label} er afsluttet med grunden »død«. Er det en fejl, så åbn den først."
    page.post("reopen", {"version": later.version, "reason": "En fejl."}, subject=later)
    later.refresh_from_db()
    assert later.is_open
