"""The documents that a municipality adopts each year: laid in once, readable for ever."""

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from cases.models import MunicipalDocument, User
from cases.rules.municipal_duties import YEARS_BACK, YearlyDuty
from cases.rules.refusal import Refused
from cases.rules.wording import day_text


@dataclass(frozen=True)
class DocumentDetails:
    duty: YearlyDuty
    year: int
    title: str
    adopted_on: date
    text: str = ""
    link: str = ""


class DocumentRefused(Refused):
    """The document cannot be laid in like this."""


@transaction.atomic(durable=True)
def add_document(*, details: DocumentDetails, by: User, at: datetime) -> MunicipalDocument:
    """Lay a document in for the user's municipality. The same once more changes nothing.

    Raises DocumentRefused, ValidationError where it is neither text nor link.
    """
    municipality = by.workplace
    written = asdict(details)
    there = MunicipalDocument.objects.filter(municipality=municipality, duty=details.duty, year=details.year).first()
    if there is not None:
        if all(getattr(there, name) == value for name, value in written.items()):
            return there
        raise DocumentRefused(
            f"Der ligger allerede en {there.get_duty_display()} for {details.year}: »{there.title}«. Vælg et andet år."
        )
    today = timezone.localtime(at).date()
    if details.adopted_on > today:
        raise DocumentRefused(f"Dokumentet kan ikke være vedtaget efter i dag, den {day_text(today)}. Ret datoen.")
    if YEARS_BACK[details.duty] and details.adopted_on.year <= details.year:
        raise DocumentRefused(
            f"En {details.duty.label} for {details.year} kan ikke være vedtaget den "
            f"{day_text(details.adopted_on)}, før året er gået. Ret året eller datoen."
        )
    document = MunicipalDocument(municipality=municipality, **written, added_by=by, added_at=at)
    document.full_clean(exclude=["municipality", "added_by"], validate_unique=False)
    try:
        with transaction.atomic():
            document.save()
    except IntegrityError:
        # Two laid it in at once.
        text = f"Der ligger allerede en {document.get_duty_display()} for {details.year}. Vælg et andet år."
        raise DocumentRefused(text) from None
    return document
