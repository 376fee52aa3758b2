"""Courses told through the services, so that the log-ins have something to do today, and every turn a course can take.

Each story is told once: one that was cut off in the middle stays as far as it came.
"""

from datetime import datetime

from cases.models import Citizen
from meetings.planning import law as planning_law
from referrals.demo import meeting_stories, month_plan, plans, referral_stories, texts, working_time
from referrals.demo.office import Office
from referrals.demo.story_writer import Story, StoryWriter

STORIES: dict[str, Story] = {
    **meeting_stories.STORIES,
    **referral_stories.STORIES,
    "Åge Langkær": plans.plan_through_the_acts,
    "Emilie Sejersbo": plans.aim_changed,
}


def tell_all(*, office: Office, at: datetime) -> None:
    """Tell every story that has not been told."""
    law = planning_law.law_in_force()
    told = set(Citizen.objects.filter(name__in=STORIES).values_list("name", flat=True))
    for number, (name, story) in enumerate(STORIES.items()):
        if name not in told:
            # Each has a seed of its own, so that it gives the same person whether others were told before or not.
            story(StoryWriter(office=office, seed=name, number=number, law=law, at=at), name)
    plans.settle(office=office, at=at)
    texts.write(office=office, at=at)
    working_time.write(office=office, at=at)
    month_plan.write(office=office, at=at)
