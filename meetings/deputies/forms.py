"""What is typed of a deputy: its shape only."""

from typing import Any

from cases.models import Organisation, User
from cases.ui.fields import DateField
from cases.ui.forms import ChosenOne, PageForm, row_in


class DeputyForm(PageForm):
    """Who is away, who stands in, and from when to when."""

    user = ChosenOne(User.objects.none(), label="Hvem er væk?", empty_label="Vælg medarbejder")
    deputy = ChosenOne(User.objects.none(), label="Hvem er stedfortræder?", empty_label="Vælg medarbejder")
    first_day = DateField(label="Fra og med")
    last_day = DateField(label="Til og med", error_messages={"required": "Skriv den sidste dag."})

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("user", "deputy"):
            row_in(self, name).offer(organisation.users.filter(is_active=True))

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("first_day"), self.cleaned_data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "Den sidste dag kan ikke ligge før den første.")
        return self.cleaned_data
