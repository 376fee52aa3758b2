"""What the rules must know about one course: plain values, refused when they cannot be true."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cases.rules.period import Period
from cases.rules.refusal import Refused
from cases.rules.wording import day_text, listed


class BadFacts(Refused, ValueError):
    """Facts about a course that cannot be true."""


class Insurance(StrEnum):
    FULL_TIME = "full_time"
    PART_TIME = "part_time"


class Party(StrEnum):
    FUND = "fund"
    MUNICIPALITY = "municipality"
    BOTH = "both"


PARTY_NAMES = {
    Party.FUND: "a-kassen",
    Party.MUNICIPALITY: "jobcentret",
    Party.BOTH: "jobcentret og a-kassen",
}


class PauseKind(StrEnum):
    EMPLOYMENT = "employment"
    PARENTAL_LEAVE = "parental_leave"
    HOLIDAY = "holiday"
    SICKNESS = "sickness"
    SIX_WEEKS_COURSE = "six_weeks_course"


PAUSE_NAMES = {
    PauseKind.EMPLOYMENT: "arbejde",
    PauseKind.PARENTAL_LEAVE: "barsel",
    PauseKind.HOLIDAY: "ferie",
    PauseKind.SICKNESS: "sygdom",
    PauseKind.SIX_WEEKS_COURSE: "jobrettet uddannelse",
}


class ExemptionReason(StrEnum):
    """Why somebody need not come to meetings: what begins soon, what lasts, or a concrete assessment."""

    ORDINARY_JOB = "ordinary_job"
    FLEX_JOB = "flex_job"
    PARENTAL_LEAVE = "parental_leave"
    EFTERLON = "efterlon"
    FLEKSYDELSE = "fleksydelse"
    EARLY_PENSION = "early_pension"
    SENIOR_PENSION = "senior_pension"
    STATE_PENSION = "state_pension"
    FULL_TIME_EDUCATION = "full_time_education"
    SENT_HOME = "sent_home"
    WORK_SHARING = "work_sharing"
    SIX_WEEKS_COURSE = "six_weeks_course"
    PENSION_AGE = "pension_age"
    STU = "stu"
    CUSTODY = "custody"
    CONCRETE_ASSESSMENT = "concrete_assessment"


EXEMPTION_NAMES = {
    ExemptionReason.ORDINARY_JOB: "ordinært job",
    ExemptionReason.FLEX_JOB: "fleksjob",
    ExemptionReason.PARENTAL_LEAVE: "barsel",
    ExemptionReason.EFTERLON: "efterløn",
    ExemptionReason.FLEKSYDELSE: "fleksydelse",
    ExemptionReason.EARLY_PENSION: "førtidspension eller tidlig pension",
    ExemptionReason.SENIOR_PENSION: "seniorpension",
    ExemptionReason.STATE_PENSION: "folkepension",
    ExemptionReason.FULL_TIME_EDUCATION: "uddannelse på fuld tid",
    ExemptionReason.SENT_HOME: "hjemsendelse",
    ExemptionReason.WORK_SHARING: "arbejdsfordeling",
    ExemptionReason.SIX_WEEKS_COURSE: "6 ugers jobrettet uddannelse",
    ExemptionReason.PENSION_AGE: "folkepensionsalder",
    ExemptionReason.STU: "særligt tilrettelagt ungdomsuddannelse (STU)",
    ExemptionReason.CUSTODY: "varetægt eller afsoning",
    ExemptionReason.CONCRETE_ASSESSMENT: "konkret vurdering",
}


@dataclass(frozen=True)
class PauseFact:
    """A registered pause; whether it stops the clock, the acts say."""

    kind: str
    span: Period

    def __post_init__(self) -> None:
        if self.kind not in PAUSE_NAMES:
            raise BadFacts(f"»{self.kind}« er ikke en slags pause. Vælg {listed(PAUSE_NAMES, 'eller')}.")


@dataclass(frozen=True)
class ExemptionFact:
    """A registered exemption; with the duty kept it is on record, but the meetings stand."""

    reason: str
    span: Period
    duty_kept: bool = False

    def __post_init__(self) -> None:
        if self.reason not in EXEMPTION_NAMES:
            raise BadFacts(f"»{self.reason}« er ikke en fritagelsesgrund. Vælg {listed(EXEMPTION_NAMES, 'eller')}.")


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
