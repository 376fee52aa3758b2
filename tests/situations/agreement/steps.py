"""The steps that several sentences of the agreement are shown with: a page is opened or a form sent, and it answers."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import time_machine
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from cases.models import Case, User
from cases.rules.declaring import Parameter
from cases.rules.period import Period
from referrals.models import Offer, Referral
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.referral import deciding as referral_deciding
from referrals.referral import writing as referral_writing
from referrals.referral.writing import Proposal
from tests.law import QUESTIONS

BEFORE_B, FROM_B = date(2023, 3, 21), date(2023, 3, 22)
BEFORE_C, FROM_C = date(2023, 12, 31), date(2024, 1, 1)
#: Courses under act a, act b and act c.
OLD, MIDDLE, NEW = date(2022, 6, 1), date(2023, 4, 3), date(2024, 1, 15)

PROPOSAL = Proposal(
    offer_type="internship",
    starts_on=date(2026, 6, 1),
    weeks=4,
    proposal="Praktik i butikken.",
    joint_assessment="Borgeren har brug for at prøve branchen af.",
    citizen_agrees=True,
)


def typed(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def as_of(day: date) -> time_machine.travel:
    """The application on another day: log in within it."""
    return time_machine.travel(morning(day), tick=False)


def told(response: HttpResponse) -> str:
    """What stands on the page, without its frame, in one line."""
    main = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


def opened(client: Client, name: str, *args: Any, **asked: str) -> Any:
    response = client.get(reverse(name, args=args), asked)
    assert response.status_code == 200, name
    return response


def sent(client: Client, name: str, *args: Any, **fields: str) -> Any:
    """The answer to a form: the page after it, or the form with its refusals (422)."""
    return client.post(reverse(name, args=args), fields, follow=True)


# The law


def value_on(client: Client, parameter: Parameter, day: date) -> str:
    """What the page of the rules in force says of a value."""
    subjects = opened(client, "law:in_force", day=typed(day)).context["subjects"]
    return next(row.words for _, rows in subjects for row in rows if row.parameter == parameter)


def table_1(client: Client) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """The table of the agreement on the page that compares: who holds what before and after."""
    table = opened(client, "law:compare").context["table"].data
    assert table["is_table_1"]
    return {line.party: (line.before, line.after) for line in table["lines"]}


def calculated(client: Client, topic: str, **asked: str) -> Any:
    """The calculator's answer."""
    (answer,) = client.get(QUESTIONS[topic].url, asked).context["answers"]
    return answer


# The page of a case


def page_of(client: Client, case: Case) -> str:
    return told(opened(client, "meetings:course_whole", case.public_id))


def demanded(client: Client, case: Case) -> list[str]:
    """The meetings that the law demands, as the page lists them: "1. jobsamtale (a-kassen): 15-01-2024..29-01-2024"."""
    requirements = opened(client, "meetings:course_whole", case.public_id).context["page"].requirements
    return [f"{one.row.title}: {typed(one.row.window_from)}..{typed(one.row.due_on)}" for one in requirements]


def holder_of(client: Client, case: Case) -> str:
    """Who has the course now, by the bar that stands above every page of a case."""
    return str(opened(client, "meetings:course_whole", case.public_id).context["identity"]["holder"])


# Offers and referrals


def terms_of(offer_type: str, first: date) -> Terms:
    return Terms(offer_type, Period.of_days_inclusive(first, first + timedelta(days=27)), "Bageriet", "99000104")


def granted(case: Case, by: User, *, on: date, offer_type: str = "internship", is_confirmed: bool = False) -> Offer:
    """An offer of four weeks that begins the day it is granted."""
    return offers_services.grant(
        case_id=case.pk,
        terms=terms_of(offer_type, on),
        granted_on=on,
        is_confirmed=is_confirmed,
        by=by,
        at=morning(on),
    )


def referred(case: Case, by: User, *, at: datetime, proposal: Proposal = PROPOSAL) -> Referral:
    """A referral that is written and sent."""
    draft = referral_writing.write_draft(case_id=case.pk, proposal=proposal, version=0, by=by, at=at)
    return referral_writing.send(referral_id=draft.pk, version=draft.version, by=by, at=at)


def taken_up(case: Case, office: Any, *, at: datetime) -> Referral:
    """A referral that the jobcenter has before it."""
    referral = referred(case, office.adviser, at=at)
    return referral_deciding.mark_seen(referral_id=referral.pk, by=office.caseworker, at=at)
