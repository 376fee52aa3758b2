"""What a decision says to the citizen and to the a-kasse: one letter each, as text, on a page and as tagged PDF."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.template.loader import render_to_string

from cases.plans.letters import complaint_part, with_letter
from cases.reminders.letterhead import letter_from
from cases.reminders.messages import Letter as PdfLetter
from cases.reminders.messages import Message
from cases.rules.explanation import Step, from_data, law_only
from cases.rules.rule_book import RuleBook
from cases.rules.wording import counted, day_text
from cases.ui.pdf import Part, Sheet, paragraphs, pdf
from referrals.models import Offer, Referral
from referrals.rules.granting import duty_of, ground_of
from referrals.rules.lifecycle import Recipient, ReferralStatus


def letter_of(referral: Referral, recipient: Recipient) -> Sheet:
    """The letter to that recipient, of a referral that is decided, saved or not yet. Load the case with its parties."""
    case = referral.case
    is_citizen = recipient == Recipient.CITIZEN
    status = ReferralStatus(referral.status)
    offer = referral.get_offer_type_display()
    day = day_text(referral.decided_on)
    municipality = case.municipality
    is_granted = status == ReferralStatus.GRANTED
    title = "tilbuddet er bevilget" if is_granted else "indstillingen er afvist"
    if is_citizen and is_granted:
        result = f"{municipality} har bevilget dig {offer}, som {case.fund} har indstillet dig til."
    elif is_citizen:
        result = f"{municipality} har afvist indstillingen fra {case.fund} om, at du får {offer}."
    else:
        who = f"{case.citizen.name}, sag {case.label}"
        result = (
            f"{municipality} har bevilget {offer} til {who}, efter jeres indstilling."
            if is_granted
            else f"{municipality} har afvist jeres indstilling om, at {who}, får {offer}."
        )
    return letter_from(
        municipality,
        case,
        receiver=case.citizen.name if is_citizen else str(case.fund),
        day=day,
        title=f"{'Afgørelse' if is_citizen else 'Underretning'}: {title}",
        parts=tuple(_parts(referral, result=result, is_citizen=is_citizen)),
        signed_by=f"Afgjort den {day} af {referral.decided_by}, {municipality}",
    )


def _parts(referral: Referral, *, result: str, is_citizen: bool) -> Sequence[Part]:
    is_rejected = referral.status == ReferralStatus.REJECTED
    parts = [
        Part("Afgørelsen", (result,)),
        Part("Det blev foreslået", _proposed(referral)),
        Part("Hovedhensyn", paragraphs(referral.considerations) or _agreed(referral, is_citizen=is_citizen)),
        Part("Oplysninger, der har haft betydning", paragraphs(referral.facts)),
    ]
    if is_rejected and is_citizen:
        parts.append(Part("Det har du sagt til det", paragraphs(referral.party_consultation)))
    parts.append(Part("Reglerne", (*paragraphs(referral.legal_basis), *_rules(referral, is_citizen=is_citizen))))
    if is_citizen and referral.complaint_guidance:
        municipality = referral.case.municipality
        where = f"Send klagen til {municipality}, {municipality.email}, eller ring {municipality.phone_text}."
        parts.append(Part("Sådan klager du", (*referral.complaint_guidance, where)))
    if not is_rejected:
        parts.append(Part("Det sker der nu", ("Kommunen aftaler med borgeren, hvordan tilbuddet begynder.",)))
        if is_citizen:
            parts[-1] = Part("Det sker der nu", ("Vi kontakter dig om, hvordan tilbuddet begynder.",))
    return [part for part in parts if part.paragraphs]


def _proposed(referral: Referral) -> tuple[str, ...]:
    facts = [f"{referral.get_offer_type_display().capitalize()} fra den {day_text(referral.proposed_from)}"]
    if referral.weeks:
        facts.append(f"i {counted(referral.weeks, 'uge', 'uger')}")
    if referral.place:
        facts.append(f"hos {referral.place}")
    return (f"{', '.join(facts)}.", *paragraphs(referral.proposal), *paragraphs(referral.joint_assessment))


def _agreed(referral: Referral, *, is_citizen: bool) -> tuple[str, ...]:
    """Why an offer is granted where the decision says nothing more: the municipality follows the recommendation."""
    if referral.status != ReferralStatus.GRANTED:
        return ()
    who = "du og din a-kasse" if is_citizen else "I og borgeren"
    return (f"Kommunen har lagt vægt på den vurdering, som {who} har lavet sammen, og er enig i den.",)


def _rules(referral: Referral, *, is_citizen: bool) -> tuple[str, ...]:
    """What the rules say; each is named once, and what the decision names itself is not named again."""
    return _sentences(from_data(referral.rules), said=referral.legal_basis) if is_citizen else ()


def _sentences(steps: Iterable[Step], *, said: str = "") -> tuple[str, ...]:
    sentences = []
    for step in steps:
        new = [one for one in law_only(step.legal_basis).split("; ") if one and one not in said]
        sentences.append(f"{step.text.removesuffix('.')} ({'; '.join(new)})." if new else step.text)
        said += step.legal_basis
    return tuple(sentences)


def file_name(referral: Referral) -> str:
    """A name for the file: the case number, and nothing of the citizen."""
    return f"afgoerelse-{referral.case.label}.pdf"


def message_to_citizen(referral: Referral, *, key: str, at: datetime) -> Message:
    """The decision for the closed mailbox; what is shown before it is opened tells no cause."""
    municipality = referral.case.municipality
    return Message(
        key=key,
        sender=municipality,
        at=at,
        subject=f"Brev fra {municipality}",
        text=render_to_string("emails/decision.txt", {"case": referral.case, "organisation": municipality}),
        letter=PdfLetter(name=file_name(referral), content=pdf(letter_of(referral, Recipient.CITIZEN))),
    )


def offer_letter(offer: Offer, *, book: RuleBook) -> Sheet:
    """The decision of an offer granted without a referral. Load its case with the parties, and who granted it."""
    case, municipality = offer.case, offer.case.municipality
    first, last = offer.period.start, offer.period.last_day
    until = f" til og med den {day_text(last)}" if last else ""
    where = f" hos {offer.employer}" if offer.employer else ""
    days = f"fra den {day_text(first)}{until}"
    why = "Kommunen har lagt vægt på, at tilbuddet kan hjælpe dig videre mod et job."
    rules = [ground_of(offer.type, starts_on=first, book=book)]
    if offer.counts:
        rules.append(duty_of(course_start=case.placed_on, book=book))
    return letter_from(
        municipality,
        case,
        day=day_text(offer.granted_on),
        title="Afgørelse: tilbuddet er bevilget",
        parts=(
            Part("Afgørelsen", (f"{municipality} har bevilget dig {offer.get_type_display()} {days}{where}.",)),
            Part("Hovedhensyn", (why,)),
            Part("Reglerne", _sentences(rules)),
            Part("Sådan klager du", complaint_part(municipality, decided_on=offer.granted_on, book=book)),
        ),
        signed_by=f"Afgjort den {day_text(offer.granted_on)} af {offer.granted_by}, {municipality}",
    )


def offer_message(offer: Offer, *, key: str, book: RuleBook, at: datetime) -> Message:
    """The letter of an offer, for the closed mailbox."""
    case = offer.case
    name = f"afgoerelse-{case.label}-tilbud-{offer.pk}"
    sheet = offer_letter(offer, book=book)
    return with_letter(sheet, key=key, case=case, sender=case.municipality, name=name, at=at)
