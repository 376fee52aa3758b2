"""Two real posts of one form at once, as a double click sends them: the second is taken for the first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from urllib.parse import urlencode

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.urls import reverse

from cases.models import Act, Case, Dispatch, Pause, Reminder, ReminderState
from meetings.models import Exemption, Meeting
from referrals.models import Offer, Referral
from tests import factories, world
from tests.cases.intake.test_intake import typed_case
from tests.meetings.unbooked.steps import HELD
from tests.referrals.referral.test_pages import TYPED as REFERRAL
from tests.test_far_days import EXEMPTION, OFFER, OWN_TIME, PAUSE
from tests.world import NOW


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

        answers = posted_at_once(user, [page, page], {"version": case.version, **typed})

        assert [answer.status_code for answer in answers] == [302, 302], page
        assert len({answer.url for answer in answers}) == 1, page
        first, second = ([str(one) for one in get_messages(answer.wsgi_request)] for answer in answers)
        assert first == second, page
        assert model.objects.count() == before + 1, page


@pytest.mark.django_db(transaction=True)
def test_a_message_that_two_send_again_at_once_is_owed_once(office):
    case = factories.case(office)
    facts = {"case": case, "kind": "meetings.invitation", "subject": 1, "version": 1, "due_at": NOW, "recorded_at": NOW}
    pages = []
    for sending in (1, 2):
        row = Reminder.objects.create(**facts, sending=sending, state=ReminderState.SKIPPED, closed_at=NOW)
        sent = Dispatch.objects.create(reminder=row, sender=office.fund, at=NOW, is_reached=False, text="Kom.")
        pages += 2 * [reverse("cases:post_again", args=[sent.public_id])]

    answers = posted_at_once(office.adviser, pages, {})

    assert [answer.status_code for answer in answers] == [302] * 4
    assert Reminder.objects.owed().count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["organisation", "user"])
def test_what_two_enter_in_the_administration_at_once_is_there_once(name, office):
    typed = {
        "organisation": {
            **{"kind": "fund", "name": "Prøvekassen", "cvr": "99000228", "code": "99", "phone": "70112233"},
            **{"email": "ny@example.dk", "opens_at": "08.00", "closes_at": "16.00", "meeting_place": "Her 1"},
            **{"teams-TOTAL_FORMS": "0", "teams-INITIAL_FORMS": "0"},
        },
        "user": {
            **{
                "username": "ny",
                "first_name": "Ny",
                "last_name": "Prøvesen",
                "email": "ny@example.dk",
                "role": "administrator",
            },
        },
    }[name]
    page = reverse(f"admin:cases_{name}_add")

    answers = posted_at_once(office.administrator, [page, page], typed)

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [refused] = [answer for answer in answers if answer.status_code == 200]
    assert " allerede." in refused.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("page", "thing", "visitor", "text"),
    [
        ("cases:pause_remove", "pause", "adviser", "Pausen findes ikke mere, eller sagen er ikke længere jeres."),
        ("cases:unsaved_discard", "unsaved", "adviser", "Det, du havde skrevet, er kasseret."),
        ("meetings:closing_day_forget", "closing_day", "leader", "Dagen står ikke længere på listen."),
        ("meetings:deputy_end", "deputy", "leader", "Stedfortræderen står ikke længere på listen."),
        (
            "meetings:exemption_end",
            "exemption",
            "caseworker",
            "Fritagelsen findes ikke mere, eller sagen er ikke længere jeres.",
        ),
        ("meetings:saved_view_remove", "view", "adviser", "Visningen står ikke længere på listen."),
        ("meetings:staff_absence_remove", "staff_absence", "adviser", "Fraværet står ikke længere på listen."),
        ("referrals:discard", "draft", "adviser", "Kladden findes ikke mere, eller sagen er ikke længere jeres."),
    ],
)
def test_what_is_removed_twice_is_said_to_be_gone(page, thing, visitor, text, office, now):
    here = world.build(office, now, is_handed_over=False)
    row, case = here.objects[thing], here.case
    case.refresh_from_db()
    typed = {"version": case.version, "reason": "Ved en fejl."}
    # Of what is others' nobody hears more, and nothing happens to it.
    here.client("other_adviser").post(of(page, row), typed)
    assert type(row).objects.filter(pk=row.pk).exists()
    client, address = here.client(visitor), f"{of(page, row)}?{urlencode({'tilbage': case.get_absolute_url()})}"

    first, second = (client.post(address, typed, follow=True) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 200)
    assert not type(row).objects.filter(pk=row.pk).exists()
    assert text in second.content.decode()
    assert second.request["PATH_INFO"] == case.get_absolute_url()


def of(name, case):
    return reverse(name, args=[case.public_id])


def posted_at_once(user, pages, typed):
    at_once = Barrier(len(pages))

    def post(page):
        client = Client()
        client.force_login(user)
        try:
            at_once.wait(timeout=30)
            return client.post(page, typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(pages)) as threads:
        return [future.result(timeout=60) for future in [threads.submit(post, page) for page in pages]]
