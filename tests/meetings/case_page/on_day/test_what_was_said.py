"""What the page said of a case on the day itself, it says of that day for ever: over courses that change at random."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.handover import services as handover_services
from cases.models import Case
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason
from cases.rules.period import Period
from cases.rules.refusal import Refused
from meetings.booking import services as booking_services
from meetings.case_page import on_day as case_page_on_day
from meetings.case_page import presenters as case_page_presenters
from meetings.channel import services as channel_services
from meetings.exemptions import services as exemptions_services
from meetings.models import Outcome
from meetings.outcomes import services as outcomes_services
from meetings.planning import law as planning_law
from meetings.rules.kinds import Channel
from tests.examples import asked
from tests.factories import book
from tests.meetings.case_page.on_day.steps import OPENED, correct, pause, publish, replan
from tests.meetings.steps import move
from tests.world import undone

DAYS = 30


class Life:
    """One case to which something happens each day."""

    def __init__(self, case, office, seed):
        self.case, self.office, self.rng = case, office, Random(seed)
        self.at = OPENED
        self.happened = set()
        self.worker = office.adviser

    def live(self, until):
        while self.at < until:
            self.at += timedelta(hours=self.rng.choice((5, 13, 24, 37)))
            name = self.rng.choice(
                [name for name in dir(self) if name.startswith("do_")] + ["do_book", "do_register", "do_register"]
            )
            try:
                if getattr(self, name)() is not False:
                    self.happened.add(name)
            except (Refused, ValidationError, ValueError):
                continue
            yield self.at

    def soon(self, most=30):
        return self.at.date() + timedelta(days=self.rng.randint(1, most))

    def one_of(self, rows):
        rows = list(rows.order_by("pk"))
        return self.rng.choice(rows) if rows else None

    def meeting(self, *statuses):
        return self.one_of(self.case.meetings.filter(status__in=statuses))

    def span(self):
        first = self.soon()
        return Period(first, first + timedelta(days=self.rng.randint(2, 20)))

    def do_pause(self):
        pause(self.case, self.office, at=self.at, span=self.span())

    def do_change_pause(self):
        if (one := self.one_of(self.case.pauses)) is None:
            return False
        return pauses_services.change_pause(
            pause_id=one.pk, kind="employment", span=self.span(), source="lønseddel", by=self.worker, at=self.at
        )

    def do_remove_pause(self):
        if (one := self.one_of(self.case.pauses)) is None:
            return False
        return pauses_services.remove_pause(pause_id=one.pk, reason="Fejl", by=self.worker, at=self.at)

    def do_correct(self):
        placed_on = OPENED.date() + timedelta(days=self.rng.randint(0, 9))
        changes = {"placed_on": placed_on, "target_group": self.rng.choice((1, 1, 2)), "is_trial": False}
        correct(self.case, self.office, at=self.at, **changes)

    def do_hours(self):
        hours = self.rng.choice((None, Decimal("160.33")))
        pauses_services.record_hours(
            case_id=self.case.pk, month=date(2026, 4, 1), hours=hours, by=self.worker, at=self.at
        )

    def do_exempt(self):
        first = self.at.date()
        exemptions_services.exempt(
            case_id=self.case.pk,
            reason=ExemptionReason.PARENTAL_LEAVE,
            span=Period(first, first + timedelta(days=20)),
            documented_on=first,
            starts_on=first,
            document="Barselsblanket",
            by=self.worker,
            at=self.at,
        )

    def do_keep_duty(self):
        if (one := self.one_of(self.case.exemptions)) is None:
            return False
        return exemptions_services.keep_duty(
            exemption_id=one.pk, reason="Kan møde", by=self.office.caseworker, at=self.at
        )

    def do_end_exemption(self):
        if (one := self.one_of(self.case.exemptions)) is None:
            return False
        return exemptions_services.end_exemption(exemption_id=one.pk, reason="Fejl", by=self.worker, at=self.at)

    def when(self):
        return datetime.combine(self.soon(12), time(self.rng.randint(7, 12)), UTC)

    def do_book(self):
        book(self.case, self.worker, self.when(), at=self.at)

    def do_move(self):
        if (one := self.meeting("booked")) is None:
            return False
        return move(one, self.worker, self.at, starts_at=self.when(), is_confirmed=True)

    def do_cancel(self):
        if (one := self.meeting("booked")) is None:
            return False
        return booking_services.cancel(meeting_id=one.pk, reason="citizen", note="", by=self.worker, at=self.at)

    def outcome(self):
        held = self.rng.random() < 0.5
        return {
            "outcome": Outcome.HELD if held else self.rng.choice((Outcome.ABSENT, Outcome.ABSENT_ILL)),
            "is_six_weeks_guided": True if held else None,
            "note": "",
        }

    def do_register(self):
        if (one := self.meeting("booked")) is None:
            return False
        return outcomes_services.register(
            meeting_id=one.pk, next_booking=None, by=self.worker, at=self.at, **self.outcome()
        )

    def do_correct_outcome(self):
        if (one := self.meeting("held", "missed")) is None:
            return False
        return outcomes_services.correct_outcome(
            meeting_id=one.pk, reason="Forkert", by=self.worker, at=self.at, **self.outcome()
        )

    def do_choose(self):
        channel = self.rng.choice(list(Channel))
        channel_services.choose_channel(
            case_id=self.case.pk,
            channel=channel,
            chosen_on=self.at.date(),
            meeting_id=None,
            by=self.worker,
            at=self.at,
        )

    def do_publish(self):
        if "do_publish" in self.happened:
            return False
        publish(at=self.at, in_force_on=self.soon(), rows=[("fund", 2, 1, 2), ("municipality", 4, 3, 6)])
        return replan(self.case, at=self.at)

    def do_hand_over(self):
        if self.at < OPENED + timedelta(days=DAYS // 2):
            return False
        return handover_services.hand_over(
            case_id=self.case.pk,
            on=self.soon(),
            hours=None,
            source="manual",
            note="",
            by=self.worker,
            at=self.at,
        )


def said(case, user, day, at):
    """All that the page says of a day, as plain values: without what it says of today beside it."""
    page = case_page_on_day.read(case=case_page_presenters.case_of(user, case.public_id), day=day, at=at, params={})
    assert not page.lost
    return {
        "demands": [(one.row.pk, one.row.due_on, one.state, one.variant, one.why) for one in page.requirements],
        "meetings": [
            (one.row.pk, one.status, one.channel, one.is_late, one.requirement and one.requirement.pk)
            for one in page.meetings
        ],
        "rests": page.rests,
        "resting": page.resting,
        "facts": page.facts,
        "holder": (page.holder, page.why_holder),
        "law": ([act.slug for act in page.law.in_force], [act.slug for act in page.law.to_come]),
        "history": [event.pk for event in page.history.rows],
    }


@settings(max_examples=asked(3), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_a_day_reads_for_ever_as_it_read_when_it_ended(case, office, now, seed):
    with undone():
        live_and_read_again(Case.objects.get(pk=case.pk), office, seed)


def live_and_read_again(case, office, seed):
    life, read = Life(case, office, seed), {}
    for at in life.live(OPENED + timedelta(days=DAYS)):
        day = timezone.localtime(at).date()
        # As somebody reads it who looks as the day ends.
        end = case_page_on_day.last_moment(day, at=at + timedelta(days=2))
        today = read[day] = said(case, office.adviser, day, end)
        shown = case_page_presenters.read(
            case=case_page_presenters.case_of(office.adviser, case.public_id),
            user=office.adviser,
            at=end,
            law=planning_law.law_in_force(),
        )
        # Today the page of the case says the same.
        assert [(one.row.pk, one.state) for one in shown.requirements] == [row[::2][:2] for row in today["demands"]]
        assert [one.meeting.pk for one in shown.bookings] == [one[0] for one in today["meetings"]]
        holder = Case.objects.with_parties().get(pk=case.pk).holder_on(day).name
        assert today["holder"][0] == holder

    final = life.at + timedelta(days=1)
    assert len(life.happened) > 6
    for day, then in read.items():
        assert said(case, office.adviser, day, final) == then, day
