"""The standard texts of the two offices whose log-ins the demo has."""

from datetime import datetime

from cases.models import StandardText
from cases.rules.text_use import TextUse
from cases.texts import services as texts_services
from cases.texts.services import WrittenText
from referrals.demo.office import Office

TEXTS = (
    WrittenText(TextUse.NOTE, "Aftaler til næste gang", "Vi aftalte, at du til næste gang:"),
    WrittenText(TextUse.HEARING, "Udeblevet uden afbud", "Var der en grund til, at du ikke kom, som vi skal kende?"),
    WrittenText(TextUse.NOTICE, "Udeblevet, borgeren er hørt", "Borgeren kom ikke til samtalen og er hørt om hvorfor."),
    WrittenText(TextUse.SUMMONS, "Ny samtale", "Kom til tiden, og ring i god tid, hvis du bliver forhindret."),
    WrittenText(TextUse.REJECTION, "Tilbuddet passer ikke til målet", "Tilbuddet fører ikke til det job, du søger."),
)


def write(*, office: Office, at: datetime) -> None:
    """Give each of the two offices its texts; one that has some keeps them as they are."""
    for by in (office.by_name["leder"], office.by_name["jens"]):
        if not StandardText.objects.visible_to(by).exists():
            for text in TEXTS:
                texts_services.add_text(written=text, by=by, at=at)
