"""Six weeks of job-oriented education on the page of a case: the right, the days, and the guidance given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from cases.models import Act, Case, User
from cases.rules.facts import Party
from cases.seam import Part
from meetings.models import Meeting
from meetings.planning import stored as planning_stored
from meetings.rules.guidance import GuidanceDuty, has_guidance_duty
from meetings.rules.lifecycle import MeetingStatus
from referrals.rules.six_weeks import CONDITIONS, SixWeeks, six_weeks


@dataclass(frozen=True)
class EducationPart:
    """What the block says. The duties are those of the parties that the case has."""

    right: SixWeeks
    duties: Sequence[GuidanceDuty]
    guided: Sequence[Meeting]
    conditions: Sequence[str]
    today: date

    @property
    def is_open_yet(self) -> bool:
        return self.right.earliest_start <= self.today

    @property
    def is_over(self) -> bool:
        return self.right.latest_end < self.today

    @property
    def is_missing(self) -> bool:
        """Somebody has the duty, nobody has guided, and the citizen can still use it."""
        return not self.guided and not self.is_over and any(duty.has_duty for duty in self.duties)


def part_of(case: Case, user: User, at: datetime) -> Part | None:
    """The block; None for the target groups that do not have the right."""
    today = timezone.localtime(at).date()
    book = Act.objects.rule_book()
    right = six_weeks(course=planning_stored.course_of(case), on=today, book=book)
    if not right.has_right:
        return None
    parties = [Party.FUND, Party.MUNICIPALITY] if case.fund is not None else [Party.MUNICIPALITY]
    guided = case.meetings.filter(is_six_weeks_guided=True, status=MeetingStatus.HELD)
    part = EducationPart(
        right=right,
        # The municipality guides whoever asks, in the days in which it must at all.
        duties=[
            has_guidance_duty(party, group=case.target_group, on=today, book=book, asked=True) for party in parties
        ],
        guided=list(guided.select_related("adviser", "organisation")),
        conditions=CONDITIONS,
        today=today,
    )
    return Part(template="referrals/offers/education_block.html", data=part, is_aside=True)
