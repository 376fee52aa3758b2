"""Whatever a rule or a service refuses, somebody reads as a sentence: there is one base, and one place that says it."""

import ast
import importlib
import inspect
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from cases.closing import services as closing_services
from cases.rules.refusal import Refused
from referrals.offers import services as offers_services
from tests import factories
from tests.referrals.offers.test_pages import TYPED, granted

#: Where what people do is done or refused.
SERVICES = (
    "*/*/services.py",
    "*/*/*_services.py",
    "*/changing.py",
    "*/*/changing.py",
    "*/*/deciding.py",
    "*/*/writing.py",
    "cases/law/services.py",
    "meetings/law/runs/*.py",
)
#: What only those meet who write the law or the program: never somebody at a page of a case.
NOT_FOR_PAGES = {"BadTable", "DeclaredTwice", "MissingDate", "UnknownDraft", "UnreadableText"}
#: A caller's mistake in the program: a failure is right.
MISTAKES = {"ValueError", "KeyError"}


def modules(*patterns):
    root = Path(settings.BASE_DIR)
    for pattern in patterns:
        for path in sorted(root.glob(pattern)):
            if path.stem != "__init__":
                yield importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))


def raised_in(module):
    """The names of all that the module raises by itself."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield ast.unparse(node.exc.func)


def test_every_error_of_a_rule_is_a_refusal_that_pages_know():
    defined = {
        name: kind
        for module in modules("*/rules/*.py")
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Exception) and kind.__module__ == module.__name__
    }

    assert {name for name, kind in defined.items() if not issubclass(kind, Refused)} == NOT_FOR_PAGES


def test_a_service_raises_nothing_but_what_pages_know():
    unknown = {
        (module.__name__, name)
        for module in modules(*SERVICES)
        for name in raised_in(module)
        if name not in MISTAKES and not issubclass(getattr(module, name), (Refused, ValidationError))
    }

    assert unknown == set()


def test_there_is_one_base_of_refusals():
    def kinds(kind):
        return {kind, *(deeper for below in kind.__subclasses__() for deeper in kinds(below))}

    ours = [kind for kind in kinds(Exception) if kind.__module__.startswith(("cases.", "meetings.", "referrals."))]

    assert [kind for kind in ours if kind.__name__ == "Refused"] == [Refused]


@pytest.mark.parametrize(
    ("page", "typed"),
    [("offer_change", {**TYPED, "employer": "Et andet bageri"}), ("offer_undo", {"reason": "Forkert dag."})],
)
def test_an_offer_of_a_closed_case_says_that_the_case_is_closed(case, office, now, log_in, page, typed):
    offer = granted(case, office, now, first=now.date())
    offers_services.start(offer_id=offer.pk, first_day=now.date(), version=offer.version, by=office.caseworker, at=now)
    closing_services.close_case(
        case_id=case.pk,
        reason="work",
        closed_on=now.date(),
        version=case.version,
        by=office.adviser,
        at=now,
    )
    offer.refresh_from_db()
    jens = log_in(office.caseworker)

    answer = jens.post(reverse(f"referrals:{page}", args=[offer.public_id]), {**typed, "version": str(offer.version)})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Sagen er afsluttet. Der kan ikke ændres tilbud i den." in text
    assert next(value for name, value in typed.items() if name in ("employer", "reason")) in text


def test_what_no_form_can_say_is_a_page_with_the_sentence(no_law, client):
    municipality = factories.organisation(kind="municipality")
    client.force_login(factories.user(organisation=municipality, role="caseworker"))

    answer = client.get(reverse("duties:list"))

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Det kan ikke lade sig gøre" in text
    assert "Ingen lov" in text
