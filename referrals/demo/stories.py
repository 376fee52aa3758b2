"""Courses told through the services, so that the log-ins have something to do today, and every turn a course can take.

Each story is told once: one that was cut off in the middle stays as far as it came.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.models import Case, Citizen, User
from cases.models.cases import CloseReason, HandoverSource
from cases.rules.facts import ExemptionReason, Party, PauseKind
from cases.rules.period import Period, add_months
from cases.rules.workdays import closed_day
from cases.services import cases as case_services
from cases.services.cases import CourseDetails, NewCase
from meetings import availability, planning
from meetings import services as meeting_services
from meetings.models import CancelReason, Meeting, Outcome
from meetings.rules.kinds import Channel, MeetingKind
from meetings.services import Booking
from referrals.demo import plans
from referrals.demo.courses import LENGTH, Drawn, write_meetings
from referrals.demo.ledger import write_meetings_told
from referrals.demo.names import Invented
from referrals.demo.office import Office
from referrals.demo.sketch import ONE_DAY, Cohort, Sketch
from referrals.models import Referral
from referrals.rules.offers import OfferType
from referrals.services import referrals as referral_services


class Booked:
    """Who is busy when, as the database says."""

    def __init__(self, case: Case) -> None:
        self._case = case

    def free(self, *, worker: User, citizen_id: int, day: date, rng: Random) -> datetime:
        while True:
            diary = availability.diary(case=self._case, adviser=worker, first=day, last=day)
            for span in diary.slots(day, LENGTH):
                if not closed_day(day) and not diary.occupied(span):
                    return span.starts_at
            day += ONE_DAY


class Teller:
    """Says in days from today what the services want in moments."""

    def __init__(self, *, office: Office, seed: str, number: int, law: planning.Law, at: datetime) -> None:
        self.rng = Random(seed)
        self.law = law
        self.at = at
        self.today = timezone.localtime(at).date()
        self.anne, self.jens = office.by_name["anne"], office.by_name["jens"]
        self.people = Invented(self.rng, today=self.today, first=1000 + number)

    def day(self, days: int) -> date:
        """The working day that many days from today; a day in the past moves further back, one to come further on."""
        day = self.today + timedelta(days=days)
        while closed_day(day):
            day += timedelta(days=1 if days > 0 else -1)
        return day

    def moment(self, day: date, hour: int = 10) -> datetime:
        """That hour of the day, but never later than now."""
        return min(availability.local(day, time(hour)), self.at)

    def open(self, name: str, days: int, *, placed_on: date | None = None, **changes: Any) -> Case:
        """A case registered that many days from today, in Anne's a-kasse and Jens's municipality."""
        course = {field: changes.pop(field) for field in tuple(changes) if field in CourseDetails.__dataclass_fields__}
        registered_on = placed_on or self.today + timedelta(days=days)
        citizen = self.people.citizen(age=changes.pop("age", self.rng.randint(26, 61)), name=name, **changes)
        return case_services.open_case(
            new=NewCase(
                citizen=citizen,
                course=CourseDetails(registered_on=registered_on, placed_on=registered_on, **course),
                fund_id=self.anne.organisation_id,
                municipality_id=self.jens.organisation_id or 0,
                worker_id=self.anne.pk,
            ),
            by=self.anne,
            at=self.moment(registered_on, 9),
        )

    def book(self, case: Case, days: int, *, by: User | None = None, **changes: Any) -> Meeting:
        by = by or self.anne
        span = self._free(case, by, days)
        booking = Booking(
            kind=MeetingKind.CONTACT_INTERVIEW,
            adviser_id=by.pk,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_confirmed=True,
            **changes,
        )
        booked_on = max(case.registered_on, span.day - timedelta(days=9))
        return meeting_services.book(
            case_id=case.pk, booking=booking, by=by, at=min(self.moment(booked_on), span.starts_at - LENGTH)
        )

    def _free(self, case: Case, worker: User, days: int) -> availability.Span:
        while True:
            day = self.day(days)
            diary = availability.diary(case=case, adviser=worker, first=day, last=day)
            for span in diary.slots(day, LENGTH):
                if not diary.occupied(span):
                    return span
            days += 1 if days > 0 else -1

    def move(self, meeting: Meeting, days: int) -> Meeting:
        span = self._free(meeting.case, meeting.adviser, days)
        booking = Booking(
            kind=MeetingKind(meeting.kind),
            adviser_id=meeting.adviser_id,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            is_confirmed=True,
        )
        moved_at = min(meeting.booked_at + timedelta(hours=26), self.at)
        return meeting_services.move(meeting_id=meeting.pk, booking=booking, by=meeting.adviser, at=moved_at)

    def hold(
        self, meeting: Meeting, outcome: Outcome = Outcome.HELD, note: str = "", guided: bool | None = None
    ) -> None:
        meeting_services.register(
            meeting_id=meeting.pk,
            outcome=outcome,
            note=note,
            is_six_weeks_guided=guided,
            next_booking=None,
            by=meeting.adviser,
            at=min(meeting.ends_at + timedelta(minutes=10), self.at),
        )

    def held(self, case: Case, *days: int, by: User | None = None) -> None:
        """Meetings held that many days from today: long ago, so drawn as the courses in bulk are."""
        case = Case.objects.with_parties().select_related("handover").get(pk=case.pk)
        choice = meeting_services.citizens_choice(case=case, meeting=None)
        sketch = Sketch(
            case=case,
            cohort=Cohort(1, case.placed_on, case.placed_on, is_open=True),
            until=self.today,
            channel=Channel(choice.channel) if choice else None,
        )
        drawn = Drawn(sketch, law=self.law, diary=Booked(case), rng=self.rng, at=self.at)
        party = Party.MUNICIPALITY if by else Party.FUND
        with transaction.atomic():
            sketch.meetings = [drawn.held(MeetingKind.CONTACT_INTERVIEW, party, self.day(one)) for one in days]
            write_meetings([sketch])
            write_meetings_told(sketch, at=self.at)
            planning.refresh(case=case)

    def choose(self, case: Case, channel: Channel, days: int | None = None, only: Meeting | None = None) -> None:
        day = case.registered_on if days is None else self.today + timedelta(days=days)
        meeting_services.choose_channel(
            case_id=case.pk,
            channel=channel,
            chosen_on=day,
            meeting_id=only.pk if only else None,
            by=self.anne,
            at=max(self.moment(day), self.moment(case.registered_on, 9)),
        )

    def hand_over(self, case: Case, *, at_days: int, is_received: bool = False, is_counted: bool = False) -> None:
        """Where it is counted, by the hours paid in three months; received by Jens two days later."""
        at = self.moment(self.day(at_days), 13)
        for number in range(3 if is_counted else 0):
            month = add_months(case.placed_on.replace(day=1), number)
            case_services.record_hours(case_id=case.pk, month=month, hours=Decimal("160.33"), by=self.anne, at=at)
        case_services.hand_over(
            case_id=case.pk,
            on=add_months(case.placed_on, 3),
            hours=Decimal("480.99"),
            source=HandoverSource.PAYOUT if is_counted else HandoverSource.MANUAL,
            note="Tre samtaler er holdt; Min Plan er gennemgået.",
            by=self.anne,
            at=at,
        )
        if is_received:
            case_services.receive(case_id=case.pk, worker_id=self.jens.pk, by=self.jens, at=at + timedelta(days=2))

    def months_ago(self, months: int, *, plus_days: int) -> date:
        """The day from which that many months are over in so many days (or were, with a negative number)."""
        return add_months(self.today + timedelta(days=plus_days), -months)


Story = Callable[[Teller, str], None]


def overdue(tell: Teller, name: str) -> None:
    tell.open(name, -21)


def overdue_after_absence(tell: Teller, name: str) -> None:
    case = tell.open(name, -19)
    tell.choose(case, Channel.TELEPHONE)
    tell.hold(tell.book(case, -7), Outcome.ABSENT, "Ringede to gange uden svar.")


def due_soon(tell: Teller, name: str) -> None:
    case = tell.open(name, -11)
    tell.choose(case, Channel.TELEPHONE)
    tell.book(case, 2)


def due_soon_and_unbooked(tell: Teller, name: str) -> None:
    tell.open(name, -10, interpreter_language="ukrainsk")


def outcome_missing(tell: Teller, name: str) -> None:
    case = tell.open(name, -34)
    tell.held(case, -23)
    tell.book(case, -1)


def outcome_missing_by_video(tell: Teller, name: str) -> None:
    case = tell.open(name, -13)
    tell.choose(case, Channel.VIDEO)
    tell.book(case, -2)


def new(tell: Teller, name: str) -> None:
    tell.open(name, -1)


def new_and_unreachable(tell: Teller, name: str) -> None:
    tell.open(name, -2, is_exempt_from_digital_post=True, email="", phone="")


def handover_near(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=8))
    tell.held(case, -74, -45, -18)
    tell.hand_over(case, at_days=-3, is_counted=True)


def handover_near_and_unfinished(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=11))
    tell.held(case, -70, -30)
    tell.book(case, 6)


def waits_for_receipt(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=-4))
    tell.held(case, -85, -50, -20)
    tell.hand_over(case, at_days=-7)


def received_with_fund(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=-12))
    tell.choose(case, Channel.ATTENDANCE)
    tell.held(case, -95, -60, -30)
    tell.hand_over(case, at_days=-15, is_received=True)
    tell.book(case, 3, by=tell.jens, fund_attends=True)


def overdue_in_municipality(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(6, plus_days=-8))
    tell.held(case, -180, -140, -110)
    tell.hand_over(case, at_days=-100, is_received=True)
    tell.held(case, -80, -40, by=tell.jens)
    plans.two_versions(tell, case, later_by=tell.jens, days=(-180, -80))


def outcome_missing_in_municipality(tell: Teller, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(5, plus_days=-5))
    tell.held(case, -150, -110, -75)
    tell.hand_over(case, at_days=-70, is_received=True)
    tell.held(case, -40, by=tell.jens)
    tell.book(case, -3, by=tell.jens)


def missed_and_booked_again(tell: Teller, name: str) -> None:
    case = tell.open(name, -40)
    tell.held(case, -30)
    tell.hold(tell.book(case, -9), Outcome.ABSENT_ILL, "Syg med influenza; meldte afbud samme morgen.")
    tell.book(case, 5)


def cancelled(tell: Teller, name: str) -> None:
    case = tell.open(name, -12)
    meeting = tell.book(case, 1)
    meeting_services.cancel(
        meeting_id=meeting.pk, reason=CancelReason.CITIZEN, note="Skal til jobsamtale.", by=tell.anne, at=tell.at
    )


def moved_twice(tell: Teller, name: str) -> None:
    case = tell.open(name, -25)
    tell.held(case, -14)
    tell.move(tell.move(tell.book(case, 4), 6), 9)


def protected(tell: Teller, name: str) -> None:
    case = tell.open(name, -30, has_protected_address=True)
    tell.choose(case, Channel.VIDEO)
    tell.held(case, -20)
    tell.book(case, 8)


def attendance_demanded(tell: Teller, name: str) -> None:
    case = tell.open(name, -28)
    tell.choose(case, Channel.TELEPHONE)
    tell.held(case, -17)
    reason = "Vi skal gennemgå dokumenter sammen, som ikke kan sendes sikkert."
    tell.book(case, 7, channel=Channel.ATTENDANCE, channel_reason=reason)


def choice_for_one_meeting(tell: Teller, name: str) -> None:
    case = tell.open(name, -33)
    tell.choose(case, Channel.ATTENDANCE)
    tell.held(case, -22)
    tell.choose(case, Channel.VIDEO, -1, only=tell.book(case, 10))


def paused(tell: Teller, name: str) -> None:
    case = tell.open(name, -38)
    tell.held(case, -27)
    case_services.add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(tell.today - timedelta(days=4), tell.today + timedelta(days=10)),
        source="borgerens oplysning",
        by=tell.anne,
        at=tell.moment(tell.day(-8)),
    )


def exempted(tell: Teller, name: str) -> None:
    case = tell.open(name, -55)
    tell.held(case, -44, -20)
    documented_on, starts_on = tell.day(-5), tell.today + timedelta(days=21)
    meeting_services.exempt(
        case_id=case.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(documented_on, starts_on),
        documented_on=documented_on,
        starts_on=starts_on,
        document="Ansættelseskontrakt",
        by=tell.anne,
        at=tell.moment(documented_on, 11),
    )


def closed(tell: Teller, name: str) -> None:
    case = tell.open(name, -64)
    tell.held(case, -52, -25)
    day = tell.day(-3)
    case_services.close_case(
        case_id=case.pk,
        version=_version(case),
        reason=CloseReason.WORK,
        closed_on=day,
        by=tell.anne,
        at=tell.moment(day),
    )


def placed_anew(tell: Teller, name: str) -> None:
    case = tell.open(name, -500)
    tell.held(case, -489, -460, -430)
    day = tell.today - timedelta(days=24)
    case = case_services.place_anew(
        case_id=case.pk,
        version=_version(case),
        registered_on=day,
        placed_on=day,
        reason="Har optjent en ny dagpengeret.",
        by=tell.anne,
        at=tell.moment(day, 14),
    )
    tell.held(case, -13)


def start_corrected(tell: Teller, name: str) -> None:
    case = tell.open(name, -31)
    tell.held(case, -21)
    day = case.registered_on - timedelta(days=5)
    case_services.correct_course(
        case_id=case.pk,
        version=_version(case),
        changes={"registered_on": day, "placed_on": day},
        reason="Borgeren var tilmeldt tidligere end oplyst.",
        by=tell.anne,
        at=tell.moment(tell.day(-16)),
    )


def young(tell: Teller, name: str) -> None:
    case = tell.open(name, -16, age=21, has_qualifying_education=False)
    tell.held(case, -6)


def over_minimum(tell: Teller, name: str) -> None:
    case = tell.open(name, -72)
    tell.held(case, -62, -50, -38, -24, -10)
    plans.two_versions(tell, case, later_by=tell.anne, days=(-62, -24))


class Referred:
    """A case in the a-kasse's months with a referral, taken as far as the story wants."""

    def __init__(
        self, tell: Teller, name: str, *, days: int, offer_type: OfferType, place: str, **changes: Any
    ) -> None:
        self.tell = tell
        self.case = tell.open(name, days, **changes)
        tell.held(self.case, days + 10)
        self.proposal = referral_services.Proposal(
            offer_type=str(offer_type),
            starts_on=tell.day(18),
            weeks=4,
            place=place,
            proposal="Oplæring i de daglige opgaver, så borgeren kan søge job i branchen.",
            joint_assessment="Borgeren har talt med stedet og har lyst til faget. Det kan åbne en ny vej til job.",
            citizen_agrees=True,
        )
        self.referral = self._write(tell.moment(tell.day(-8), 9))

    def _write(self, at: datetime) -> Referral:
        return referral_services.write_draft(
            case_id=self.case.pk, proposal=self.proposal, version=0, by=self.tell.anne, at=at
        )

    def sent(self, days: int = -7) -> "Referred":
        self.referral = referral_services.send(
            referral_id=self.referral.pk,
            version=self.referral.version,
            by=self.tell.anne,
            at=self.tell.moment(self.tell.day(days), 10),
        )
        return self

    def seen(self, days: int = -5) -> "Referred":
        self.referral = referral_services.mark_seen(
            referral_id=self.referral.pk, by=self.tell.jens, at=self.tell.moment(self.tell.day(days), 9)
        )
        return self

    def contacted(self, days: int = -4) -> "Referred":
        day = self.tell.day(days)
        referral_services.contact(
            referral_id=self.referral.pk,
            contacted_on=day,
            purpose="Om borgeren kan møde på de tider, stedet ønsker.",
            note="Borgeren kan møde alle dage.",
            by=self.tell.jens,
            at=self.tell.moment(day, 11),
        )
        return self

    def assessed(self, days: int = -3) -> "Referred":
        self.referral = referral_services.assess(
            referral_id=self.referral.pk,
            assessment="Forslaget passer til borgerens plan. Stedet skal bekræfte tiderne.",
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )
        return self

    def granted(self, days: int = -2) -> None:
        referral_services.grant(
            referral_id=self.referral.pk,
            reasons=referral_services.Reasons(legal_basis=_LEGAL_BASIS),
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )

    def rejected(self, days: int = -2) -> None:
        referral_services.reject(
            referral_id=self.referral.pk,
            reasons=referral_services.Reasons(
                considerations="Vi har lagt vægt på, at stedet ikke forventer at ansætte inden for det næste år.",
                facts="Stedet har oplyst, at det skærer ned på antallet af medarbejdere.",
                legal_basis=_LEGAL_BASIS,
                party_consultation="Borgeren har fået oplysningen i telefonen og havde ingen bemærkninger.",
            ),
            version=self.referral.version,
            by=self.tell.jens,
            at=self.tell.moment(self.tell.day(days), 9),
        )


_LEGAL_BASIS = "Anden delaftale (juni 2022); lov nr. 727/2023 (LOB kap. 2 a)"


def referral_drafted(tell: Teller, name: str) -> None:
    Referred(tell, name, days=-36, offer_type=OfferType.INTERNSHIP, place="Planteskolen Grønne Fingre")


def referral_sent(tell: Teller, name: str) -> None:
    Referred(tell, name, days=-41, offer_type=OfferType.INTERNSHIP, place="Værkstedet ved Åen").sent()


def referral_seen(tell: Teller, name: str) -> None:
    Referred(tell, name, days=-44, offer_type=OfferType.WAGE_SUBSIDY, place="Trykkeriet Tusindben").sent().seen()


def referral_assessed(tell: Teller, name: str) -> None:
    referred = Referred(tell, name, days=-47, offer_type=OfferType.ORDINARY_EDUCATION, place="Kursuscenter Solbakken")
    referred.sent().seen().contacted().assessed()


def referral_granted(tell: Teller, name: str) -> None:
    Referred(
        tell, name, days=-50, offer_type=OfferType.INTERNSHIP, place="Bageriet Morgenstund"
    ).sent().seen().granted()


def referral_rejected(tell: Teller, name: str) -> None:
    Referred(tell, name, days=-43, offer_type=OfferType.WAGE_SUBSIDY, place="Lageret Nord").sent().seen().rejected()


def referral_rejected_and_untold(tell: Teller, name: str) -> None:
    referred = Referred(
        tell,
        name,
        days=-46,
        offer_type=OfferType.INTERNSHIP,
        place="Butikken på Torvet",
        is_exempt_from_digital_post=True,
    )
    referred.sent().seen().rejected()


def referral_withdrawn(tell: Teller, name: str) -> None:
    referred = Referred(tell, name, days=-39, offer_type=OfferType.COMMUNITY_WORK, place="Naturskolen").sent()
    referral_services.withdraw(
        referral_id=referred.referral.pk,
        reason="Borgeren har fået et vikariat.",
        by=tell.anne,
        at=tell.moment(tell.day(-4), 12),
    )


STORIES: dict[str, Story] = {
    "Aase Tinghøj": overdue,
    "Bjarke Øvermose": overdue_after_absence,
    "Camilla Sølager": due_soon,
    "Oksana Vitrenko-Lund": due_soon_and_unbooked,
    "Dines Hvalpsund-Å": outcome_missing,
    "Else Bøllemose": outcome_missing_by_video,
    "Frode Ågerup-Holm": new,
    "Grete Mørkhøj": new_and_unreachable,
    "Heidi Sandbjærg": handover_near,
    "Ismet Kærvang": handover_near_and_unfinished,
    "Jytte Rævebakke": waits_for_receipt,
    "Kaj Stjernelund": received_with_fund,
    "Lotte Vådby": overdue_in_municipality,
    "Mads Grønlykke": outcome_missing_in_municipality,
    "Nynne Askegård": missed_and_booked_again,
    "Omar Blåhøj": cancelled,
    "Petra Lyngballe-Ø": moved_twice,
    "Rikke Skjulhøj": protected,
    "Sofus Fuglebæk": attendance_demanded,
    "Tanja Elmehave": choice_for_one_meeting,
    "Ulrik Sommerå": paused,
    "Vera Nystrøm-Kær": exempted,
    "Wilhelm Åkjær-Toft": closed,
    "Xenia Bregnedal": placed_anew,
    "Yngve Rødsten": start_corrected,
    "Zenia Løvspring": young,
    "Ørjan Møllehave": over_minimum,
    "Vagn Kirsebærlund": referral_drafted,
    "Yrsa Hasselkær": referral_sent,
    "Zenia Ellebæk-Lund": referral_seen,
    "Ægir Pilegård": referral_assessed,
    "Øjvind Rønnehave": referral_granted,
    "Aksel Tjørnedal": referral_rejected,
    "Birgitte Hyldekær": referral_rejected_and_untold,
    "Carsten Lærkevang": referral_withdrawn,
    "Åge Langkær": plans.plan_through_the_acts,
    "Emilie Sejersbo": plans.aim_changed,
}


def tell_all(*, office: Office, at: datetime) -> None:
    """Tell every story that has not been told."""
    law = planning.law_in_force()
    told = set(Citizen.objects.filter(name__in=STORIES).values_list("name", flat=True))
    for number, (name, story) in enumerate(STORIES.items()):
        if name not in told:
            # Each has a seed of its own, so that it gives the same person whether others were told before or not.
            story(Teller(office=office, seed=name, number=number, law=law, at=at), name)
    plans.settle(office=office, at=at)


def _version(case: Case) -> int:
    return Case.objects.values_list("version", flat=True).get(pk=case.pk)
