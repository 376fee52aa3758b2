"""The safety net holds: each of its threads, pulled once."""

import re
import socket
import warnings
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.db.models import DateField
from django.http import HttpResponse
from django.template import engines
from django.test import Client
from django.urls import path
from pytest_socket import SocketConnectBlockedError

from cases.models import Act, Case, Handover, User
from tests.net.pages import faults


def write_on_get(request):
    User.objects.update(first_name="Ny")
    return HttpResponse()


def form_without_token(request):
    return HttpResponse('<form method="post"></form>')


urlpatterns = [path("skriv/", write_on_get), path("formular/", form_without_token)]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param('<a href="/" onclick="go()">', id="a handler"),
        pytest.param('<div hx-on:click="go()">', id="a handler of htmx"),
        pytest.param('<p style="color: red">', id="a style attribute"),
        pytest.param("<style>p { color: red }</style>", id="a style sheet on the page"),
        pytest.param("<script>go()</script>", id="a script on the page"),
        pytest.param('<a href="JavaScript:go()">', id="a script in an address"),
        pytest.param('<form method="POST"><input name="q"></form>', id="a form without a token"),
        pytest.param('<form><input name="csrfmiddlewaretoken"></form>', id="a token in a form that is not posted"),
        pytest.param('<form><input name="q"></form>', id="a form without a button"),
        pytest.param('<form><input><button type="button">Luk</button></form>', id="a form whose button sends nothing"),
        pytest.param("<table><tr><th>Navn</th></tr></table>", id="a head of neither row nor column"),
        pytest.param('<p id="a"></p><p id="a"></p>', id="two of one id"),
        pytest.param('<div hx-get="/">', id="an attribute that HTML does not know"),
        pytest.param("<fieldset><p>Navn</p></fieldset>", id="a group without a name"),
        pytest.param("<div disabled></div>", id="a text that is disabled"),
        pytest.param("<input autofocus><p autofocus></p>", id="two that take the focus"),
        pytest.param('<input type="date" value="31-02-2026">', id="a day that no browser shows"),
        pytest.param('<input type="url" value="i skabet">', id="an address that no browser shows"),
        pytest.param("<p>Husk<ul><li>Navn</li></ul></p>", id="a list within a paragraph"),
    ],
)
def test_a_page_with_a_fault_fails(html):
    assert faults(html)


def test_a_page_without_a_fault_passes():
    html = '<script src="/a.js"></script><script type="application/json">{}</script><th scope="col">Navn</th>'
    html += '<form method="get" id="look"></form><button form="look">Vis</button><p data-hx-get="/">'

    assert faults(html + '<form method="post"><input name="csrfmiddlewaretoken"><input type="submit"></form>') == []


@pytest.mark.urls("tests.test_net")
@pytest.mark.django_db
@pytest.mark.parametrize(("url", "fault"), [("/skriv/", "wrote to cases_user"), ("/formular/", "no CSRF token")])
def test_the_client_looks_at_every_answer(office, url, fault):
    client = Client()
    client.force_login(office.adviser)

    with pytest.raises(AssertionError, match=fault):
        client.get(url)


def test_a_template_looked_at_outside_a_request_fails():
    template = engines["django"].from_string('<p onclick="go()">')
    template.template.origin = "part.html"

    with pytest.raises(AssertionError, match="onclick"):
        template.render()


def test_an_unordered_query_comes_in_any_order(law):
    orders = {tuple(Act.objects.order_by().values_list("slug", flat=True)) for _ in range(20)}

    assert len(orders) > 1
    assert len({tuple(Act.objects.values_list("slug", flat=True)) for _ in range(20)}) == 1


@pytest.mark.django_db
def test_a_lock_over_a_join_names_its_rows():
    with transaction.atomic():
        assert list(Handover.objects.select_for_update(of=("self",)).select_related("case")) == []
        assert list(Handover.objects.select_for_update()) == []
        with pytest.raises(AssertionError, match="cases_case"):
            list(Handover.objects.select_for_update().select_related("case"))


@pytest.mark.django_db
def test_a_case_is_locked_before_what_belongs_to_it_is_read():
    with transaction.atomic():
        assert list(Case.objects.lock().with_parties()) == []
        with pytest.raises(AssertionError, match="locked first and read after"):
            list(Case.objects.select_for_update(of=("self",)).with_parties())


def test_a_moment_is_no_day():
    with pytest.raises(AssertionError, match="is a day"):
        DateField().to_python(datetime(2026, 5, 4, 23, 30, tzinfo=UTC))


def test_the_network_is_out_of_reach():
    with (
        socket.socket() as outside,
        pytest.warns(UserWarning, match="192.0.2.1"),
        pytest.raises(SocketConnectBlockedError),
    ):
        outside.connect(("192.0.2.1", 80))


def test_an_unknown_template_variable_fails():
    with pytest.raises(pytest.fail.Exception, match=re.escape("'nowhere'")):
        engines["django"].from_string("{{ nowhere }}").render()


def test_a_warning_is_an_error():
    with pytest.raises(DeprecationWarning):
        warnings.warn("old", DeprecationWarning, stacklevel=1)


def test_tests_run_in_random_order(pytestconfig):
    # A local run may switch it off to look at one failure; where everything is tested, it is on.
    assert pytestconfig.pluginmanager.hasplugin("randomly") or "no:randomly" in pytestconfig.invocation_params.args
