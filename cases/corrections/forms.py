"""What is typed to put a case right or to assign it: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from cases.intake.forms import CITIZEN_LAYOUT, COURSE_LAYOUT, CitizenFields, CourseFields
from cases.models import Organisation, User
from cases.rules.rule_book import RuleBook
from cases.ui.forms import ChosenOne, PageForm, ReasonField, VersionedForm, row_in


class CorrectForm(CourseFields, VersionedForm):
    """What decides the course, corrected with a reason."""

    holds_the_case = True
    reason = ReasonField()
    groups = (("Forløbet", COURSE_LAYOUT), ("Rettelsen", ("reason",)))

    def __init__(self, *args: Any, today: date, book: RuleBook, **kwargs: Any) -> None:
        self.today = today
        super().__init__(*args, **kwargs)
        self.offer(book)


class CitizenForm(CitizenFields, VersionedForm):
    """What is shared of the citizen, and how the user's own organisation reaches him."""

    holds_the_case = True

    reason = ReasonField(label="Hvorfor fjernes adressebeskyttelsen?", required=False)

    def __init__(self, *args: Any, may_lift_protection: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        protection = self.fields["has_protected_address"]
        if not self.initial["has_protected_address"] or not may_lift_protection:
            del self.fields["reason"]
        if self.initial["has_protected_address"] and not may_lift_protection:
            protection.disabled = True
            protection.help_text = "Kun en teamleder kan fjerne beskyttelsen."
        reason = ("reason",) if "reason" in self.fields else ()
        at = CITIZEN_LAYOUT.index("has_protected_address") + 1
        self.groups = (("", (*CITIZEN_LAYOUT[:at], *reason, *CITIZEN_LAYOUT[at:])),)

    def clean(self) -> dict[str, Any]:
        is_kept = self.cleaned_data.get("has_protected_address")
        if "reason" in self.fields and not is_kept and not self.cleaned_data.get("reason"):
            self.add_error("reason", "Skriv, hvorfor adressebeskyttelsen skal fjernes.")
        return self.cleaned_data


class WorkerForm(PageForm):
    """Who has the case from now on."""

    worker = ChosenOne(User.objects.none(), label="Medarbejder", empty_label="Vælg medarbejder")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row_in(self, "worker").offer(organisation.users.filter(is_active=True))
