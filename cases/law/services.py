"""The one way from a draft to law: a second person publishes it, with a reason."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import slugify

from cases import seam
from cases.law.checks import act_parts, is_far_ahead, problems_of
from cases.models import Act, ActValue, User
from cases.models.law import ActStatus, ActWithdrawal, RunningCourses
from cases.rules.refusal import Refused
from cases.rules.wording import counted, day_text


class AlreadyPublished(Refused):
    """A published act never changes."""


class SamePerson(Refused):
    """The one who wrote a draft does not publish it."""


class ReasonMissing(Refused):
    """Nobody publishes without saying why."""


class NobodyVouches(Refused):
    """The draft came with the program, and nobody here has taken it upon himself."""


class PastDate(Refused):
    """The day in force has passed, and nobody has confirmed what the act does to what has happened since."""


class FarDate(Refused):
    """The day in force is far ahead, and nobody has confirmed that it is meant."""


class UnreadableValue(Refused):
    """A value of the draft is one that no rule can read."""


class NotPublished(Refused):
    """Only what counts can be withdrawn."""


class DayHasCome(Refused):
    """An act that has ruled cases is mended by a new one."""


class AlreadyWithdrawn(Refused):
    """The act counts no more already."""


class Contradictory(Refused):
    """The law would be missing something, or contradict itself."""


class ChangedSinceRead(Refused):
    """The draft is not the one that was read by whoever changes or publishes it."""


class DraftIsGone(Refused):
    """Somebody has deleted the draft."""


#: The law as one thing to wait for: publishing has it alone, whoever writes by the law shares it.
_LAW_LOCK = 20_260_701


def tell_law_changed(act: Act, *, by: User | None, at: datetime) -> None:
    """Tell of an act that came to count, or no longer does, in the transaction that made it so."""
    for app in seam.INSTALLED:
        for listener in app.law.on_change:
            listener(act, by, at)


def hold_law_still() -> None:
    """Let no act be published or withdrawn before this transaction ends; read the law after calling this.

    Lock the cases first: who waits for a case must not keep the law from changing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LAW_LOCK])


def change_law_alone() -> None:
    """Wait for all who hold the law still, and keep others from it until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LAW_LOCK])


@transaction.atomic(durable=True)
def create_draft(
    *,
    title: str,
    reference: str,
    in_force_on: date,
    running_courses: str = RunningCourses.KEEP,
    copy_of: Act | None = None,
    corrects: str = "",
    by: User,
) -> Act:
    """A new draft: from nothing, as a copy of another act, or with the value in force of one key, ready to be changed.

    Beginning the same again leads to the draft begun first, as long as nobody has changed it.
    Raises KeyError when no published act sets that key on that day.
    """
    # One draft of a user at a time: the second sees the first.
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    act = Act(
        title=title, reference=reference, in_force_on=in_force_on, running_courses=str(running_courses), drafted_by=by
    )
    act.slug = free_slug(act)
    if copy_of is not None:
        act.source_url, act.note = copy_of.source_url, copy_of.note
    act.save()
    act.writers.add(by)
    if copy_of is not None:
        _copy(copy_of, act, *act_parts())
    if corrects:
        old = value_in_force(key=corrects, on=in_force_on)
        ActValue.objects.create(
            act=act, key=old.key, text=old.text, legal_basis=old.legal_basis, certainty=old.certainty, note=old.note
        )
    same = _begun_alike(act)
    if same is None:
        return act
    act.delete()
    return same


def _begun_alike(draft: Act) -> Act | None:
    """Another draft of the same person that says the same, word by word."""
    facts = ("title", "reference", "in_force_on", "running_courses", "drafted_by", "source_url", "note", "is_adopted")
    others = Act.objects.filter(status=draft.status, **{name: getattr(draft, name) for name in facts})
    content = _content_of(draft)
    return next((one for one in others.exclude(pk=draft.pk) if _content_of(one) == content), None)


def _content_of(act: Act) -> list[list[tuple[Any, ...]]]:
    """What hangs on the act, whichever act it is."""
    content = []
    for part in act_parts():
        rows = getattr(act, part)
        names = [field.attname for field in rows.model._meta.concrete_fields if field.name not in ("id", "act")]
        content.append(sorted(rows.values_list(*names), key=repr))
    return content


@transaction.atomic
def fill_part(*, act_id: int, part: str, source: Act, by: User) -> Act:
    """Copy what hangs on another act to a draft that has nothing of it yet, beside what its form has just saved.

    Raises AlreadyPublished, DraftIsGone.
    """
    act = hold_draft(act_id=act_id)
    if not getattr(act, part).exists():
        _copy(source, act, part)
        wrote(act=act, by=by)
    return act


def wrote(*, act: Act, by: User) -> None:
    """Note who changed a draft, or vouches for one that came with the program: a writer never publishes it."""
    act.drafted_by = by
    act.save(update_fields=["drafted_by"])
    act.writers.add(by)


def has_written(act: Act, by: User) -> bool:
    """Whether a person has changed the draft, whoever changed it last."""
    return act.drafted_by_id == by.pk or act.writers.filter(pk=by.pk).exists()


def make_sketch_of_wrong(*, act: Act, today: date) -> bool:
    """Show a draft that cannot be law to administrators alone, whatever it is marked as; tells whether it was."""
    if not act.is_adopted or not any(problem.is_error for problem in problems_of(act, today=today)):
        return False
    act.is_adopted = False
    act.save(update_fields=["is_adopted"])
    return True


def hold_draft(*, act_id: int, as_read: str | None = None) -> Act:
    """Lock a draft in the caller's transaction: nobody publishes it, or changes it, in the middle of a change.

    With the fingerprint of the draft as it was read, one that was changed since is refused: of two who have the form
    open, the last would else undo what the first saved. Raises AlreadyPublished, DraftIsGone, ChangedSinceRead.
    """
    act = Act.objects.select_for_update(of=("self",)).select_related("drafted_by").filter(pk=act_id).first()
    if act is None:
        raise DraftIsGone("Kladden er slettet, siden du åbnede siden. Intet er gemt.")
    if not act.is_draft:
        raise AlreadyPublished("Loven er offentliggjort, siden du åbnede siden, og ændres aldrig. Intet er gemt.")
    if as_read is not None and as_read != fingerprint_of(act):
        by = act.drafted_by
        who = f" af {by.get_full_name() or by.username}" if by else ""
        raise ChangedSinceRead(
            f"Kladden er rettet{who}, siden du åbnede siden. Dine rettelser er ikke gemt, men står endnu i felterne. "
            "Åbn kladden i et nyt vindue, og skriv dem der."
        )
    return act


def _copy(source: Act, draft: Act, *parts: str) -> None:
    for part in parts:
        rows = list(getattr(source, part).all())
        for row in rows:
            row.pk, row.act = None, draft
        getattr(draft, part).bulk_create(rows)


def _require_consistent(act: Act, *, today: date) -> None:
    errors = [problem.text for problem in problems_of(act, today=today) if problem.is_error]
    if errors:
        more = len(errors) - 1
        rest = f" Der er {counted(more, 'fejl', 'fejl')} mere." if more else ""
        raise Contradictory(f"Loven kan ikke offentliggøres. {errors[0]}{rest}")


@transaction.atomic(durable=True)
def publish(
    *, act_id: int, reason: str, is_day_confirmed: bool, by: User, at: datetime, as_read: str | None = None
) -> Act:
    """Make the draft law: from now on it never changes, and it counts from its day in force.

    With the fingerprint of the draft as it was read, one that was changed since is refused. Raises AlreadyPublished,
    SamePerson, NobodyVouches, ChangedSinceRead, ReasonMissing, PastDate, FarDate, UnreadableValue, Contradictory.
    """
    change_law_alone()
    act = Act.objects.select_for_update().get(pk=act_id)
    reason = reason.strip()
    if not act.is_draft:
        raise AlreadyPublished(
            "Loven er allerede offentliggjort. Er der en fejl i den, så skriv en ny lov med samme ikrafttrædelse."
        )
    if has_written(act, by):
        raise SamePerson("Du har selv skrevet i kladden. Bed en anden administrator om at læse og offentliggøre den.")
    if act.drafted_by_id is None:
        raise NobodyVouches(
            "Kladden følger med programmet, og ingen her har kontrolleret den. Én administrator kontrollerer den på "
            "kladdens side, og en anden offentliggør den."
        )
    if as_read is not None and as_read != fingerprint_of(act):
        raise ChangedSinceRead("Kladden er rettet, siden du åbnede siden. Læs den igen, og offentliggør den så.")
    if not reason:
        raise ReasonMissing("Skriv, hvorfor loven offentliggøres, og hvem der har kontrolleret den.")
    today = timezone.localtime(at).date()
    if act.in_force_on < today and not is_day_confirmed:
        raise PastDate(
            f"Loven gælder tilbage fra den {day_text(act.in_force_on)}, og det, der er sket siden, bliver bedømt efter "
            "den. Se, hvad den flytter, og sæt kryds, hvis det er meningen; ret kladden, hvis det ikke er."
        )
    if is_far_ahead(act, today=today) and not is_day_confirmed:
        raise FarDate(
            f"Loven træder først i kraft den {day_text(act.in_force_on)}. Sæt kryds, hvis datoen er rigtig; "
            "ret kladden, hvis den ikke er."
        )
    for value in act.values.all():
        _require_readable(value)
    _require_consistent(act, today=today)
    act.status = ActStatus.PUBLISHED
    act.published_by, act.published_at, act.publish_reason = by, at, reason
    act.save(update_fields=["status", "published_by", "published_at", "publish_reason"])
    tell_law_changed(act, by=by, at=at)
    return act


@transaction.atomic(durable=True)
def withdraw(*, act_id: int, reason: str, by: User, at: datetime) -> Act:
    """Take a published act back before its day: it stays readable, and the cases go back to the law without it.

    Raises NotPublished, AlreadyWithdrawn, DayHasCome, ReasonMissing.
    """
    change_law_alone()
    act = Act.objects.select_for_update(of=("self",)).select_related("withdrawal").get(pk=act_id)
    reason = reason.strip()
    if act.is_draft:
        raise NotPublished("Loven er en kladde og gælder ikke endnu. Ret eller slet kladden i stedet.")
    if act.withdrawn is not None:
        raise AlreadyWithdrawn("Loven er allerede trukket tilbage og gælder ikke.")
    if act.in_force_on <= timezone.localtime(at).date():
        raise DayHasCome(
            f"Loven er trådt i kraft den {day_text(act.in_force_on)} og kan ikke trækkes tilbage. Skriv en ny lov med "
            "samme ikrafttrædelse, som retter fejlen."
        )
    if not reason:
        raise ReasonMissing("Skriv, hvorfor loven trækkes tilbage.")
    act.withdrawal = ActWithdrawal.objects.create(act=act, at=at, by=by, reason=reason)
    tell_law_changed(act, by=by, at=at)
    return act


def fingerprint_of(act: Act) -> str:
    """Return a hash of the act with its values and rows; it changes when anything of them does."""
    fields = ("title", "reference", "in_force_on", "running_courses", "is_adopted", "source_url", "note")
    told = [getattr(act, name) for name in fields]
    parts = [list(getattr(act, part).order_by("pk").values_list()) for part in act_parts()]
    return sha256(repr((told, parts)).encode()).hexdigest()


def value_in_force(*, key: str, on: date) -> ActValue:
    """The stored value behind what the rule book reads on that day. Raises KeyError when there is none."""
    value = (
        ActValue.objects.filter(key=key, act__in=Act.objects.published(), act__in_force_on__lte=on)
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
