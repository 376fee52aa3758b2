"""Who of an office is told: whoever has the case and works there, else who stands in, else the office. Every kind."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail

from cases.corrections import services as corrections_services
from cases.handover import mending
from cases.handover import services as handover_services
from cases.intake import services as intake_services
from cases.models import Case, Deputy, Reminder, User
from cases.models.cases import HandoverSource
from cases.reminders import delivery as reminders_delivery
from cases.reminders import owing as reminders_owing
from meetings.models import NoShowStepKind, Outcome
from meetings.no_shows import services as no_shows_services
from meetings.outcomes import services as outcomes_services
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from tests import factories, world
from tests.meetings.list_jobs.steps import done as given
from tests.referrals.steps import PROPOSAL, REASONS

DAY, AFTER = timedelta(days=1), timedelta(minutes=11)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path


def opened(office, **fields):
    at = datetime(2026, 4, 30, 8, 0, tzinfo=UTC)
    case = factories.case(office, registered_on=date(2026, 5, 1), at=at, **fields)
    corrections_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=at)
    return case


def a_deadline(office, now):
    opened(office)
    return datetime(2026, 5, 16, 5, 0, tzinfo=UTC)


def a_booking_owed(office, now):
    opened(office)
    return now


def a_near_deadline(office, now):
    opened(office)
    return datetime(2026, 5, 10, 5, 0, tzinfo=UTC)


def a_talk_without_outcome(office, now):
    talk = factories.book(opened(office), office.adviser, now + DAY, at=now)
    return talk.ends_at + 2 * DAY


def a_handover(office, now):
    case = opened(office)
    case.refresh_from_db()
    return datetime.combine(case.municipality_from - DAY, datetime.min.time(), UTC) + timedelta(hours=8)


def an_act(office, now):
    case = opened(office)
    factories.law_change(factories.law_run(at=now), case, office.fund)
    return now


def a_joint_action(office, now):
    case = factories.case(office, by=office.colleague, at=now)
    given([case], [office.adviser], office.leader, at=now)
    return now + AFTER


def a_missed_talk(office, now):
    talk = factories.book(opened(office), office.adviser, now + DAY, at=now)
    at = talk.ends_at
    told = {"note": "", "is_six_weeks_guided": None, "next_booking": None, "by": office.adviser, "at": at}
    outcomes_services.register(meeting_id=talk.pk, outcome=Outcome.ABSENT, **told)
    step = no_shows_services.Step(NoShowStepKind.NOTICE, "Borgeren kom ikke.")
    no_shows_services.take_step(meeting_id=talk.pk, step=step, by=office.adviser, at=at)
    return at + AFTER


def a_mended_handover(office, now):
    case, by = opened(office), office.adviser
    typed = {"hours": None, "source": HandoverSource.MANUAL, "note": "", "by": by, "at": now}
    handover_services.hand_over(case_id=case.pk, on=date(2026, 5, 6), **typed)
    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
    version = Case.objects.get(pk=case.pk).version
    mending.correct_day(case_id=case.pk, version=version, on=date(2026, 6, 1), reason="Fejl.", by=by, at=now)
    return now


def a_referral(office, now):
    case = opened(office)
    draft = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
    sent = referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)
    return referral_deciding.mark_seen(referral_id=sent.pk, by=office.caseworker, at=now)


def a_waiting_referral(office, now):
    a_referral(office, now)
    return now + 7 * DAY


def a_limit(office, now):
    a_referral(office, now)
    referral_deciding.set_decision_limit(days=3, by=office.caseworker, at=now)
    return now + 3 * DAY


def a_decision(office, now):
    seen = a_referral(office, now)
    told = {"reasons": REASONS, "version": seen.version, "by": office.caseworker, "at": now}
    referral_deciding.reject(referral_id=seen.pk, **told)
    return now + AFTER


def a_letter_that_reached_nobody(office, now):
    a_decision(office, now)
    Reminder.objects.filter(kind="referrals.decision_to_citizen").update(due_at=now + 30 * DAY)
    return now + DAY


#: Each kind that tells an employee, with what makes it owed and until when, and whose it is.
TOLD = {
    "meetings.book_by": (a_booking_owed, "adviser"),
    "meetings.deadline_near": (a_near_deadline, "adviser"),
    "meetings.deadline_passed": (a_deadline, "adviser"),
    "meetings.outcome_missing": (a_talk_without_outcome, "adviser"),
    "meetings.handover_near": (a_handover, "adviser"),
    "meetings.law_changed": (an_act, "adviser"),
    "meetings.list_job": (a_joint_action, "adviser"),
    "meetings.no_show_notice": (a_missed_talk, "caseworker"),
    "cases.handover_mended": (a_mended_handover, "caseworker"),
    "referrals.waiting": (a_waiting_referral, "caseworker"),
    "referrals.decision_due": (a_limit, "caseworker"),
    "referrals.decision_to_fund": (a_decision, "adviser"),
    "referrals.decision_not_sent": (a_letter_that_reached_nobody, "caseworker"),
}
TO_CITIZEN = {
    "cases.aim_to_citizen",
    "meetings.invitation",
    "meetings.correction",
    "meetings.cancellation",
    "meetings.meeting_tomorrow",
    "meetings.choice_set_aside",
    "meetings.no_show_hearing",
    "meetings.no_show_summons",
    "meetings.written",
    "referrals.decision_to_citizen",
    "referrals.offer_to_citizen",
}


def test_every_kind_of_message_stands_here():
    assert set(reminders_owing.kind_labels()) == set(TOLD) | TO_CITIZEN


def swept(at):
    return reminders_delivery.sweep(at=at)


def delivered(receivers, at):
    for receiver in receivers:
        reminders_delivery.deliver(receiver, at=at)


def sent(kind):
    rows = Reminder.objects.filter(kind=kind, state="sent").select_related("user", "organisation")
    return {row.user or row.organisation for row in rows}


def leave(worker, office, how):
    other = office.other_fund if worker.organisation == office.fund else office.other_municipality
    counterpart = office.municipality if worker.organisation == office.fund else office.fund
    changes = {
        "to another office": {"organisation": other},
        "to the other party of the case": {"organisation": counterpart},
        "for good": {"is_active": False},
    }
    User.objects.filter(pk=worker.pk).update(**changes[how])


GONE = [
    ("to another office", "before it is owed"),
    ("to another office", "before it is sent"),
    ("to the other party of the case", "before it is sent"),
    ("for good", "before it is sent"),
]


@pytest.mark.parametrize("kind", TOLD)
class TestOfEveryKind:
    def test_who_has_the_case_is_told(self, office, now, kind):
        make, worker = TOLD[kind]
        at = make(office, now)

        delivered(swept(at), at)

        assert getattr(office, worker) in sent(kind)

    def test_the_office_is_told_when_they_have_gone(self, office, now, kind, subtests):
        make, name = TOLD[kind]
        at, worker = make(office, now), getattr(office, name)
        for how, when in GONE:
            with subtests.test(how=how, when=when), world.undone():
                mail.outbox.clear()
                receivers = swept(at) if when == "before it is sent" else []
                leave(worker, office, how)

                delivered(receivers, at)
                # What was passed on goes with the next sweep.
                for _ in range(2):
                    delivered(swept(at), at)

                assert worker.organisation in sent(kind)
                assert [message for message in mail.outbox if message.to == [worker.email]] == []

    def test_who_stands_in_is_told_when_they_have_gone(self, office, now, kind):
        make, name = TOLD[kind]
        at, worker = make(office, now), getattr(office, name)
        deputy = factories.user(organisation=worker.organisation, role=worker.role)
        Deputy.objects.create(
            user=worker,
            deputy=deputy,
            first_day=at.date() - DAY,
            last_day=at.date() + DAY,
            recorded_by=office.leader,
            recorded_at=now,
        )
        leave(worker, office, "to another office")

        for _ in range(2):
            delivered(swept(at), at)

        assert deputy in sent(kind)
        assert worker.organisation not in sent(kind)
        assert [message for message in mail.outbox if message.to == [worker.email]] == []


def test_what_a_joint_action_gave_one_who_left_is_said_with_their_name(office, now):
    at = a_joint_action(office, now)
    leave(office.adviser, office, "to another office")

    for _ in range(2):
        delivered(swept(at), at)

    (told,) = [message.body for message in mail.outbox if message.to == [office.fund.email]]
    assert f"har flyttet 1 sag til {office.adviser}, der ikke arbejder her mere" in told


def test_a_case_placed_anew_is_not_given_to_who_works_elsewhere(office, case, now):
    leave(office.adviser, office, "to another office")

    new = intake_services.place_anew(
        case_id=case.pk,
        version=case.version,
        registered_on=now.date(),
        placed_on=now.date(),
        reason="Ny indplacering.",
        by=office.leader,
        at=now,
    )

    assert new.fund_adviser is None
    assert new.municipality_caseworker is None
