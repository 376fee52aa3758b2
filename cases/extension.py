"""What cases itself adds to the pages of a case, beside what the apps above it do."""

from cases.extensions import Extension
from cases.plans import aim_services
from cases.plans import presenters as plans_presenters

EXTENSION = Extension(
    reminders=(aim_services.SOURCE,),
    case_blocks=(plans_presenters.plan_block, plans_presenters.aim_block),
)
