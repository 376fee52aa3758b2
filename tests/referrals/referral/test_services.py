from datetime import date, timedelta

import pytest

from cases.changing import AlreadyClosed
from cases.closing import services as closing_services
from cases.models import Event, Reminder, ReminderState
from cases.models.cases import CloseReason
from cases.rules.explanation import Step
from cases.rules.refusal import Incomplete
from meetings.models import Meeting
from referrals.changing import AlreadyPending, ContactNotAllowed, NotAdmissible, NotYours, StaleReferral
from referrals.letters import owing as letters_owing
from referrals.letters.owing import BY_HAND
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal
from referrals.rules.decision import MayContact
from referrals.rules.lifecycle import DecisionSent, MoveNotAllowed, Recipient, ReferralStatus
from tests import world
from tests.referrals.steps import PROPOSAL, REASONS


def send(referral, *, by, at):
    return referral_writing.send(referral_id=referral.pk, version=referral.version, by=by, at=at)


def reject(referral, *, by, at, reasons=REASONS, version=None):
    return referral_deciding.reject(
        referral_id=referral.pk, reasons=reasons, version=version or referral.version, by=by, at=at
    )


class TestWriting:
    """S39 and S41: the a-kasse together with the citizen, and only the a-kasse that holds the course."""

    def test_one_draft_at_a_time_is_saved_again_and_again(self, office, case, draft, now):
        longer = Proposal(**{**PROPOSAL.__dict__, "proposal": "Praktik i bageriet."})

        saved = referral_writing.write_draft(
            case_id=case.pk, proposal=longer, version=draft.version, by=office.colleague, at=now + timedelta(hours=1)
        )

        assert saved.pk == draft.pk
        assert (saved.proposal, saved.written_by, saved.version) == ("Praktik i bageriet.", office.colleague, 2)

    def test_the_same_text_saved_twice_changes_nothing(self, office, case, draft, now):
        again = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)

        assert (again.pk, again.version) == (draft.pk, draft.version)

    def test_a_draft_that_somebody_else_changed_is_not_overwritten(self, office, case, draft, now):
        other = Proposal(offer_type="wage_subsidy")

        with pytest.raises(StaleReferral):
            referral_writing.write_draft(
                case_id=case.pk, proposal=other, version=draft.version - 1, by=office.adviser, at=now
            )

    def test_a_form_that_is_sent_twice_sends_one_referral(self, office, case, sent, now):
        again = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
        again = referral_writing.send(referral_id=again.pk, version=0, by=office.adviser, at=now)

        assert again.pk == sent.pk
        assert Referral.objects.count() == 1
        assert Event.objects.filter(kind="referrals.sent").count() == 1

    def test_s39_the_joint_assessment_and_the_citizens_agreement_are_demanded(self, office, case, now):
        bare = Proposal(offer_type="internship", starts_on=date(2026, 6, 1))
        draft = referral_writing.write_draft(case_id=case.pk, proposal=bare, version=0, by=office.adviser, at=now)

        with pytest.raises(Incomplete) as refused:
            send(draft, by=office.adviser, at=now)

        assert [one.field for one in refused.value.missing] == ["joint_assessment", "citizen_agrees"]

    def test_s40_the_offer_begins_in_the_a_kasses_months_or_in_continuation(self, office, case, now):
        late = Proposal(**{**PROPOSAL.__dict__, "starts_on": date(2026, 12, 1)})
        draft = referral_writing.write_draft(case_id=case.pk, proposal=late, version=0, by=office.adviser, at=now)

        with pytest.raises(NotAdmissible) as refused:
            send(draft, by=office.adviser, at=now)

        assert "for sent for en indstilling" in str(refused.value)
        assert refused.value.answer.latest_start < date(2026, 12, 1)

    def test_s41_after_the_handover_the_a_kasse_is_sent_to_the_jobcenter(self, office, case, draft, now):
        world.hand_over(case, office, at=now)

        with pytest.raises(NotAdmissible) as refused:
            send(draft, by=office.adviser, at=now)

        assert "Tal med jobcentret" in str(refused.value)

    def test_nobody_but_the_a_kasse_of_the_case_writes(self, office, case, now):
        for stranger in (office.caseworker, office.other_adviser):
            with pytest.raises(NotYours):
                referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=stranger, at=now)

    def test_why_it_could_be_sent_is_frozen(self, sent):
        assert sent.explanation[-1]["text"] == "Tilbuddet begynder den 1. juni 2026 og dermed i tide."
        assert sent.explanation[0]["act"] == "c-anden-delaftale-2"

    def test_one_referral_at_a_time_waits_for_an_offer(self, office, case, sent, now):
        other = Proposal(**{**PROPOSAL.__dict__, "place": "Et andet sted"})
        draft = referral_writing.write_draft(case_id=case.pk, proposal=other, version=0, by=office.colleague, at=now)

        with pytest.raises(AlreadyPending):
            send(draft, by=office.colleague, at=now)

    def test_a_draft_is_thrown_away_but_never_what_was_sent(self, office, case, draft, now):
        referral_writing.discard_draft(referral_id=draft.pk, by=office.adviser)
        again = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
        send(again, by=office.adviser, at=now)

        with pytest.raises(MoveNotAllowed):
            referral_writing.discard_draft(referral_id=again.pk, by=office.adviser)

    def test_a_draft_that_is_gone_is_not_written_on(self, office, case, draft, now):
        referral_writing.discard_draft(referral_id=draft.pk, by=office.adviser)

        with pytest.raises(StaleReferral):
            referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=1, by=office.adviser, at=now)


class TestDeciding:
    """S38, S42, S43 and S44: the jobcenter decides, may contact, and gives its reasons."""

    def test_s38_the_a_kasse_decides_nothing(self, office, seen, now):
        for decide in (referral_deciding.grant, referral_deciding.reject):
            with pytest.raises(NotYours):
                decide(referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.adviser, at=now)

    def test_s42_every_referral_ends_granted_or_rejected(self, granted, office, now):
        assert granted.status == ReferralStatus.GRANTED
        assert granted.decided_by == office.caseworker
        assert granted.decided_on == date(2026, 5, 4)

    def test_s43_a_contact_has_a_purpose_and_is_never_a_jobsamtale(self, office, seen, now):
        for _ in range(2):
            referral_deciding.contact(
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
        with pytest.raises(ContactNotAllowed):
            referral_deciding.contact(
                referral_id=seen.pk, contacted_on=day, purpose="x", note="", by=office.caseworker, at=now
            )

    def test_the_citizen_is_not_contacted_about_what_is_decided(self, office, rejected, now):
        with pytest.raises(ContactNotAllowed):
            referral_deciding.contact(
                referral_id=rejected.pk, contacted_on=now.date(), purpose="x", note="", by=office.caseworker, at=now
            )

    @pytest.mark.parametrize("name", ["considerations", "legal_basis", "party_consultation"])
    def test_s44_a_rejection_without_reasons_is_refused(self, office, seen, now, name):
        reasons = Reasons(**{**REASONS.__dict__, name: "  "})

        with pytest.raises(Incomplete) as refused:
            reject(seen, by=office.caseworker, at=now, reasons=reasons)

        assert [one.field for one in refused.value.missing] == [name]
        assert Referral.objects.get().status == ReferralStatus.SEEN

    def test_the_same_decision_twice_is_one(self, office, rejected, now):
        again = reject(rejected, by=office.caseworker, at=now, version=1)

        assert again.decision_number == 1
        assert Event.objects.filter(kind="referrals.rejected").count() == 1

    def test_nothing_is_decided_after_a_withdrawal(self, office, seen, now):
        referral_writing.withdraw(referral_id=seen.pk, reason="Borgeren har fået job.", by=office.adviser, at=now)

        with pytest.raises(MoveNotAllowed) as refused:
            reject(seen, by=office.caseworker, at=now)

        assert str(refused.value) == "Indstillingen er trukket tilbage og kan derfor ikke afvises."

    def test_withdrawing_twice_for_the_same_reason_is_one(self, office, seen, now):
        for _ in range(2):
            referral_writing.withdraw(referral_id=seen.pk, reason="Borgeren har fået job.", by=office.adviser, at=now)

        assert Event.objects.filter(kind="referrals.withdrawn").count() == 1

    def test_a_closed_case_leaves_nothing_waiting(self, office, seen, now):
        closing_services.close_case(
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
        referral_deciding.mark_seen(referral_id=seen.pk, by=office.caseworker, at=now)
        for _ in range(2):
            referral_deciding.assess(
                referral_id=seen.pk, assessment="Passer.", version=seen.version, by=office.caseworker, at=now
            )

        kinds = Event.objects.filter(kind__in=["referrals.seen", "referrals.assessed"])
        assert sorted(kinds.values_list("kind", flat=True)) == ["referrals.assessed", "referrals.seen"]

    def test_where_the_law_allows_no_contact_none_is_recorded(self, office, seen, now, monkeypatch):
        no = MayContact(False, (Step("Den dag har jobcentret ingen adgang."),))
        monkeypatch.setattr("referrals.rules.decision.may_contact_citizen", lambda **_: no)

        with pytest.raises(ContactNotAllowed, match="ingen adgang"):
            referral_deciding.contact(
                referral_id=seen.pk, contacted_on=now.date(), purpose="x", note="", by=office.caseworker, at=now
            )


class TestAClosedCase:
    @pytest.fixture
    def closed(self, office, case, now):
        def close():
            closing_services.close_case(
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
            referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)

    def test_keeps_its_decision_and_the_letters_still_go(self, office, rejected, now, closed):
        closed()

        with pytest.raises(AlreadyClosed):
            referral_deciding.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)
        assert Reminder.objects.owed().filter(kind__startswith="referrals.decision_to").count() == 2


class TestUndoing:
    def test_an_assessment_stays_its_writers(self, office, seen, now):
        assessed = referral_deciding.assess(
            referral_id=seen.pk, assessment="Passer.", version=seen.version, by=office.caseworker, at=now
        )
        rejected = reject(assessed, by=office.caseworker, at=now + timedelta(minutes=1))

        undone = referral_deciding.undo_decision(
            referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now + timedelta(minutes=2)
        )

        assert (undone.assessment, undone.assessed_at) == ("Passer.", now)

    def test_a_decision_is_taken_back_with_its_reason_until_it_is_sent(self, office, rejected, now):
        undone = referral_deciding.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)

        assert (undone.status, undone.considerations, undone.decided_at) == (ReferralStatus.ASSESSED, "", None)
        assert set(Reminder.objects.filter(subject=undone.pk).values_list("state", flat=True)) == {"void"}
        kept = Event.objects.get(kind="referrals.decision_undone")
        assert kept.text.endswith("Begrundelse: Fejl.")
        assert kept.data["considerations"] == REASONS.considerations

    def test_a_new_decision_has_letters_of_its_own(self, office, rejected, now):
        undone = referral_deciding.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)
        again = reject(undone, by=office.caseworker, at=now)

        owed = Reminder.objects.owed().filter(subject=again.pk)
        assert set(owed.values_list("version", flat=True)) == {2}
        assert owed.count() == 2

    def test_a_decision_that_has_reached_one_is_not_taken_back(self, office, rejected, now):
        Reminder.objects.filter(kind="referrals.decision_to_fund").update(state=ReminderState.SENT, closed_at=now)

        with pytest.raises(DecisionSent):
            referral_deciding.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)

    def test_a_letter_is_given_by_hand_after_the_time_for_undoing(self, office, rejected, now):
        later = now + timedelta(minutes=11)
        with pytest.raises(MoveNotAllowed):
            letters_owing.tell_by_hand(
                referral_id=rejected.pk, recipient=Recipient.CITIZEN, how="Post.", by=office.caseworker, at=now
            )

        for _ in range(2):
            letters_owing.tell_by_hand(
                referral_id=rejected.pk, recipient=Recipient.CITIZEN, how="Post.", by=office.caseworker, at=later
            )

        assert letters_owing.told(rejected)[Recipient.CITIZEN].route == BY_HAND
        assert Event.objects.filter(kind="referrals.told_by_hand").count() == 1

    def test_nothing_is_given_by_hand_before_a_decision(self, office, seen, now):
        with pytest.raises(MoveNotAllowed):
            letters_owing.tell_by_hand(
                referral_id=seen.pk, recipient=Recipient.FUND, how="Post.", by=office.caseworker, at=now
            )


class TestTheMunicipalitysOwnLimit:
    def test_is_set_changed_and_taken_away(self, office, now):
        own = office.municipality
        for days in (7, 14):
            referral_deciding.set_decision_limit(days=days, by=office.caseworker, at=now)
        own.refresh_from_db()
        assert referral_deciding.own_days_of(own) == 14

        referral_deciding.set_decision_limit(days=None, by=office.caseworker, at=now)

        assert referral_deciding.own_days_of(type(own).objects.get(pk=own.pk)) is None

    def test_is_the_municipalitys_alone(self, office, now):
        with pytest.raises(NotYours):
            referral_deciding.set_decision_limit(days=7, by=office.adviser, at=now)


# The database refuses as well
