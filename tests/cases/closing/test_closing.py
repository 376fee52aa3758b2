"""A case ends, on a day that can be and for a reason that there is."""

import pytest

from cases.models import Case
from tests.cases.pages import errors, said


def test_a_case_is_closed(page, case):
    answer = page.post("close", {"version": case.version, "reason": "work", "closed_on": "04-05-2026"})

    assert said(answer) == "Sagen er afsluttet. Den kan stadig læses."
    assert Case.objects.get(pk=case.pk).close_reason == "work"


def test_that_somebody_is_dead_is_asked_about_once_more(page, case):
    fields = {"version": case.version, "reason": "death", "closed_on": "04-05-2026"}
    asked = page.post("close", fields)
    assert "Se efter, at det er den rigtige borger." in asked.content.decode()
    assert Case.objects.get(pk=case.pk).is_open

    tick = asked.context["form"].fields["confirm"].widget.attrs["value"]
    page.post("close", {**fields, "confirm": tick})
    assert Case.objects.get(pk=case.pk).close_reason == "death"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"closed_on": "05-05-2026"}, "ikke ligge i fremtiden"),
        ({"closed_on": "12-04-2026"}, "tidligst afsluttes"),
        ({"reason": ""}, "Vælg en mulighed"),
        ({"reason": "new_placement"}, "Valget findes ikke længere"),
    ],
)
def test_a_case_is_not_closed_like_this(page, case, typed, sentence):
    fields = {"version": case.version, "reason": "work", "closed_on": "04-05-2026", **typed}

    assert sentence in errors(page.post("close", fields))
    assert Case.objects.get(pk=case.pk).is_open
