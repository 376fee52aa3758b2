"""What moves a course: pauses, paid hours, and its passing from a-kasse to jobcenter."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from cases.changing import HandoverRefused, StaleForm, WrongParty
from cases.contacts import services as contacts_services
from cases.corrections import services as corrections_services
from cases.handover import services as handover_services
from cases.history import events as history_events
from cases.intake import services as intake_services
from cases.intake.services import CourseDetails
from cases.models import Case, Handover, Pause
from cases.models.cases import HandoverSource
from cases.pauses import services as pauses_services
from cases.rules.period import Period
from cases.rules.refusal import Refused
from tests import factories
from tests.cases.test_services import PLACED, correct, last_event, new_case

HOLIDAY = Period.of_days_inclusive(date(2026, 6, 1), date(2026, 6, 14))


# Pauses


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


# Hours


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


# The course passes on


def hand_over(case, office, now, on=date(2026, 6, 1), by=None, **changes):
    fields = {"hours": Decimal("420"), "source": HandoverSource.PAYOUT, "note": "Se timerne."}
    return handover_services.hand_over(case_id=case.pk, on=on, by=by or office.adviser, at=now, **{**fields, **changes})


def test_the_fund_hands_over_and_the_jobcenter_receives(case, office, now):
    hand_over(case, office, now)
    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    case = Case.objects.with_parties().get(pk=case.pk)
    assert case.municipality_from == date(2026, 6, 1)
    assert case.municipality_caseworker == office.caseworker
    assert (case.handover.handed_over_by, case.handover.received_by) == (office.adviser, office.caseworker)


def test_handing_over_and_receiving_twice_changes_nothing_twice(case, office, now):
    for _ in range(2):
        hand_over(case, office, now)
    for _ in range(2):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    assert Handover.objects.count() == 1
    assert case.events.filter(kind__in=["cases.handed_over", "cases.received"]).count() == 2


def test_a_handover_is_refused_for_what_is_wrong_with_it(case, office, now):
    with pytest.raises(HandoverRefused, match="a-kassen, der overgiver"):
        hand_over(case, office, now, by=office.caseworker)
    with pytest.raises(HandoverRefused, match="tidligst"):
        hand_over(case, office, now, on=date(2026, 4, 12))
    with pytest.raises(StaleForm):
        hand_over(case, office, now, version=case.version - 1)
    with pytest.raises(HandoverRefused, match="ikke overgivet"):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    hand_over(case, office, now)

    with pytest.raises(HandoverRefused, match="allerede overgivet"):
        hand_over(case, office, now, on=date(2026, 6, 2))
    with pytest.raises(HandoverRefused, match="jobcentret, der modtager"):
        handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.adviser, at=now)
    with pytest.raises(WrongParty):
        handover_services.receive(case_id=case.pk, worker_id=office.adviser.pk, by=office.caseworker, at=now)

    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)

    second = factories.user(organisation=office.municipality, role=office.caseworker.role)
    with pytest.raises(HandoverRefused, match="allerede modtaget"):
        handover_services.receive(case_id=case.pk, worker_id=second.pk, by=office.caseworker, at=now)


def test_a_course_that_is_the_jobcenters_from_the_beginning_is_not_handed_over(office, now):
    old = factories.case(office, registered_on=date(2023, 12, 1))
    without_fund = intake_services.open_case(
        new=new_case(
            office, course=CourseDetails(registered_on=PLACED, placed_on=PLACED, target_group=2), fund_id=None
        ),
        by=office.caseworker,
        at=now,
    )

    with pytest.raises(HandoverRefused, match="Jobcentret har ansvaret i hele forløbet"):
        hand_over(old, office, now)
    with pytest.raises(HandoverRefused, match="ingen a-kasse"):
        hand_over(without_fund, office, now)


def test_no_handover_is_kept_when_its_history_fails(case, office, now, broken_history):
    with pytest.raises(RuntimeError):
        hand_over(case, office, now)

    assert not Handover.objects.exists()


def test_each_version_goes_with_one_event_of_ours(case, office, now):
    """The page that meets a stale form shows as many lines of the history as there are versions between."""
    add_pause(case, office, now)
    record_hours(case, office, now, Decimal("10"))
    contacts_services.update_citizen(case_id=case.pk, changes={"phone": "1"}, by=office.adviser, at=now)
    hand_over(case, office, now)
    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
    corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

    assert Case.objects.get(pk=case.pk).version == case.events.filter(kind__startswith="cases.").count()
