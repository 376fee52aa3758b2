"""The standard texts of an office are written, changed, put away and taken up again."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from cases.models import Organisation, StandardText, User
from cases.rules.refusal import Refused, Stale
from cases.rules.text_use import TextUse


@dataclass(frozen=True)
class WrittenText:
    use: TextUse
    title: str
    text: str


class TitleTaken(Refused):
    """The office has another text of that title for the same use."""

    field = "title"


@transaction.atomic(durable=True)
def add_text(*, written: WrittenText, by: User, at: datetime) -> StandardText:
    """Keep a text for the user's office. The same once more changes nothing. Raises TitleTaken."""
    same = StandardText.objects.visible_to(by).in_use().filter(use=written.use, title=written.title, text=written.text)
    return same.first() or _save(StandardText(organisation=_office(by)), written, by=by, at=at)


@transaction.atomic(durable=True)
def change_text(*, text_id: int, written: WrittenText, version: int, by: User, at: datetime) -> StandardText:
    """Write the text anew; what was sent with it stays as it was sent. Raises Stale and TitleTaken.

    Writing what stands there already changes nothing.
    """
    text = StandardText.objects.select_for_update(of=("self",)).select_related("written_by").get(pk=text_id)
    if (text.use, text.title, text.text) == (written.use, written.title, written.text):
        return text
    if text.version != version:
        raise Stale(f"{text.written_by} har rettet teksten, efter at du åbnede siden.", newest=text.version)
    text.version += 1
    return _save(text, written, by=by, at=at)


@transaction.atomic(durable=True)
def use_text(*, text_id: int, is_used: bool) -> StandardText:
    """Put the text away, or take it up again."""
    text = StandardText.objects.select_for_update().get(pk=text_id)
    text.is_retired = not is_used
    text.save(update_fields=["is_retired"])
    return text


def _office(by: User) -> Organisation:
    return by.workplace


def _save(text: StandardText, written: WrittenText, *, by: User, at: datetime) -> StandardText:
    text.use, text.title, text.text = str(written.use), written.title, written.text
    text.written_by, text.written_at = by, at
    try:
        with transaction.atomic():
            text.save()
    except IntegrityError:
        raise TitleTaken(
            f"Der er allerede en tekst med titlen »{written.title}« til det brug. Vælg en anden titel, eller ret den, "
            "der er."
        ) from None
    return text
