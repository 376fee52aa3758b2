"""What an adviser proposes and a caseworker answers."""

from datetime import date

from referrals.referral.deciding import Reasons
from referrals.referral.writing import Proposal

PROPOSAL = Proposal(
    offer_type="internship",
    starts_on=date(2026, 6, 1),
    weeks=4,
    place="Bageriet Prøvebrød",
    proposal="Praktik i butikken med henblik på et job.",
    joint_assessment="Borgeren har brug for at prøve branchen af.",
    citizen_agrees=True,
)
REASONS = Reasons(
    considerations="Vi har lagt vægt på, at butikken ikke søger medarbejdere.",
    facts="Butikken har oplyst, at den lukker til sommer.",
    legal_basis="Lov om en aktiv beskæftigelsesindsats, kapitel 11",
    party_consultation="Borgeren har fået oplysningen og havde ingen bemærkninger.",
)
