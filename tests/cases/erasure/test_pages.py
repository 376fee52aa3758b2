"""The page of erasure shows numbers and no name; a hold stands on the page of its case."""

import re

import pytest
from django.urls import reverse

from cases import tasks
from cases.models import AccessLog, Case, ErasureRun, LegalHold
from tests.cases.pages import said


@pytest.fixture
def page_of(log_in):
    def page_of(by):
        answer = log_in(by).get(reverse("cases:erasure"))
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))

    return page_of


def test_from_the_numbers_to_the_approval(log_in, page_of, old, office, second):
    assert "Sager med a-kasse: 1" in page_of(office.leader)
    assert "Foreslå 1 sag slettet" in page_of(office.leader)
    assert old.citizen.name not in page_of(office.leader)

    answer = log_in(office.leader).post(reverse("cases:erasure"))
    assert said(answer) == "Sletning af 1 sag er foreslået. En anden teamleder skal godkende den."
    assert "Venter på en anden teamleder" in page_of(office.leader)
    run = ErasureRun.objects.latest("proposed_at")
    to = reverse("cases:erasure_approve", args=[run.public_id])
    assert "Du har selv foreslået" in said(log_in(office.leader).post(to))
    assert "Sletningen er godkendt" in said(log_in(second).post(to))
    run.refresh_from_db()
    assert (run.proposed_by, run.approved_by) == (office.leader, second)


def test_looking_erases_and_logs_nothing(page_of, old, office):
    before = (Case.objects.count(), AccessLog.objects.count(), ErasureRun.objects.count())
    page_of(office.leader)
    assert (Case.objects.count(), AccessLog.objects.count(), ErasureRun.objects.count()) == before


def test_a_case_is_held_back_with_a_reason_and_let_go_again(page, page_of, old, office):
    assert said(page.post("hold", {"reason": "Ankesag"}, by=office.leader, subject=old)) == "Sagen bliver bevaret."
    assert "Bevares og foreslås ikke: 1" in page_of(office.leader)
    assert "Ankesag" in page.get("hold", by=office.leader, subject=old).content.decode()
    page.post("hold", {"reason": "Afgjort"}, by=office.leader, subject=old)
    row = LegalHold.objects.get()
    assert (row.reason, row.lifted_reason, row.lifted_by) == ("Ankesag", "Afgjort", office.leader)
    assert "Bevares og foreslås ikke: 0" in page_of(office.leader)


def test_a_proposal_is_taken_back_and_made_again_and_what_is_approved_is_not(log_in, page_of, old, office, second):
    def post(name, by):
        run = ErasureRun.objects.latest("proposed_at", "pk")
        return said(log_in(by).post(reverse(f"cases:{name}", args=[run.public_id])))

    log_in(office.leader).post(reverse("cases:erasure"))
    assert post("erasure_withdraw", office.leader) == "Forslaget er trukket tilbage."
    # The newest stands first.
    assert re.search("Godkendt Udført 04-05-2026 .* Trukket tilbage .* 24-04-2026", page_of(office.leader))
    assert "Foreslå sletningen igen" in post("erasure_approve", second)
    assert tasks.erase_approved() == 0

    log_in(office.leader).post(reverse("cases:erasure"))
    post("erasure_approve", second)
    assert "Bevar de sager" in post("erasure_withdraw", office.leader)
    assert tasks.erase_approved() == 1
    assert not Case.objects.filter(pk=old.pk).exists()
