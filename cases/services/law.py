"""The one way from a draft to law: a second person publishes it, with a reason."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from cases.models import Act, ActValue, User
from cases.models.law import ActStatus
from cases.rules.danish import day_text
from cases.rules.period import add_months

#: A day in force further ahead than this is more often a slip of the keys than a law.
FAR_AHEAD_MONTHS = 24


class Refused(Exception):
    """The change cannot be made; the message is one Danish sentence for the administrator."""


class AlreadyPublished(Refused):
    """A published act never changes."""


class SamePerson(Refused):
    """The one who wrote a draft does not publish it."""


class ReasonMissing(Refused):
    """Nobody publishes without saying why."""


class FarDate(Refused):
    """The day in force is far ahead, and nobody has confirmed that it is meant."""


class UnreadableValue(Refused):
    """A value of the draft is one that no rule can read."""


@transaction.atomic(durable=True)
def create_draft(*, title: str, reference: str, in_force_on: date, corrects: str = "", by: User) -> Act:
    """A new draft; with the key of a value in force, the draft begins with that value, ready to be changed.

    Raises KeyError when no published act sets that key on that day.
    """
    act = Act(title=title, reference=reference, in_force_on=in_force_on, drafted_by=by)
    act.slug = free_slug(act)
    act.save()
    if corrects:
        old = value_in_force(key=corrects, on=in_force_on)
        ActValue.objects.create(
            act=act, key=old.key, text=old.text, legal_basis=old.legal_basis, certainty=old.certainty, note=old.note
        )
    return act


@transaction.atomic(durable=True)
def publish(*, act_id: int, reason: str, is_far_date_confirmed: bool, by: User, at: datetime) -> Act:
    """Make the draft law: from now on it never changes, and it counts from its day in force.

    Raises AlreadyPublished, SamePerson, ReasonMissing, FarDate, UnreadableValue.
    """
    act = Act.objects.select_for_update().get(pk=act_id)
    reason = reason.strip()
    if not act.is_draft:
        raise AlreadyPublished(
            "Loven er allerede offentliggjort. Er der en fejl i den, så skriv en ny lov med samme ikrafttrædelse."
        )
    if act.drafted_by_id == by.pk:
        raise SamePerson("Du har selv skrevet kladden. Bed en anden administrator om at læse og offentliggøre den.")
    if not reason:
        raise ReasonMissing("Skriv, hvorfor loven offentliggøres, og hvem der har kontrolleret den.")
    if is_far_ahead(act, today=timezone.localtime(at).date()) and not is_far_date_confirmed:
        raise FarDate(
            f"Loven træder først i kraft den {day_text(act.in_force_on)}. Sæt kryds, hvis datoen er rigtig; "
            "ret kladden, hvis den ikke er."
        )
    for value in act.values.all():
        _require_readable(value)
    act.status = ActStatus.PUBLISHED
    act.published_by, act.published_at, act.publish_reason = by, at, reason
    act.save(update_fields=["status", "published_by", "published_at", "publish_reason"])
    return act


def is_far_ahead(act: Act, *, today: date) -> bool:
    """Whether the day in force must be confirmed."""
    return act.in_force_on > add_months(today, FAR_AHEAD_MONTHS)


def value_in_force(*, key: str, on: date) -> ActValue:
    """The stored value behind what the rule book reads on that day. Raises KeyError when there is none."""
    value = (
        ActValue.objects.filter(key=key, act__status=ActStatus.PUBLISHED, act__in_force_on__lte=on)
        .order_by("-act__in_force_on", "-act__published_at", "-act__pk")
        .first()
    )
    if value is None:
        raise KeyError(key)
    return value


def free_slug(act: Act) -> str:
    """A short name for a new act, from its title and day, that no other act has."""
    title = slugify(act.title.lower().translate({230: "ae", 248: "oe", 229: "aa"}))[:45].strip("-")
    stem = f"{title}-{act.in_force_on.isoformat()}"
    taken = set(Act.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    return next(slug for slug in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _require_readable(value: ActValue) -> None:
    try:
        value.clean()
    except ValidationError as error:
        raise UnreadableValue(
            f"Værdien »{value.key}« kan ikke læses: {' '.join(error.messages)} Ret kladden."
        ) from None
