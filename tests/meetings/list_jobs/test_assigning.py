"""Many cases go to colleagues at once: seen first, done in portions, told once, taken back as a whole."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.corrections import services as corrections_services
from cases.models import Reminder
from cases.reminders import delivery as reminders_delivery
from meetings.list_jobs import actions, batches, services
from meetings.models import ListAction, ListJob, ListJobRow, ListJobRowState, ListJobState, Meeting
from tests import factories
from tests.meetings.list_jobs.steps import cases_with_talks, chosen, colleagues, done, owed, owners, previewed, to, work
from tests.meetings.steps import WEDNESDAY_TEN

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path / "post"


def sweep(at):
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)


def tell(at):
    """Send what is due, and forget it."""
    sweep(at)
    mail.outbox.clear()


def test_the_preview_says_of_each_row_what_it_is_and_what_it_becomes(office, now):
    cases = cases_with_talks(office, 2, at=now)
    (receiver,) = colleagues(office, 1)

    job = previewed(cases, [receiver], office.leader, at=now)

    row = job.rows.first()
    assert row.before == f"{office.adviser}, med jobsamtale den 06-05-2026 kl. 10.00"
    assert row.after == f"{receiver}, med jobsamtale den 06-05-2026 kl. 10.00"
    assert (row.warning, row.problem, row.state) == ("", "", ListJobRowState.READY)
    assert owners(cases) == [office.adviser] * 2


def test_they_are_spread_evenly_with_their_talks_and_each_colleague_gets_one_message(office, now):
    cases = cases_with_talks(office, 7, at=now - timedelta(days=2))
    tell(now - timedelta(days=1))
    receivers = colleagues(office, 3)

    job = done(cases, receivers, office.leader, at=now)

    given = owners(cases)
    assert sorted(given.count(receiver) for receiver in receivers) == [2, 2, 3]
    assert [meeting.adviser for meeting in Meeting.objects.booked().order_by("case")] == given
    sweep(now + 9 * MINUTE)
    assert [message.to for message in mail.outbox] == []
    sweep(now + 11 * MINUTE)
    to_staff = [message for message in mail.outbox if message.to[0].startswith("medarbejder")]
    assert sorted(message.to[0] for message in to_staff) == sorted(one.email for one in [office.adviser, *receivers])
    mine = next(message for message in to_staff if message.to == [office.adviser.email])
    assert "har flyttet 7 sager fra dig til" in mine.body
    assert job.public_id.hex in mine.body.replace("-", "")
    citizens = [message.to[0] for message in mail.outbox if message not in to_staff]
    assert len(citizens) == len(set(citizens)) == 7


def test_a_talk_that_the_receiver_has_no_time_for_stays_and_is_named_before_it_is_done(office, now):
    (case,) = cases_with_talks(office, 1, at=now)
    (receiver,) = colleagues(office, 1)
    other = factories.case(office, at=now)
    factories.book(other, receiver, WEDNESDAY_TEN, at=now)

    job = previewed([case], [receiver], office.leader, at=now)

    assert job.rows.get().warning == (
        f"Jobsamtale den 06-05-2026 kl. 10.00 skal have en ny tid: {receiver} er optaget. Den bliver stående hos "
        f"{office.adviser}."
    )
    services.start(job_id=job.pk, at=now)
    work(now)
    talk = case.meetings.booked().get()
    assert owners([case]) == [receiver]
    assert talk.adviser == office.adviser
    assert job.rows.get().left == [talk.pk]


def test_who_got_busy_after_the_preview_is_said_of_the_row(office, now):
    (case,) = cases_with_talks(office, 1, at=now)
    (receiver,) = colleagues(office, 1)
    job = previewed([case], [receiver], office.leader, at=now)
    factories.book(factories.case(office, at=now), receiver, WEDNESDAY_TEN, at=now)

    services.start(job_id=job.pk, at=now)
    work(now)

    row = job.rows.get()
    assert owners([case]) == [receiver]
    assert row.state == ListJobRowState.DONE
    assert "skal have en ny tid: Medarbejderen er optaget" in row.warning
    assert case.meetings.booked().get().adviser == office.adviser


def test_the_whole_is_undone_within_ten_minutes_and_nobody_hears_of_it(office, now):
    cases = cases_with_talks(office, 3, at=now - timedelta(days=2))
    tell(now - timedelta(days=1))
    job = done(cases, colleagues(office, 2), office.leader, at=now)

    services.take_back(job_id=job.pk, at=now + 9 * MINUTE)
    work(now + 9 * MINUTE)

    assert owners(cases) == [office.adviser] * 3
    assert {meeting.adviser for meeting in Meeting.objects.booked()} == {office.adviser}
    job.refresh_from_db()
    assert job.state == ListJobState.TAKEN_BACK
    sweep(now + 30 * MINUTE)
    assert mail.outbox == []
    assert (
        Reminder.objects.get(kind="meetings.list_job", user=office.adviser).outcome == "Fortrudt, før det blev sendt."
    )


def test_after_ten_minutes_it_stands(office, now):
    cases = cases_with_talks(office, 1, at=now, talks=False)
    job = done(cases, colleagues(office, 1), office.leader, at=now)

    with pytest.raises(services.TooLate, match="mere end 10 minutter"):
        services.take_back(job_id=job.pk, at=now + 11 * MINUTE)


def test_a_case_that_somebody_went_on_with_is_not_taken_back(office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)
    job = done(cases, colleagues(office, 1), office.leader, at=now)
    corrections_services.assign(case_id=cases[0].pk, worker_id=office.colleague.pk, by=office.colleague, at=now)

    services.take_back(job_id=job.pk, at=now + MINUTE)
    work(now + MINUTE)

    stands, back = job.rows.order_by("position")
    assert (stands.state, back.state) == (ListJobRowState.STANDS, ListJobRowState.TAKEN_BACK)
    assert f"{office.colleague} har ændret sagen siden" in stands.problem
    assert owners(cases) == [office.colleague, office.adviser]


def test_of_two_leaders_at_once_the_second_is_told(office, now):
    cases = cases_with_talks(office, 2, at=now, talks=False)
    first, second = colleagues(office, 2)
    job = previewed(cases, [first], office.leader, at=now)
    late = previewed(cases, [second], office.colleague, at=now)
    services.start(job_id=job.pk, at=now)

    with pytest.raises(services.NothingChosen):
        services.start(job_id=late.pk, at=now)
    again = previewed(cases, [second], office.colleague, at=now)
    assert "er i gang med en samlet handling" in again.rows.first().problem
    work(now)
    services.start(job_id=late.pk, at=now)
    work(now)

    assert owners(cases) == [first, first]
    assert {row.problem for row in late.rows.all()} == {f"{first} har sagen nu: den er tildelt, efter at I så listen."}


def test_a_portion_that_is_cut_off_leaves_no_row_half(office, now, monkeypatch):
    cases = cases_with_talks(office, 4, at=now)
    job = previewed(cases, colleagues(office, 1), office.leader, at=now)
    services.start(job_id=job.pk, at=now)
    monkeypatch.setattr(batches, "PORTION", 2)
    batches.take_next_portion(at=now)
    seen = []

    def cut_off(*args, **kwargs):
        seen.append(args)
        if len(seen) == 2:
            raise RuntimeError("cut off")
        return whole(*args, **kwargs)

    whole = actions.carry_out
    monkeypatch.setattr(actions, "carry_out", cut_off)
    assert batches.take_next_portion(at=now) == 0

    assert [row.state for row in job.rows.order_by("position")] == ["done", "done", "waiting", "waiting"]
    assert owners(cases[2:]) == [office.adviser] * 2
    work(now)
    assert {row.state for row in job.rows.all()} == {"done"}


def test_a_preview_asks_no_more_for_many_rows_than_for_few(office, now):
    cases = cases_with_talks(office, 12, at=now)
    receivers = colleagues(office, 2)

    def asked(some):
        job = chosen(some, office.leader, at=now)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            services.preview(job_id=job.pk, action=ListAction.ASSIGN, terms=to(receivers), at=now)
        return len(queries)

    assert asked(cases) == asked(cases[:2])


@pytest.mark.parametrize(("number", "words"), [(0, "Vælg mindst én sag"), (3, "Der er 3 sager. Vælg højst 2")])
def test_none_or_too_many_are_refused(office, now, monkeypatch, number, words):
    monkeypatch.setattr(services, "MOST", 2)
    cases = cases_with_talks(office, number, at=now, talks=False)

    with pytest.raises((services.NothingChosen, services.TooMany), match=words):
        chosen(cases, office.leader, at=now)
    assert not ListJob.objects.exists()


def test_whoever_has_the_case_already_is_said_of_the_row(office, now):
    (case,) = cases_with_talks(office, 1, at=now, talks=False)

    job = previewed([case], [office.adviser], office.leader, at=now)

    assert job.rows.get().problem == f"{office.adviser} har sagen allerede."
    with pytest.raises(services.NothingChosen, match="Ingen af sagerne kan være med"):
        services.start(job_id=job.pk, at=now)
    assert ListJobRow.objects.get().state == ListJobRowState.REFUSED
    assert not owed("list_job").exists()


def test_one_of_those_who_share_keeps_what_is_theirs_with_its_talk(office, now):
    cases = cases_with_talks(office, 3, at=now)
    (other,) = colleagues(office, 1)

    job = done(cases, [office.adviser, other], office.leader, at=now)

    assert sorted(owner == other for owner in owners(cases)) == [False, False, True]
    kept = job.rows.filter(state=ListJobRowState.REFUSED)
    assert {row.problem for row in kept} == {f"{office.adviser} har sagen allerede og beholder den."}
    assert not job.rows.exclude(warning="").exists()
