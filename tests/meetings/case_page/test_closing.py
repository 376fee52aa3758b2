"""What closing a case asks first: meetings without an outcome, and a day that lies before one that was held."""

from datetime import UTC, datetime, timedelta

from django.urls import reverse

from cases.models import Case
from tests.factories import book
from tests.meetings.case_page.steps import register

FRIDAY_EIGHT = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def close(client, case, **typed):
    case.refresh_from_db()
    return client.post(
        reverse("cases:close", args=[case.public_id]),
        {"version": case.version, "reason": "work", "closed_on": "04-05-2026", **typed},
    )


def text(answer):
    return answer.content.decode()


def test_a_meeting_without_an_outcome_is_asked_about_with_the_way_to_it(adviser, case, office, now):
    meeting = book(case, office.adviser, FRIDAY_EIGHT, at=FRIDAY_EIGHT - timedelta(days=7))

    page = adviser.get(reverse("cases:close", args=[case.public_id]))
    assert "Jobsamtale den 01-05-2026 kl. 08.00 hos Fagkassen mangler udfald. Registrér det først." in text(page)
    assert f'href="/samtaler/{meeting.public_id}/udfald/"' in text(page)
    asked = close(adviser, case)
    assert (asked.status_code, Case.objects.get(pk=case.pk).is_open) == (422, True)
    assert 'value="work"' in text(asked)

    key = asked.context["form"].fields["confirm"].widget.attrs["value"]
    assert page.context["form"].fields["confirm"].widget.attrs["value"] == key
    assert close(adviser, case, confirm=key).status_code == 302


def test_the_other_party_hears_who_still_can_register(caseworker, case, office):
    book(case, office.adviser, FRIDAY_EIGHT, at=FRIDAY_EIGHT - timedelta(days=7))

    asked = close(caseworker, case)

    assert "mangler udfald. De kan stadig registrere det bagefter." in text(asked)
    assert "/udfald/" not in text(asked)


def test_a_day_before_a_held_meeting_is_seen_and_meant(adviser, case, office):
    register(book(case, office.adviser, FRIDAY_EIGHT, at=FRIDAY_EIGHT - timedelta(days=7)), office.adviser)

    asked = close(adviser, case, closed_on="30-04-2026")
    assert "kl. 08.00 er holdt efter den 30. april 2026, hvor sagen afsluttes" in text(asked)
    key = asked.context["form"].fields["confirm"].widget.attrs["value"]
    # The tick was for another day.
    assert close(adviser, case, closed_on="29-04-2026", confirm=key).status_code == 422
    assert close(adviser, case, closed_on="30-04-2026", confirm=key).status_code == 302


def test_on_the_day_of_a_held_meeting_nothing_is_asked(adviser, case, office):
    register(book(case, office.adviser, FRIDAY_EIGHT, at=FRIDAY_EIGHT - timedelta(days=7)), office.adviser)

    assert close(adviser, case, closed_on="01-05-2026").status_code == 302


def test_a_new_placement_asks_the_same(adviser, case, office):
    book(case, office.adviser, FRIDAY_EIGHT, at=FRIDAY_EIGHT - timedelta(days=7))
    typed = {"registered_on": "02-05-2026", "placed_on": "02-05-2026", "reason": "Ny periode."}
    page = reverse("cases:place_anew", args=[case.public_id])

    asked = adviser.post(page, {"version": case.version, **typed})

    assert asked.status_code == 422
    assert "mangler udfald" in text(asked)
