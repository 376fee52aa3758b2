"""A message on paper: to be posted to a citizen whom no other way reaches, or to be kept."""

from django.utils import timezone

from cases.models import Case, Dispatch
from cases.reminders.letterhead import letter_from
from cases.rules.wording import day_text
from cases.ui.pdf import Part, Sheet, paragraphs, pdf


def sheet_of(dispatch: Dispatch, *, case: Case) -> Sheet:
    """The message as a letter. The address stands on it, unless it is protected."""
    sender, citizen = dispatch.sender, case.citizen
    address = "" if citizen.has_protected_address else case.contact_of(sender).address
    how = "Udskrift af beskeden, som den blev sendt." if dispatch.is_reached else "Sendt som brev."
    return letter_from(
        sender,
        case,
        receiver="\n".join(filter(None, (citizen.name, *(part.strip() for part in address.split(","))))),
        day=day_text(timezone.localtime(dispatch.at).date()),
        title=dispatch.subject or "Besked",
        parts=(Part("", paragraphs(dispatch.text)),),
        signed_by=how,
    )


def file_of(dispatch: Dispatch, *, case: Case) -> tuple[str, bytes]:
    """The name of the file, which tells nothing of the citizen, and the PDF: the letter itself where there was one."""
    if dispatch.letter is not None:
        return dispatch.letter_name, bytes(dispatch.letter)
    return f"besked-{case.label}-{dispatch.reminder_id}.pdf", pdf(sheet_of(dispatch, case=case))
