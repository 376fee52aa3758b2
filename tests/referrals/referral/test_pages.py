import io
import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from cases.models import AccessLog, Citizen, Reminder
from cases.reminders import delivery as reminders_delivery
from cases.rules.text_use import TextUse
from cases.ui.case_tabs import Tab
from referrals.models import Referral
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.rules.lifecycle import ReferralStatus
from tests import factories, world
from tests.filled_forms import filled, opened, send
from tests.referrals.steps import PROPOSAL, REASONS

TYPED = {
    "version": "0",
    "offer_type": "internship",
    "starts_on": "01-06-2026",
    "weeks": "4",
    "place": PROPOSAL.place,
    "proposal": PROPOSAL.proposal,
    "joint_assessment": PROPOSAL.joint_assessment,
    "citizen_agrees": "on",
}


def write_url(case):
    return reverse("referrals:write", args=[case.public_id])


def url(name, referral, *more):
    return reverse(f"referrals:{name}", args=[referral.public_id, *more])


def test_an_adviser_writes_saves_and_sends(office, case, log_in):
    client = log_in(office.adviser)

    saved = client.post(write_url(case), {**TYPED, "citizen_agrees": "", "save": "1"}, follow=True)
    draft = Referral.objects.get()
    again = client.post(write_url(case), {**TYPED, "version": draft.version, "send": "1"}, follow=True)

    assert "Kladden er gemt kl. 10.00." in saved.content.decode()
    assert "Indstillingen er sendt til Jobcenter Solby." in again.content.decode()
    assert Referral.objects.get().status == ReferralStatus.SENT


def test_what_was_typed_is_saved_and_stays_when_the_referral_cannot_be_sent(office, case, log_in):
    client = log_in(office.adviser)

    response = client.post(write_url(case), {**TYPED, "joint_assessment": "", "starts_on": "01-12-2026", "send": "1"})
    draft = Referral.objects.get()

    assert response.status_code == 422
    assert "hvad du og borgeren sammen har vurderet" in response.content.decode()
    assert PROPOSAL.proposal in response.content.decode()
    assert (draft.status, draft.proposal) == (ReferralStatus.DRAFT, PROPOSAL.proposal)


def test_a_start_that_is_too_late_is_refused_with_the_rule(office, case, log_in):
    response = log_in(office.adviser).post(write_url(case), {**TYPED, "starts_on": "01-12-2026", "send": "1"})

    assert response.status_code == 422
    assert "det er for sent for en indstilling" in response.content.decode()


def test_the_draft_is_saved_while_it_is_written(office, case, log_in):
    client = log_in(office.adviser)
    autosave = reverse("referrals:autosave", args=[case.public_id])

    first = client.post(autosave, {"version": "0", "proposal": "Et par"})
    second = client.post(autosave, {"version": first.json()["version"], "proposal": "Et par ord"})
    stale = client.post(autosave, {"version": "1", "proposal": "Fra en anden fane"})

    assert first.json()["text"] == "Kladde gemt 10.00"
    assert second.json()["version"] > first.json()["version"]
    assert stale.status_code == 409
    assert Referral.objects.get().proposal == "Et par ord"


def test_a_draft_with_a_cpr_number_is_not_saved(office, case, log_in):
    autosave = reverse("referrals:autosave", args=[case.public_id])

    response = log_in(office.adviser).post(autosave, {"version": "0", "proposal": "Borgeren er 120385-0017"})

    assert response.status_code == 422
    assert "CPR-nummer" in response.json()["text"]
    assert not Referral.objects.exists()


def test_the_jobcenter_does_not_see_a_draft(office, draft, log_in):
    client = log_in(office.caseworker)

    assert client.get(url("referral", draft)).status_code == 404
    assert draft.case.citizen.name not in client.get(reverse("referrals:list")).content.decode()


def test_both_parties_see_the_same_clock_and_history(office, seen, log_in):
    told = [log_in(user).get(url("referral", seen)).content.decode() for user in (office.adviser, office.caseworker)]

    for text in told:
        assert "Kom i dag." in text
        assert "Indstilling til virksomhedspraktik er sendt til Jobcenter Solby." in text
        assert "er taget op af" in text
    assert AccessLog.objects.filter(cases=[seen.case_id], route="referrals:referral").count() == 2


def test_a_rejection_without_reasons_stays_with_what_was_typed(office, seen, log_in):
    response = log_in(office.caseworker).post(
        url("reject", seen), {"version": seen.version, "facts": "Kun oplysninger", "legal_basis": ""}
    )
    text = response.content.decode()

    assert response.status_code == 422
    assert "skriv hovedhensynene bag afgørelsen" in text
    assert "forvaltningsloven § 22" in text
    assert "forvaltningsloven § 19" in text
    assert "Kun oplysninger" in text
    assert Referral.objects.get().status == ReferralStatus.SEEN


def test_a_standard_text_is_put_into_the_reasons_of_a_rejection_and_nothing_is_decided(office, seen, log_in, now):
    text = factories.standard_text(office.caseworker, use=TextUse.REJECTION, text="Tilbuddet passer ikke.", at=now)
    typed = {"version": seen.version, "considerations": "Kort:", "facts": "Kun oplysninger", "legal_basis": "LAB"}
    chosen = {"tekst-considerations": str(text.public_id), "indsaet": "considerations"}

    answer = log_in(office.caseworker).post(url("reject", seen), {**typed, **chosen})

    form = answer.context["form"]
    assert form["considerations"].value() == "Kort:\n\nTilbuddet passer ikke."
    assert form["facts"].value() == "Kun oplysninger"
    seen.refresh_from_db()
    assert seen.status != ReferralStatus.REJECTED


def test_a_rejection_that_cannot_be_put_on_paper_is_not_saved(office, seen, log_in):
    unknown = "".join(map(chr, range(0x12000, 0x12064)))
    typed = {"version": seen.version, **REASONS.__dict__, "considerations": unknown}
    answer = log_in(office.caseworker).post(url("reject", seen), typed)

    seen.refresh_from_db()
    assert seen.status == ReferralStatus.SEEN
    assert not Reminder.objects.filter(kind__startswith="referrals.decision").exists()
    assert "Teksten kan ikke sættes som brev, så intet er gemt" in answer.content.decode()
    assert unknown in answer.content.decode()


def test_a_rejection_with_signs_of_a_word_processor_is_a_letter_that_can_be_opened(office, seen, log_in):
    typed = {
        "version": seen.version,
        **REASONS.__dict__,
        "considerations": "\uf0b7 Butikken søger ikke 😀 ሰላም \U00012000",
    }
    client = log_in(office.caseworker)
    client.post(url("reject", seen), typed)

    for recipient in ("borger", "a-kasse"):
        letter = PdfReader(io.BytesIO(client.get(url("letter", seen, recipient)).content))
        assert "• Butikken søger ikke" in letter.pages[0].extract_text()


def test_both_letters_are_shown_before_the_rejection_is_saved(office, seen, log_in):
    typed = {"version": seen.version, "preview": "1", "considerations": "Butikken søger ingen."}

    text = log_in(office.caseworker).post(url("reject", seen), typed).content.decode()

    member, fund = re.findall(r'<section class="letter".*?</section>', text, re.DOTALL)
    assert "Butikken søger ingen." in member
    assert "Butikken søger ingen." in fund
    assert "Du kan klage over afgørelsen" in member
    assert "klage" not in fund
    assert Referral.objects.get().status == ReferralStatus.SEEN


def test_a_form_filled_in_on_an_older_version_is_refused_once_and_keeps_its_text(office, seen, log_in):
    typed = {"version": seen.version, **REASONS.__dict__}
    referral_deciding.assess(
        referral_id=seen.pk, assessment="Ny", version=seen.version, by=office.caseworker, at=seen.sent_at
    )
    client = log_in(office.caseworker)

    refused = client.post(url("reject", seen), typed)
    version = re.search(r'name="version" value="(\d+)"', refused.content.decode()).group(1)
    saved = client.post(url("reject", seen), {**typed, "version": version})

    assert refused.status_code == 422
    assert "En anden har ændret indstillingen" in refused.content.decode()
    assert "Sagen er ændret, mens du skrev" in refused.content.decode()
    assert f"{office.caseworker}, {office.municipality}:" in refused.content.decode()
    assert REASONS.considerations in refused.content.decode()
    # Nothing is decided yet, so that no reasons stand beside those typed.
    assert "Der står nu" not in refused.content.decode()
    assert saved.status_code == 302


@pytest.mark.parametrize("first", ["grant", "reject"])
@pytest.mark.parametrize("second", ["grant", "reject"])
def test_of_two_first_decisions_the_second_sees_both_and_the_first_stands(office, seen, log_in, first, second):
    client = log_in(office.caseworker)
    late = opened(client, url(second, seen)) | REASONS.__dict__ | {"considerations": "Stedet passer."}
    send(client, url(first, seen), {**REASONS.__dict__, "considerations": "Stedet søger ingen."})
    stands = Referral.objects.values().get()

    refused = client.post(url(second, seen), late)
    again = client.post(url(second, seen), filled(refused.content.decode(), page=url(second, seen)))

    assert (refused.status_code, again.status_code) == (422, 422)
    both = "Der står nu: <strong>Stedet søger ingen.</strong>. Du har skrevet: <strong>Stedet passer.</strong>."
    assert both in " ".join(refused.content.decode().split())
    assert {"grant": "bevilget", "reject": "afvist"}[first] in again.content.decode()
    assert Referral.objects.values().get() == stands


def test_the_decision_is_undone_from_its_page_before_it_is_sent(office, rejected, log_in):
    client = log_in(office.caseworker)

    before = client.get(url("referral", rejected)).content.decode()
    client.post(url("undo", rejected), {"reason": "Jeg trykkede forkert."})
    after = client.get(url("referral", rejected)).content.decode()

    assert "Før brevene sendes kl. 10.10" in before
    assert "Afvisningen er endnu ikke nået frem til borgeren og a-kassen" in before
    assert "Jeg trykkede forkert." in after
    assert Referral.objects.get().status == ReferralStatus.ASSESSED


def test_the_a_kasse_opens_its_notice_and_not_the_letter_to_the_citizen(office, rejected, log_in):
    client = log_in(office.adviser)

    notice = client.get(url("letter", rejected, "a-kasse"))

    assert notice.headers["Content-Type"] == "application/pdf"
    assert notice.headers["Content-Disposition"] == f'inline; filename="afgoerelse-{rejected.case.label}.pdf"'
    assert client.get(url("letter", rejected, "borger")).status_code == 404
    assert log_in(office.caseworker).get(url("letter", rejected, "borger")).status_code == 200


def test_the_inbox_shows_age_and_the_municipalitys_own_limit(office, sent, log_in, now):
    referral_deciding.set_decision_limit(days=14, by=office.caseworker, at=now - timedelta(days=1))

    text = log_in(office.caseworker).get(reverse("referrals:list")).content.decode()

    assert "Kom i dag" in text
    assert "Egen frist 18-05-2026, om 14 dage" in text


@pytest.mark.parametrize(
    ("who", "text"),
    [
        ("adviser", "Du har ingen åbne indstillinger. Start en fra en sag."),
        ("caseworker", "Ingen indstillinger venter på svar."),
    ],
)
def test_an_empty_list_says_what_to_do(office, log_in, who, text):
    assert text in log_in(getattr(office, who)).get(reverse("referrals:list")).content.decode()


def test_after_the_handover_the_text_stays_and_the_way_on_is_named(office, case, now, log_in):
    world.hand_over(case, office, at=now)
    response = log_in(office.adviser).post(write_url(case), {**TYPED, "send": "1"})

    assert response.status_code == 422
    assert "Tal med jobcentret: det kan bevilge tilbud uden en indstilling." in response.content.decode()
    assert PROPOSAL.joint_assessment in response.content.decode()


def test_the_jobcenter_assesses_contacts_and_grants(office, seen, log_in):
    client = log_in(office.caseworker)

    client.post(url("contact", seen), {"contacted_on": "04-05-2026", "purpose": "Om mødetider.", "note": ""})
    client.post(url("assess", seen), {"version": seen.version, "assessment": "Det passer til planen."})
    seen.refresh_from_db()
    done = client.post(url("grant", seen), {"version": seen.version, "legal_basis": "LAB kapitel 11"}, follow=True)
    text = done.content.decode()

    assert "Om mødetider." in text
    assert "Tæller ikke som jobsamtale." in text
    assert "Det passer til planen." in text
    assert "Afgørelse: bevilget" in text


def test_a_contact_ahead_of_today_is_refused(office, seen, log_in):
    response = log_in(office.caseworker).post(
        url("contact", seen), {"contacted_on": "05-05-2026", "purpose": "Om mødetider.", "note": "Et notat"}
    )

    assert response.status_code == 422
    assert "til og med i dag" in response.content.decode()
    assert "Et notat" in response.content.decode()


def test_a_referral_is_withdrawn_with_a_reason_and_then_not_decided(office, seen, log_in):
    adviser = log_in(office.adviser).post(url("withdraw", seen), {"reason": "Borgeren har fået job."}, follow=True)
    decided = log_in(office.caseworker).post(url("reject", seen), {"version": seen.version, **REASONS.__dict__})

    assert "Borgeren har fået job." in adviser.content.decode()
    assert decided.status_code == 422
    assert "Indstillingen er trukket tilbage og kan derfor ikke afvises." in decided.content.decode()
    assert REASONS.considerations in decided.content.decode()


def test_a_letter_that_cannot_be_sent_is_given_in_another_way(office, rejected, now, log_in, settings, tmp_path):
    settings.POST_FOLDER = tmp_path
    Citizen.objects.update(is_exempt_from_digital_post=True)
    later = now + timedelta(minutes=11)
    for receiver in reminders_delivery.sweep(at=later):
        reminders_delivery.deliver(receiver, at=later)
    client = log_in(office.caseworker)

    with time_machine.travel(later, tick=False):
        before = client.get(url("referral", rejected)).content.decode()
        listed = client.get(reverse("referrals:list") + "?del=ikke-fremme").content.decode()
        client.post(url("give_letter", rejected, "borger"), {"how": "Sendt med post."})
        after = client.get(url("referral", rejected)).content.decode()

    assert "Borgeren er fritaget for Digital Post" in before
    assert "Afvisningen er endnu ikke nået frem til borgeren." in before
    assert rejected.case.citizen.name in listed
    assert "Sendt med post." in after
    assert "Borgeren kan klage til og med den 1. juni 2026." in after
    assert "Indstillingen er ikke lukket" not in after


def test_the_municipality_sets_its_own_limit_on_a_page(office, log_in):
    client = log_in(office.caseworker)

    refused = send(client, reverse("referrals:limit"), {"days": "0"})
    send(client, reverse("referrals:limit"), {"days": "14"})

    assert refused.status_code == 422
    assert "Egen frist: 14 dage" in client.get(reverse("referrals:list")).content.decode()


def test_a_draft_is_deleted_and_what_was_sent_is_not(office, draft, log_in, now):
    client = log_in(office.adviser)

    client.post(url("discard", draft))
    assert not Referral.objects.exists()
    again = referral_writing.write_draft(case_id=draft.case_id, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
    referral_writing.send(referral_id=again.pk, version=again.version, by=office.adviser, at=now)
    refused = client.post(url("discard", again), follow=True)

    assert "Kun en kladde kan slettes." in refused.content.decode()


def test_somebody_who_takes_up_a_referral_too_late_is_told(office, rejected, log_in):
    response = log_in(office.caseworker).post(url("see", rejected), follow=True)

    assert "Indstillingen er afvist og kan derfor ikke markeres som set." in response.content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(office, sent, log_in, now):
    client = log_in(office.caseworker)

    def queries():
        with CaptureQueriesContext(connection) as caught:
            client.get(reverse("referrals:list") + "?del=venter")
        return len(caught)

    queries()
    for_one = queries()
    for _ in range(3):
        other = factories.case(office)
        draft = referral_writing.write_draft(case_id=other.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=now)
        referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=now)

    assert queries() == for_one


def test_the_list_goes_on_page_by_page(office, now, log_in, monkeypatch):
    monkeypatch.setattr("referrals.referral.views.page.__kwdefaults__", {"is_newest_first": False, "size": 2})
    names = set()
    for minutes in range(5):
        at = now - timedelta(hours=1) + timedelta(minutes=minutes)
        case = factories.case(office, at=at)
        names.add(case.citizen.name)
        draft = referral_writing.write_draft(case_id=case.pk, proposal=PROPOSAL, version=0, by=office.adviser, at=at)
        referral_writing.send(referral_id=draft.pk, version=draft.version, by=office.adviser, at=at)
    client, query, seen = log_in(office.caseworker), "?del=venter", []

    while query:
        answer = client.get(reverse("referrals:list") + query)
        seen += [row.case.citizen.name for row, _ in answer.context["rows"]]
        query = answer.context["next_url"]

    assert len(seen) == 5
    assert set(seen) == names


def test_the_case_page_shows_its_referrals_and_the_way_to_write_one(office, sent, log_in):
    adviser = log_in(office.adviser).get(Tab.PLAN.url_of(sent.case.public_id)).content.decode()
    caseworker = log_in(office.caseworker).get(Tab.PLAN.url_of(sent.case.public_id)).content.decode()

    assert url("referral", sent) in adviser
    assert write_url(sent.case) in adviser
    assert url("referral", sent) in caseworker
    assert write_url(sent.case) not in caseworker


@pytest.mark.parametrize("decided", ["rejected", "granted"])
def test_the_worklist_counts_them_in_its_scope_as_the_list_it_opens(office, sent, request, log_in, decided):
    def counted(user, label):
        client, found = log_in(user), []
        for scope in ("", "organisation"):
            [tile] = [one for one in client.get("/", {"scope": scope}).context["tiles"] if one["label"] == label]
            assert len(client.get(tile["url"]).context["rows"]) == int(tile["count"])
            found.append(tile["count"])
        return found

    assert counted(office.caseworker, "Indstillinger") == ["0", "1"]
    assert counted(office.adviser, "Afgjorte indstillinger") == ["0", "0"]

    request.getfixturevalue(decided)

    assert counted(office.adviser, "Afgjorte indstillinger") == ["1", "1"]
    assert counted(office.colleague, "Afgjorte indstillinger") == ["0", "1"]
