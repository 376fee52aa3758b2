"""What a decision says to the citizen and to the a-kasse: one letter each, as text, on a page and as tagged PDF."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import typst
from django.template.loader import render_to_string
from django.utils import timezone

from cases.models import User
from cases.post import Letter as PdfLetter
from cases.post import Message
from cases.rules.danish import counted, day_text
from cases.rules.explanation import from_data
from referrals.models import Referral
from referrals.rules.lifecycle import Recipient, ReferralStatus

_TEMPLATE = Path(__file__).with_name("letter.typ").read_bytes()

_RESULTS = {ReferralStatus.GRANTED: "bevilget", ReferralStatus.REJECTED: "afvist"}


class Part(NamedTuple):
    """A heading of a letter and what stands under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Letter:
    """One letter of a decision, ready to be shown or set."""

    sender: str
    address: str
    receiver: str
    reference: str
    day: str
    title: str
    parts: tuple[Part, ...]
    signed_by: str


def letter_of(
    referral: Referral, recipient: Recipient, *, at: datetime | None = None, by: User | None = None
) -> Letter:
    """The letter to that recipient. Load the case with its parties.

    A decision that is being written has no moment and no decider yet: then they are given, and `referral` holds what
    was typed, unsaved.
    """
    decided_at, decided_by = referral.decided_at or at, referral.decided_by or by
    assert decided_at is not None
    case = referral.case
    is_citizen = recipient == Recipient.CITIZEN
    status = ReferralStatus(referral.status)
    offer = referral.get_offer_type_display()
    day = day_text(timezone.localtime(decided_at).date())
    municipality = case.municipality
    if is_citizen:
        result = f"{municipality} har {_RESULTS[status]} indstillingen fra {case.fund} om, at du får {offer}."
    else:
        result = (
            f"{municipality} har {_RESULTS[status]} jeres indstilling om, at {case.citizen.name}, sag {case.label}, "
            f"får {offer}."
        )
    return Letter(
        sender=municipality.name,
        address=f"Telefon {municipality.phone}, {municipality.email}",
        receiver=case.citizen.name if is_citizen else str(case.fund),
        reference=f"Sag {case.label}",
        day=day,
        title=f"Afgørelse: indstillingen er {_RESULTS[status]}"
        if is_citizen
        else f"Underretning: indstillingen er {_RESULTS[status]}",
        parts=tuple(_parts(referral, result=result, is_citizen=is_citizen)),
        signed_by=f"Afgjort den {day} af {decided_by}, {municipality}",
    )


def _parts(referral: Referral, *, result: str, is_citizen: bool) -> Sequence[Part]:
    is_rejected = referral.status == ReferralStatus.REJECTED
    parts = [
        Part("Afgørelsen", (result,)),
        Part("Det blev foreslået", _proposed(referral)),
        Part("Hovedhensyn", _paragraphs(referral.considerations)),
        Part("Oplysninger, der har haft betydning", _paragraphs(referral.facts)),
    ]
    if is_rejected and is_citizen:
        parts.append(Part("Det har du sagt til det", _paragraphs(referral.party_consultation)))
    parts.append(Part("Reglerne", (*_paragraphs(referral.legal_basis), *_rules(referral, is_citizen=is_citizen))))
    if is_citizen and referral.complaint_guidance:
        municipality = referral.case.municipality
        where = f"Send klagen til {municipality}, {municipality.email}, eller ring {municipality.phone}."
        parts.append(Part("Sådan klager du", (*referral.complaint_guidance, where)))
    if not is_rejected:
        parts.append(Part("Det sker der nu", ("Kommunen aftaler med borgeren, hvordan tilbuddet begynder.",)))
        if is_citizen:
            parts[-1] = Part("Det sker der nu", ("Vi kontakter dig om, hvordan tilbuddet begynder.",))
    return [part for part in parts if part.paragraphs]


def _proposed(referral: Referral) -> tuple[str, ...]:
    assert referral.starts_on is not None
    facts = [f"{referral.get_offer_type_display().capitalize()} fra den {day_text(referral.starts_on)}"]
    if referral.weeks:
        facts.append(f"i {counted(referral.weeks, 'uge', 'uger')}")
    if referral.place:
        facts.append(f"hos {referral.place}")
    return (f"{', '.join(facts)}.", *_paragraphs(referral.proposal), *_paragraphs(referral.joint_assessment))


def _rules(referral: Referral, *, is_citizen: bool) -> tuple[str, ...]:
    if not is_citizen:
        return ()
    return tuple(f"{step.text} ({step.legal_basis})" for step in from_data(referral.rules))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def pdf(letter: Letter) -> bytes:
    """The letter as PDF/UA-1: tagged, in Danish, with a title. It goes in as data: nothing in it is markup."""
    data: Mapping[str, object] = asdict(letter) | {
        "parts": [{"heading": part.heading, "paragraphs": part.paragraphs} for part in letter.parts]
    }
    made: bytes = typst.compile(
        _TEMPLATE, sys_inputs={"letter": json.dumps(data)}, pdf_standards=["ua-1"], ignore_system_fonts=True
    )
    return made


def file_name(referral: Referral) -> str:
    """A name for the file: the case number, and nothing of the citizen."""
    return f"afgoerelse-{referral.case.label}.pdf"


def message_to_citizen(referral: Referral, *, key: str) -> Message:
    """The decision for the closed mailbox; what is shown before it is opened tells no cause."""
    municipality = referral.case.municipality
    return Message(
        key=key,
        sender=municipality,
        subject=f"Brev fra {municipality}",
        text=render_to_string("emails/decision.txt", {"case": referral.case, "organisation": municipality}),
        letter=PdfLetter(name=file_name(referral), content=pdf(letter_of(referral, Recipient.CITIZEN))),
    )
