"""The pages of pauses and paid hours: each says what moved, and keeps what was typed when it is refused."""

from datetime import date
from decimal import Decimal

import pytest

from cases.models import Case
from cases.pauses import services as pauses_services
from tests import factories
from tests.cases.pages import add_pause, errors, said


def pause_of(case, **changes):
    fields = {
        "version": case.version,
        "kind": "holiday",
        "first": "01-06-2026",
        "last": "14-06-2026",
        "source": "borgeren",
    }
    return {**fields, **changes}


def test_a_pause_is_added_changed_and_removed_and_each_says_what_moved(page, case):
    added = page.post("pause_add", pause_of(case))
    assert "Pausen er registreret." in said(added)
    assert "er flyttet fra" in said(added)
    pause = case.pauses.get()
    assert pause.period.last_day == date(2026, 6, 14)

    case.refresh_from_db()
    changed = page.post("pause_change", pause_of(case, last="13-06-2026"), subject=pause)
    assert "Pausen er rettet." in said(changed)
    assert "er flyttet fra" in said(changed)

    case.refresh_from_db()
    removed = page.post("pause_remove", {"version": case.version, "reason": "Ved en fejl."}, subject=pause)
    assert "Pausen er fjernet." in said(removed)
    assert not case.pauses.exists()


BREAK = "I målgruppe 3 regnes måneder over en ubrudt periode på samme ydelse: er ydelsen afbrudt, kan en ny periode"


def test_a_break_of_another_benefit_moves_nothing_and_is_to_be_judged(page, office):
    case = factories.case(office, target_group=3)

    added = page.post("pause_add", pause_of(case), subject=case)

    assert said(added).startswith(f"Pausen er registreret. Ingen frister er flyttet. {BREAK}")
    assert BREAK in page.client_get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        pytest.param(1, "holiday", id="accumulated unemployment stands still"),
        pytest.param(3, "six_weeks_course", id="a course breaks no benefit"),
        pytest.param(6, "holiday", id="a group without a course of its own"),
    ],
)
def test_no_other_pause_is_a_break(page, office, group, kind):
    case = factories.case(office)
    # As a case may have been before the law was asked which groups have a course.
    Case.objects.filter(pk=case.pk).update(target_group=group)

    added = page.post("pause_add", pause_of(case, kind=kind), subject=case)

    assert "ny periode" not in said(added)


def test_the_pages_of_pauses_show_what_there_is(page, office, case):
    pause = add_pause(case, office)

    assert "Ferie fra 01-06-2026 til og med 14-06-2026" in page.get("pause_add").content.decode()
    assert 'value="14-06-2026"' in page.get("pause_change", subject=pause).content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"last": "31-05-2026"}, "Sidste dag ligger før første dag"),
        ({"first": "31-06-2026"}, "findes ikke i kalenderen"),
        ({"first": "14-06-2026", "last": "20-06-2026"}, "Der er allerede en pause i de dage"),
        ({"first": "01-01-2026", "last": "02-01-2026"}, "før tilmeldingen"),
        ({"kind": ""}, "Vælg en mulighed"),
    ],
)
def test_a_pause_that_cannot_be_is_refused_and_stays_typed(page, office, case, typed, sentence):
    add_pause(case, office)
    case.refresh_from_db()

    answer = page.post("pause_add", pause_of(case, **typed))

    assert sentence in errors(answer)
    assert 'value="borgeren"' in answer.content.decode()
    assert case.pauses.count() == 1


def test_hours_are_saved_with_a_comma_and_speak_for_a_handover(page, case):
    page.post("hours", {"version": case.version, "month": "2026-05-01", "hours": "160,33"})
    for version, month in enumerate(("2026-04-01", "2026-05-01"), start=case.version + 1):
        answer = page.post("hours", {"version": version, "month": month, "hours": "200"})

    assert case.benefit_hours.get(month=date(2026, 5, 1)).hours == Decimal("200")
    assert "Timerne er gemt." in said(answer)


def test_more_hours_than_the_limit_suggest_a_handover(page, office, now):
    case = factories.case(office, registered_on=date(2026, 2, 1))
    for month in (2, 3, 4):
        pauses_services.record_hours(
            case_id=case.pk, month=date(2026, month, 1), hours=Decimal("160.33"), by=office.adviser, at=now
        )

    text = page.get("hours", subject=case).content.decode()
    assert "480,99" in text
    assert "Forløbet kan derfor gå over til jobcentret den 1. maj 2026." in text
    handing = page.get("hand_over", subject=case)
    assert 'value="01-05-2026"' in handing.content.decode()
    assert 'value="480,99"' in handing.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"hours": "mange"}, "fx 160,33"),
        ({"hours": "-1"}, "ikke være under 0"),
        ({"hours": "1,234"}, "to tal efter kommaet"),
        ({"hours": "300"}, "mellem 0 og 200"),
        ({"hours": "99999"}, "Så mange timer"),
        ({"month": "2026-06-01"}, "Valget findes ikke længere"),
        ({"month": "2026-03-01"}, "Valget findes ikke længere"),
    ],
)
def test_hours_that_cannot_be_are_refused(page, case, typed, sentence):
    fields = {"version": case.version, "month": "2026-05-01", "hours": "160,33", **typed}

    assert sentence in errors(page.post("hours", fields))
    assert not case.benefit_hours.exists()
