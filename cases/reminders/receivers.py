"""Whom in an office a message about a case goes to, and whether that office still has the case."""

from cases.models import Case, Reminder


def has_left(row: Reminder, case: Case) -> bool:
    """Whether what is owed to an employee or an organisation would go to an office that is no party any more."""
    office = row.user.organisation_id if row.user else row.organisation_id
    return office not in (case.fund_id, case.municipality_id)
