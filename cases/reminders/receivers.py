"""Whom in an office a message about a case goes to, and whether that office still has the case."""

from datetime import datetime

from django.utils import timezone

from cases.models import Case, Deputy, Organisation, Reminder, User


def receiver_at(organisation: Organisation, case: Case) -> dict[str, int | None]:
    """Name who in the organisation is told of the case: whoever has it and still works there, or else the office."""
    worker = case.worker_at(organisation)
    if worker is not None and worker.is_active:
        return {"user_id": worker.pk}
    return {"organisation_id": organisation.pk}


def has_left(row: Reminder, case: Case) -> bool:
    """Whether what is owed to an employee or an organisation would go to an office that is no party any more."""
    office = row.user.organisation_id if row.user else row.organisation_id
    return office not in (case.fund_id, case.municipality_id)


def deputy_of(user: User, *, at: datetime) -> User | None:
    """Name who stands in for the user that day, and is told in their place."""
    standing_in = Deputy.objects.at_work().on(timezone.localtime(at).date()).filter(user=user)
    found = standing_in.select_related("deputy").first()
    return found.deputy if found else None
