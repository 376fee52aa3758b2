"""Notes and tasks on a case: one's own party's alone, in the worklist when their day has come, done and open again."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.changing import WrongParty
from cases.models import CaseNote, Reminder
from cases.models.scopes import Scope
from cases.notes import queries, services
from tests.meetings.booking.steps import said

TODAY = date(2026, 5, 4)


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def write(client, case, **typed):
    return client.post(reverse("cases:note_add", args=[case.public_id]), typed)


def overview(client, case):
    return said(client.get(case.get_absolute_url()))


def block(client, case):
    return overview(client, case).partition('id="notater"')[2].partition("</section>")[0]


def test_a_task_stands_on_the_case_and_on_the_worklist_from_its_day(adviser, case, office, now):
    answer = write(adviser, case, text="Ring tilbage torsdag", due_on="07-05-2026")

    assert answer.url == case.get_absolute_url()
    assert "Ring tilbage torsdag" in block(adviser, case)
    assert "Ring tilbage torsdag" not in said(adviser.get("/"))
    CaseNote.objects.update(due_on=TODAY)
    day = said(adviser.get("/")).partition('id="min-dag"')[2].partition("</section>")[0]
    assert "Ring tilbage torsdag" in day
    assert case.citizen.name in day
    assert not Reminder.objects.to_citizen().filter(kind__contains="note").exists()


def test_a_note_without_a_day_is_no_task(adviser, case):
    write(adviser, case, text="Vil helst ringes op om formiddagen")

    note = CaseNote.objects.get()
    assert (note.due_on, note.worker) == (None, None)
    assert "Vil helst ringes op" in block(adviser, case)
    assert said(adviser.get(reverse("cases:tasks"))).count("Ingen opgaver venter") == 1


def test_the_other_party_sees_nothing_of_it(adviser, case, office, log_in):
    write(adviser, case, text="Kun for os", due_on="04-05-2026")
    note = CaseNote.objects.get()

    jens = log_in(office.caseworker)
    assert "Kun for os" not in said(jens.get(reverse("meetings:course_whole", args=[case.public_id])))
    assert "Kun for os" not in said(jens.get(reverse("cases:tasks")))
    assert jens.post(reverse("cases:note_finish", args=[note.public_id])).status_code == 404


def test_it_is_done_and_open_again_and_one_comes_back_to_where_one_was(adviser, case, office):
    write(adviser, case, text="Ring", due_on="04-05-2026")
    note = CaseNote.objects.get()
    done = reverse("cases:note_finish", args=[note.public_id])

    assert f"{done}?tilbage=%2F" in said(adviser.get("/"))
    assert adviser.post(f"{done}?tilbage=/").url == "/"
    note.refresh_from_db()
    assert (note.done_by, "Udført" in block(adviser, case)) == (office.adviser, True)
    assert "Ring" not in said(adviser.get("/")).partition('id="min-dag"')[2].partition("</section>")[0]

    assert adviser.post(reverse("cases:note_reopen", args=[note.public_id])).url == case.get_absolute_url()
    note.refresh_from_db()
    assert note.done_at is None


def test_a_task_is_for_a_colleague_and_the_tile_counts_the_scope_as_its_list(adviser, case, office, log_in):
    write(adviser, case, text="Til Bo", due_on="04-05-2026", worker=str(office.colleague.public_id))

    def counted(client, scope):
        [tile] = [one for one in client.get("/", {"scope": scope}).context["tiles"] if one["label"] == "Opgaver"]
        assert len(client.get(tile["url"]).context["rows"]) == int(tile["count"])
        return tile["count"]

    assert (counted(adviser, ""), counted(adviser, "organisation")) == ("0", "1")
    assert counted(log_in(office.colleague), "") == "1"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"text": "  "}, "Hvad skal huskes?"),
        ({"text": "Ring", "due_on": "03-05-2026"}, "Den 3. maj 2026 er gået."),
        ({"text": "Ring", "due_on": "32-13-2026"}, "32-13-2026"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(adviser, case, typed, says):
    answer = write(adviser, case, **typed)

    assert answer.status_code == 422
    assert says in said(answer)
    assert typed["text"].strip() in said(answer)
    assert not CaseNote.objects.exists()


def test_a_task_is_never_for_somebody_of_another_organisation(case, office, now):
    with pytest.raises(WrongParty, match="din egen organisation"):
        services.write(
            case_id=case.pk, text="Ring", due_on=TODAY, worker_id=office.caseworker.pk, by=office.adviser, at=now
        )


def test_the_same_sent_twice_is_one(adviser, case):
    for _ in range(2):
        assert write(adviser, case, text="Ring", due_on="04-05-2026").status_code == 302

    assert CaseNote.objects.count() == 1


def test_the_worklist_costs_the_same_for_one_task_and_for_many(adviser, case, office, now):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert adviser.get("/").context["tasks"]
        return len(queries)

    write(adviser, case, text="Ring", due_on="04-05-2026")
    adviser.get("/")
    one = cost()
    for number in range(5):
        services.write(
            case_id=case.pk,
            text=f"Ring {number}",
            due_on=TODAY + timedelta(days=0),
            worker_id=office.adviser.pk,
            by=office.adviser,
            at=now,
        )
    assert cost() == one


def test_somebody_without_a_team_is_a_team_of_one(case, office, now):
    for worker in (office.adviser, office.colleague):
        worker.team = None
        worker.save(update_fields=["team"])
        CaseNote.objects.create(
            case=case,
            organisation=office.fund,
            text="Ring.",
            due_on=TODAY,
            worker=worker,
            written_by=worker,
            written_at=now,
        )

    assert [one.worker for one in queries.due(office.adviser, today=TODAY, scope=Scope.TEAM)] == [office.adviser]
