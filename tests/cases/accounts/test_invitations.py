"""Who is new chooses their password by a link: once, within a week, and nobody else ever knows it."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.urls import reverse

from cases.accounts import invitations
from cases.models import Role, SecurityEvent, User
from tests.cases.accounts.steps import APP, OWN, STEP, log_in, set_up

NEW = "fire lange grå heste"


class Down(BaseEmailBackend):
    """A mail server that answers nobody."""

    def send_messages(self, email_messages):
        raise ConnectionRefusedError


@pytest.fixture
def administrators(client, office):
    client.force_login(office.administrator)
    return client


@pytest.fixture
def stranger(client):
    return type(client)()


def invited(administrators, user, **typed):
    return administrators.post(reverse("admin:cases_user_invite", args=[user.pk]), typed)


def open_link(client, link):
    return client.get(urlsplit(link).path, follow=True)


def choose(client, link, password=NEW, again=None):
    page = client.get(urlsplit(link).path)
    return client.post(page.url, {"new_password1": password, "new_password2": again or password})


def test_an_administrator_names_somebody_who_then_chooses_and_sets_up_the_second_step(
    administrators, stranger, office, settings
):
    named = {"username": "ny", "first_name": "Nynne", "last_name": "Dal", "role": "adviser"}
    made = administrators.post(reverse("admin:cases_user_add"), named | {"organisation": office.fund.pk})
    nynne = User.objects.get(username="ny")
    assert made.url == reverse("admin:cases_user_invite", args=[nynne.pk])
    assert "er oprettet" in administrators.get(made.url).content.decode()
    assert (nynne.role, nynne.has_usable_password()) == (Role.ADVISER, False)

    shown = invited(administrators, nynne)
    link = shown.context["link"]
    assert link in shown.content.decode()
    assert link not in administrators.get(made.url).content.decode()
    settings.SECOND_STEP_IS_DEMANDED = True

    page = open_link(stranger, link)
    assert page.redirect_chain[0][0] == reverse("invited", args=[nynne.public_id, "vaelg"])
    assert "<strong>ny</strong>" in page.content.decode()
    said = stranger.post(page.redirect_chain[0][0], {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "Din adgangskode er valgt. Log ind med den." in said.content.decode()
    assert log_in(stranger, nynne, NEW).status_code == 302
    assert stranger.get("/", follow=True).redirect_chain[-1][0].startswith(APP)
    events = SecurityEvent.objects.filter(user=nynne).order_by("pk").values_list("kind", "detail")
    assert list(events)[:2] == [
        ("invited", f"af {office.administrator}"),
        ("password_changed", "ved invitation"),
    ]


def test_a_link_holds_once(administrators, stranger, office):
    link = invited(administrators, office.adviser).context["link"]
    assert choose(stranger, link).status_code == 302

    again = open_link(stranger, link)

    assert again.status_code == 410
    assert "Linket virker ikke mere" in again.content.decode()
    assert office.adviser.get_full_name() not in again.content.decode()


def test_a_link_ends_after_a_week(administrators, stranger, office, now):
    link = invited(administrators, office.adviser).context["link"]
    with time_machine.travel(now + timedelta(days=7), tick=False):
        assert open_link(stranger, link).status_code == 200
    with time_machine.travel(now + timedelta(days=7, minutes=1), tick=False):
        assert open_link(stranger, link).status_code == 410


def test_a_new_link_ends_the_one_before_the_password_and_the_sessions(administrators, stranger, office):
    inside = type(stranger)()
    log_in(inside, office.adviser)
    before = invited(administrators, office.adviser).context["link"]
    after = invited(administrators, office.adviser).context["link"]

    assert inside.get("/").status_code == 302
    assert log_in(inside, office.adviser).status_code == 200
    assert open_link(stranger, before).status_code == 410
    assert open_link(stranger, after).status_code == 200


def test_a_link_passes_no_second_step(administrators, stranger, office):
    log_in(stranger, office.adviser)
    set_up(stranger)
    choose(stranger, invited(administrators, office.adviser).context["link"])

    log_in(stranger, office.adviser, NEW)

    assert stranger.get("/").url.startswith(STEP)


def test_a_link_opens_nothing_for_another_or_for_who_has_left(administrators, stranger, office):
    link = invited(administrators, office.adviser).context["link"]

    assert (
        open_link(stranger, link.replace(str(office.adviser.public_id), str(office.colleague.public_id))).status_code
        == 410
    )
    assert open_link(stranger, link[:-2] + "xx/").status_code == 410
    page = stranger.get(urlsplit(link).path).url
    User.objects.filter(pk=office.adviser.pk).update(is_active=False)
    assert stranger.post(page, {"new_password1": NEW, "new_password2": NEW}).status_code == 410
    assert invited(administrators, office.adviser).status_code == 404


def test_what_is_wrong_with_a_password_is_said_where_it_is_typed(administrators, stranger, office):
    link = invited(administrators, office.adviser).context["link"]

    short, other = choose(stranger, link, "kort"), choose(stranger, link, NEW, "noget helt andet")

    assert (short.status_code, list(short.context["form"].errors)) == (422, ["new_password1"])
    assert (other.status_code, list(other.context["form"].errors)) == (422, ["new_password2"])
    assert "De to adgangskoder er ikke ens" in other.content.decode()


def test_who_has_a_mail_address_gets_the_link_there_and_nobody_else_sees_it(administrators, stranger, office):
    User.objects.filter(pk=office.adviser.pk).update(email="mette@example.dk")
    page = reverse("admin:cases_user_invite", args=[office.adviser.pk])
    assert "Send linket til mette@example.dk" in administrators.get(page).content.decode()

    said = administrators.post(page, {"mail": "1"}, follow=True).content.decode()

    assert "Linket er sendt til mette@example.dk." in said
    [sent] = mail.outbox
    assert sent.to == ["mette@example.dk"]
    [link] = [line for line in sent.body.splitlines() if line.startswith("http")]
    assert link not in said
    assert choose(stranger, link).status_code == 302


def test_a_mail_that_cannot_be_sent_shows_the_link_instead(administrators, stranger, office, settings):
    User.objects.filter(pk=office.adviser.pk).update(email="mette@example.dk")
    settings.EMAIL_BACKEND = f"{Down.__module__}.{Down.__name__}"

    shown = invited(administrators, office.adviser, mail="1")

    assert "Mailen kunne ikke sendes" in shown.content.decode()
    assert choose(stranger, shown.context["link"]).status_code == 302


def test_the_link_of_a_command_leads_to_the_site(office, settings):
    settings.SITE_URL = "https://samtaleflow.example.dk"

    assert invitations.link_for(office.adviser).startswith("https://samtaleflow.example.dk/invitation/")


def test_who_forgot_the_password_is_told_what_to_do(client, db):
    assert "ring til din systemansvarlige" in client.get(reverse("login")).content.decode()
    assert client.get(OWN).status_code == 302
