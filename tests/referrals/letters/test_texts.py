"""The letters of a decision: what they say, how they are made, and that both reach their reader once."""

import base64
import io
import math
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from cases.models import Case, Citizen, Dispatch, Event, Reminder, User
from cases.parties import services as parties_services
from cases.post import services as post_services
from cases.reminders import delivery as reminders_delivery
from cases.reminders import portions
from meetings.planning import law as planning_law
from referrals import reminders as referral_reminders
from referrals.letters import owing as letters_owing
from referrals.letters import texts as letters_texts
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import queries as referral_queries
from referrals.referral import writing as referral_writing
from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal
from referrals.rules.lifecycle import Recipient
from tests import factories, memo
from tests.referrals.steps import PROPOSAL, REASONS

AFTER = timedelta(minutes=11)


@pytest.fixture(autouse=True)
def post_folder(settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    return tmp_path


def run(at):
    for receiver in reminders_delivery.sweep(at=at):
        reminders_delivery.deliver(receiver, at=at)


def opened(referral, recipient):
    return PdfReader(io.BytesIO(letters_texts.pdf(letters_texts.letter_of(referral, recipient))))


def text_of(referral, recipient):
    return " ".join(" ".join(page.extract_text() for page in opened(referral, recipient).pages).split())


def state_of(kind):
    return Reminder.objects.get(kind=kind).state


TO_CITIZEN, TO_FUND = "referrals.decision_to_citizen", "referrals.decision_to_fund"


class TestS44TheLetterToTheMember:
    def test_holds_all_that_a_decision_must_hold(self, rejected):
        text = text_of(rejected, Recipient.CITIZEN)

        assert "Afgørelse: indstillingen er afvist" in text
        assert "Virksomhedspraktik fra den 1. juni 2026, i 4 uger, hos Bageriet Prøvebrød." in text
        assert PROPOSAL.proposal in text
        assert REASONS.considerations in text
        assert REASONS.facts in text
        assert REASONS.legal_basis in text
        assert "forvaltningsloven § 22" in text
        assert REASONS.party_consultation in text
        assert f"Afgjort den 4. maj 2026 af {rejected.decided_by}, Jobcenter Solby" in text

    def test_guides_on_complaints(self, rejected):
        text = text_of(rejected, Recipient.CITIZEN)

        assert "Klagen skal være hos kommunen inden 4 uger fra den dag, du fik afgørelsen." in text
        assert "Ankestyrelsens Beskæftigelsesudvalg" in text

    def test_keeps_the_words_of_the_day_it_was_decided(self, rejected):
        Referral.objects.filter(pk=rejected.pk).update(complaint_guidance=["Sådan var reglen."])
        rejected.refresh_from_db()

        assert "Sådan var reglen." in text_of(rejected, Recipient.CITIZEN)


class TestS44TheNoticeToTheFund:
    def test_holds_the_reasons_and_no_complaint_guidance(self, rejected):
        text = text_of(rejected, Recipient.FUND)

        assert REASONS.considerations in text
        assert REASONS.legal_basis in text
        assert "klage" not in text.lower()
        assert REASONS.party_consultation not in text


def test_the_rules_are_the_laws_each_once_and_spoken_to_the_citizen(office, seen, log_in, now):
    page = log_in(office.caseworker).get(reverse("referrals:reject", args=[seen.public_id]))
    basis = page.context["form"].initial["legal_basis"]
    reasons = Reasons(**{**REASONS.__dict__, "legal_basis": basis})
    rejected = referral_deciding.reject(
        referral_id=seen.pk, reasons=reasons, version=seen.version, by=office.caseworker, at=now
    )

    text = text_of(rejected, Recipient.CITIZEN)

    assert basis == "LAB kap. 11; lov nr. 727/2023 (LOB kap. 2 a); forvaltningsloven § 22"
    assert "delaftale" not in text
    assert [text.count(rule) for rule in basis.split("; ")] == [1, 1, 1]
    for typed in (PROPOSAL.joint_assessment, PROPOSAL.proposal, reasons.party_consultation):
        text = text.replace(typed, "")
    assert "orgeren" not in text


def test_a_grant_says_what_is_granted_why_and_how_to_complain(granted):
    text = text_of(granted, Recipient.CITIZEN)

    assert "Afgørelse: tilbuddet er bevilget" in text
    assert "Jobcenter Solby har bevilget dig virksomhedspraktik, som Fagkassen har indstillet dig til." in text
    assert "Kommunen har lagt vægt på den vurdering, som du og din a-kasse har lavet sammen" in text
    assert "Kommunen kan give dig virksomhedspraktik (LAB kap. 11)." in text
    assert "du har ret til det og pligt til at deltage i det (LAB § 102, stk. 1)." in text
    assert "Klagen skal være hos kommunen inden 4 uger" in text
    notice = text_of(granted, Recipient.FUND)
    assert "Underretning: tilbuddet er bevilget" in notice
    assert "klage" not in notice.lower()


@pytest.mark.parametrize("recipient", Recipient)
def test_the_pdf_is_tagged_danish_titled_and_names_nobody_in_its_properties(rejected, recipient):
    pdf = opened(rejected, recipient)
    root = pdf.trailer["/Root"]

    assert root["/Lang"] == "da-DK"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"] is not None
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert "pdfuaid" in root["/Metadata"].get_data().decode()
    assert rejected.case.label in pdf.metadata.title
    assert rejected.case.citizen.name not in str(pdf.metadata)


def test_what_was_typed_is_never_read_as_markup(office, seen, now):
    sly = '#panic("x") *fed* $y$ <label> @ref [a] \\ // "citat" æøå €'
    reasons = Reasons(**{**REASONS.__dict__, "considerations": sly})
    rejected = referral_deciding.reject(
        referral_id=seen.pk, reasons=reasons, version=seen.version, by=office.caseworker, at=now
    )

    assert sly in text_of(rejected, Recipient.CITIZEN)


class TestDelivery:
    def test_nothing_is_sent_while_the_decision_can_be_undone(self, rejected, now):
        run(now + timedelta(minutes=9))

        assert (state_of(TO_CITIZEN), state_of(TO_FUND)) == ("owed", "owed")

    def test_both_are_sent_once(self, rejected, now, post_folder):
        for minutes in (11, 12, 30):
            run(now + timedelta(minutes=minutes))

        assert (state_of(TO_CITIZEN), state_of(TO_FUND)) == ("handed_over", "sent")
        assert len(list((post_folder / "digital-post").iterdir())) == 1
        assert len([one for one in mail.outbox if "nderretning om afgørelse" in one.body]) == 1

    def test_the_letter_lies_in_the_closed_mailbox_and_no_cause_in_any_mail(self, rejected, now, post_folder):
        run(now + AFTER)

        [file] = (post_folder / "digital-post").iterdir()
        message = memo.check(file.read_bytes())
        pdf = base64.b64decode(message.findall(".//{*}AdditionalDocument//{*}content")[0].text)
        told = "".join(one.subject + one.body for one in mail.outbox) + memo.text_of(message, "label")
        assert REASONS.considerations in " ".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
        assert [one.to for one in mail.outbox] == [[rejected.case.fund_adviser.email]]
        for secret in (rejected.case.citizen.name, REASONS.considerations, "afvist", "virksomhedspraktik"):
            assert secret not in told

    def test_while_one_is_missing_the_referral_is_open_with_a_warning(self, rejected, now):
        Citizen.objects.update(is_exempt_from_digital_post=True)
        run(now + AFTER)

        found = referral_queries.deliveries_of(rejected, at=now + AFTER)
        closing = referral_queries.closing_of(rejected, found, book=planning_law.law_in_force().book)

        assert [(one.recipient, one.is_sent, one.is_stuck) for one in found] == [
            (Recipient.CITIZEN, False, True),
            (Recipient.FUND, True, False),
        ]
        assert closing.warning == (
            "Afvisningen er endnu ikke nået frem til borgeren. Indstillingen er åben, til den er."
        )
        assert list(Referral.objects.untold()) == [rejected]
        assert Event.objects.filter(kind="cases.citizen_not_reached").exists()

    def test_given_by_hand_it_is_closed(self, office, rejected, now):
        Citizen.objects.update(is_exempt_from_digital_post=True)
        run(now + AFTER)

        letters_owing.tell_by_hand(
            referral_id=rejected.pk,
            recipient=Recipient.CITIZEN,
            how="Sendt med post.",
            by=office.caseworker,
            at=now + AFTER,
        )

        found = referral_queries.deliveries_of(rejected, at=now + AFTER)
        assert not referral_queries.closing_of(rejected, found, book=planning_law.law_in_force().book).untold
        assert not Referral.objects.untold().exists()

    def test_sent_again_and_gone_it_is_told(self, office, rejected, now):
        Citizen.objects.update(is_exempt_from_digital_post=True)
        run(now + AFTER)
        Citizen.objects.update(is_exempt_from_digital_post=False)
        [unreached] = Dispatch.objects.filter(is_reached=False)
        post_services.send_again(dispatch_id=unreached.pk, by=office.caseworker, at=now + AFTER)
        assert list(Referral.objects.untold()) == [rejected]

        for days in (0, 2):
            run(now + AFTER + timedelta(days=days))

        assert not Referral.objects.untold().exists()
        assert not Referral.objects.waiting().exists()
        assert not Reminder.objects.filter(kind="referrals.decision_not_sent").exists()

    def test_a_row_that_is_lost_is_owed_again_by_the_sweep(self, rejected, now):
        Reminder.objects.filter(kind__in=[TO_CITIZEN, TO_FUND]).delete()

        run(now + AFTER)

        assert (state_of(TO_CITIZEN), state_of(TO_FUND)) == ("handed_over", "sent")

    def test_the_notice_goes_to_whoever_has_the_case_now(self, office, rejected, now):
        rejected.case.fund_adviser = office.colleague
        rejected.case.save(update_fields=["fund_adviser"])

        run(now + AFTER)
        run(now + AFTER + timedelta(minutes=1))

        rows = Reminder.objects.filter(kind=TO_FUND).order_by("pk")
        assert [(row.user, row.state) for row in rows] == [(office.colleague, "sent")]

    def test_nobody_at_the_fund_means_its_own_mailbox(self, office, seen, now):
        User.objects.filter(pk=office.adviser.pk).update(is_active=False)
        referral_deciding.reject(
            referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=now
        )

        run(now + AFTER)

        assert Reminder.objects.get(kind=TO_FUND).organisation == office.fund
        assert state_of(TO_FUND) == "sent"

    def test_an_a_kasse_that_has_left_the_case_is_told_nothing(self, office, seen, now):
        User.objects.filter(pk=office.adviser.pk).update(is_active=False)
        referral_deciding.reject(
            referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=now
        )
        Case.objects.filter(pk=seen.case_id).update(fund=office.other_fund, fund_adviser=None)

        run(now + AFTER)

        told = Reminder.objects.filter(kind=TO_FUND, organisation=office.fund).get()
        assert (told.state, told.outcome) == ("skipped", "En anden har sagen nu.")

    def test_a_decision_undone_sends_nothing(self, office, rejected, now, post_folder):
        referral_deciding.undo_decision(referral_id=rejected.pk, reason="Fejl.", by=office.caseworker, at=now)

        run(now + AFTER)

        assert not (post_folder / "digital-post").exists()


class TestReminders:
    def waiting(self):
        rows = Reminder.objects.filter(kind="referrals.waiting").order_by("pk")
        return [(row.version, row.state) for row in rows]

    def test_the_jobcenter_is_reminded_each_week_while_nobody_decides(self, sent, now):
        for days in (6, 7, 8, 14):
            run(now + timedelta(days=days))

        assert self.waiting() == [(1, "sent"), (2, "sent")]

    def test_of_many_that_wait_all_are_owed_at_the_cost_of_one(self, office, now, django_assert_num_queries):
        """Each to the caseworker of its case, or to the office where nobody has it."""

        def waiting(number, *, at):
            for caseworker in [office.caseworker] * (number - 1) + [None]:
                case = factories.case(office, at=now)
                Case.objects.filter(pk=case.pk).update(municipality_caseworker=caseworker)
                draft = referral_writing.write_draft(
                    case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=at
                )
                referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=at)

        waiting(1, at=now)
        with CaptureQueriesContext(connection) as of_one:
            assert referral_reminders.record_due(now + timedelta(days=7)) == 1
        waiting(4, at=now + timedelta(days=7))
        with django_assert_num_queries(len(of_one)):
            assert referral_reminders.record_due(now + timedelta(days=14)) == 5

        rows = Reminder.objects.filter(kind="referrals.waiting").order_by("pk")
        assert [(row.version, row.user, row.organisation) for row in rows].count((1, office.caseworker, None)) == 3
        assert rows.filter(user=None, organisation=office.municipality).count() == 3

    def test_after_an_outage_there_is_one(self, sent, now):
        run(now + timedelta(days=30))
        run(now + timedelta(days=30, minutes=1))

        assert self.waiting() == [(4, "sent")]

    def test_what_is_decided_is_not_reminded_of(self, office, seen, now):
        at = datetime(2026, 5, 11, 5, 1, tzinfo=UTC)
        reminders_delivery.sweep(at=at)
        referral_deciding.reject(
            referral_id=seen.pk, reasons=REASONS, version=seen.version, by=office.caseworker, at=at
        )

        run(at)

        assert self.waiting() == [(1, "skipped")]

    def test_the_municipalitys_own_limit_reminds_once(self, office, sent, now):
        referral_deciding.set_decision_limit(days=3, by=office.caseworker, at=now)

        for days in (2, 3, 4):
            run(now + timedelta(days=days))

        assert Reminder.objects.filter(kind="referrals.decision_due", state="sent").count() == 1

    def test_a_limit_that_has_passed_already_reminds_at_once(self, office, sent, now):
        at = now + timedelta(days=4)
        reminders_delivery.sweep(at=at)
        referral_deciding.set_decision_limit(days=3, by=office.caseworker, at=at)

        run(at + timedelta(minutes=1))

        assert Reminder.objects.filter(kind="referrals.decision_due", state="sent").count() == 1

    def test_a_limit_that_is_set_during_a_sweep_reminds_in_the_next_one(self, office, sent, now):
        at = now + timedelta(days=4)

        def other(execute, sql, *args):
            """What a colleague saves when the sweep has read the limits."""
            answer = execute(sql, *args)
            if sql.startswith("SELECT") and "referrals_decisionlimit" in sql and not saved:
                saved.append(sql)
                referral_deciding.set_decision_limit(days=3, by=office.caseworker, at=at)
            return answer

        saved = []
        with connection.execute_wrapper(other):
            reminders_delivery.sweep(at=at)
        run(at + timedelta(minutes=1))

        assert saved
        assert Reminder.objects.filter(kind="referrals.decision_due", state="sent").count() == 1

    def test_the_limit_of_another_municipality_reminds_at_once(self, office, case, sent, now):
        at = now + timedelta(days=4)
        referral_deciding.set_decision_limit(days=3, by=office.other_caseworker, at=now)
        reminders_delivery.sweep(at=at)
        case.refresh_from_db()
        parties_services.change_parties(
            case_id=case.pk,
            version=case.version,
            fund_id=case.fund_id,
            municipality_id=office.other_municipality.pk,
            on=at.date(),
            reason="Flyttet.",
            by=office.adviser,
            at=at,
        )

        reminders_delivery.sweep(at=at + timedelta(minutes=1))

        assert Reminder.objects.filter(kind="referrals.decision_due").count() == 1

    def test_while_it_waits_it_is_looked_at_once_a_morning(self, sent, now):
        reminders_delivery.sweep(at=now)

        assert not Referral.objects.to_look_at(datetime(2026, 5, 5, 4, 59, tzinfo=UTC))
        assert list(Referral.objects.to_look_at(datetime(2026, 5, 5, 5, tzinfo=UTC))) == [sent]

    def test_what_is_decided_is_looked_at_until_both_letters_have_gone(self, rejected, now):
        reminders_delivery.sweep(at=now)
        assert list(Referral.objects.to_look_at(now)) == [rejected]

        run(now + AFTER)
        reminders_delivery.sweep(at=now + AFTER)

        assert not Referral.objects.to_look_at(now + AFTER)

    def test_a_decision_that_has_not_reached_all_is_followed_up(self, rejected, now):
        Citizen.objects.update(is_exempt_from_digital_post=True)

        for days in (0, 1, 2):
            run(now + timedelta(days=days, minutes=11))

        assert Reminder.objects.filter(kind="referrals.decision_not_sent", state="sent").count() == 1

    def test_after_an_outage_the_letters_go_before_anybody_says_that_they_have_not(self, rejected, now, monkeypatch):
        # Both go into files, in one portion with what the jobcenter is told in the morning after.
        monkeypatch.setattr(EmailBackend, "writes_over", True, raising=False)
        at = now + timedelta(days=1)

        portions.deliver_all(reminders_delivery.sweep(at=at), now=lambda: at, stop_at=math.inf)

        row = Reminder.objects.get(kind="referrals.decision_not_sent")
        assert (row.state, row.outcome) == ("skipped", "Afgørelsen er sendt.")
        assert (state_of(TO_CITIZEN), state_of(TO_FUND)) == ("handed_over", "sent")

    def test_a_sweep_costs_the_same_for_one_and_for_three(self, office, case, sent, now):
        def queries():
            Referral.objects.update(look_at=None)
            with CaptureQueriesContext(connection) as caught:
                reminders_delivery.sweep(at=now + timedelta(minutes=1))
            return len(caught)

        queries()
        for_one = queries()
        for offer_type in ("wage_subsidy", "community_work"):
            proposal = Proposal(**{**PROPOSAL.__dict__, "offer_type": offer_type})
            draft = referral_writing.write_draft(
                case_id=case.pk, proposal=proposal, version=0, by=office.adviser, at=now
            )
            referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)

        assert queries() == for_one
