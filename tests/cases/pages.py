"""What the tests of pages share: addresses, answers, and a pause to look at."""

from datetime import date

from django.contrib.messages import get_messages
from django.urls import reverse

from cases import clock
from cases.pauses import services as pauses_services
from cases.rules.period import Period


def url(name, subject=None):
    return reverse(f"cases:{name}", args=[subject.public_id] if subject else [])


def said(answer):
    """What the next page will say."""
    return str(list(get_messages(answer.wsgi_request))[-1])


def errors(answer):
    assert answer.status_code == 422
    return " ".join(text for texts in answer.context["form"].errors.values() for text in texts)


def add_pause(case, office):
    return pauses_services.add_pause(
        case_id=case.pk,
        kind="holiday",
        span=Period.of_days_inclusive(date(2026, 6, 1), date(2026, 6, 14)),
        source="borgeren",
        by=office.adviser,
        at=clock.now(),
    )
