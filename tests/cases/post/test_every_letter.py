"""What holds of every kind of message to the citizen, whatever it is about and whichever way it goes."""

import io
import re

import pytest
from django.urls import reverse
from icalendar import Calendar
from pypdf import PdfReader

from cases.models import Case, Dispatch, Reminder, ReminderState
from cases.plans import aim_services
from meetings.owing.kinds import ReminderKind
from referrals.models.referrals import DECISION_KINDS
from referrals.offers import services as offers_services
from referrals.rules.lifecycle import Recipient
from tests import memo
from tests.cases.post import causes
from tests.cases.post.causes import TO_CITIZEN
from tests.meetings.due.steps import run
from tests.referrals.steps import PROPOSAL, REASONS

#: Signs that a word processor, a telephone or another script leaves in a text.
ODD = "\uf0b7 punkt \ufeff \U0001f600 漢字 ไทย አማርኛ"
#: Those about a talk that the citizen shall come to; the first is told of instead by what goes in its place.
CALLS = [
    ReminderKind.INVITATION,
    ReminderKind.CORRECTION,
    ReminderKind.MEETING_TOMORROW,
    ReminderKind.NO_SHOW_SUMMONS,
]
CHANGES = [ReminderKind.CORRECTION, ReminderKind.CANCELLATION]
DECISIONS = [
    ReminderKind.CHOICE_SET_ASIDE,
    aim_services.TO_CITIZEN,
    DECISION_KINDS[Recipient.CITIZEN],
    offers_services.OFFER_TO_CITIZEN,
]
every_kind = pytest.mark.parametrize("kind", TO_CITIZEN, ids=str)


def carried(desk, kind):
    run(TO_CITIZEN[kind](desk))
    return Dispatch.objects.get(reminder__kind=kind)


def words(kept):
    """All that the citizen reads: the message, and the letter with it."""
    pages = PdfReader(io.BytesIO(bytes(kept.letter))).pages if kept.letter else []
    return " ".join(" ".join([kept.subject, kept.text, *(page.extract_text() for page in pages)]).split())


@every_kind
def test_it_is_spoken_to_the_citizen_and_its_pages_are_counted(kind, desk):
    kept = carried(desk, kind)
    text = words(kept)
    # What an employee typed is the employee's.
    ours = text.replace(REASONS.party_consultation, "").replace(PROPOSAL.joint_assessment, "")
    assert not re.search(r"\bborgeren\b|delaftale", ours, re.IGNORECASE), ours
    if kept.letter:
        count = len(PdfReader(io.BytesIO(bytes(kept.letter))).pages)
        assert re.findall(r"side (\d+) af (\d+)", text) == [(str(page + 1), str(count)) for page in range(count)]


@every_kind
def test_whatever_signs_were_typed_it_goes(kind, desk, monkeypatch):
    monkeypatch.setattr(causes, "TYPED", ODD)
    kept = carried(desk, kind)
    assert not Reminder.objects.filter(state__in=[ReminderState.OWED, ReminderState.FAILED], kind=kind).exists()
    assert kept.is_reached
    assert "punkt" in words(kept) or not takes_text(kind)


def takes_text(kind):
    return kind in (ReminderKind.NO_SHOW_HEARING, ReminderKind.NO_SHOW_SUMMONS, ReminderKind.WRITTEN)


@pytest.mark.parametrize("kind", CALLS, ids=str)
def test_a_call_to_a_talk_tells_the_right_to_choose_and_has_its_entry_for_the_calendar(kind, desk):
    kept = carried(desk, kind)
    assert re.search(r"personligt fremmøde, telefon eller video\. Vil du have en anden form.* senest den", words(kept))
    [entry] = Calendar.from_ical(kept.calendar).walk("VEVENT")
    assert entry["location"]
    assert "samtale" not in entry["summary"].lower()


@pytest.mark.parametrize("kind", DECISIONS, ids=str)
def test_a_decision_comes_as_a_letter_with_its_guidance_on_complaints(kind, desk):
    kept = carried(desk, kind)
    assert kept.letter
    assert "Sådan klager du" in words(kept)


@every_kind
@pytest.mark.parametrize("way", ["digital-post", "sms"])
def test_by_each_way_it_is_a_valid_memo(kind, way, desk, post_folder, monkeypatch):
    cut_off(monkeypatch, digital_post=way == "digital-post")
    kept = carried(desk, kind)
    files = sorted(post_folder.rglob(f"reminder-{kept.reminder_id}.xml"))
    # A letter goes the closed way or not at all.
    assert [file.parent.name for file in files] == ([] if kept.letter and way == "sms" else [way])
    for file in files:
        memo.check(file.read_bytes())


# Who was never told of a talk is told nothing of its change or its end.
@pytest.mark.parametrize("kind", [kind for kind in TO_CITIZEN if kind not in CHANGES], ids=str)
def test_whom_no_way_reaches_gets_it_on_paper(kind, desk, log_in, monkeypatch):
    cut_off(monkeypatch, digital_post=False, phone="")
    kept = carried(desk, kind)
    assert (kept.is_reached, kept.reminder.state) == (False, ReminderState.SKIPPED)
    case = Case.objects.get(pk=kept.reminder.case_id)
    by = desk.office.adviser if kept.sender == desk.office.fund else desk.office.caseworker

    page = log_in(by).get(reverse("cases:post_book", args=[case.public_id])).content.decode()
    paper = log_in(by).get(reverse("cases:post_letter", args=[kept.public_id]))

    assert "Kunne ikke nås" in page
    assert paper["Content-Type"] == "application/pdf"
    assert case.citizen.name in " ".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.content)).pages)


def cut_off(monkeypatch, *, digital_post, phone="20112233"):
    """No citizen has an address for mail, and only these ways lead to one."""
    contact_of = Case.contact_of

    def without(case, organisation):
        contact = contact_of(case, organisation)
        contact.email, contact.phone = "", phone
        contact.citizen.is_exempt_from_digital_post = not digital_post
        return contact

    monkeypatch.setattr(Case, "contact_of", without)
