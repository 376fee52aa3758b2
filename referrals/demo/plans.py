"""Min Plan through the acts, a young person's aim, and what the municipality adopted while it had to."""

from datetime import date, datetime, time
from typing import Any

from cases.documents import services as documents_services
from cases.intake import services as intake_services
from cases.intake.new_case import CourseDetails, NewCase
from cases.models import Case, Organisation, PlanDraft, User
from cases.models.people import FollowUpWay
from cases.plans import aim_services
from cases.plans import services as plans_services
from cases.rules.aim import Aim
from cases.rules.municipal_duties import YearlyDuty
from cases.rules.plan_parts import PlanPart
from meetings.rules.spans import local
from referrals.demo.office import Office
from referrals.demo.story_writer import StoryWriter

FIRST = {
    PlanPart.JOB_GOAL: "Lagermedarbejder eller chauffør i Solby og omegn.",
    PlanPart.EDUCATION_GOAL: "Truckcertifikat B inden for et halvt år.",
    PlanPart.JOB_SEARCH: "To ansøgninger om ugen, skrevet i joblog senest søndag.",
    PlanPart.OFFERS: "ingen",
    PlanPart.OTHER_EFFORTS: "Kursus i CV i a-kassen i uge 2.",
}
DOCUMENTS = (
    (YearlyDuty.EMPLOYMENT_PLAN, 2022, "Beskæftigelsesplan 2022", date(2021, 12, 14)),
    (YearlyDuty.EMPLOYMENT_PLAN, 2023, "Beskæftigelsesplan 2023", date(2022, 12, 13)),
    (YearlyDuty.RESULT_AUDIT, 2021, "Resultatrevision for 2021", date(2022, 4, 26)),
    (YearlyDuty.RESULT_AUDIT, 2022, "Resultatrevision for 2022", date(2023, 3, 14)),
)
_WORDS = {
    YearlyDuty.EMPLOYMENT_PLAN: "Flere skal i job eller uddannelse.\n\nVi begynder samtalerne tidligt og bruger flere "
    "virksomhedsrettede tilbud.",
    YearlyDuty.RESULT_AUDIT: "Målet om flere virksomhedsrettede tilbud blev nået.\n\nLedige venter stadig for længe "
    "på den første samtale.",
}


def publish(case: Case, *, by: User, at: datetime, **changes: str) -> None:
    """The next version of the case's plan: the standing text, and what is special about this one."""
    version = PlanDraft.objects.filter(case=case).values_list("version", flat=True).first() or 0
    plans_services.publish(
        case_id=case.pk,
        parts={**{str(part): text for part, text in FIRST.items()}, **changes},
        version=version,
        by=by,
        at=at,
    )


def two_versions(tell: StoryWriter, case: Case, *, later_by: User, days: tuple[int, int]) -> None:
    """Made at the first meeting, and changed at a later one."""
    publish(case, by=tell.anne, at=tell.moment(tell.day(days[0]), 11))
    publish(
        case,
        by=later_by,
        at=tell.moment(tell.day(days[1]), 11),
        job_search="Tre ansøgninger om ugen, heraf en uopfordret, skrevet i joblog senest søndag.",
        offers="Virksomhedspraktik på et lager i fire uger.",
    )


def _without_fund(tell: StoryWriter, name: str, *, since: date, target_group: int, age: int) -> Case:
    return intake_services.open_case(
        new=NewCase(
            citizen=tell.people.citizen(age=age, name=name),
            course=CourseDetails(registered_on=since, placed_on=since, target_group=target_group),
            fund_id=None,
            municipality_id=tell.jens.organisation_id or 0,
            worker_id=tell.jens.pk,
        ),
        by=tell.jens,
        at=_morning(since),
    )


def _morning(day: date) -> datetime:
    return local(day, time(10))


def plan_through_the_acts(tell: StoryWriter, name: str) -> None:
    """The first versions have the status that the law asked for until 22 March 2023; the last has not."""
    case = _without_fund(tell, name, since=date(2022, 11, 14), target_group=3, age=44)
    texts: tuple[tuple[date, dict[str, str]], ...] = (
        (
            date(2022, 11, 28),
            {PlanPart.STATUS: "Mentor er begyndt den 21. november.", PlanPart.FOLLOW_UP: "ingen afsluttede"},
        ),
        (
            date(2023, 3, 6),
            {
                PlanPart.STATUS: "Virksomhedspraktik er begyndt den 27. februar.",
                PlanPart.FOLLOW_UP: "Mentor sluttede i februar: borgeren klarer selv aftaler nu.",
                PlanPart.OFFERS: "Virksomhedspraktik i en planteskole, 12 timer om ugen.",
            },
        ),
        (
            date(2024, 2, 12),
            {
                PlanPart.JOB_GOAL: "Gartnerimedhjælper i Solby, 15 timer om ugen til en start.",
                PlanPart.OFFERS: "Løntilskud i planteskolen fra marts.",
                PlanPart.STABILISING: "Fast ugentlig samtale med kontaktpersonen.",
            },
        ),
    )
    for day, changes in texts:
        publish(case, by=tell.jens, at=_morning(day), **changes)


def aim_changed(tell: StoryWriter, name: str) -> None:
    """Education, the one aim there was; then job, from the day the act allowed it."""
    case = _without_fund(tell, name, since=date(2023, 10, 2), target_group=4, age=21)
    for number, day, grounds in (
        (0, date(2023, 10, 16), {"aim": Aim.EDUCATION, "wish": Aim.JOB}),
        (
            1,
            date(2024, 1, 15),
            {
                "aim": Aim.JOB,
                "wish": Aim.JOB,
                "assessed_on": date(2024, 1, 10),
                "assessment": "Motiveres af praktiske opgaver og faste kolleger; to uddannelser er afbrudt.",
                "reasons": "En virksomhed gør den unge mere motiveret og afklaret end en ny uddannelsesstart nu.",
            },
        ),
    ):
        decision: dict[str, Any] = {**grounds, "decided_on": day}
        aim_services.decide(
            case_id=case.pk, grounds=aim_services.Grounds(**decision), number=number, by=tell.jens, at=_morning(day)
        )


def settle(*, office: Office, at: datetime) -> None:
    """The municipality's own way of following up, and its old documents. Done once more it changes nothing."""
    jens = office.by_name["jens"]
    Organisation.objects.filter(pk=jens.workplace.pk, follow_up_way="").update(
        follow_up_way=FollowUpWay.OWN_FORM, follow_up_note="skema »Opfølgning« i jobcentrets arkiv"
    )
    for duty, year, title, adopted_on in DOCUMENTS:
        details = documents_services.DocumentDetails(duty, year, title, adopted_on, text=_WORDS[duty])
        documents_services.add_document(details=details, by=jens, at=at)
