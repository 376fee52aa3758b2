"""A session that ends in the middle of a form: whatever was typed is there after the log-in, and for nobody else."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from cases.models import UnsavedForm
from cases.models.unsaved import KEPT
from cases.tasks import clear_old
from cases.unsaved import writer
from tests.filled_forms import forms_of

SENTENCE = "Det, du skrev, står her endnu: se det igennem og gem."


def end_sessions():
    Session.objects.all().delete()


def test_a_session_outlives_the_longest_talk(office, log_in, now):
    client, page = log_in(office.adviser), reverse("cases:search")

    with time_machine.travel(now + timedelta(minutes=115), tick=False):
        assert client.get(page).status_code == 200
    with time_machine.travel(now + timedelta(minutes=115 + 121), tick=False):
        assert client.get(page).status_code == 302


# One form, by those who might send it


def sent(client, page, **more):
    """The form of the page as the user has filled it in."""
    form = next(one for one in forms_of(client.get(page).content.decode(), address=page) if one.action == page)
    return {**dict(form.sent), "reason": "Flyttet til Ærø", **more}


def test_only_the_writer_is_shown_it_whoever_logs_in_next(office, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)

    assert "Ærø" not in log_in(office.colleague).get(page).content.decode()
    assert "Ærø" not in log_in(office.leader).get(page).content.decode()
    again = log_in(office.adviser).get(page).content.decode()
    assert "Flyttet til Ærø" in again
    assert SENTENCE in again


def test_it_is_sealed_and_neither_in_the_address_nor_in_the_log(office, page, log_in, caplog):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    answer = client.post(page, typed)

    stored = UnsavedForm.objects.values().get()
    assert "Ærø" not in f"{answer.url}{caplog.text}"
    assert "Ærø".encode() not in bytes(stored["typed_encrypted"])
    assert (stored["page"], stored["action"], stored["user_id"]) == (page, page, office.adviser.pk)
    assert "Log ind igen: det, du skrev, står der endnu." in client.get(answer.url).content.decode()


def test_it_is_saved_by_the_user_alone_and_then_forgotten(office, pause, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)
    again = log_in(office.adviser).get(page).content.decode()
    assert type(pause).objects.filter(pk=pause.pk).exists()

    form = next(one for one in forms_of(again, address=page) if one.action == page)
    client.post(page, dict(form.sent))

    assert not type(pause).objects.filter(pk=pause.pk).exists()
    assert not UnsavedForm.objects.exists()


def test_a_token_of_the_log_in_before_keeps_it_too(office, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.adviser)
    typed = sent(client, page) | {"csrfmiddlewaretoken": "a" * 64}

    answer = client.post(page, typed)

    assert (answer.status_code, answer.url) == (302, page)
    assert "Flyttet til Ærø" in client.get(page).content.decode()


def test_a_form_of_another_user_is_kept_for_its_writer(office, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.adviser)
    typed = sent(client, page) | {"csrfmiddlewaretoken": "a" * 64}
    client.force_login(office.colleague)

    answer = client.post(page, typed)

    assert answer.status_code == 403
    assert "En anden er logget ind" in answer.content.decode()
    assert "Ærø" not in client.get(page).content.decode()
    assert UnsavedForm.objects.get().user == office.adviser


@pytest.mark.parametrize("token", ["", "nonsense", "5f0e0d9e-6f0c-4b0a-9d6a-0d5b8f0a3c11:1wJoDg:AAAA"])
def test_a_stranger_keeps_nothing(office, page, token):
    answer = Client().post(page, {"reason": "Fylder databasen", writer.FIELD: token})

    assert (answer.status_code, "bevaret" in answer.url) == (302, False)
    assert not UnsavedForm.objects.exists()


@pytest.mark.parametrize("route", ["search", "suggest", "show_cpr"])
def test_what_is_only_asked_for_is_not_kept(office, case, page, log_in, route):
    client = log_in(office.adviser)
    address = reverse(f"cases:{route}", args=[case.public_id] if route == "show_cpr" else [])
    asked = sent(client, page) | {"q": "010190-0000"}
    end_sessions()

    answer = client.post(address, asked, headers={"Referer": f"http://testserver{page}"})

    assert (answer.status_code, "bevaret" in answer.url) == (302, False)
    assert not UnsavedForm.objects.exists()


def test_a_form_that_was_opened_long_ago_is_not_kept(office, page, log_in, now):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()

    with time_machine.travel(now + KEPT * 2, tick=False):
        client.post(page, typed)

    assert not UnsavedForm.objects.exists()


def test_it_ends_after_some_days(office, page, log_in, now):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)

    with time_machine.travel(now + KEPT, tick=False):
        assert "Ærø" not in log_in(office.adviser).get(page).content.decode()
        clear_old()
    assert not UnsavedForm.objects.exists()


def test_whoever_may_no_longer_see_the_case_is_shown_nothing(office, case, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)
    office.adviser.organisation = office.other_fund
    office.adviser.save()

    answer = log_in(office.adviser).get(page)

    assert (answer.status_code, "Ærø" in answer.content.decode()) == (404, False)


def test_a_page_that_takes_it_no_more_shows_the_words(office, case, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_on=case.placed_on, close_reason="job")

    answer = log_in(office.adviser).get(page)

    assert "Siden tager ikke imod det, du skrev, mere." in answer.content.decode()
    assert "Flyttet til Ærø" in answer.content.decode()


def test_a_case_that_was_closed_while_somebody_wrote_shows_the_words(office, case, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    type(case).objects.filter(pk=case.pk).update(status="closed", closed_on=case.placed_on, close_reason="work")

    answer = client.post(page, typed, follow=True)

    assert "Sagen er afsluttet og kan ikke ændres." in answer.content.decode()
    assert "Flyttet til Ærø" in answer.content.decode()


def test_what_the_form_has_no_field_for_is_told_beside_it(office, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page, doubt_reason="Det er  rigtigt,\nfordi <han> sagde det")
    end_sessions()
    client.post(page, typed)

    again = log_in(office.adviser).get(page).content.decode()

    assert "Du skrev også:" in again
    assert "fordi &lt;han&gt; sagde det" in again


@pytest.mark.parametrize("megabytes", [0, 3], ids=["small", "larger than a stranger may send"])
def test_files_are_named_and_chosen_again(office, log_in, megabytes):
    address = reverse("cases:import")
    client = log_in(office.adviser)
    form = next(one for one in forms_of(client.get(address).content.decode(), address=address) if one.files)
    file = SimpleUploadedFile("sager fra maj.csv", b"navn;by\n" * (1 + megabytes * 128 * 1024))
    end_sessions()

    answer = client.post(address, {**dict(form.sent), "file": file})

    assert (answer.status_code, "bevaret" in answer.url) == (302, True)
    assert "Vælg igen: »sager fra maj.csv«." in log_in(office.adviser).get(address).content.decode()


def test_it_can_be_thrown_away(office, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()
    client.post(page, typed)

    discard = reverse("cases:unsaved_discard", args=[UnsavedForm.objects.get().public_id])
    log_in(office.colleague).post(discard)
    assert UnsavedForm.objects.exists()
    assert log_in(office.adviser).post(discard).url == page
    assert "Ærø" not in client.get(page).content.decode()


def test_a_part_of_a_page_that_is_sent_leaves_the_page(office, page, log_in):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()

    answer = client.post(page, typed, headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{page}"})

    assert "bevaret=1" in answer.headers["HX-Redirect"]
    assert "Flyttet til Ærø" in log_in(office.adviser).get(page).content.decode()


@pytest.mark.parametrize(
    "told", ["https://example.org/sager/", "http://testserver//example.org/x", "http://testserver/\\example.org/x"]
)
def test_nobody_is_led_to_a_page_of_others(office, page, log_in, told):
    client = log_in(office.adviser)
    typed = sent(client, page)
    end_sessions()

    answer = client.post(page, typed, headers={"Referer": told})

    assert answer.url.startswith(f"{reverse('login')}?next={page}&")
