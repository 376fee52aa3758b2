"""The letter to a citizen whose choice of channel is set aside: that it is, why, and how to complain."""

from datetime import datetime

from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import Case
from cases.reminders.letterhead import letter_from
from cases.reminders.messages import Letter, Message
from cases.rules.complaint import complaint_guidance
from cases.rules.declaring import CaseDates
from cases.rules.explanation import law_only
from cases.rules.rule_book import RuleBook
from cases.rules.wording import day_text, moment_text
from cases.ui.pdf import Part, Sheet, paragraphs, pdf
from meetings.models import Meeting
from meetings.rules.parameters import ATTENDANCE_OVERRIDE_ALLOWED, CITIZEN_CHOOSES_MONTHS


def sheet_of(meeting: Meeting, *, book: RuleBook) -> Sheet:
    """The letter. The meeting comes with its case, its organisation and who booked it."""
    case, organisation = meeting.case, meeting.organisation
    decided_on = timezone.localtime(meeting.booked_at).date()
    when = moment_text(timezone.localtime(meeting.starts_at))
    dates = CaseDates(event=meeting.day)
    rules = [book.in_force(one, dates) for one in (CITIZEN_CHOOSES_MONTHS, ATTENDANCE_OVERRIDE_ALLOWED)]
    law = "; ".join(dict.fromkeys(filter(None, (law_only(rule.legal_basis) for rule in rules))))
    rule = "Du vælger selv samtaleformen, men vi kan kræve, at du møder op, når det er nødvendigt"
    return letter_from(
        organisation,
        case,
        day=day_text(decided_on),
        title="Afgørelse: du skal møde op til din samtale",
        parts=(
            Part("Afgørelsen", (f"Du skal møde op til samtalen {when}. Dit valg af samtaleform er tilsidesat.",)),
            Part("Begrundelse", paragraphs(meeting.channel_reason)),
            Part("Reglerne", (f"{rule} ({law})." if law else f"{rule}.",)),
            Part("Sådan klager du", _complaint(meeting, book=book)),
        ),
        signed_by=f"Afgjort den {day_text(decided_on)} af {meeting.booked_by}, {organisation}",
    )


def message_of(meeting: Meeting, *, key: str, case: Case, book: RuleBook, at: datetime) -> Message:
    """The letter for the closed mailbox: a reason is nobody else's."""
    meeting.case = case
    organisation = meeting.organisation
    content = pdf(sheet_of(meeting, book=book))
    return Message(
        key=key,
        sender=organisation,
        at=at,
        subject=f"Brev fra {organisation}",
        text=render_to_string("emails/decision.txt", {"case": case, "organisation": organisation}),
        letter=Letter(name=f"afgoerelse-{case.label}-{meeting.pk}.pdf", content=content),
    )


def _complaint(meeting: Meeting, *, book: RuleBook) -> tuple[str, ...]:
    organisation = meeting.organisation
    where = f"Send klagen til {organisation}, {organisation.email}, eller ring {organisation.phone_text}."
    if organisation.is_fund:
        first = (
            "Du kan klage over afgørelsen. Får du ikke medhold hos din a-kasse, sender den klagen videre til Center "
            "for Klager om Arbejdsløshedsforsikring."
        )
        return (first, where)
    decided_on = timezone.localtime(meeting.booked_at).date()
    return (*complaint_guidance(decided_on=decided_on, given_on=None, book=book).sentences, where)
