"""A citizen who comes back goes on in the course that he left: by form and by import, with the same counts."""

from datetime import date, timedelta

import pytest

from cases.closing import services as closing_services
from cases.imports import services as imports_services
from cases.intake import returning
from cases.models import Case, ImportRow
from cases.models.cases import CloseReason
from cases.rules.refusal import Refused
from tests import factories
from tests.cases.imports.files import HEADER, csv_bytes, line, preview, run_to_the_end
from tests.cases.intake.test_intake import typed_case
from tests.cases.pages import errors, said, url

#: The course was left on this day, and its citizen comes back three weeks later.
LEFT = date(2026, 4, 13)
THREE_WEEKS = timedelta(weeks=3)
NOT_TAKEN = (
    "det her er ikke taget med: forsikret (deltid er skrevet, fuldtid gælder); har en erhvervskompetencegivende "
    "uddannelse (nej er skrevet, ja gælder); har hjemmeboende børn (ja er skrevet, nej gælder)."
)
ASKED = "Skal det gamle forløb fortsætte?"


@pytest.fixture
def left(office, now):
    """A case of eight weeks with a held meeting, closed as the citizen began to work."""
    case = factories.case(office, registered_on=date(2026, 3, 2), at=now - timedelta(weeks=9))
    meeting = factories.book(case, office.adviser, now - timedelta(weeks=5), at=now - timedelta(weeks=8))
    meeting.status, meeting.held_at = "held", meeting.ends_at
    meeting.save()
    case.refresh_from_db()
    return closing_services.close_case(
        case_id=case.pk, version=case.version, reason=CloseReason.WORK, closed_on=LEFT, by=office.adviser, at=now
    )


def typed(case, office, **changes):
    fields = typed_case(office, cpr_number=case.citizen.cpr_number, worker=str(office.colleague.public_id))
    fields |= {"registered_on": "04-05-2026", "placed_on": "04-05-2026"}
    return {**fields, **changes}


def due_days(case):
    found = case.required_meetings.exclude(state__in=["superseded", "closed"]).order_by("number", "due_on")
    return [(row.responsible, row.number, row.due_on) for row in found]


def test_by_form_the_same_course_goes_on_with_the_same_counts_and_its_deadlines_moved(log_in, office, left, now):
    held = left.meetings.get(status="held")
    client = log_in(office.adviser)

    asked = client.post(url("create"), typed(left, office))
    text = asked.content.decode()
    assert (asked.status_code, ASKED in text, Case.objects.count()) == (422, True, 1)
    assert f"Borgeren har haft et forløb før, i sag {left.label} til den 13. april 2026." in text
    assert "nyt forløb (LAB § 9)" in text
    assert "Hvorfor et nyt forløb?" in text

    answer = client.post(url("create"), typed(left, office, meanwhile="employment"))
    assert said(answer).startswith(f"Sagen {left.label} er åbnet igen, og forløbet går videre.")
    # What was typed of the course itself is the old one's, and is told where it differs.
    assert NOT_TAKEN in said(answer)
    assert f'<a href="{url("correct", left)}">Ret sagens oplysninger</a>' in said(answer)

    case = Case.objects.get()
    assert (case.is_open, case.placed_on, case.fund_adviser) == (True, date(2026, 3, 2), office.colleague)
    pause = case.pauses.get()
    assert (pause.kind, pause.period.start, pause.period.end) == ("employment", LEFT, LEFT + THREE_WEEKS)
    held.refresh_from_db()
    assert (held.status, held.requirement.case_id, held.requirement.state) == ("held", case.pk, "fulfilled")
    # Month 3 would have ended on 1 June, and month 6 on 1 September.
    last = {row[0]: row[2] for row in due_days(case)}
    assert last == {"fund": date(2026, 6, 22), "municipality": date(2026, 9, 22)}
    told = case.events.get(kind="cases.reopened").text
    assert NOT_TAKEN in told
    assert "tilmeldt igen den 4. maj 2026" in told
    assert "Pause registreret: arbejde 13-04-2026 til og med 03-05-2026." in told
    # The second click finds it done.
    assert client.post(url("create"), typed(left, office, meanwhile="employment")).url == case.get_absolute_url()
    assert case.events.filter(kind="cases.reopened").count() == 1


def test_a_new_placement_begins_a_new_course_with_a_reason(log_in, office, left):
    client = log_in(office.adviser)
    answer = client.post(url("create"), typed(left, office, meanwhile="anew"))
    assert "Skriv, hvorfor et nyt forløb begynder" in errors(answer)
    assert ASKED in answer.content.decode()

    client.post(url("create"), typed(left, office, meanwhile="anew", doubt_reason="Ny dagpengeperiode."))
    case = Case.objects.latest("pk")
    assert (case.previous, case.pauses.exists(), left.pauses.exists()) == (left, False, False)
    assert case.events.get(kind="cases.opened").text.endswith("Ny dagpengeperiode.")


def test_what_was_answered_is_asked_again_after_a_correction(log_in, office, left):
    client = log_in(office.adviser)
    back = client.post(url("create"), typed(left, office, meanwhile="holiday", edit="1"))
    assert (back.status_code, back.context["form"]["meanwhile"].value()) == (200, "")


@pytest.mark.parametrize(
    ("reason", "changes", "by"),
    [
        pytest.param("mistake", {}, "adviser", id="opened by mistake"),
        pytest.param("work", {"target_group": "2"}, "adviser", id="another group"),
        pytest.param("work", {"registered_on": "2021-04-12"}, "adviser", id="more than five years away"),
    ],
)
def test_where_no_course_goes_on_nobody_is_asked(log_in, office, left, reason, changes, by):
    closed_on = changes.pop("registered_on", left.closed_on)
    first = min(str(closed_on), "2026-03-02")
    Case.objects.filter(pk=left.pk).update(
        close_reason=reason, closed_on=closed_on, registered_on=first, placed_on=first
    )
    log_in(getattr(office, by)).post(url("create"), typed(left, office, **changes))
    assert Case.objects.count() == 2


def test_a_citizen_who_moved_goes_on_in_the_course_and_the_party_is_changed_on_it(log_in, office, left):
    client = log_in(office.adviser)
    fields = typed(left, office, other_party=str(office.other_municipality.public_id))
    asked = client.post(url("create"), fields).content.decode()
    assert f"Sagen er hos {office.fund} og {office.municipality}: er borgeren flyttet" in asked

    client.post(url("create"), {**fields, "meanwhile": "employment"})
    case = Case.objects.get()
    assert (case.is_open, case.municipality) == (True, office.municipality)
    told = case.events.get(kind="cases.reopened").text
    assert f"kommune ({office.other_municipality} er skrevet, {office.municipality} gælder)" in told
    assert case.municipality_contact is None or case.municipality_contact.organisation == office.municipality


def test_others_are_not_told_of_a_course_that_is_not_theirs(log_in, office, left):
    places = {"other_party": office.other_municipality, "worker": office.other_adviser}
    fields = typed(left, office, **{name: str(place.public_id) for name, place in places.items()})
    assert ASKED not in log_in(office.other_adviser).post(url("create"), fields).content.decode()
    assert Case.objects.filter(fund=office.other_fund).count() == 1


def previewed(office, now, left, *answers_of_rows):
    row = line(office, Tilmeldt="04-05-2026", **{"CPR-nummer": left.citizen.cpr_number})
    table = [[*HEADER, "Tidligere forløb", "Begrundelse"], *([*row, *answers] for answers in answers_of_rows)]
    content = "\r\n".join(";".join(cells) for cells in table).encode("utf-8-sig")
    return preview(office, content, now=now)


def carry_out(office, now, left, *answers):
    run = previewed(office, now, left, answers)
    if run.rows.filter(state="ready").exists():
        imports_services.start(run_id=run.pk)
        run_to_the_end(now)
    return ImportRow.objects.get(run=run)


def test_by_import_the_row_says_what_the_citizen_did_and_the_course_goes_on(log_in, office, left, now):
    refused = carry_out(office, now, left, "", "")
    assert (refused.state, refused.case) == ("refused", left)
    assert "Skriv i »tidligere forløb«, hvad borgeren lavede imens: »arbejde«" in refused.problem

    row = carry_out(office, now, left, "arbejde", "")

    case = Case.objects.get()
    assert (row.state, row.case, case.is_open, row.content_encrypted) == ("gone_on", case, True, None)
    assert {row[0]: row[2] for row in due_days(case)} == {
        "fund": date(2026, 6, 22),
        "municipality": date(2026, 9, 22),
    }
    page = log_in(office.adviser).get(url("import_run", row.run)).content.decode()
    assert "1 sag er åbnet igen, og forløbet går videre." in page
    assert "har hjemmeboende børn (ja er skrevet, nej gælder)" in page
    assert url("correct", left) in page


def test_by_import_a_new_course_needs_its_reason(office, left, now):
    refused = carry_out(office, now, left, "nyt", "")
    assert (refused.state, "Skriv, hvorfor et nyt forløb" in refused.problem) == ("refused", True)

    assert carry_out(office, now, left, "nyt", "Ny dagpengeperiode.").state == "created"
    assert Case.objects.count() == 2


def test_by_import_an_answer_to_what_nobody_asked_is_refused(office, now):
    row = line(office)
    content = csv_bytes([]) + ";Tidligere forløb\r\n".encode() + ";".join([*row, "arbejde"]).encode()
    run = preview(office, content, now=now)
    imports_services.start(run_id=run.pk)
    run_to_the_end(now)
    assert run.rows.get().problem.startswith("Borgeren har intet forløb hos jer")


def test_by_import_a_row_is_refused_for_no_row_that_becomes_no_case_itself(office, left, now, monkeypatch):
    def refuse(**_):
        raise Refused("Forløbet kan ikke gå videre.")

    monkeypatch.setattr(returning, "go_on", refuse)
    run = previewed(office, now, left, ("arbejde", ""), ("nyt", "Ny dagpengeperiode."))
    # The preview takes the first row of a citizen alone.
    run.rows.update(state="ready", problem="")
    imports_services.start(run_id=run.pk)

    run_to_the_end(now)

    went_on, anew = run.rows.order_by("line")
    assert (went_on.state, went_on.problem) == ("refused", "Forløbet kan ikke gå videre.")
    assert (anew.state, anew.case.previous) == ("created", left)
