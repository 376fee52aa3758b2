"""What is to be read on paper is set before it is saved: nothing is decided that cannot be told."""

from cases.rules.refusal import Refused
from cases.ui import pdf


class NotOnPaper(Refused):
    """The text cannot be set as a letter."""


def require_paper(*sheets: pdf.Sheet) -> None:
    """Raises NotOnPaper when one of them cannot be set."""
    try:
        for one in sheets:
            pdf.pdf(one)
    except pdf.CannotBeSet:
        raise NotOnPaper(
            "Teksten kan ikke sættes som brev, så intet er gemt: den har for mange tegn, som ingen skrift kender. "
            "Skriv det, der er kopieret ind fra et andet program, med almindelige bogstaver."
        ) from None
