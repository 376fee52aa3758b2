"""The ledger: what is owed, sent and skipped, why, and whether the sweep runs. No citizen in it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from cases import tasks
from cases.models import Reminder
from cases.reminders import delivery as reminders_delivery
from tests import factories

LEDGER = reverse("admin:cases_reminder_changelist")


@pytest.fixture
def ledger(client, office):
    client.force_login(office.administrator)

    def ledger(**parameters):
        answer = client.get(LEDGER, parameters)
        assert answer.status_code == 200
        return " ".join(answer.content.decode().split())

    return ledger


#: Before anything of these cases was due.
EARLIER = datetime(2026, 4, 12, 8, 0, tzinfo=UTC)


@pytest.fixture
def fresh(office):
    return factories.case(office, registered_on=date(2026, 5, 1), at=EARLIER)


def test_says_that_nothing_ever_ran(ledger):
    assert "Påmindelserne er aldrig kørt." in ledger()


def test_shows_the_last_and_the_next_run(ledger, fresh, now):
    reminders_delivery.sweep(at=now)

    page = ledger()
    assert "Seneste kørsel begyndte 04-05-2026 10.00.00." in page
    assert "Den fandt 1 ny påmindelse, og 1 modtager ventede." in page
    assert "Næste kørsel: 04-05-2026 10.01.00." in page
    assert "Se efter, om beat og worker kører." not in page


@pytest.mark.parametrize(("minutes", "is_late"), [(5, False), (6, True)])
def test_warns_of_a_run_that_is_late(ledger, now, minutes, is_late):
    reminders_delivery.sweep(at=now - timedelta(minutes=minutes))

    assert ("Se efter, om beat og worker kører." in ledger()) is is_late


def test_tells_whose_it_is_and_why_without_a_name(ledger, fresh, office, now):
    for receiver in reminders_delivery.sweep(at=now):
        reminders_delivery.deliver(receiver, at=now)

    page = ledger()
    assert "samtale skal bookes" in page
    assert fresh.label in page
    assert "adviser, Fagkassen" in page
    assert "Sendt." in page
    assert fresh.citizen.name not in page
    assert fresh.citizen.masked_cpr not in page


def test_what_lies_in_the_folder_is_not_called_sent(ledger, fresh, office, now):
    for subject, (route, outcome) in enumerate((("Digital Post", "Lagt til afsendelse."), ("e-mail", "Sendt."))):
        told = {"kind": "meetings.invitation", "subject": subject, "version": 1, "route": route, "outcome": outcome}
        Reminder.objects.create(case=fresh, state="sent", due_at=now, recorded_at=now, closed_at=now, **told)
    # As they were kept before handed over was a state of its own, until the night.
    for _ in range(2):
        tasks.clear_old()

    in_folder, sent = ledger(state="handed_over"), ledger(state="sent")

    assert '<td class="field-state">lagt til afsendelse</td>' in in_folder
    assert '<td class="field-way">Digital Post</td>' in in_folder
    assert '<td class="field-state">sendt</td>' not in in_folder
    assert '<td class="field-state">sendt</td>' in sent
    assert '<td class="field-state">lagt til afsendelse</td>' not in sent


def test_filters_by_state_kind_and_case_number(ledger, fresh, office, now):
    other = factories.case(office, registered_on=date(2026, 4, 13), at=EARLIER)
    reminders_delivery.sweep(at=now)

    assert fresh.label not in ledger(art="meetings.deadline_passed")
    assert fresh.label in ledger(art="meetings.book_by", state="owed")
    assert fresh.label not in ledger(state="sent")
    assert other.label not in ledger(q=fresh.label)
    assert fresh.label in ledger(q=str(fresh.number))
    assert fresh.label not in ledger(q="Testesen")


def test_is_only_read(client, ledger, fresh, office, now):
    reminders_delivery.sweep(at=now)
    row = Reminder.objects.first()

    assert client.get(reverse("admin:cases_reminder_add")).status_code == 403
    assert client.post(reverse("admin:cases_reminder_delete", args=[row.pk])).status_code == 403


def test_is_for_administrators(client, office):
    client.force_login(office.adviser)

    assert client.get(LEDGER).status_code in (302, 403)
