"""Every turn a course of meetings can take, with its handover, pauses, exemptions and corrections."""

from datetime import timedelta

from cases.closing import services as closing_services
from cases.corrections import services as corrections_services
from cases.intake import services as intake_services
from cases.models import Case
from cases.models.cases import CloseReason
from cases.pauses import services as pauses_services
from cases.rules.facts import ExemptionReason, PauseKind
from cases.rules.period import Period
from meetings.booking import services as booking_services
from meetings.exemptions import services as exemptions_services
from meetings.models import CancelReason, Outcome
from meetings.rules.kinds import Channel
from referrals.demo import plans
from referrals.demo.story_writer import Story, StoryWriter


def overdue(tell: StoryWriter, name: str) -> None:
    tell.open(name, -21)


def overdue_after_absence(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -19)
    tell.choose(case, Channel.TELEPHONE)
    missed = tell.book(case, -7)
    tell.hold(missed, Outcome.ABSENT, "Ringede to gange uden svar.")
    tell.hear(missed, "Vi ringede to gange på det aftalte tidspunkt. Hvorfor tog du ikke telefonen?", answer_in=5)


def due_soon(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -11)
    tell.choose(case, Channel.TELEPHONE)
    tell.book(case, 2)


def due_soon_and_unbooked(tell: StoryWriter, name: str) -> None:
    tell.open(name, -10, interpreter_language="ukrainsk")


def outcome_missing(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -34)
    tell.enter(case, -23, Channel.TELEPHONE, "Borgeren ringede selv, og vi holdt samtalen med det samme.")
    tell.book(case, -1)


def outcome_missing_by_video(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -13)
    tell.choose(case, Channel.VIDEO)
    tell.book(case, -2)


def new(tell: StoryWriter, name: str) -> None:
    tell.open(name, -1)


def new_and_unreachable(tell: StoryWriter, name: str) -> None:
    tell.open(name, -2, is_exempt_from_digital_post=True, email="", phone="")


def handover_near(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=8))
    tell.held(case, -74, -45, -18)
    tell.hand_over(case, at_days=-3, is_counted=True)


def handover_near_and_unfinished(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=11))
    tell.held(case, -70, -30)
    tell.book(case, 6)


def waits_for_receipt(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=-4))
    tell.held(case, -85, -50, -20)
    tell.hand_over(case, at_days=-7)


def received_with_fund(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(3, plus_days=-12))
    tell.choose(case, Channel.ATTENDANCE)
    tell.held(case, -95, -60, -30)
    tell.hand_over(case, at_days=-15, is_received=True)
    tell.book(case, 3, by=tell.jens, fund_attends=True)


def overdue_in_municipality(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(6, plus_days=-8))
    tell.held(case, -180, -140, -110)
    tell.hand_over(case, at_days=-100, is_received=True)
    tell.held(case, -80, -40, by=tell.jens)
    plans.two_versions(tell, case, later_by=tell.jens, days=(-180, -80))


def outcome_missing_in_municipality(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, 0, placed_on=tell.months_ago(5, plus_days=-5))
    tell.held(case, -150, -110, -75)
    tell.hand_over(case, at_days=-70, is_received=True)
    tell.held(case, -40, by=tell.jens)
    tell.book(case, -3, by=tell.jens)


def missed_and_booked_again(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -40)
    tell.held(case, -30)
    tell.hold(tell.book(case, -9), Outcome.ABSENT_ILL, "Syg med influenza; meldte afbud samme morgen.")
    tell.book(case, 5)


def cancelled(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -12)
    meeting = tell.book(case, 1)
    booking_services.cancel(
        meeting_id=meeting.pk, reason=CancelReason.CITIZEN, note="Skal til jobsamtale.", by=tell.anne, at=tell.at
    )


def moved_twice(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -25)
    tell.held(case, -14)
    tell.move(tell.move(tell.book(case, 4), 6), 9)


def protected(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -30, has_protected_address=True)
    tell.choose(case, Channel.VIDEO)
    tell.held(case, -20)
    tell.book(case, 8)


def attendance_demanded(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -28)
    tell.choose(case, Channel.TELEPHONE)
    tell.held(case, -17)
    reason = "Vi skal gennemgå dokumenter sammen, som ikke kan sendes sikkert."
    tell.book(case, 7, channel=Channel.ATTENDANCE, channel_reason=reason)


def choice_for_one_meeting(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -33)
    tell.choose(case, Channel.ATTENDANCE)
    tell.held(case, -22)
    tell.choose(case, Channel.VIDEO, -1, only=tell.book(case, 10))


def paused(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -38)
    tell.held(case, -27)
    pauses_services.add_pause(
        case_id=case.pk,
        kind=PauseKind.HOLIDAY,
        span=Period(tell.today - timedelta(days=4), tell.today + timedelta(days=10)),
        source="borgerens oplysning",
        by=tell.anne,
        at=tell.moment(tell.day(-8)),
    )


def exempted(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -55)
    tell.held(case, -44, -20)
    documented_on, starts_on = tell.day(-5), tell.today + timedelta(days=21)
    exemptions_services.exempt(
        case_id=case.pk,
        reason=ExemptionReason.ORDINARY_JOB,
        span=Period(documented_on, starts_on),
        documented_on=documented_on,
        starts_on=starts_on,
        document="Ansættelseskontrakt",
        by=tell.anne,
        at=tell.moment(documented_on, 11),
    )


def closed(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -64)
    tell.held(case, -52, -25)
    day = tell.day(-3)
    closing_services.close_case(
        case_id=case.pk,
        version=_version(case),
        reason=CloseReason.WORK,
        closed_on=day,
        by=tell.anne,
        at=tell.moment(day),
    )


def placed_anew(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -500)
    tell.held(case, -489, -460, -430)
    day = tell.today - timedelta(days=24)
    case = intake_services.place_anew(
        case_id=case.pk,
        version=_version(case),
        registered_on=day,
        placed_on=day,
        reason="Har optjent en ny dagpengeret.",
        by=tell.anne,
        at=tell.moment(day, 14),
    )
    tell.held(case, -13)


def start_corrected(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -31)
    tell.held(case, -21)
    day = case.registered_on - timedelta(days=5)
    corrections_services.correct_course(
        case_id=case.pk,
        version=_version(case),
        changes={"registered_on": day, "placed_on": day},
        reason="Borgeren var tilmeldt tidligere end oplyst.",
        by=tell.anne,
        at=tell.moment(tell.day(-16)),
    )


def young(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -16, age=21, has_qualifying_education=False)
    tell.held(case, -6)


def over_minimum(tell: StoryWriter, name: str) -> None:
    case = tell.open(name, -72)
    tell.held(case, -62, -50, -38, -24, -10)
    plans.two_versions(tell, case, later_by=tell.anne, days=(-62, -24))


def _version(case: Case) -> int:
    return Case.objects.values_list("version", flat=True).get(pk=case.pk)


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
}
