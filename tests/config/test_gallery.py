"""The page of the components: it shows them all, and production has none."""

import importlib
import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.urls import reverse

from config import urls

COMPONENTS = {path.name for path in (Path(configured.BASE_DIR) / "templates/components").glob("*.html")}
#: Drawn beside a list of rows, in place of a page, or where something holds for a moment only.
SHOWN_ELSEWHERE = {
    "filter_panel.html",
    "filter_result.html",
    "interruption.html",
    "exercise.html",
    "messages.html",
    "unsaved.html",
}


def test_each_component_is_shown_and_each_control_with_and_without_its_error(client, office):
    client.force_login(office.adviser)
    answer = client.get(reverse("components"))

    drawn = {Path(template.name).name for template in answer.templates if str(template.name).startswith("components/")}
    assert drawn >= COMPONENTS - SHOWN_ELSEWHERE
    page = answer.content.decode()
    controls = list(answer.context["form"].fields)
    for name in controls:
        assert f'name="whole-{name}"' in page
        assert re.search(rf'id="id_refused-{name}_error"', page), name


@pytest.fixture
def production_urls(settings):
    settings.IS_PRODUCTION = True
    yield importlib.reload(urls).urlpatterns
    settings.IS_PRODUCTION = False
    importlib.reload(urls)


def test_production_has_no_such_page(production_urls):
    names = [getattr(pattern, "name", None) for pattern in production_urls]

    assert "login" in names
    assert "components" not in names
