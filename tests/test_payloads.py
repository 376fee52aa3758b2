"""What somebody types is shown as it was typed, on every page that can be opened: never as a part of it."""

from django.apps import apps
from django.contrib import admin
from django.db import DatabaseError, models, transaction
from django.urls import reverse

from cases.models import KeyCheck
from tests import world
from tests.test_access import PAGES, address

#: It would end a comment, an attribute in either quotes, and the text around it; and be counted by a template.
PAYLOAD = """-->'"><img src=x>{{7919*7907}}"""
COUNTED = str(7919 * 7907)
#: The same for a column that is too short for it; a shorter one is not asked about.
SHORT = """'"><u x>"""
AS_HTML, AS_TEXT = ("<img src=x", "<u x"), ("&lt;img src=x", "&lt;u x")
#: So many columns hold it at least; what the database refuses (a kind, a state) is no way in.
COLUMNS, SHOWN = 75, 140
READERS = ("leader", "adviser", "caseworker", "administrator")


def columns():
    """The columns of ours that hold words.

    But for the password: whoever has another is logged out. And for the names of the keys, which `migrate` writes:
    with others no process works on the database, and `ready` says so by 503.
    """
    for model in apps.get_models():
        for column in model._meta.get_fields() if model._meta.app_label in ("cases", "meetings", "referrals") else ():
            is_text = isinstance(column, models.CharField | models.TextField) and not column.choices
            if is_text and column.name != "password" and model is not KeyCheck:
                yield model, column


def fill(rows, column, payload):
    """Whether the database took it."""
    try:
        with transaction.atomic():
            return bool(rows.update(**{column.name: payload}))
    except DatabaseError:
        return False


def fill_columns():
    """Write it into each column that takes it, of one row where no two may be alike, and count those that did."""
    took = 0
    for model, column in columns():
        payload = next((one for one in (PAYLOAD, SHORT) if len(one) <= (column.max_length or len(one))), None)
        if payload is None:
            continue
        rows = model._default_manager.order_by("pk")
        took += fill(rows, column, payload) or fill(rows.filter(pk=rows.values("pk")[:1]), column, payload)
    return took


def pages(here):
    """Of each page its name, who reads it, and its address; of the administration the lists and one of each list."""
    for name, page in PAGES.items():
        reader = next((reader for reader in READERS if page.who[reader] == "ok"), None)
        if page.get != 405 and reader:
            yield name, reader, address(name, page, here)
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield f"{name}_changelist", "administrator", reverse(f"{name}_changelist")
        if one := model._default_manager.first():
            yield f"{name}_change", "administrator", reverse(f"{name}_change", args=[one.pk])


def test_no_page_takes_it_for_its_own(office, now, subtests):
    here = world.build(office, now, is_handed_over=False)
    took = fill_columns()
    assert took >= COLUMNS, took
    shown = 0
    for name, reader, url in pages(here):
        with subtests.test(page=name), world.undone():
            answer = here.client(reader).get(url)
            assert answer.status_code < 500
            if answer.get("Content-Type", "").startswith("text/html"):
                told = answer.content.decode()
                assert not [html for html in (*AS_HTML, COUNTED) if html in told]
                shown += any(text in told for text in AS_TEXT)
    assert shown >= SHOWN, shown
