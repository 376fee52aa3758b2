"""Telephone numbers: read by one rule in form, file and administration, and sent an SMS only where one arrives."""

import pytest
from django.urls import reverse

from cases.models import Citizen, CitizenContact
from cases.people import phones
from cases.reminders import carriers as reminders_carriers
from cases.reminders.messages import Message
from tests import world


@pytest.mark.parametrize(
    ("text", "stored", "shown"),
    [
        ("20304050", "+4520304050", "20 30 40 50"),
        ("+45 20 30 40 50", "+4520304050", "20 30 40 50"),
        ("0045 20304050", "+4520304050", "20 30 40 50"),
        ("20-30-40-50", "+4520304050", "20 30 40 50"),
        ("20.30.40.50", "+4520304050", "20 30 40 50"),
        ("(+45) 20304050", "+4520304050", "20 30 40 50"),
        ("+45-20304050", "+4520304050", "20 30 40 50"),
        ("20\u00a030\u201140 50", "+4520304050", "20 30 40 50"),
        ("+46 (0)70 123 45 67", "+46701234567", "+46 70 123 45 67"),
        (" ", "", ""),
    ],
)
def test_a_number_is_read_as_people_write_it(text, stored, shown):
    assert phones.read(text) == stored
    assert phones.shown(stored) == shown


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("ring efter kl. 16", "ét telefonnummer og ikke andet"),
        ("2030 4050 / 2131 4151", "ét telefonnummer og ikke andet"),
        ("20304050 21314151", "Telefonnummeret findes ikke"),
        ("+4520304050 lok. 12", "ét telefonnummer og ikke andet"),
        ("+4520304050+4521314151", "ét telefonnummer"),
        ("2030405", "Et dansk nummer har otte cifre"),
        ("12345678", "Et dansk nummer har otte cifre"),
        ("+46 12", "i det land, det begynder med"),
        ("=1+1", "ét telefonnummer og ikke andet"),
        ("-", "ét telefonnummer og ikke andet"),
    ],
)
def test_what_is_no_single_number_is_refused(text, sentence):
    with pytest.raises(phones.NotPhone, match=sentence):
        phones.read(text)
    assert phones.tidy(text) == phones.shown(text) == text


@pytest.mark.parametrize(
    ("stored", "takes"),
    [
        ("+4520304050", True),
        ("+46701234567", True),
        ("20304050", True),
        ("+4580808080", False),
        ("+4722123456", False),
        ("ring efter kl. 16", False),
        ("", False),
    ],
)
def test_an_sms_goes_only_where_one_arrives(stored, takes):
    assert phones.takes_sms(stored) is takes


def test_the_ledger_says_that_a_number_takes_no_sms(office):
    citizen = Citizen(is_exempt_from_digital_post=True)
    contact = CitizenContact(citizen=citizen, phone="ring efter kl. 16")
    message = Message(key="x", sender=office.fund, at=world.NOW, subject="Samtale", text="Kom")

    assert reminders_carriers.ways_for(message, contact) == []
    assert "telefonnummeret kan ikke få SMS" in reminders_carriers.why_unreached(message, contact)
    assert contact.phone_text == "ring efter kl. 16 (er ikke et telefonnummer)"


def test_the_administration_reads_a_number_by_the_same_rule(log_in, office):
    address = reverse("admin:cases_organisation_change", args=[office.fund.pk])
    client = log_in(office.administrator)

    assert 'value="70 11 22 33"' in client.get(address).content.decode()
    assert "Et dansk nummer har otte cifre" in client.post(address, {"phone": "7011223"}).content.decode()
