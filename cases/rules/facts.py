"""What the rules must know about one course: plain values, refused when they cannot be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cases.rules.labelled import Labelled
from cases.rules.period import Period
from cases.rules.refusal import Refused
from cases.rules.wording import day_text, listed


class BadFacts(Refused, ValueError):
    """Facts about a course that cannot be true."""


class Insurance(Labelled):
    FULL_TIME = "full_time", "fuldtid"
    PART_TIME = "part_time", "deltid"


class Party(Labelled):
    FUND = "fund", "a-kassen"
    MUNICIPALITY = "municipality", "jobcentret"
    BOTH = "both", "jobcentret og a-kassen"


class PauseKind(Labelled):
    EMPLOYMENT = "employment", "arbejde"
    PARENTAL_LEAVE = "parental_leave", "barsel"
    HOLIDAY = "holiday", "ferie"
    SICKNESS = "sickness", "sygdom"
    SIX_WEEKS_COURSE = "six_weeks_course", "jobrettet uddannelse"


class ExemptionReason(Labelled):
    """Why somebody need not come to meetings: what begins soon, what lasts, or a concrete assessment."""

    ORDINARY_JOB = "ordinary_job", "ordinært job"
    FLEX_JOB = "flex_job", "fleksjob"
    PARENTAL_LEAVE = "parental_leave", "barsel"
    EFTERLON = "efterlon", "efterløn"
    FLEKSYDELSE = "fleksydelse", "fleksydelse"
    EARLY_PENSION = "early_pension", "førtidspension eller tidlig pension"
    SENIOR_PENSION = "senior_pension", "seniorpension"
    STATE_PENSION = "state_pension", "folkepension"
    FULL_TIME_EDUCATION = "full_time_education", "uddannelse på fuld tid"
    SENT_HOME = "sent_home", "hjemsendelse"
    WORK_SHARING = "work_sharing", "arbejdsfordeling"
    SIX_WEEKS_COURSE = "six_weeks_course", "6 ugers jobrettet uddannelse"
    PENSION_AGE = "pension_age", "folkepensionsalder"
    STU = "stu", "særligt tilrettelagt ungdomsuddannelse (STU)"
    CUSTODY = "custody", "varetægt eller afsoning"
    CONCRETE_ASSESSMENT = "concrete_assessment", "konkret vurdering"


@dataclass(frozen=True)
class PauseFact:
    """A registered pause; whether it stops the clock, the acts say."""

    kind: str
    span: Period

    def __post_init__(self) -> None:
        if self.kind not in list(PauseKind):
            raise BadFacts(f"»{self.kind}« er ikke en slags pause. Vælg {listed(PauseKind, 'eller')}.")

    def __str__(self) -> str:
        last = f" til og med {self.span.last_day:%d-%m-%Y}" if self.span.last_day else ", uden sidste dag"
        return f"{PauseKind(self.kind).label} {self.span.start:%d-%m-%Y}{last}"


@dataclass(frozen=True)
class ExemptionFact:
    """A registered exemption; with the duty kept it is on record, but the meetings stand."""

    reason: str
    span: Period
    duty_kept: bool = False

    def __post_init__(self) -> None:
        if self.reason not in list(ExemptionReason):
            raise BadFacts(f"»{self.reason}« er ikke en fritagelsesgrund. Vælg {listed(ExemptionReason, 'eller')}.")


@dataclass(frozen=True)
class Course:
    """One spell of unemployment: it starts on the day of placement, and its due days may count from registration."""

    registered_on: date
    placed_on: date
    target_group: int = 1
    born_on: date | None = None
    has_qualifying_education: bool = True
    has_children_at_home: bool = True
    insurance: Insurance = Insurance.FULL_TIME
    pauses: tuple[PauseFact, ...] = ()
    exemptions: tuple[ExemptionFact, ...] = ()
    has_hours: bool = False
    handed_over_on: date | None = None
    is_trial: bool = False

    def __post_init__(self) -> None:
        if self.placed_on < self.registered_on:
            raise BadFacts(
                f"Indplaceringen den {day_text(self.placed_on)} ligger før tilmeldingen den "
                f"{day_text(self.registered_on)}. Ret en af de to datoer."
            )
        if self.born_on is not None and self.born_on >= self.registered_on:
            raise BadFacts(f"Fødselsdagen den {day_text(self.born_on)} ligger ikke før tilmeldingen. Ret datoen.")
        if self.target_group < 1:
            raise BadFacts(f"Målgruppe {self.target_group} findes ikke. Brug nummeret i loven, fra 1 og op.")
        if self.handed_over_on is not None and self.handed_over_on < self.registered_on:
            raise BadFacts(
                f"Overgangen den {day_text(self.handed_over_on)} ligger før tilmeldingen den "
                f"{day_text(self.registered_on)}. Ret en af de to datoer."
            )
