"""What happened to a case after it was chosen: another office has it, somebody took it back, or it cannot be done."""

from datetime import timedelta

import pytest

from cases.history import undo as history_undo
from cases.models import Case, Event, OrganisationKind, Reminder, Role
from cases.parties import services as parties_services
from meetings.list_jobs import assigning, batches, services
from meetings.models import ListAction, ListJob, ListJobRowState, ListJobState
from tests import factories
from tests.meetings.list_jobs.steps import cases_with_talks, chosen, colleagues, done, owners, previewed, work

WRITTEN = {"title": "Vi flytter", "text": "Fra mandag finder du os på Torvet 1."}


def leave(case, by, *, at, **parties):
    """The citizen changes municipality or a-kasse."""
    known = Case.objects.get(pk=case.pk)
    given = {"fund_id": known.fund_id, "municipality_id": known.municipality_id, **parties}
    parties_services.change_parties(
        case_id=case.pk, version=known.version, on=at.date(), reason="Flyttet.", by=by, at=at, **given
    )


def written(cases, by, *, at):
    job = chosen(cases, by, at=at)
    return services.preview(job_id=job.pk, action=ListAction.MESSAGE, terms=WRITTEN, at=at)


def carried_out(job, *, at):
    services.start(job_id=job.pk, at=at)
    work(at)
    return job.rows.get()


def test_nothing_is_written_to_who_is_another_offices_by_now(office, now):
    (case,) = cases_with_talks(office, 1, at=now, talks=False)
    job = written([case], office.leader, at=now)
    leave(case, office.leader, at=now, fund_id=factories.organisation(kind=OrganisationKind.FUND).pk)

    row = carried_out(job, at=now)

    assert (row.state, row.problem) == (ListJobRowState.REFUSED, services.GONE)
    assert not Reminder.objects.filter(kind="meetings.written").exists()


def test_nobody_of_ours_gets_the_case_of_another_office(office, now):
    (case,) = cases_with_talks(office, 1, at=now, talks=False)
    leader = factories.user(organisation=office.municipality, role=Role.TEAM_LEADER)
    job = previewed([case], [office.caseworker], leader, at=now)
    leave(case, leader, at=now, municipality_id=office.other_municipality.pk)

    row = carried_out(job, at=now)

    assert (row.state, row.problem) == (ListJobRowState.REFUSED, services.GONE)
    case.refresh_from_db()
    assert case.municipality_caseworker is None


def test_the_case_of_another_office_is_not_taken_back(office, now):
    (case,) = cases_with_talks(office, 1, at=now, talks=False)
    Case.objects.update(municipality_caseworker=office.caseworker)
    receiver = factories.user(organisation=office.municipality, role=Role.CASEWORKER)
    leader = factories.user(organisation=office.municipality, role=Role.TEAM_LEADER)
    job = done([case], [receiver], leader, at=now)
    leave(case, leader, at=now, municipality_id=office.other_municipality.pk)

    services.take_back(job_id=job.pk, at=now)
    work(now)

    row = job.rows.get()
    assert (row.state, row.problem) == (ListJobRowState.STANDS, services.GONE)
    case.refresh_from_db()
    assert case.municipality_caseworker is None


def test_the_page_names_nobody_who_is_another_offices_by_now(log_in, office, now):
    first, second = cases_with_talks(office, 2, at=now, talks=False)
    job = done([first, second], colleagues(office, 1), office.leader, at=now)
    later = now + timedelta(hours=1)
    leave(first, office.leader, at=later, fund_id=factories.organisation(kind=OrganisationKind.FUND).pk)

    page = log_in(office.leader).get(job.get_absolute_url()).content.decode()

    assert first.citizen.name not in page
    assert "En sag, I ikke har mere" in page
    assert second.citizen.name in page


def test_what_somebody_took_back_on_the_case_is_not_taken_back_twice(office, now):
    first, second = cases_with_talks(office, 2, at=now)
    (receiver,) = colleagues(office, 1)
    job = done([first, second], [receiver], office.leader, at=now)
    for event in reversed(job.rows.get(case=first).events):
        history_undo.undo(event_id=event, by=office.leader, at=now)
    before = first.events.count()

    services.take_back(job_id=job.pk, at=now)
    work(now)

    assert first.events.count() == before
    assert [row.state for row in job.rows.all()] == [ListJobRowState.TAKEN_BACK] * 2
    assert owners([first, second]) == [office.adviser] * 2


def lose(user, **changes):
    """The user may not do it any more: another role, or none."""
    type(user).objects.filter(pk=user.pk).update(**changes)


@pytest.mark.parametrize("changes", [{"is_active": False}, {"role": Role.ADMINISTRATOR, "organisation": None}])
def test_the_rest_is_left_when_whoever_started_it_may_do_it_no_more(office, now, monkeypatch, changes):
    monkeypatch.setattr(batches, "PORTION", 1)
    cases = cases_with_talks(office, 3, at=now, talks=False)
    job = written(cases, office.leader, at=now)
    services.start(job_id=job.pk, at=now)
    batches.take_next_portion(at=now)
    lose(office.leader, **changes)

    work(now)

    job.refresh_from_db()
    assert job.state == ListJobState.DONE
    left = (
        ListJobRowState.REFUSED,
        f"{office.leader} må det ikke længere, så sagen er, som den var. En anden kan gøre det fra arbejdslisten.",
    )
    assert list(job.rows.values_list("state", "problem")) == [(ListJobRowState.DONE, ""), left, left]


def test_what_is_done_stands_when_whoever_takes_it_back_may_do_it_no_more(office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)
    (receiver,) = colleagues(office, 1)
    job = done(cases, [receiver], office.leader, at=now)
    services.take_back(job_id=job.pk, at=now)
    lose(office.leader, is_active=False)

    work(now)

    assert [row.state for row in job.rows.all()] == [ListJobRowState.STANDS] * 2
    assert owners(cases) == [receiver] * 2


@pytest.fixture
def fails_on(monkeypatch):
    """Lets one case fail by an error that nobody thought of."""
    real = assigning.assign_one_of_many

    def on(case):
        def fails(**about):
            if about["case"].pk == case.pk:
                raise KeyError("unthought of")
            real(**about)

        monkeypatch.setattr(assigning, "assign_one_of_many", fails)

    return on


def test_a_row_that_fails_is_left_and_the_others_are_done(office, now, fails_on):
    cases = cases_with_talks(office, 3, at=now, talks=False)
    (receiver,) = colleagues(office, 1)
    fails_on(cases[1])
    job = previewed(cases, [receiver], office.leader, at=now)
    services.start(job_id=job.pk, at=now)

    for _ in range(4):
        work(now)

    assert ListJob.objects.get().state == "done"
    assert owners(cases) == [receiver, office.adviser, receiver]
    row = job.rows.get(case=cases[1])
    assert row.state == ListJobRowState.REFUSED
    assert row.problem.startswith("Der skete en fejl, og sagen er, som den var.")
    assert Event.objects.filter(case=cases[1], kind="cases.assigned").count() == 0
