"""What is typed before rows of the worklist are moved together: its shape only; each row is judged afterwards."""

from typing import Any

from cases.models import Organisation, User
from cases.ui.forms import ChosenSome, PageForm


class AssignForm(PageForm):
    """Which colleagues share the cases."""

    receivers = ChosenSome(
        User.objects.none(),
        label="Hvem skal have sagerne?",
        help_text="Vælger du flere, fordeles sagerne jævnt imellem dem.",
        error_messages={
            "required": "Vælg mindst én kollega.",
            "invalid_choice": "En af de valgte arbejder her ikke mere. Vælg igen.",
        },
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["receivers"]
        assert isinstance(field, ChosenSome)
        field.offer(organisation.users.filter(is_active=True).order_by("first_name", "last_name", "pk"))
