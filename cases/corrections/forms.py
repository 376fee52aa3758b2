"""What is typed to put a case right or to assign it: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from cases.intake.forms import COURSE_LAYOUT, CourseFields
from cases.models import Organisation, User
from cases.rules.rule_book import RuleBook
from cases.ui.forms import ChosenOne, ReasonField, VersionedForm, row_in


class CorrectForm(CourseFields, VersionedForm):
    """What decides the course, corrected with a reason."""

    holds_the_case = True
    reason = ReasonField()
    groups = (("Forløbet", COURSE_LAYOUT), ("Rettelsen", ("reason",)))

    def __init__(self, *args: Any, today: date, book: RuleBook, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.offer(book)


class WorkerForm(VersionedForm):
    """Who has the case from now on."""

    holds_the_case = True

    worker = ChosenOne(User.objects.none(), label="Medarbejder", empty_label="Vælg medarbejder")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_in(self, "worker").offer(organisation.users.filter(is_active=True))
