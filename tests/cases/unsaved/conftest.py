"""A form with a text area, as anybody may have it before them."""

from datetime import date

import pytest
from django.urls import reverse

from cases.pauses.services import add_pause
from cases.rules.facts import PauseKind
from cases.rules.period import Period


@pytest.fixture
def pause(office, case, now):
    return add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(date(2026, 6, 8), date(2026, 6, 15)),
        source="borgeren",
        by=office.adviser,
        at=now,
    )


@pytest.fixture
def page(pause):
    """The page on which somebody writes why a pause was a mistake."""
    return reverse("cases:pause_remove", args=[pause.public_id])
