"""Two administrators at once on one user."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.urls import reverse

from cases.models import User
from tests.filled_forms import opened
from tests.transactions import somebody_waits


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_the_later_is_told_of_what_the_first_saved(office, log_in):
    client, url = log_in(office.administrator), reverse("admin:cases_user_change", args=[office.adviser.pk])
    typed = opened(client, url) | {"last_name": "Lund"}

    def save():
        try:
            return client.post(url, typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            User.objects.filter(pk=office.adviser.pk).update(last_name="Dal")
            late = pool.submit(save)
            while not somebody_waits():
                assert not late.done()
        refused = late.result(timeout=30)

    assert "Der står nu: <strong>Dal</strong>. Du har skrevet: <strong>Lund</strong>." in refused.content.decode()
    assert User.objects.get(pk=office.adviser.pk).last_name == "Dal"
