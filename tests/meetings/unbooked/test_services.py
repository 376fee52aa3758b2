"""A meeting that was held without a booking: what it counts for, what is never sent of it, and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.models import Event, Reminder
from cases.pauses import services as pauses_services
from cases.reminders import delivery as reminders_delivery
from cases.rules.period import Period
from cases.rules.refusal import NeedsConfirmation, digest
from cases.rules.wording import day_text
from meetings.changing import HeldChannelNeedsReason, NotBookable, Occupied, OutcomeNotAllowed
from meetings.models import AbsenceKind, Meeting, Outcome, WorklistEntry
from meetings.owing.kinds import TO_CITIZEN
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.spans import Span
from meetings.working_time import services as working_time_services
from tests import factories, world
from tests.meetings.case_page.steps import register
from tests.meetings.steps import WEDNESDAY_TEN, choose, everything, kinds_of_events
from tests.meetings.unbooked.steps import THURSDAY_TEN, enter


def test_it_is_held_counts_and_is_said_to_be_registered_afterwards(case, office, now):
    held = enter(case, office.adviser, now, adviser=office.colleague, note="Talt om CV.")

    held.requirement.refresh_from_db()
    assert (held.status, held.outcome, held.adviser, held.is_unbooked) == ("held", "held", office.colleague, True)
    assert (held.requirement.title, held.requirement.state, held.is_late) == (
        "1. jobsamtale (a-kassen)",
        "fulfilled",
        True,
    )
    event = Event.objects.filter(case=case).latest("pk")
    assert (event.kind, event.by, event.at) == ("meetings.held", office.adviser, now)
    assert "Registreret efter samtalen, uden booking (telefon)." in event.text


def test_one_who_was_absent_then_is_asked_about(case, office, now):
    working_time_services.add_absence(
        user_id=office.adviser.pk,
        kind=AbsenceKind.ABSENCE,
        span=Span.of_days(THURSDAY_TEN.date(), THURSDAY_TEN.date()),
        by=office.adviser,
        at=now,
    )
    with pytest.raises(NeedsConfirmation) as asked:
        enter(case, office.adviser, now, THURSDAY_TEN)
    assert asked.value.warnings == (f"{office.adviser} er fraværende den {day_text(THURSDAY_TEN.date())}.",)
    held = enter(case, office.adviser, now, THURSDAY_TEN, accepted=digest(asked.value.warnings))
    assert held.status == "held"


def test_nobody_is_invited_or_reminded_and_the_overdue_deadline_leaves_the_worklist(case, office, now):
    entry = WorklistEntry.objects.get(case=case, organisation=office.fund)
    assert entry.due_on < now.date()

    enter(case, office.adviser, now)
    reminders_delivery.sweep(at=now)

    entry.refresh_from_db()
    assert entry.due_on > now.date()
    assert not Reminder.objects.filter(case=case, kind__in=TO_CITIZEN).exists()
    assert not Reminder.objects.filter(case=case, kind="meetings.deadline_passed").exists()


def test_a_held_meeting_after_a_missed_one_the_same_day(book, case, office):
    at = WEDNESDAY_TEN + timedelta(hours=4)
    missed = book()
    register(missed, office.adviser, Outcome.ABSENT)

    held = enter(case, office.adviser, at, WEDNESDAY_TEN + timedelta(minutes=20))

    assert held.status == "held"
    assert held.requirement is not None


def test_one_before_the_case_came_here_counts_by_the_law_of_its_day(office, now):
    case = factories.case(office, registered_on=date(2026, 2, 2))

    first = enter(case, office.adviser, now, datetime(2026, 2, 10, 9, 0, tzinfo=UTC))

    assert (first.requirement.number, first.is_late) == (1, False)


def test_a_second_click_changes_nothing_and_later_the_same_is_refused(case, office, now):
    enter(case, office.adviser, now)
    before = everything(case)

    enter(case, office.adviser, now + timedelta(seconds=2))
    assert everything(case) == before
    with pytest.raises(Occupied, match="Samtalen er allerede registreret: jobsamtale torsdag den 30. april 2026"):
        enter(case, office.adviser, now + timedelta(minutes=2))
    assert everything(case) == before


@pytest.mark.parametrize(
    "other",
    [{"note": "Søger job."}, {"outcome": Outcome.ABSENT}, {"channel": Channel.ATTENDANCE, "channel_reason": "x"}],
)
def test_what_was_typed_otherwise_is_no_second_click(case, office, now, other):
    enter(case, office.adviser, now)
    before = everything(case)

    with pytest.raises(Occupied, match="Samtalen er allerede registreret"):
        enter(case, office.adviser, now + timedelta(seconds=2), **other)
    assert everything(case) == before


@pytest.mark.parametrize(
    ("starts_at", "fields", "error", "text"),
    [
        pytest.param(world.NOW + timedelta(minutes=1), {}, OutcomeNotAllowed, "ikke begyndt endnu", id="ahead"),
        pytest.param(
            datetime(2026, 4, 12, 8, tzinfo=UTC), {}, NotBookable, "ligger før tilmeldingen", id="before the course"
        ),
        pytest.param(
            THURSDAY_TEN, {"kind": MeetingKind.CV_INTERVIEW}, NotBookable, "kan ikke bookes i et forløb", id="kind"
        ),
    ],
)
def test_what_cannot_have_been_held_is_refused_in_one_sentence(case, office, now, starts_at, fields, error, text):
    before = everything(case)

    with pytest.raises(error, match=text):
        enter(case, office.adviser, now, starts_at, **fields)

    assert everything(case) == before


class TestTwoMeetingsAtOnce:
    def test_a_booked_one_gets_its_outcome_instead(self, book, case, office):
        meeting = book()
        with pytest.raises(Occupied, match="Registrér udfaldet på den i stedet"):
            enter(case, office.adviser, meeting.ends_at, meeting.starts_at + timedelta(minutes=10))

    def test_the_same_adviser_with_another_citizen(self, case, office, now):
        enter(factories.case(office), office.adviser, now)
        with pytest.raises(Occupied, match="Medarbejderen har en anden samtale"):
            enter(case, office.adviser, now, THURSDAY_TEN + timedelta(minutes=29))
        assert enter(case, office.adviser, now, THURSDAY_TEN + timedelta(minutes=30)).status == "held"

    def test_the_same_citizen_with_another_adviser(self, case, office, now):
        enter(case, office.adviser, now)
        with pytest.raises(Occupied, match="Der står allerede en samtale i det tidsrum"):
            enter(case, office.colleague, now, THURSDAY_TEN + timedelta(minutes=10))


class TestChannel:
    def test_one_that_the_citizen_did_not_choose_needs_a_reason(self, case, office, now):
        choose(case, Channel.VIDEO, office.adviser, now, chosen_on=date(2026, 4, 20))
        before = everything(case)

        with pytest.raises(HeldChannelNeedsReason, match="borgeren havde valgt video. Skriv, hvorfor"):
            enter(case, office.adviser, now)
        assert everything(case) == before

        held = enter(case, office.adviser, now, channel_reason="Videoen virkede ikke.")
        assert (held.channel, held.held_channel_reason) == ("telephone", "Videoen virkede ikke.")
        assert "Begrundelse for samtaleformen: Videoen virkede ikke." in Event.objects.latest("pk").text

    def test_a_choice_made_after_the_meeting_does_not_bind_it(self, case, office, now):
        choose(case, Channel.VIDEO, office.adviser, now)

        assert enter(case, office.adviser, now).held_channel_reason == ""

    def test_one_that_the_law_did_not_give_needs_a_reason(self, office, now):
        case = factories.case(office, registered_on=date(2023, 1, 2), by=office.caseworker)
        in_march = datetime(2023, 3, 20, 9, 0, tzinfo=UTC)

        with pytest.raises(HeldChannelNeedsReason, match="Telefon var ikke tilladt"):
            enter(case, office.caseworker, now, in_march, is_six_weeks_guided=False)


class TestWarnings:
    def test_a_day_of_the_other_party_is_accepted_by_whoever_has_seen_it(self, at_jobcenter, office, now):
        before = everything(at_jobcenter)

        with pytest.raises(NeedsConfirmation, match="det jobcentret, der har ansvaret") as asked:
            enter(at_jobcenter, office.adviser, now)
        assert everything(at_jobcenter) == before

        held = enter(at_jobcenter, office.adviser, now, accepted=digest(asked.value.warnings))
        assert (held.organisation, held.requirement.title) == (office.fund, "1. jobsamtale (a-kassen)")

    def test_other_warnings_than_those_that_were_accepted_are_asked_about(self, case, office, now):
        pauses_services.add_pause(
            case_id=case.pk,
            kind="holiday",
            span=Period(date(2026, 4, 27), date(2026, 5, 2)),
            source="borgeren",
            by=office.adviser,
            at=now,
        )
        with pytest.raises(NeedsConfirmation, match="Forløbet er sat på pause"):
            enter(case, office.adviser, now, accepted=digest(["Noget andet."]))


def test_a_missed_one_counts_for_nothing(case, office, now):
    missed = enter(case, office.adviser, now, outcome=Outcome.ABSENT)

    assert (missed.status, missed.requirement) == ("missed", None)
    assert kinds_of_events(case)[-1] == "meetings.missed"


def test_only_the_own_organisation_held_it(case, office, now):
    with pytest.raises(NotBookable, match="din egen organisation"):
        enter(case, office.adviser, now, adviser=office.caseworker)
    assert not Meeting.objects.exists()
