"""What was owed one employee and is another's to hear now: somebody is told, and of what is true."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases import seam
from cases.models import Act, Case, Deputy, Reminder, Role, User
from cases.parties import services as parties_services
from cases.reminders import carriers
from cases.reminders import delivery as reminders_delivery
from cases.reminders import owing as reminders_owing
from meetings.list_jobs import services as list_jobs_services
from meetings.models import ChangeKind
from tests import factories
from tests.meetings.list_jobs.steps import done as given
from tests.meetings.list_jobs.steps import work
from tests.test_who_is_told import (
    a_deadline,
    a_limit,
    a_mended_handover,
    a_missed_talk,
    a_waiting_referral,
    delivered,
    leave,
    opened,
    swept,
)

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


def run(at):
    delivered(swept(at), at)


def told(worker):
    return [message.body for message in mail.outbox if message.to == [worker.email]]


def fails(message, *, to):
    raise SMTPServerDisconnected


def rows(kind):
    return [(row.user, row.state, row.outcome) for row in Reminder.objects.filter(kind=kind).order_by("pk")]


def test_what_waits_for_its_mail_while_the_case_is_given_and_taken_back_is_told(office, now, monkeypatch):
    due = a_deadline(office, now)
    with monkeypatch.context() as broken:
        broken.setattr(carriers.EMAIL, "carry", fails)
        for minute in range(4):
            run(due + minute * MINUTE)
    owed = Reminder.objects.get(kind="meetings.deadline_passed")
    assert (owed.user, owed.state, owed.due_at > due + 5 * MINUTE) == (office.adviser, "owed", True)
    job = given([owed.case], [office.colleague], office.leader, at=due + 5 * MINUTE)
    run(due + 5 * MINUTE)
    run(owed.due_at)
    assert rows("meetings.deadline_passed")[0] == (office.adviser, "skipped", "En anden har sagen nu.")

    list_jobs_services.take_back(job_id=job.pk, at=due + 12 * MINUTE)
    work(due + 12 * MINUTE)
    for minute in (12, 15, 16):
        run(due + minute * MINUTE)

    assert len([body for body in told(office.adviser) if owed.case.label in body]) == 1
    assert rows("meetings.deadline_passed") == [
        (office.adviser, "sent", "Sendt."),
        (office.colleague, "skipped", "En anden har sagen nu."),
    ]
    assert told(office.colleague) == []


def changed_fund(case, office, at):
    case = Case.objects.get(pk=case.pk)
    return parties_services.change_parties(
        case_id=case.pk,
        version=case.version,
        fund_id=office.other_fund.pk,
        municipality_id=case.municipality_id,
        on=at.date(),
        reason="Skiftet.",
        by=office.caseworker,
        at=at,
    )


def test_what_is_owed_one_office_does_not_lapse_when_the_citizen_leaves_the_other(office, now):
    at = a_limit(office, now)
    swept(at)
    owed = Reminder.objects.get(kind="referrals.decision_due")
    leave(office.caseworker, office, "to another office")
    changed_fund(owed.case, office, at)

    run(at + MINUTE)
    run(at + 2 * MINUTE)

    owed.refresh_from_db()
    assert (owed.user, owed.organisation, owed.state) == (None, office.municipality, "sent")


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (a_mended_handover, "cases.handover_mended"),
        (a_waiting_referral, "referrals.waiting"),
        (a_missed_talk, "meetings.no_show_notice"),
    ],
)
class TestTwentyCostTheSameAsTwo:
    def owed(self, kind, number):
        """Owe what is owed or was sent so many times."""
        row = Reminder.objects.filter(kind=kind).latest("pk")
        Reminder.objects.all().delete()
        for version in range(1, number + 1):
            row.pk, row.version, row.state, row.closed_at = None, version, "owed", None
            row.save()
        return Reminder.objects.filter(kind=kind)

    def test_when_they_are_sent(self, office, now, make, kind):
        at = make(office, now)
        swept(at)

        def cost(number):
            rows = self.owed(kind, number)
            with CaptureQueriesContext(connection) as queries:
                reminders_delivery.deliver(reminders_delivery.Receiver(user=office.caseworker.pk), at=at)
            assert (len(rows), rows.owed().count()) == (number, 0)
            return len(queries)

        assert cost(20) == cost(2)

    def test_when_whoever_had_them_has_gone(self, office, now, make, kind):
        at = make(office, now)
        swept(at)
        leave(office.caseworker, office, "to another office")
        (source,) = [source for app in seam.INSTALLED for source in app.reminders if kind in source.kinds]

        def cost(number):
            rows = list(self.owed(kind, number).select_related("user"))
            with CaptureQueriesContext(connection) as queries:
                verdicts = source.verdicts(rows, at)
            passed_on = reminders_owing.PassOn(organisation_id=office.municipality.pk)
            assert [*verdicts.values()] == [passed_on] * number
            return len(queries)

        assert cost(20) == cost(2)


def joint_actions(office, number, *, at):
    for _ in range(number):
        given([factories.case(office, by=office.colleague, at=at)], [office.adviser], office.leader, at=at)


def laws(office, number, *, at):
    for one in range(number):
        Act.objects.create(slug=f"act-{one}", title=f"Lov {one}", reference="Lov nr. 1", in_force_on=at.date())
        factories.law_change(factories.law_run(at=at, act=f"act-{one}"), factories.case(office, at=at), office.fund)


@pytest.mark.parametrize(("make", "kind"), [(joint_actions, "meetings.list_job"), (laws, "meetings.law_changed")])
@pytest.mark.parametrize("gone", [False, True])
def test_of_many_cases_eight_messages_cost_the_same_as_two(office, now, make, kind, gone):
    make(office, 8, at=now)
    at = now + 11 * MINUTE
    reminders_delivery.sweep(at=at)
    owed = Reminder.objects.filter(kind=kind, user=office.adviser)
    assert len({row.subject for row in owed}) == 8
    if gone:
        leave(office.adviser, office, "to another office")
    (source,) = [source for app in seam.INSTALLED for source in app.reminders if kind in source.kinds]

    def cost(number):
        rows = list(owed.select_related("user")[:number])
        with CaptureQueriesContext(connection) as queries:
            verdicts = source.verdicts(rows, at)
        wanted = reminders_delivery.PassOn if gone else reminders_delivery.Send
        assert [type(verdict) for verdict in verdicts.values()] == [wanted] * number
        return len(queries)

    assert cost(8) == cost(2)


def test_a_deputy_and_the_office_hear_whose_cases_a_law_changed(office, now):
    law_run = factories.law_run(at=now)
    gone, covered = (factories.user(organisation=office.fund, role=Role.ADVISER) for _ in range(2))
    Deputy.objects.create(
        user=covered,
        deputy=office.colleague,
        first_day=now.date(),
        last_day=now.date(),
        recorded_by=office.leader,
        recorded_at=now,
    )
    for worker in (office.colleague, covered, covered, gone, None):
        case = factories.case(office, at=now)
        kind = ChangeKind.OVERDUE if worker == covered else ChangeKind.MOVES
        factories.law_change(law_run, case, office.fund, worker=worker, kind=kind)
    User.objects.filter(pk__in=[gone.pk, covered.pk]).update(organisation=office.other_fund)

    run(now)

    (to_deputy,) = told(office.colleague)
    of_covered = f"2 sager hos {covered}, der ikke arbejder her mere,"
    assert f": 1 af dine sager og {of_covered} er ændret, 2 frister er overskredet." in to_deputy
    (to_office,) = told(office.fund)
    assert f"1 sag uden medarbejder og 1 sag hos {gone}, der ikke arbejder her mere, er ændret." in to_office


def test_what_one_who_has_left_gave_up_is_not_said_to_be_taken_back(office, now):
    case = opened(office)
    job = given([case], [office.colleague], office.leader, at=now)
    leave(office.adviser, office, "to another office")

    run(job.undo_until + MINUTE)

    assert rows("meetings.list_job") == [
        (office.adviser, "skipped", "En anden har sagen nu."),
        (office.colleague, "sent", "Sendt."),
    ]
