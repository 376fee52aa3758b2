"""The pages of working time: what is kept, what is refused in one sentence, and the talks that an absence lies over."""

from datetime import date, time

import pytest
from django.urls import reverse

from meetings.models import ClosingDay, Meeting, StaffAbsence, TalkCap
from meetings.rules.spans import Span, local
from tests import factories
from tests.filled_forms import filled, send
from tests.meetings.booking.steps import SUNDAY, said, url

TUESDAY = date(2026, 5, 5)
ABSENCE = {"kind": "holiday", "first": "05-05-2026", "last": "07-05-2026"}


@pytest.fixture
def adviser(client, office):
    client.force_login(office.adviser)
    return client


def of(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


def errors(response):
    return [text for texts in response.context["form"].errors.values() for text in texts]


def test_own_hours_are_kept_and_taken_away_again(adviser, office):
    page = of("working_hours", office.adviser)

    assert send(adviser, page, {"mandag": "8-12 og 12.30-15", "tirsdag": "9-11"}).status_code == 302

    told = said(adviser.get(reverse("meetings:working_time")))
    assert "08.00-12.00, 12.30-15.00" in told
    assert "Arbejder ikke" in told
    assert adviser.get(page).context["form"]["mandag"].value() == "08.00-12.00, 12.30-15.00"
    send(adviser, page, {"mandag": "", "tirsdag": ""})
    assert not office.adviser.working_hours.exists()


HOURS_REFUSED = {
    "12-9": "12.00-09.00 slutter, før den begynder. Skriv tiderne som fra-til, fx 9-12, 13-15.",
    "9-12, 11-15": "09.00-12.00 og 11.00-15.00 overlapper hinanden. Ret en af dem.",
    "formiddag": "»formiddag« kan ikke læses. Skriv tiderne som fra-til, fx 9-12, 13-15.",
}


@pytest.mark.parametrize("typed", HOURS_REFUSED)
def test_hours_that_cannot_be_are_refused(adviser, office, typed):
    answer = send(adviser, of("working_hours", office.adviser), {"mandag": "9-12", "tirsdag": typed})

    assert (answer.status_code, errors(answer)) == (422, [HOURS_REFUSED[typed]])
    assert not office.adviser.working_hours.exists()


def test_a_cap_of_nothing_is_no_cap_and_of_zero_is_refused(adviser, office):
    page = of("talk_caps", office.adviser)
    answer = send(adviser, page, {"all": "0"})
    assert errors(answer) == [
        "Et loft er mindst 1. Lad feltet stå tomt, hvis der ikke er noget loft. Er medarbejderen der ikke, så "
        "registrér fravær."
    ]
    send(adviser, page, {"all": "6", "video": "2"})
    assert "Højst 6" in said(adviser.get(reverse("meetings:working_time")))
    send(adviser, page, {"all": "", "video": ""})
    assert not TalkCap.objects.exists()


REFUSED = {
    "it ends before it begins": (
        {"last": "04-05-2026"},
        "Sidste dag ligger før første dag. Ret en af de to datoer.",
    ),
    "its hours end before they begin": (
        {"last": "", "begins": "12", "ends": "10"},
        "Fraværet slutter, før det begynder. Ret et af de to klokkeslæt.",
    ),
    "one of its hours is missing": (
        {"last": "", "begins": "12"},
        "Skriv både fra og til, eller lad begge stå tomme.",
    ),
    "hours on several days": (
        {"begins": "12", "ends": "14"},
        "Klokkeslæt gælder en enkelt dag. Fjern dem, eller ret sidste dag.",
    ),
    "it overlaps another": (
        {"first": "12-05-2026", "last": ""},
        "Der er allerede registreret fravær den 13. maj 2026. Ret det i stedet.",
    ),
}


@pytest.mark.parametrize(("typed", "text"), REFUSED.values(), ids=REFUSED)
def test_an_absence_that_cannot_be_is_refused(adviser, office, now, typed, text):
    page = of("staff_absence_add", office.adviser)
    send(adviser, page, {"kind": "course", "first": "13-05-2026", "last": "13-05-2026"})

    answer = send(adviser, page, {**ABSENCE, **typed})

    assert (answer.status_code, errors(answer)) == (422, [text])
    assert StaffAbsence.objects.count() == 1


def test_an_absence_over_talks_shows_them_and_whom_they_can_be_given_to(adviser, office, case, now):
    booked = factories.book(case, office.adviser, local(TUESDAY, time(10)), at=now)
    factories.book(factories.case(office), office.leader, local(TUESDAY, time(10)), at=now)

    answer = send(adviser, of("staff_absence_add", office.adviser), ABSENCE, follow=True)

    told = said(answer)
    assert "Fraværet er gemt. 1 samtale ligger i det: flyt, giv videre eller behold dem." in told
    assert case.citizen.name in told
    (one,) = answer.context["talks"]
    # The leader has another talk then.
    assert one.colleagues == [office.colleague]
    assert f"{url('move', booked)}?tilbage=" in told
    assert Meeting.objects.get(pk=booked.pk).status == "booked"

    given = url("move", booked) + f"?dag=05-05-2026&medarbejder={office.colleague.public_id}"
    assert 'value="2026-05-05T10:00"' in said(adviser.get(given))


def test_a_booking_into_an_absence_asks_first(adviser, office, case, now):
    send(adviser, of("staff_absence_add", office.adviser), {**ABSENCE, "first": "06-05-2026", "last": ""})
    own_time = {**SUNDAY, "on": "06-05-2026", "begins": "10.00", "minutes": "30", "kind": "contact_interview"}
    typed = {**own_time, "adviser": str(office.adviser.public_id), "channel": ""}

    asked = adviser.post(url("book", case), typed)

    warning = f"Mette {office.adviser.last_name} er fraværende fra den 6. maj 2026 og indtil videre."
    assert asked.context["form"].warnings == (warning,)
    assert not case.meetings.exists()
    seen = asked.context["form"].seen_now
    assert adviser.post(url("book", case), {**typed, "confirm": "on", "seen": seen}).status_code == 302
    assert case.meetings.booked().count() == 1


def test_an_absence_is_changed_and_removed(adviser, office, now):
    send(adviser, of("staff_absence_add", office.adviser), {**ABSENCE, "last": "", "begins": "9", "ends": "11"})
    absence = StaffAbsence.objects.get()
    assert absence.span == Span.on(TUESDAY, time(9), time(11))
    shown = adviser.get(of("staff_absence", absence)).context["form"].initial
    assert {**shown, "version": 0} == {
        "version": 0,
        "kind": "holiday",
        "first": TUESDAY,
        "last": TUESDAY,
        "begins": time(9),
        "ends": time(11),
    }

    send(adviser, of("staff_absence", absence), {**ABSENCE, "begins": "", "ends": ""})
    absence.refresh_from_db()
    assert absence.text == "fra den 5. maj 2026 til og med den 7. maj 2026"

    adviser.post(of("staff_absence_remove", absence))
    assert not StaffAbsence.objects.exists()


def test_a_day_that_a_colleague_removed_comes_back_only_to_whoever_knows(client, office, now):
    client.force_login(office.leader)
    page = reverse("meetings:closing_day")
    send(client, page, {"day": "10-06-2026", "name": "kursus"})
    opened = filled(client.get(f"{page}?dag=10-06-2026").content.decode(), page=page)
    client.post(of("closing_day_forget", ClosingDay.objects.get()))

    refused = client.post(page, opened | {"name": "julefrokost"})

    assert refused.status_code == 422
    assert "Dagen står ikke på listen nu." in said(refused)
    assert not ClosingDay.objects.exists()
    client.post(page, filled(refused.content.decode(), page=page))
    assert ClosingDay.objects.get().name == "julefrokost"


def test_the_leader_keeps_the_days_of_the_office_and_the_time_of_colleagues(client, office, now):
    client.force_login(office.leader)
    page = reverse("meetings:working_time")
    assert "24-12-2026" in said(client.get(page))
    send(client, reverse("meetings:closing_day"), {"day": "24-12-2026", "name": "juleaften", "is_open": "on"})
    assert "Åbent alligevel" in said(client.get(page))
    client.post(of("closing_day_forget", ClosingDay.objects.get()))
    assert not ClosingDay.objects.exists()

    send(client, reverse("meetings:office_caps"), {"all": "5"})
    assert "Højst 5" in said(client.get(of("working_time_of", office.colleague)))
    send(client, of("staff_absence_add", office.colleague), ABSENCE)
    assert StaffAbsence.objects.get().user == office.colleague
