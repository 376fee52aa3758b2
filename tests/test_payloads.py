"""What somebody types is shown as it was typed, on every page and from every column: never as a part of the page."""

from django.apps import apps
from django.db import DatabaseError, models, transaction

from tests import world
from tests.test_access import PAGES, address

#: Short enough for a name; it would end a comment, an attribute in either quotes, and the text around it.
PAYLOAD = """-->'"><img src=x>{{7*7}}"""
AS_HTML, AS_TEXT = "<img src=x", "&lt;img src=x"
#: So many columns hold it at least; what the database refuses (a kind, a state, two alike) is no way in.
COLUMNS, SHOWN = 60, 60
READERS = ("leader", "adviser", "caseworker")


def columns():
    """The columns of ours that hold words, but for the password: whoever has another is logged out."""
    for model in apps.get_models():
        for column in model._meta.get_fields() if model._meta.app_label in ("cases", "meetings", "referrals") else ():
            is_text = isinstance(column, models.CharField | models.TextField) and not column.choices
            if is_text and column.name != "password":
                yield model, column


def fill_columns():
    """Write it into each column that takes it, and count those that did."""
    took = 0
    for model, column in columns():
        try:
            with transaction.atomic():
                took += bool(model.objects.update(**{column.name: PAYLOAD[: column.max_length]}))
        except DatabaseError:
            continue
    return took


def test_no_page_takes_it_for_its_own(office, now, subtests):
    here = world.build(office, now, is_handed_over=False)
    took = fill_columns()
    assert took >= COLUMNS
    shown = 0
    for name, page in PAGES.items():
        reader = next((reader for reader in READERS if page.who[reader] == "ok"), None)
        if page.get != 405 and reader:
            with subtests.test(page=name), world.undone():
                client = here.client(reader)
                # What cannot be made of such a text at all shows nothing.
                client.raise_request_exception = False
                answer = client.get(address(name, page, here))
                if answer.get("Content-Type", "").startswith("text/html"):
                    told = answer.content.decode()
                    assert AS_HTML not in told
                    shown += AS_TEXT in told
    assert shown >= SHOWN, shown
