"""What every letter begins with: who sends it and can be reached where, to whom, and about which case."""

from cases.models import Case, Organisation
from cases.ui.pdf import Part, Sheet


def letter_from(
    sender: Organisation,
    case: Case,
    *,
    receiver: str = "",
    day: str,
    title: str,
    parts: tuple[Part, ...],
    signed_by: str,
) -> Sheet:
    """Return a letter from an office about a case, to the citizen unless another receiver is given."""
    return Sheet(
        sender=sender.name,
        address=f"Telefon {sender.phone_text}, {sender.email}",
        receiver=receiver or case.citizen.name,
        reference=f"Sag {case.label}",
        day=day,
        title=title,
        parts=parts,
        signed_by=signed_by,
    )
