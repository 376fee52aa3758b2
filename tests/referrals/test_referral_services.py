import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from cases.models import Event, Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.rules.explanation import Step
from cases.services import cases as case_services
from cases.services.cases import AlreadyClosed
from meetings.models import Meeting
from referrals.models import Referral
from referrals.rules.decision import MayContact
from referrals.rules.lifecycle import (
    REFERRAL_MOVED_BY,
    REFERRAL_MOVES,
    DecisionSent,
    MoveNotAllowed,
    Recipient,
    ReferralMove,
    ReferralStatus,
)
from referrals.services import referrals as services
from referrals.services.referrals import Proposal, Reasons
from tests import factories, world
from tests.referrals.conftest import PROPOSAL, REASONS


def send(referral, *, by, at):
    return services.send(referral_id=referral.pk, version=referral.version, by=by, at=at)


def reject(referral, *, by, at, reasons=REASONS, version=None):
    return services.reject(referral_id=referral.pk, reasons=reasons, version=version or referral.version, by=by, at=at)


class TestWriting:
    """S39 and S41: the a-kasse together with the citizen, and only the a-kasse that holds the course."""

    def test_one_draft_at_a_time_is_saved_again_and_again(self, office, case, draft, now):
        longer = Proposal(**{**PROPOSAL.__dict__, "proposal": "Praktik i bageriet."})

        saved = services.write_draft(
            case_id=case.pk, proposal=longer, version=draft.version, by=office.colleague, at=now + timedelta(hours=1)
        )

        assert saved.pk == draft.pk
        assert (saved.proposal, saved.written_by, saved.version) == ("Praktik i bageriet.", office.colleague, 2)

    def test_the_same_text_saved_twice_changes_nothing(self, office, case, draft, now):
        again = services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)

        assert (again.pk, again.version) == (draft.pk, draft.version)

    def test_a_draft_that_somebody_else_changed_is_not_overwritten(self, office, case, draft, now):
        other = Proposal(offer_type="wage_subsidy")

        with pytest.raises(services.StaleReferral):
            services.write_draft(case_id=case.pk, proposal=other, version=draft.version - 1, by=office.adviser, at=now)

    def test_a_form_that_is_sent_twice_sends_one_referral(self, office, case, sent, now):
        again = services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
        again = services.send(referral_id=again.pk, version=0, by=office.adviser, at=now)

        assert again.pk == sent.pk
        assert Referral.objects.count() == 1
        assert Event.objects.filter(kind="referrals.sent").count() == 1

    def test_s39_the_joint_assessment_and_the_citizens_agreement_are_demanded(self, office, case, now):
        bare = Proposal(offer_type="internship", starts_on=date(2026, 6, 1))
        draft = services.write_draft(case_id=case.pk, proposal=bare, version=0, by=office.adviser, at=now)

        with pytest.raises(services.Incomplete) as refused:
            send(draft, by=office.adviser, at=now)

        assert [one.field for one in refused.value.missing] == ["joint_assessment", "citizen_agrees"]

    def test_s40_the_offer_begins_in_the_a_kasses_months_or_in_continuation(self, office, case, now):
        late = Proposal(**{**PROPOSAL.__dict__, "starts_on": date(2026, 12, 1)})
        draft = services.write_draft(case_id=case.pk, proposal=late, version=0, by=office.adviser, at=now)

        with pytest.raises(services.NotAdmissible) as refused:
            send(draft, by=office.adviser, at=now)

        assert "for sent for en indstilling" in str(refused.value)
        assert refused.value.answer.latest_start < date(2026, 12, 1)

    def test_s41_after_the_handover_the_a_kasse_is_sent_to_the_jobcenter(self, office, case, draft, now):
        world.hand_over(case, office, at=now)

        with pytest.raises(services.NotAdmissible) as refused:
            send(draft, by=office.adviser, at=now)

        assert "Tal med jobcentret" in str(refused.value)

    def test_nobody_but_the_a_kasse_of_the_case_writes(self, office, case, now):
        for stranger in (office.caseworker, office.other_adviser):
            with pytest.raises(services.NotYours):
                services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=stranger, at=now)

    def test_why_it_could_be_sent_is_frozen(self, sent):
        assert sent.explanation[-1]["text"] == "Tilbuddet begynder den 1. juni 2026 og dermed i tide."
        assert sent.explanation[0]["act"] == "c-anden-delaftale-2"

    def test_one_referral_at_a_time_waits_for_an_offer(self, office, case, sent, now):
        other = Proposal(**{**PROPOSAL.__dict__, "place": "Et andet sted"})
        draft = services.write_draft(case_id=case.pk, proposal=other, version=0, by=office.colleague, at=now)

        with pytest.raises(services.AlreadyPending):
            send(draft, by=office.colleague, at=now)

    def test_a_draft_is_thrown_away_but_never_what_was_sent(self, office, case, draft, now):
        services.discard_draft(referral_id=draft.pk, by=office.adviser)
        again = services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
        send(again, by=office.adviser, at=now)

        with pytest.raises(MoveNotAllowed):
            services.discard_draft(referral_id=again.pk, by=office.adviser)

    def test_a_draft_that_is_gone_is_not_written_on(self, office, case, draft, now):
        services.discard_draft(referral_id=draft.pk, by=office.adviser)

        with pytest.raises(services.StaleReferral):
            services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=1, by=office.adviser, at=now)


class TestDeciding:
    """S38, S42, S43 and S44: the jobcenter decides, may contact, and gives its reasons."""

    def test_s38_the_a_kasse_decides_nothing(self, office, seen, now):
        for decide in (services.grant, services.reject):
            with pytest.raises(services.NotYours):
                decide(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.adviser, at=now)

    def test_s42_every_referral_ends_granted_or_rejected(self, granted, office, now):
        assert granted.status == ReferralStatus.GRANTED
        assert granted.decided_by == office.caseworker
        assert granted.decided_on == date(2026, 5, 4)

    def test_s43_a_contact_has_a_purpose_and_is_never_a_jobsamtale(self, office, seen, now):
        for _ in range(2):
            services.contact(
                referral_id=seen.pk,
                contacted_on=date(2026, 5, 4),
                purpose="Om borgeren kan begynde den 1. juni.",
                note="",
                by=office.caseworker,
                at=now,
            )

        assert seen.contacts.count() == 1
        assert not Meeting.objects.exists()
        assert Event.objects.get(kind="referrals.citizen_contacted").text.endswith("begynde den 1. juni.")

    @pytest.mark.parametrize("day", [date(2026, 5, 3), date(2026, 5, 5)], ids=["before it was sent", "ahead"])
    def test_a_contact_lies_between_the_sending_and_today(self, office, seen, now, day):
        with pytest.raises(services.ContactNotAllowed):
            services.contact(referral_id=seen.pk, contacted_on=day, purpose="x", note="", by=office.caseworker, at=now)

    def test_the_citizen_is_not_contacted_about_what_is_decided(self, office, rejected, now):
        with pytest.raises(services.ContactNotAllowed):
            services.contact(
                referral_id=rejected.pk, contacted_on=now.date(), purpose="x", note="", by=office.caseworker, at=now
            )

    @pytest.mark.parametrize("name", ["considerations", "legal_basis", "party_consultation"])
    def test_s44_a_rejection_without_reasons_is_refused(self, office, seen, now, name):
        reasons = Reasons(**{**REASONS.__dict__, name: "  "})

        with pytest.raises(services.Incomplete) as refused:
            reject(seen, by=office.caseworker, at=now, reasons=reasons)

        assert [one.field for one in refused.value.missing] == [name]
        assert Referral.objects.get().status == ReferralStatus.SEEN

    def test_the_same_decision_twice_is_one(self, office, rejected, now):
        again = reject(rejected, by=office.caseworker, at=now, version=1)

        assert again.decision_number == 1
        assert Event.objects.filter(kind="referrals.rejected").count() == 1

    def test_nothing_is_decided_after_a_withdrawal(self, office, seen, now):
        services.withdraw(referral_id=seen.pk, reason="Borgeren har fået job.", by=office.adviser, at=now)

        with pytest.raises(MoveNotAllowed) as refused:
            reject(seen, by=office.caseworker, at=now)

        assert str(refused.value) == "Indstillingen er trukket tilbage og kan derfor ikke afvises."

    def test_withdrawing_twice_for_the_same_reason_is_one(self, office, seen, now):
        for _ in range(2):
            services.withdraw(referral_id=seen.pk, reason="Borgeren har fået job.", by=office.adviser, at=now)

        assert Event.objects.filter(kind="referrals.withdrawn").count() == 1

    def test_a_closed_case_leaves_nothing_waiting(self, office, seen, now):
        case_services.close_case(
            case_id=seen.case_id,
            reason=CloseReason.WORK,
            closed_on=now.date(),
            version=None,
            by=office.caseworker,
            at=now,
        )
        seen.refresh_from_db()

        assert (seen.status, seen.withdrawal_reason) == (ReferralStatus.WITHDRAWN, "Sagen er afsluttet.")

    def test_taking_it_up_and_assessing_it_twice_is_once(self, office, seen, now):
        services.mark_seen(referral_id=seen.pk, by=office.caseworker, at=now)
        for _ in range(2):
            services.assess(
                referral_id=seen.pk, assessment="Passer.", version=seen.version, by=office.caseworker, at=now
            )

        kinds = Event.objects.filter(kind__in=["referrals.seen", "referrals.assessed"])
        assert sorted(kinds.values_list("kind", flat=True)) == ["referrals.assessed", "referrals.seen"]

    def test_where_the_law_allows_no_contact_none_is_recorded(self, office, seen, now, monkeypatch):
        no = MayContact(False, (Step("Den dag har jobcentret ingen adgang."),))
        monkeypatch.setattr("referrals.rules.decision.may_contact_citizen", lambda **_: no)

        with pytest.raises(services.ContactNotAllowed, match="ingen adgang"):
            services.contact(
                referral_id=seen.pk, contacted_on=now.date(), purpose="x", note="", by=office.caseworker, at=now
            )


class TestAClosedCase:
    @pytest.fixture
    def closed(self, office, case, now):
        def close():
            case_services.close_case(
                case_id=case.pk,
                reason=CloseReason.WORK,
                closed_on=now.date(),
                version=None,
                by=office.caseworker,
                at=now,
            )

        return close

    def test_takes_no_new_referral(self, office, case, draft, now, closed):
        closed()

        with pytest.raises(AlreadyClosed):
            send(draft, by=office.adviser, at=now)
        with pytest.raises(AlreadyClosed):
            services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)

    def test_keeps_its_decision_and_the_letters_still_go(self, office, rejected, now, closed):
        closed()

        with pytest.raises(AlreadyClosed):
            services.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)
        assert Reminder.objects.owed().filter(kind__startswith="referrals.decision_to").count() == 2


class TestUndoing:
    def test_an_assessment_stays_its_writers(self, office, seen, now):
        assessed = services.assess(
            referral_id=seen.pk, assessment="Passer.", version=seen.version, by=office.caseworker, at=now
        )
        rejected = reject(assessed, by=office.caseworker, at=now + timedelta(minutes=1))

        undone = services.undo_decision(
            referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now + timedelta(minutes=2)
        )

        assert (undone.assessment, undone.assessed_at) == ("Passer.", now)

    def test_a_decision_is_taken_back_with_its_reason_until_it_is_sent(self, office, rejected, now):
        undone = services.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)

        assert (undone.status, undone.considerations, undone.decided_at) == (ReferralStatus.ASSESSED, "", None)
        assert set(Reminder.objects.filter(subject=undone.pk).values_list("state", flat=True)) == {"void"}
        kept = Event.objects.get(kind="referrals.decision_undone")
        assert kept.text.endswith("Begrundelse: Fejl.")
        assert kept.data["considerations"] == REASONS.considerations

    def test_a_new_decision_has_letters_of_its_own(self, office, rejected, now):
        undone = services.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)
        again = reject(undone, by=office.caseworker, at=now)

        owed = Reminder.objects.owed().filter(subject=again.pk)
        assert set(owed.values_list("version", flat=True)) == {2}
        assert owed.count() == 2

    def test_a_decision_that_has_reached_one_is_not_taken_back(self, office, rejected, now):
        Reminder.objects.filter(kind="referrals.decision_to_fund").update(state=ReminderState.SENT, closed_at=now)

        with pytest.raises(DecisionSent):
            services.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)

    def test_a_letter_is_given_by_hand_after_the_time_for_undoing(self, office, rejected, now):
        later = now + timedelta(minutes=11)
        with pytest.raises(MoveNotAllowed):
            services.tell_by_hand(
                referral_id=rejected.pk, recipient=Recipient.CITIZEN, how="Post.", by=office.caseworker, at=now
            )

        for _ in range(2):
            services.tell_by_hand(
                referral_id=rejected.pk, recipient=Recipient.CITIZEN, how="Post.", by=office.caseworker, at=later
            )

        assert services.told(rejected)[Recipient.CITIZEN].route == services.BY_HAND
        assert Event.objects.filter(kind="referrals.told_by_hand").count() == 1

    def test_nothing_is_given_by_hand_before_a_decision(self, office, seen, now):
        with pytest.raises(MoveNotAllowed):
            services.tell_by_hand(
                referral_id=seen.pk, recipient=Recipient.FUND, how="Post.", by=office.caseworker, at=now
            )


class TestTheMunicipalitysOwnLimit:
    def test_is_set_changed_and_taken_away(self, office, now):
        own = office.municipality
        for days in (7, 14):
            services.set_decision_limit(days=days, by=office.caseworker, at=now)
        own.refresh_from_db()
        assert services.own_days_of(own) == 14

        services.set_decision_limit(days=None, by=office.caseworker, at=now)

        assert services.own_days_of(type(own).objects.get(pk=own.pk)) is None

    def test_is_the_municipalitys_alone(self, office, now):
        with pytest.raises(services.NotYours):
            services.set_decision_limit(days=7, by=office.adviser, at=now)


# The database refuses as well


def in_state(referral, status, *, office, now):
    """The row in a state as the application would have left it, without its services."""
    moments = {
        "sent": status != ReferralStatus.DRAFT,
        "seen": status in ("seen", "assessed", "granted", "rejected"),
        "assessed": status == "assessed",
        "decided": status in ("granted", "rejected"),
        "withdrawn": status == "withdrawn",
    }
    values = {"considerations": "", "legal_basis": "", "withdrawal_reason": "", "decision_number": 0}
    if status in ("granted", "rejected"):
        values |= {"considerations": "Hensyn", "legal_basis": "LAB", "decision_number": 1}
    if status == "withdrawn":
        values["withdrawal_reason"] = "Grund"
    for name, is_set in moments.items():
        values |= {f"{name}_at": now if is_set else None, f"{name}_by": office.adviser if is_set else None}
    return Referral(
        **{
            **{name: getattr(referral, name) for name in ("case", "offer_type", "starts_on", "written_by", "saved_at")},
            **values,
            "status": str(status),
        }
    )


_REACHABLE = {(before, after) for (before, _), after in REFERRAL_MOVES.items()}


@pytest.mark.parametrize("before", ReferralStatus)
@pytest.mark.parametrize("after", ReferralStatus)
def test_the_database_knows_the_same_moves(office, draft, now, before, after):
    services.discard_draft(referral_id=draft.pk, by=office.adviser)
    row = in_state(draft, before, office=office, now=now)
    row.save()
    other = in_state(draft, after, office=office, now=now)
    names = [f"{step}_{what}" for step in ("sent", "seen", "assessed", "decided", "withdrawn") for what in ("at", "by")]
    texts = ("considerations", "legal_basis", "withdrawal_reason", "decision_number", "status")
    wanted = {name: getattr(other, name) for name in (*names, *texts)}

    def change():
        with transaction.atomic():
            Referral.objects.filter(pk=row.pk).update(**wanted)

    if before == after or (before, after) in _REACHABLE:
        change()
    else:
        with pytest.raises(ProgrammingError, match="Invalid transition"):
            change()


@pytest.mark.parametrize(
    ("status", "change", "constraint"),
    [
        ("rejected", {"considerations": " "}, "rejected_referral_has_reasons"),
        ("rejected", {"legal_basis": ""}, "rejected_referral_has_reasons"),
        ("rejected", {"decided_by": None}, "decided_referral_has_decider"),
        ("granted", {"decided_at": None, "decided_by": None}, "referral_status_has_its_moments"),
        ("sent", {"starts_on": None}, "sent_referral_names_its_offer"),
        ("sent", {"sent_by": None}, "sent_referral_has_sender"),
        ("seen", {"seen_by": None}, "seen_referral_has_reader"),
        ("assessed", {"assessed_by": None}, "assessed_referral_has_assessor"),
        ("withdrawn", {"withdrawal_reason": ""}, "withdrawn_referral_has_reason"),
        ("draft", {"sent_at": "2026-05-04T08:00Z"}, "referral_status_has_its_moments"),
    ],
)
def test_no_state_is_without_its_moment_its_person_and_its_reasons(office, draft, now, status, change, constraint):
    services.discard_draft(referral_id=draft.pk, by=office.adviser)
    row = in_state(draft, ReferralStatus(status), office=office, now=now)
    row.save()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Referral.objects.filter(pk=row.pk).update(**change)


def test_the_database_keeps_one_pending_referral_for_an_offer(office, sent, now):
    other = in_state(sent, ReferralStatus.SENT, office=office, now=now)

    with pytest.raises(IntegrityError, match="one_pending_referral_per_offer"), transaction.atomic():
        other.save()


def test_every_move_belongs_to_one_party():
    assert set(REFERRAL_MOVED_BY) == set(ReferralMove)


@pytest.mark.django_db(transaction=True)
def test_two_who_decide_at_once_make_one_decision(office, now):
    case = factories.case(office)
    draft = services.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
    sent = services.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)
    seen = services.mark_seen(referral_id=sent.pk, by=office.caseworker, at=now)
    start, outcomes = threading.Barrier(2), []

    def decide(service):
        try:
            start.wait()
            service(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=now)
            outcomes.append("decided")
        except MoveNotAllowed:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=[one]) for one in (services.grant, services.reject)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["decided", "refused"]
    assert Reminder.objects.filter(kind__startswith="referrals.decision_to").count() == 2
