"""Words with which guessing begins make no password, however they are written and at whatever door."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases.accounts import invitations
from cases.models import Team
from tests.factories import PASSWORD

GUESSED, GOOD = "hos jobcenter her", "fire lange grå heste"


@pytest.fixture
def adviser(office):
    adviser = office.adviser
    adviser.first_name, adviser.last_name, adviser.username, adviser.email = "Åse", "Møller-Ry", "amr77", "post@x.dk"
    adviser.organisation.name = "Fagkassen Øst"
    adviser.team = Team(organisation=adviser.organisation, name="Hold 9")
    return adviser


@pytest.mark.parametrize(
    ("password", "what"),
    [
        ("mit samtaleflow 12", "»samtaleflow«"),
        ("S-a-m-t-a-l-e-F-l-o-w", "»samtaleflow«"),
        ("JobCenter!!!!!", "»jobcenter«"),
        ("min akasse og mig", "»a-kasse«"),
        ("min A-Kasse og mig", "»a-kasse«"),
        ("en god raadgiver", "»rådgiver«"),
        ("xx Møller yyyyy", "brugerens navn"),
        ("xx moeller yyyyy", "brugerens navn"),
        ("xx a_m_r_7_7 yyyyy", "brugerens navn"),
        ("xx fagkassen yyyyy", "organisationens navn"),
        ("xx hold9 yyyyyyyy", "teamets navn"),
        ("Sommer2026!!", "en måned"),
        ("Efteråret '26", "en måned"),
        ("2026 december!", "en måned"),
        ("mandag.1999.xx", "en måned"),
    ],
)
def test_each_known_word_is_refused_in_one_sentence(adviser, password, what):
    with pytest.raises(ValidationError) as refused:
        validate_password(password, adviser)

    [said] = [error.message for error in refused.value.error_list if error.code == "password_has_known_word"]
    assert what in said
    assert said.count(".") == 1
    assert password not in said


@pytest.mark.parametrize(
    "password",
    [GOOD, "ase og ry og ost", "sommer og 12 heste", "i marts kom 4 gæs", "julius 1234 hest", "en vinter i Nuuk"],
)
def test_what_only_looks_like_one_is_a_password(adviser, password):
    validate_password(password, adviser)


def test_a_team_with_a_name_of_one_letter_takes_no_password_away(adviser):
    adviser.team.name = "A"

    validate_password("fire lange grå katte", adviser)


def test_every_door_refuses_it(client, office):
    client.force_login(office.administrator)
    chosen = {"new_password1": GUESSED, "new_password2": GUESSED}
    link = client.get(urlsplit(invitations.link_for(office.adviser)).path)
    doors = {reverse("own_password"): {"old_password": PASSWORD, **chosen}, link.url: chosen}
    for page, typed in doors.items():
        assert "Adgangskoden indeholder »jobcenter«" in client.post(page, typed).content.decode(), page

    for user in (office.administrator, office.adviser):
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


def test_the_organisation_is_known_where_a_new_user_chooses(client, office):
    name = f"xx {office.fund.name} yyyyy"
    link = client.get(urlsplit(invitations.link_for(office.adviser)).path)

    said = client.post(link.url, {"new_password1": name, "new_password2": name}).content.decode()

    assert "Adgangskoden indeholder organisationens navn" in said
