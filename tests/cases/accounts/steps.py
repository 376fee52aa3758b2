"""What somebody does at the door: types a password, sets up an app, and reads a code from it."""

import base64
import re
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.urls import reverse
from django.utils import timezone

from cases.accounts import proof
from cases.accounts.login import moment
from tests.factories import PASSWORD

STEP, APP, OWN = reverse("second_step"), reverse("second_step_app"), reverse("own_login")


def log_in(client, user, password=PASSWORD):
    return client.post(reverse("login"), {"username": user.username, "password": password})


def enter(client, user):
    """Log in with nothing typed, as by both steps."""
    client.force_login(user)
    session = client.session
    session[proof.SECOND_STEP] = moment()
    session.save()


def code_of(secret: str, *, at: datetime | None = None) -> str:
    """What the app on the telephone shows at the moment."""
    key = base64.b32decode(secret)
    return TOTP(key, 6, SHA1(), 30).generate(int((at or timezone.now()).timestamp())).decode()


def offered(client, page=APP):
    """The secret that the page shows, and what its form sends back with the code."""
    shown = client.get(page).content.decode()
    [secret] = re.findall(r"<code>([A-Z2-7 ]+)</code>", shown)
    [sealed] = re.findall(r'name="password_offer" value="([^"]+)"', shown)
    return secret.replace(" ", ""), sealed


def set_up(client, page=APP):
    """Set the app up; its secret, and the codes on paper that the page gave."""
    secret, sealed = offered(client, page)
    given = client.post(page, {"password_offer": sealed, "one_time_password": code_of(secret)}, follow=True)
    return secret, re.findall(r"<code>((?:[A-Z2-7]{4} ){5}[A-Z2-7]{4})</code>", given.content.decode())


def take(client, code, page=STEP):
    return client.post(page, {"one_time_password": code})
