"""Words with which guessing begins make no password, however they are written and at whatever door."""

import io

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from cases.models import Team, User
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


def test_every_door_refuses_it(client, office, monkeypatch):
    client.force_login(office.administrator)
    own = {"old_password": PASSWORD, "new_password1": GUESSED, "new_password2": GUESSED}
    given = {"password1": GUESSED, "password2": GUESSED}
    new = {**given, "username": "ny", "role": "adviser", "organisation": office.fund.pk}
    doors = {
        reverse("own_password"): own,
        reverse("admin:auth_user_password_change", args=[office.adviser.pk]): given,
        reverse("admin:cases_user_add"): new,
    }
    for page, typed in doors.items():
        assert "Adgangskoden indeholder »jobcenter«" in client.post(page, typed).content.decode(), page

    monkeypatch.setattr("sys.stdin", io.StringIO(f"{GUESSED}\n"))
    with pytest.raises(CommandError, match="astrid: Adgangskoden indeholder »jobcenter«"):
        call_command("add_administrators", "astrid")

    assert not User.objects.filter(username__in=["ny", "astrid"]).exists()
    for user in (office.administrator, office.adviser):
        user.refresh_from_db()
        assert user.check_password(PASSWORD)


def test_the_organisation_is_known_while_a_user_is_made(client, office):
    client.force_login(office.administrator)
    name = f"xx {office.fund.name} yyyyy"
    typed = {"username": "ny", "password1": name, "password2": name, "role": "adviser", "organisation": office.fund.pk}

    said = client.post(reverse("admin:cases_user_add"), typed).content.decode()

    assert "Adgangskoden indeholder organisationens navn" in said
