"""Two real posts of one form at once, as a double click sends them: the second is taken for the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Act, Case, Pause
from meetings.models import Exemption, Meeting
from referrals.models import Offer, Referral
from tests import factories
from tests.cases.intake.test_intake import typed_case
from tests.meetings.unbooked.steps import HELD
from tests.referrals.referral.test_pages import TYPED as REFERRAL
from tests.test_far_days import EXEMPTION, OFFER, OWN_TIME, PAUSE


@pytest.mark.django_db(transaction=True)
def test_a_second_click_is_taken_for_the_first_wherever_something_is_made(office):
    case = factories.case(office)
    own_time = {**OWN_TIME, "on": "07-05-2026", "adviser": str(office.adviser.public_id), "confirm": "on"}
    job = {"first_day": "04-05-2026", "last_day": "07-06-2026", "starts_on": "08-06-2026"}
    correct = {"act": str(Act.objects.published().first().pk)}
    for model, user, page, typed in (
        (Case, office.adviser, reverse("cases:create"), typed_case(office)),
        (Meeting, office.adviser, of("meetings:book", case), own_time),
        (Meeting, office.adviser, of("meetings:enter", case), {**HELD, "adviser": str(office.adviser.public_id)}),
        (Referral, office.adviser, of("referrals:write", case), {**REFERRAL, "send": "1"}),
        (Offer, office.caseworker, of("referrals:offer_grant", case), {**OFFER, "last_day": "14-06-2026"}),
        (Exemption, office.adviser, of("meetings:exempt", case), {**EXEMPTION, **job}),
        (Pause, office.adviser, of("cases:pause_add", case), {**PAUSE, "last": "24-05-2026"}),
        (Act, office.administrator, reverse("admin:cases_act_correct"), correct),
    ):
        case.refresh_from_db()
        before = model.objects.count()

        answers = posted_at_once(user, page, {"version": case.version, **typed})

        assert [answer.status_code for answer in answers] == [302, 302], page
        assert len({answer.url for answer in answers}) == 1, page
        first, second = ([str(one) for one in get_messages(answer.wsgi_request)] for answer in answers)
        assert first == second, page
        assert model.objects.count() == before + 1, page


def of(name, case):
    return reverse(name, args=[case.public_id])


def posted_at_once(user, page, typed):
    at_once = Barrier(2)

    def post():
        client = Client()
        client.force_login(user)
        try:
            at_once.wait(timeout=30)
            return client.post(page, typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return [future.result(timeout=60) for future in [threads.submit(post) for _ in range(2)]]
