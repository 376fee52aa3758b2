"""Somebody held the values against the law, and says so."""

from datetime import datetime

from django.db import transaction

from cases.law.services import ReasonMissing
from cases.models import LawReview, User


@transaction.atomic(durable=True)
def record(*, note: str, by: User, at: datetime) -> LawReview:
    """Record that somebody checked values against the law; the note says which, against what. Raises ReasonMissing."""
    note = note.strip()
    if not note:
        raise ReasonMissing("Skriv, hvad der er kontrolleret.")
    return LawReview.objects.create(at=at, by=by, note=note)
