"""How the rows of a joint action name talks."""

from meetings.models import Meeting


def in_sentence(talk: Meeting) -> str:
    """The name of the talk in the middle of a sentence: »jobsamtale den 12-05-2026 kl. 10.00«."""
    return talk.title[0].lower() + talk.title[1:]


def told_at_once(talk: Meeting) -> str:
    """The warning that the citizen is told of a change of this talk at once."""
    return f"{talk.title} er inden for et døgn: borgeren får besked med det samme, og det kan ikke fortrydes."
