"""The administration's pages of an act held against the live cases."""

import io
import time
from datetime import UTC, date, datetime, timedelta
from threading import Event, Thread

import pytest
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from cases.law import services as law_services
from cases.models import AccessLog, Act, Citizen, Role
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from meetings.law.runs import batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.law.runs.lifecycle import Progress
from meetings.models import ChangeKind, LawChange, LawRun, RequiredMeeting, RunState
from tests import factories, world

EARLIER = world.NOW - timedelta(days=3)


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def administrator(office, log_in):
    log_in(office.administrator)
    return office.administrator


@pytest.fixture
def draft(author):
    """The a-kasse's months become four from 1 June, also for the courses that run."""
    return factories.draft_of_four_months(by=author, in_force_on=date(2026, 6, 1))


@pytest.fixture
def cases(office):
    return [factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13)) for _ in range(3)]


def run_to_the_end():
    while batches.take_next_batch(at=world.NOW):
        pass


@pytest.fixture
def done(administrator, draft, cases):
    run = runs_lifecycle.simulate(act_id=draft.pk, by=administrator, at=world.NOW, today=world.NOW.date())
    run_to_the_end()
    run.refresh_from_db()
    assert run.state == RunState.DONE
    return run


def url(name, *args):
    return reverse(f"admin:{name}", args=args)


def text_of(client, name, *args, **query):
    response = client.get(url(name, *args), query)
    assert response.status_code == 200
    return response.content.decode()


# Starting, following, stopping


def test_a_draft_is_tried_on_the_cases_and_found_again(client, administrator, draft, cases):
    response = client.post(url("cases_act_try", draft.pk))

    run = LawRun.objects.get()
    assert response.url == url("cases_act_run", run.public_id)
    html = client.get(response.url).content.decode()
    assert "findes frem" in html
    assert "hx-get" in html
    assert "Opdatér nu" in html
    assert "Stop prøven" in html

    # Asked for again, the same one.
    assert client.post(url("cases_act_try", draft.pk)).url == response.url
    assert LawRun.objects.count() == 1
    assert url("cases_act_run", run.public_id) in text_of(client, "cases_act_publish", draft.pk)


def test_the_progress_is_refreshed_by_its_part_alone_and_the_end_loads_the_page(client, administrator, draft, cases):
    client.post(url("cases_act_try", draft.pk))
    run = LawRun.objects.get()
    asked = {"headers": {"HX-Request": "true"}}

    part = client.get(url("cases_act_run", run.public_id), **asked)
    assert 'id="run-progress"' in part.content.decode()
    assert "<html" not in part.content.decode()
    assert "HX-Refresh" not in part

    run_to_the_end()
    assert client.get(url("cases_act_run", run.public_id), **asked)["HX-Refresh"] == "true"


def test_a_trial_is_stopped_and_says_so(client, administrator, draft, cases):
    client.post(url("cases_act_try", draft.pk))
    run = LawRun.objects.get()

    html = client.post(url("cases_act_run_stop", run.public_id), follow=True).content.decode()

    run.refresh_from_db()
    assert run.state == RunState.STOPPED
    assert "Prøven blev stoppet" in html
    assert "Prøv igen på sagerne" in html


def test_only_a_post_starts_or_stops(client, administrator, draft, cases):
    assert client.get(url("cases_act_try", draft.pk)).url == url("cases_act_runs", draft.pk)
    assert not LawRun.objects.exists()
    client.post(url("cases_act_try", draft.pk))

    assert client.get(url("cases_act_run_stop", LawRun.objects.get().public_id)).status_code == 405


def test_what_is_law_already_is_not_tried(client, administrator, cases):
    act = Act.objects.get(slug__startswith="c-")

    html = client.post(url("cases_act_try", act.pk), follow=True).content.decode()

    assert "Loven er offentliggjort" in html
    assert not LawRun.objects.exists()


def test_what_does_not_exist_is_not_found(client, administrator, done):
    nobody = "00000000-0000-4000-8000-000000000000"
    for name, args in (
        ("cases_act_run", (nobody,)),
        ("cases_act_run_changes", (nobody,)),
        ("cases_act_run_export", (nobody, "csv")),
        ("cases_act_run_export", (done.public_id, "pdf")),
        ("cases_act_run_change", (done.public_id, 0)),
        ("cases_act_runs", (0,)),
    ):
        assert client.get(url(name, *args)).status_code == 404


# What was found


def test_the_result_is_told_in_words_and_counted_by_organisation(client, done, office):
    moved = done.changes.filter(kind=ChangeKind.MOVES).count()
    html = text_of(client, "cases_act_run", done.public_id)

    assert moved
    assert f"{moved} frister flytter" in html
    assert "Fagkassen" in html
    assert f"?organisation={office.fund.public_id}&amp;kind=moves" in html
    assert "Nabokassen" not in html
    # No change is counted twice or left out.
    shown = sum(sum(by_kind.values()) for by_kind in runs_lifecycle.summary(done).values())
    assert shown == done.changes.count()


def test_the_changes_are_listed_by_case_without_names_and_filtered(client, done, office, cases):
    html = text_of(client, "cases_act_run_changes", done.public_id)
    for case in cases:
        assert case.label in html
        assert case.citizen.name not in html

    of_fund = text_of(
        client, "cases_act_run_changes", done.public_id, organisation=str(office.fund.public_id), kind="moves"
    )
    found = done.changes.filter(organisation=office.fund, kind="moves").count()
    assert f"{found} ændring" in of_fund
    assert "<td>Jobcenter Solby</td>" not in of_fund
    none = text_of(client, "cases_act_run_changes", done.public_id, organisation=str(office.other_fund.public_id))
    assert "Ingen ændringer passer til filteret" in none


def test_an_impossible_filter_is_said(client, done):
    response = client.get(url("cases_act_run_changes", done.public_id), {"kind": "noget"})

    assert response.status_code == 422
    assert "Vælg en fra listen" in response.content.decode()


def test_the_list_is_paged_and_no_change_is_lost_between_the_pages(client, done, cases):
    LawChange.objects.bulk_create(
        LawChange(
            run=done, case=cases[0], organisation_id=cases[0].fund_id, kind="alters", key=f"x/{n}", about="x", text="x"
        )
        for n in range(60)
    )
    wanted = list(done.changes.order_by("pk").values_list("pk", flat=True))
    address, seen, pages = url("cases_act_run_changes", done.public_id), [], []
    query = ""
    while True:
        response = client.get(address + query)
        pages.append([row.pk for row in response.context["rows"]])
        seen += pages[-1]
        if not response.context["next_url"]:
            break
        query = response.context["next_url"]
    assert seen == wanted
    assert all(len(page) == 25 for page in pages[:-1])

    back = client.get(address + response.context["previous_url"])
    assert [row.pk for row in back.context["rows"]] == pages[-2]
    assert client.get(address, {"after": "x" * 40}).status_code == 200
    assert client.get(address, {"after": "9" * 40}).status_code == 200


def test_one_case_is_a_sample_with_both_plans_and_without_a_name(client, done, cases):
    change = done.changes.filter(case=cases[0], kind=ChangeKind.MOVES).order_by("pk").first()

    html = text_of(client, "cases_act_run_change", done.public_id, change.pk)

    assert cases[0].label in html
    assert f"{change.day_before:%d-%m-%Y}" in html
    assert f"{change.day_after:%d-%m-%Y}" in html
    assert "Flytter" in html
    assert done.act.title in html
    assert cases[0].citizen.name not in html
    logged = AccessLog.objects.get(route="admin:cases_act_run_change")
    assert (logged.cases, logged.purpose, logged.organisation) == ([cases[0].pk], "operation", None)


def test_a_sample_does_not_tell_why_a_citizen_rests(client, administrator, draft, office, cases):
    for kind, first in ((PauseKind.SICKNESS, date(2026, 4, 20)), (PauseKind.PARENTAL_LEAVE, date(2026, 6, 10))):
        pauses_services.add_pause(
            case_id=cases[0].pk,
            kind=str(kind),
            span=Period(first, first + timedelta(days=21)),
            source="egne oplysninger",
            by=office.adviser,
            at=EARLIER,
        )
    run = runs_lifecycle.simulate(act_id=draft.pk, by=administrator, at=world.NOW, today=world.NOW.date())
    run_to_the_end()
    change = run.changes.filter(case=cases[0]).first()
    told = " ".join(step["text"] for row in cases[0].required_meetings.current() for step in row.steps)
    assert "(sygdom)" in told

    html = text_of(client, "cases_act_run_change", run.public_id, change.pk)

    assert "Pausen fra den 4. maj 2026 til og med den 10. maj 2026 flytter dagen 7 dage" in html
    for name in [kind.label for kind in (*PauseKind, *ExemptionReason)]:
        assert f"({name}" not in html


def test_a_case_that_cannot_be_planned_is_counted_and_shown(client, administrator, draft, cases):
    Citizen.objects.filter(pk=cases[0].citizen_id).update(born_on=date(2026, 5, 1))
    run = runs_lifecycle.simulate(act_id=draft.pk, by=administrator, at=world.NOW, today=world.NOW.date())
    run_to_the_end()
    change = run.changes.get(kind=ChangeKind.UNPLANNED)

    assert change.case == cases[0]
    assert "1 sag kan ikke planlægges" in text_of(client, "cases_act_run", run.public_id)
    assert "Planen kan ikke beregnes, så" in text_of(client, "cases_act_run_change", run.public_id, change.pk)


def test_a_draft_that_was_tried_is_deleted_without_a_list_of_all_it_would_change(client, done):
    asked = text_of(client, "cases_act_delete", done.act.pk)
    assert done.act.title in asked
    assert done.changes.first().text not in asked

    assert client.post(url("cases_act_delete", done.act.pk), {"post": "yes"}).status_code == 302

    assert not LawRun.objects.exists()
    assert not LawChange.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_deleted_while_a_worker_goes_through_its_cases(client, administrator, draft, cases, monkeypatch):
    runs_lifecycle.simulate(act_id=draft.pk, by=administrator, at=world.NOW, today=world.NOW.date())
    is_busy, judged = Event(), batches.changes_of

    def slowly(*args, **asked):
        is_busy.set()
        time.sleep(0.3)
        return judged(*args, **asked)

    def go_through():
        try:
            batches.take_next_batch(at=world.NOW)
        finally:
            connection.close()

    monkeypatch.setattr(batches, "changes_of", slowly)
    worker = Thread(target=go_through)
    worker.start()
    assert is_busy.wait(10)

    response = client.post(url("cases_act_delete", draft.pk), {"post": "yes"})
    worker.join(10)

    assert response.status_code == 302
    assert not LawRun.objects.exists()
    assert not LawChange.objects.exists()


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_changes_are_taken_out_as_filtered_and_no_cell_is_a_formula(client, done, cases, fmt):
    LawChange.objects.filter(pk=done.changes.filter(kind="moves").first().pk).update(text="=1+1")

    response = client.get(url("cases_act_run_export", done.public_id, fmt), {"kind": "moves"})
    body = b"".join(response.streaming_content)

    assert f'filename="aendringer-{done.act.slug}-' in response["Content-Disposition"]
    if fmt == "csv":
        lines = body.decode("utf-8-sig").splitlines()
        assert lines[0].startswith("Sagsnummer;Organisation;Ændring")
        assert len(lines) == 1 + done.changes.filter(kind="moves").count()
        assert "'=1+1" in body.decode()
        told = body.decode()
    else:
        sheet = load_workbook(io.BytesIO(body)).active
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert sheet.max_row == 1 + done.changes.filter(kind="moves").count()
        assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]
        told = " ".join(str(cell.value) for cell in cells)
    assert cases[0].label in told
    assert cases[0].citizen.name not in told


def test_the_publish_page_begins_with_what_would_move(client, done):
    html = text_of(client, "cases_act_publish", done.act.pk)

    assert "Hvad sker der med sagerne?" in html
    assert "frister flytter" in html
    assert url("cases_act_run", done.public_id) in html


def test_a_draft_that_was_never_tried_says_so_where_it_is_published(client, administrator, draft):
    html = text_of(client, "cases_act_publish", draft.pk)

    assert "Kladden er ikke prøvet på sagerne" in html
    assert url("cases_act_try", draft.pk) in html
    assert "Prøv på sagerne" in text_of(client, "cases_act_change", draft.pk)
    assert "Loven er ikke prøvet på sagerne" in text_of(client, "cases_act_runs", draft.pk)


def test_law_that_came_with_the_program_has_no_panel(client, administrator):
    assert "Hvad sker der med sagerne?" not in text_of(
        client, "cases_act_change", Act.objects.get(slug__startswith="c-").pk
    )


def test_a_run_of_another_wording_says_that_it_is_outdated(client, done):
    done.act.values.update(text="5")

    for name, args in (("cases_act_run", (done.public_id,)), ("cases_act_publish", (done.act.pk,))):
        html = text_of(client, name, *args)
        assert "Loven er ændret, siden sagerne blev gennemgået" in html
        assert "Prøv igen på sagerne" in html
    change = done.changes.order_by("pk").first()
    sample = text_of(client, "cases_act_run_change", done.public_id, change.pk)
    assert "kan ikke vises side om side" in sample


def test_a_draft_that_moves_nothing_says_what_to_look_at(client, administrator, draft):
    client.post(url("cases_act_try", draft.pk))
    run_to_the_end()

    html = text_of(client, "cases_act_run", LawRun.objects.get().public_id)
    assert "Ingen frister, bookinger eller tilbud ændrer sig" in html
    assert "regel for løbende forløb" in html


# After it was published


def test_the_replanning_is_followed_and_told_on_the_same_pages(client, administrator, draft, cases):
    law_services.publish(act_id=draft.pk, reason="Vedtaget.", is_day_confirmed=True, by=administrator, at=world.NOW)
    run = LawRun.objects.get(kind="replan")

    under_way = text_of(client, "cases_act_run", run.public_id)
    assert "Genplanlægning efter offentliggørelsen" in under_way
    assert "Stop prøven" not in under_way
    assert "Genplanlægning efter offentliggørelsen er i gang" in text_of(client, "cases_act_publish", draft.pk)
    client.post(url("cases_act_run_stop", run.public_id))
    run.refresh_from_db()
    assert run.is_under_way

    run_to_the_end()
    assert "frister flytter" in text_of(client, "cases_act_run", run.public_id)
    change = run.changes.filter(case=cases[0], kind=ChangeKind.MOVES).order_by("pk").first()
    row = RequiredMeeting.objects.current().get(
        case=cases[0],
        kind=change.key.split("/")[0],
        responsible=change.key.split("/")[1],
        number=change.key.split("/")[2],
    )
    assert row.due_on == change.day_after
    sample = text_of(client, "cases_act_run_change", run.public_id, change.pk)
    assert f"{change.day_before:%d-%m-%Y}" in sample
    assert f"{change.day_after:%d-%m-%Y}" in sample
    assert "Det ændrede sig i sagen" in sample


def test_the_way_back_from_a_withdrawn_act_is_told_too(client, administrator, draft, cases):
    law_services.publish(act_id=draft.pk, reason="Vedtaget.", is_day_confirmed=True, by=administrator, at=world.NOW)
    run_to_the_end()
    later = world.NOW + timedelta(hours=1)
    law_services.withdraw(act_id=draft.pk, reason="Lovforslaget faldt.", by=administrator, at=later)
    while batches.take_next_batch(at=later):
        pass

    run = LawRun.objects.get(is_withdrawal=True)
    html = text_of(client, "cases_act_run", run.public_id)
    assert "Genplanlægning efter tilbagetrækningen" in html
    assert "frister flytter" in html
    change = run.changes.filter(case=cases[0], kind=ChangeKind.MOVES).order_by("pk").first()
    sample = text_of(client, "cases_act_run_change", run.public_id, change.pk)
    assert f'<strong class="nowrap">{change.day_before:%d-%m-%Y}</strong>' in sample
    assert f'<strong class="nowrap">{change.day_after:%d-%m-%Y}</strong>' in sample
    assert "Genplanlægning efter tilbagetrækningen" in text_of(client, "cases_act_change", draft.pk)


@pytest.mark.parametrize(
    ("done", "total", "told"),
    [
        (0, 4, "0 af 4 sager</p>"),
        (2, 4, "2 af 4 sager, ca. 10 minutter tilbage</p>"),
        (30, 90, "30 af 90 sager, 3 i minuttet, ca. 20 minutter tilbage</p>"),
        (90_000, 91_000, "90.000 af 91.000 sager, 150 i sekundet, under et minut tilbage</p>"),
    ],
)
def test_how_fast_it_goes_and_how_long_it_takes_yet_is_told(
    done, total, told, client, administrator, draft, cases, monkeypatch
):
    client.post(url("cases_act_try", draft.pk))
    LawRun.objects.update(state="running", started_at=datetime(2026, 5, 4, 7, 50, tzinfo=UTC))
    monkeypatch.setattr(runs_lifecycle, "progress", lambda run: Progress(total=total, done=done, is_under_way=True))

    html = text_of(client, "cases_act_run", LawRun.objects.get().public_id)
    assert f'<progress id="progress-bar" value="{done}" max="{total}">' in html
    assert told in html
