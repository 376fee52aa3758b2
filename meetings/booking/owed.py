"""Whether a talk is still to be booked."""

from datetime import date

from cases.models import Case
from cases.rules.facts import Party
from meetings.changing import NotBookable
from meetings.models import RequirementState
from meetings.rules.kinds import MeetingKind
from meetings.rules.matching import holds


def require_owed(*, case: Case, kind: MeetingKind, party: Party, by: date) -> None:
    """Raises NotBookable where the party has no such talk to book by that day: another was booked meanwhile."""
    due = case.required_meetings.current().filter(state=RequirementState.OPEN, kind=str(kind), due_on__lte=by)
    missing = due.filter(meeting=None)
    if not any(holds(party, Party(one.responsible)) for one in missing):
        raise NotBookable("Samtalen er allerede booket, eller loven kræver den ikke mere.")
