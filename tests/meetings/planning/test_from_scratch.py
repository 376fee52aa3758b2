"""What is kept on the worklist is what is counted from scratch; what is not is told, and written anew on demand."""

from datetime import date, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import connection
from psycopg.types.multirange import DateMultirange
from psycopg.types.range import DateRange

from cases.closing import services as closing_services
from cases.handover import services as handover_services
from cases.history import undo as history_undo
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from meetings.exemptions import services as exemptions_services
from meetings.models import WorklistEntry
from meetings.planning import from_scratch
from meetings.planning.stored import Entry
from meetings.rules.kinds import Channel
from tests import world
from tests.cases.steps import close, correct
from tests.meetings.steps import cancel, choose

DAY = date(2026, 6, 1)
#: Of each column another value than any that it can have here.
OTHER = {
    "worker_id": None,
    "due_on": DAY,
    "requirement_id": None,
    "kind": "joint_interview",
    "unbooked_due_on": DAY,
    "unbooked_from": DAY,
    "meeting_id": None,
    "meeting_ends_at": None,
    "channel": "video",
    "active_until": DAY,
    "held_from": DAY,
    "awaits_receipt": True,
    "rests": DateMultirange([DateRange(DAY, DAY + timedelta(days=1))]),
}


def found():
    return list(from_scratch.differences())


def own(case, office):
    return WorklistEntry.objects.get(case=case, organisation=office.fund)


def rest_of(case, office):
    return [(span.lower, span.upper) for span in own(case, office).rests]


def test_every_column_is_looked_at(book, case, office, subtests):
    book()
    assert OTHER.keys() == set(Entry._fields) - {"organisation_id"}
    assert found() == []
    for name, other in OTHER.items():
        with subtests.test(name):
            WorklistEntry.objects.filter(case=case, organisation=office.fund).update(**{name: other})
            (one,) = found()
            assert (one.case_id, one.organisation_id, list(one.columns)) == (case.pk, office.fund.pk, [name])
            assert one.columns[name][0] == other
            from_scratch.mend([one])
            assert found() == []


def test_the_entries_of_before_are_filled_by_the_upgrade(book, case, office, now):
    book()
    pauses_services.add_pause(
        case_id=case.pk,
        kind=str(PauseKind.HOLIDAY),
        span=Period.of_days_inclusive(DAY, DAY),
        source="borgeren",
        by=office.adviser,
        at=now,
    )
    world.hand_over(case, office, at=now, on=date(2026, 5, 1), is_received=False)
    WorklistEntry.objects.update(kind="", channel="", rests="{}", held_from=None, awaits_receipt=False)
    assert [list(one.columns) for one in found()] == [
        ["kind", "channel", "rests"],
        ["kind", "held_from", "awaits_receipt", "rests"],
    ]
    upgrades = (
        "0024_what_a_list_is_chosen_by",
        "0026_what_a_jobcenter_receives",
        "0029_how_the_next_talk_is_held",
    )
    for name in upgrades:
        upgrade = import_module(f"meetings.migrations.{name}")
        upgrade.fill(None, SimpleNamespace(connection=connection))
    assert found() == []


def test_an_entry_that_is_missing_and_one_too_many_are_told_and_mended(case, office, capsys):
    entry = own(case, office)
    entry.delete()
    stranger = WorklistEntry.objects.create(case=case, organisation=office.other_fund)

    with pytest.raises(SystemExit) as ended:
        call_command("check_worklist")
    told = capsys.readouterr().out.splitlines()
    assert ended.value.code == 1
    assert told == [
        f"{case.label}, {office.fund}: punktet mangler",
        f"{case.label}, {office.other_fund}: punktet skal ikke være der",
        "Arbejdslisterne er ikke rigtige.",
    ]
    call_command("check_worklist", "--mend")
    assert not WorklistEntry.objects.filter(pk=stranger.pk).exists()
    capsys.readouterr()
    call_command("check_worklist")
    assert capsys.readouterr().out == "Arbejdslisterne er rigtige.\n"


def test_an_entry_that_is_wanted_again_when_it_is_mended_stays(case, office, now):
    entries = list(WorklistEntry.objects.filter(case=case).values())
    close(case, office, now)
    WorklistEntry.objects.bulk_create(WorklistEntry(**columns) for columns in entries)
    wrong = found()
    assert [one.is_wanted for one in wrong] == [False, False]
    case.refresh_from_db()
    closing_services.reopen_case(
        case_id=case.pk, version=case.version, reason="Lukket ved en fejl.", by=office.adviser, at=now
    )
    assert found() == []

    from_scratch.mend(wrong)

    assert found() == []


def test_a_case_that_is_erased_while_it_is_counted_is_passed_over(case, office, capsys, monkeypatch):
    own(case, office).delete()
    (one,) = found()
    gone = one._replace(case_id=case.pk + 1)
    monkeypatch.setattr(from_scratch, "differences", lambda: iter([gone, one]))

    call_command("check_worklist", "--mend")

    told = capsys.readouterr().out.splitlines()
    assert told == [f"{case.label}, {office.fund}: punktet mangler", "Arbejdslisterne er skrevet om."]
    assert own(case, office)


def test_it_is_right_after_each_change_of_a_case(book, case, office, now):
    assert found() == []
    meeting = book()
    assert found() == []
    cancel(meeting, office.adviser, now)
    assert found() == []
    correct(case, office, now, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))
    assert found() == []
    close(case, office, now)
    assert not WorklistEntry.objects.exists()
    assert found() == []


def test_it_says_whether_the_jobcenter_has_yet_to_receive_the_course(case, office, now):
    def kept():
        entry = WorklistEntry.objects.get(case=case, organisation=office.municipality)
        return entry.held_from, entry.awaits_receipt

    world.hand_over(case, office, at=now, on=date(2026, 5, 1), is_received=False)
    assert (kept(), found()) == ((date(2026, 5, 1), True), [])
    handover_services.receive(case_id=case.pk, worker_id=office.caseworker.pk, by=office.caseworker, at=now)
    assert (kept(), found()) == ((date(2026, 5, 1), False), [])
    history_undo.undo(event_id=case.events.get(kind="cases.received").pk, by=office.caseworker, at=now)
    assert (kept(), found()) == ((date(2026, 5, 1), True), [])


def test_it_says_how_the_next_talk_is_held(book, case, office, now):
    assert own(case, office).channel == ""
    meeting = book()
    assert (own(case, office).channel, found()) == ("attendance", [])
    choose(case, Channel.VIDEO, office.adviser, now, meeting=meeting)
    assert (own(case, office).channel, found()) == ("video", [])
    cancel(meeting, office.adviser, now)
    assert (own(case, office).channel, found()) == ("", [])


def test_it_says_when_the_case_rests_whatever_else_stays(case, office, now):
    def pause(first, last):
        return pauses_services.add_pause(
            case_id=case.pk,
            kind=str(PauseKind.HOLIDAY),
            span=Period.of_days_inclusive(first, last),
            source="borgeren",
            by=office.adviser,
            at=now,
        )

    assert rest_of(case, office) == []
    first = pause(date(2026, 9, 1), date(2026, 9, 7))
    pause(date(2026, 9, 15), date(2026, 9, 20))
    assert rest_of(case, office) == [
        (date(2026, 9, 1), date(2026, 9, 8)),
        (date(2026, 9, 15), date(2026, 9, 21)),
    ]
    # The day after the first pause; what touches is one span.
    exemption = exemptions_services.exempt(
        case_id=case.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period.of_days_inclusive(date(2026, 9, 8), date(2026, 9, 9)),
        documented_on=date(2026, 9, 1),
        starts_on=date(2026, 9, 8),
        document="Ansættelseskontrakt",
        by=office.caseworker,
        at=now,
    )
    assert rest_of(case, office)[0] == (date(2026, 9, 1), date(2026, 9, 10))
    assert found() == []
    exemptions_services.keep_duty(exemption_id=exemption.pk, reason="Aftalt.", by=office.caseworker, at=now)
    assert rest_of(case, office)[0] == (date(2026, 9, 1), date(2026, 9, 8))
    assert found() == []
    pauses_services.remove_pause(pause_id=first.pk, reason="En fejl.", by=office.adviser, at=now)
    assert rest_of(case, office) == [(date(2026, 9, 15), date(2026, 9, 21))]
    assert found() == []
