"""What is typed about a change of municipality or a-kasse: its shape only; the service asks the rules."""

from datetime import date
from typing import Any

from cases.models import Case, Organisation, OrganisationKind
from cases.ui.fields import DateField
from cases.ui.forms import ChosenOne, ReasonField, VersionedForm, not_ahead, row_in


class PartiesForm(VersionedForm):
    """The parties of the case from a day on."""

    holds_the_case = True

    municipality = ChosenOne(Organisation.objects.none(), label="Kommune", empty_label=None)
    fund = ChosenOne(Organisation.objects.none(), label="A-kasse", required=False, empty_label="Ingen a-kasse")
    on = DateField(label="Fra og med")
    reason = ReasonField(help_text="Fx flyttet eller skiftet a-kasse. Skriv ikke om helbred her.")

    def __init__(self, *args: Any, case: Case, today: date, **kwargs: Any) -> None:
        self.today = today
        now = {"version": case.version, "municipality": case.municipality, "fund": case.fund, "on": today}
        super().__init__(*args, initial=now, **kwargs)
        for name, kind in (("municipality", OrganisationKind.MUNICIPALITY), ("fund", OrganisationKind.FUND)):
            row_in(self, name).offer(Organisation.objects.filter(kind=kind))

    def clean_on(self) -> date:
        return not_ahead(self.cleaned_data["on"], self.today)
