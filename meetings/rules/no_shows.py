"""What follows a talk to which the citizen did not come: which steps are open, and how long a hearing waits.

The hearing is that of forvaltningsloven § 19, which sets no number of days: only that there is time to answer.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from cases.rules.labelled import Labelled


class NoShowStepKind(Labelled):
    HEARING = "hearing", "høring af borgeren"
    NOTICE = "notice", "underretning af den anden myndighed"
    SUMMONS = "summons", "ny indkaldelse"


def open_steps(*, standing: Collection[str], has_fund: bool) -> list[NoShowStepKind]:
    """The steps that can be taken, in their order: each once while it stands, and a notice only where there are two.

    `standing` are the kinds of the steps taken and not taken back; without an a-kasse there is nobody to notify.
    """
    kinds = [kind for kind in NoShowStepKind if kind not in standing]
    return kinds if has_fund else [kind for kind in kinds if kind is not NoShowStepKind.NOTICE]


def leaves_time_to_answer(answer_by: date | None, *, today: date) -> bool:
    """Whether the last day of a hearing that is sent today, itself a day to answer on, is a day to come."""
    return answer_by is not None and answer_by > today


def has_run_out(answer_by: date | None, *, today: date) -> bool:
    """Whether the citizen's last day to answer has passed."""
    return answer_by is not None and answer_by < today
