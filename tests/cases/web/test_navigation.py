"""The main menu shows each user what that user may open, and no more."""

import pytest
from django.urls import reverse

USERS = ("adviser", "caseworker", "leader", "administrator")


@pytest.mark.parametrize("name", USERS)
def test_every_entry_of_the_menu_opens(office, log_in, name):
    client = log_in(getattr(office, name))
    menu = client.get(reverse("law:in_force")).context["nav"]
    entries = [entry for item in menu for entry in item.get("entries", [item])]

    assert len(menu) < 10
    # The heading of the page that is open is marked with it.
    assert len([item for item in menu if item["is_current"]]) == 1
    assert [entry["label"] for entry in entries if entry["is_current"]] == ["Regler"]
    assert {entry["url"]: client.get(entry["url"]).status_code for entry in entries} == {
        entry["url"]: 200 for entry in entries
    }
