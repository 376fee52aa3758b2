"""Two at once on one user: administrators, and sessions of the user's own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from cases.models import AuthenticatorApp, Passkey, RecoveryCode, User
from tests.cases.accounts.device import Device, options_of
from tests.cases.accounts.steps import APP, STEP, code_of, offered
from tests.cases.accounts.steps import log_in as type_password
from tests.filled_forms import opened
from tests.transactions import somebody_waits


def answer_behind(hold, client, page, typed, *, before_its_end=lambda: None):
    """What is answered to a form that had to wait until another transaction, which held the row, had ended."""

    def post():
        try:
            return client.post(page, typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            hold()
            late = pool.submit(post)
            while not somebody_waits():
                assert not late.done()
            before_its_end()
        return late.result(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_later_is_told_of_what_the_first_saved(office, log_in):
    client, url = log_in(office.administrator), reverse("admin:cases_user_change", args=[office.adviser.pk])
    typed = opened(client, url) | {"last_name": "Lund"}

    refused = answer_behind(
        lambda: User.objects.filter(pk=office.adviser.pk).update(last_name="Dal"), client, url, typed
    )

    assert "Der står nu: <strong>Dal</strong>. Du har skrevet: <strong>Lund</strong>." in refused.content.decode()
    assert User.objects.get(pk=office.adviser.pk).last_name == "Dal"


def of_an_app(client):
    secret, sealed = offered(client)
    return APP, {"password_offer": sealed, "one_time_password": code_of(secret)}


def of_a_key(client):
    page = reverse("second_step_key")
    return page, {"name": "nummer to", "credential": Device().make(options_of(client.get(page)))}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", [of_an_app, of_a_key])
@pytest.mark.parametrize("is_demanded", [True, False])
def test_of_two_sessions_that_set_up_a_first_step_at_once_the_later_takes_that_of_the_first(
    client, office, settings, what, is_demanded
):
    settings.SECOND_STEP_IS_DEMANDED = is_demanded
    type_password(client, office.adviser)
    page, typed = what(client)

    def hold():
        User.objects.select_for_update(no_key=True).get(pk=office.adviser.pk)

    def add_the_first():
        office.adviser.passkeys.create(name="nummer et", sign_count=0, made_at=office.adviser.date_joined)

    told = answer_behind(hold, client, page, typed, before_its_end=add_the_first)

    assert (told.status_code, told.headers.get("Location", "").partition("?")[0]) == (302, STEP)
    assert "er sat op i mellemtiden" in client.get(told.url).content.decode()
    assert [key.name for key in Passkey.objects.all()] == ["nummer et"]
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()
