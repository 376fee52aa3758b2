"""Whom in an office a message about a case goes to, and whether that office still has the case."""

from cases.models import Case, Organisation, Reminder


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
