"""Pauses and paid hours move a course: allowed, refused, sent twice, on an old version."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cases.changing import StaleForm
from cases.history import events as history_events
from cases.models import Pause
from cases.pauses import services as pauses_services
from cases.rules.period import Period
from cases.rules.refusal import Refused
from tests.cases.steps import correct, last_event

HOLIDAY = Period.of_days_inclusive(date(2026, 6, 1), date(2026, 6, 14))


def add_pause(case, office, now, span=HOLIDAY, kind="holiday", version=None):
    return pauses_services.add_pause(
        case_id=case.pk,
        kind=kind,
        span=span,
        source="borgeren har oplyst det",
        by=office.adviser,
        at=now,
        version=version,
    )


@pytest.mark.parametrize(
    "span",
    [
        pytest.param(Period.of_days_inclusive(date(2026, 4, 14), date(2026, 4, 20)), id="backdated"),
        pytest.param(Period.of_days_inclusive(date(2026, 6, 1), date(2026, 6, 1)), id="one day in the future"),
        pytest.param(Period.of_days_inclusive(date(2026, 5, 1), date(2027, 4, 30)), id="longer than the window"),
    ],
)
def test_a_pause_moves_the_deadlines_after_it_by_its_days(case, office, now, span):
    last = case.required_meetings.current().order_by("due_on").last()

    add_pause(case, office, now, span)

    moved = case.required_meetings.current().order_by("due_on").last()
    assert moved.due_on == last.due_on + timedelta(days=span.days)


def test_pauses_may_touch_but_not_overlap(case, office, now):
    add_pause(case, office, now)
    add_pause(case, office, now, Period.of_days_inclusive(date(2026, 6, 15), date(2026, 6, 20)))

    with pytest.raises(ValidationError, match="Der er allerede en pause i de dage"):
        add_pause(case, office, now, Period.of_days_inclusive(date(2026, 6, 14), date(2026, 6, 14)))

    assert case.pauses.count() == 2


def test_the_same_pause_twice_is_one(case, office, now):
    first = add_pause(case, office, now, version=case.version)
    again = add_pause(case, office, now, version=case.version)

    assert first == again
    assert case.events.filter(kind="cases.paused").count() == 1


def test_a_pause_on_an_old_version_is_refused(case, office, now):
    correct(case, office, now, insurance="part_time")

    with pytest.raises(StaleForm):
        add_pause(case, office, now, version=case.version)


def test_a_pause_before_the_case_is_refused(case, office, now):
    with pytest.raises(Refused, match="før tilmeldingen"):
        add_pause(case, office, now, Period.of_days_inclusive(date(2026, 4, 1), date(2026, 4, 12)))


def change_pause(pause, office, now, **changes):
    fields = {"kind": "holiday", "span": HOLIDAY, "source": "borgeren har oplyst det"}
    return pauses_services.change_pause(pause_id=pause.pk, by=office.adviser, at=now, **{**fields, **changes})


def test_a_pause_is_corrected_and_the_history_tells_both(case, office, now):
    pause = add_pause(case, office, now)

    change_pause(pause, office, now, kind="employment")
    change_pause(pause, office, now, kind="employment")

    assert case.events.filter(kind="cases.pause_changed").count() == 1
    assert last_event(case).text.startswith("Pause rettet fra ferie 01-06-2026 til og med 14-06-2026")


def test_a_pause_is_not_corrected_into_another_nor_on_an_old_version(case, office, now):
    pause = add_pause(case, office, now)
    add_pause(case, office, now, Period.of_days_inclusive(date(2026, 7, 1), date(2026, 7, 3)))

    with pytest.raises(ValidationError, match="allerede en pause"):
        change_pause(pause, office, now, span=Period.of_days_inclusive(date(2026, 6, 20), date(2026, 7, 1)))
    with pytest.raises(StaleForm):
        change_pause(pause, office, now, kind="sickness", version=case.version)


def test_a_removed_pause_moves_the_deadlines_back_and_stays_in_the_history(case, office, now):
    before = list(case.required_meetings.current().values_list("due_on", flat=True))
    pause = add_pause(case, office, now)

    pauses_services.remove_pause(pause_id=pause.pk, reason="Borgeren blev hjemme.", by=office.adviser, at=now)

    assert list(case.required_meetings.current().values_list("due_on", flat=True)) == before
    assert "Begrundelse: Borgeren blev hjemme." in last_event(case).text
    with pytest.raises(StaleForm, match="fjernet"):
        pauses_services.remove_pause(pause_id=pause.pk, reason="Igen", by=office.adviser, at=now)


def test_a_pause_stays_when_the_history_of_its_removal_fails(case, office, now, monkeypatch):
    pause = add_pause(case, office, now)

    def fail(**_):
        raise RuntimeError

    monkeypatch.setattr(history_events, "record", fail)
    with pytest.raises(RuntimeError):
        pauses_services.remove_pause(pause_id=pause.pk, reason="Nej", by=office.adviser, at=now)

    assert Pause.objects.filter(pk=pause.pk).exists()


def record_hours(case, office, now, hours, version=None):
    return pauses_services.record_hours(
        case_id=case.pk, month=date(2026, 4, 20), hours=hours, by=office.adviser, at=now, version=version
    )


def test_hours_are_recorded_corrected_and_taken_away(case, office, now):
    record_hours(case, office, now, Decimal("80.50"))
    record_hours(case, office, now, Decimal("80.50"))
    assert last_event(case).text == "80,50 timer med dagpenge er registreret for 04-2026."
    record_hours(case, office, now, Decimal("81"))
    assert case.benefit_hours.get().month == date(2026, 4, 1)

    record_hours(case, office, now, None)

    assert not case.benefit_hours.exists()
    assert case.events.filter(kind="cases.hours_recorded").count() == 3


def test_hours_that_no_month_has_are_refused(case, office, now):
    with pytest.raises(ValidationError, match="mellem 0 og 200"):
        record_hours(case, office, now, Decimal("200.01"))


def test_hours_on_an_old_version_are_refused(case, office, now):
    record_hours(case, office, now, Decimal("80"), version=case.version)

    with pytest.raises(StaleForm):
        record_hours(case, office, now, Decimal("90"), version=case.version)
