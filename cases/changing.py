"""What all changes of a case share: its lock, its version, who may have it, and the reasons to refuse."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Field, Model

from cases.models import Act, Case, Citizen, User
from cases.models.events import EventQuerySet
from cases.rules.declaring import CaseDates
from cases.rules.parameters import TARGET_GROUPS
from cases.rules.refusal import Refused, Stale
from cases.rules.rule_book import RuleBook
from cases.rules.target_group import require_group
from cases.rules.wording import day_text
from cases.statements import Statement

#: What the law of the day of placement must have rules for, and that day.
MUST_BE_KNOWN = frozenset({"target_group", "is_trial", "placed_on"})


class CitizenHasOpenCase(Refused):
    """One spell of unemployment at a time."""


class CitizenIsDead(Refused):
    """An earlier case says so: a new one is opened only by whoever has weighed it."""


class StaleForm(Stale):
    """Somebody changed the case after the form was opened."""


class NoRules(Refused):
    """The course would have begun before any rule was in force."""


class AlreadyClosed(Refused):
    """A closed case is not changed."""


class HandoverRefused(Refused):
    """The course cannot pass on, or be received, like this."""


class WrongParty(Refused):
    """The organisation or the worker is no party to the case."""


_CASES = Statement(lambda _, *, case: Case.objects.with_parties().select_related("handover").filter(pk=case))


def with_parties(case_id: int) -> Case:
    """The case with its citizen, its parties, their people and its handover. Raises Case.DoesNotExist."""
    # To find out how eight tables are joined takes longer than to read one row of each: it is found out once.
    for case in _CASES.rows(None, case=case_id):
        return case
    raise Case.DoesNotExist


def locked(case_id: int) -> Case:
    """The case, open or closed, locked, and read after that as `with_parties` does. Raises Case.DoesNotExist."""
    Case.objects.filter(pk=case_id).lock()
    return with_parties(case_id)


def lock(case_id: int, version: int | None = None) -> Case:
    """The open case, locked; with the version the user saw, it must still be that one."""
    case = locked(case_id)
    if not case.is_open:
        raise AlreadyClosed("Sagen er afsluttet og kan ikke ændres.")
    check_version(case, version)
    return case


def lock_people(citizen_ids: Collection[int]) -> dict[int, Citizen]:
    """The citizens, locked after all their cases, as every change of a case locks them."""
    list(Case.objects.select_for_update(of=("self",)).filter(citizen__in=citizen_ids).order_by("pk"))
    return {one.pk: one for one in Citizen.objects.select_for_update().filter(pk__in=citizen_ids).order_by("pk")}


def lock_people_of(*case_ids: int) -> list[Citizen]:
    """The citizens of the cases, locked as above. Raises StaleForm where a case got another record meanwhile."""
    cases = Case.objects.filter(pk__in=case_ids).values_list("pk", "citizen_id")
    locked = lock_people(set(dict(cases).values()))
    now = dict(cases.all())
    if not locked.keys() >= set(now.values()):
        raise StaleForm("En anden har netop samlet borgerens poster eller skilt dem ad. Hent siden igen, og prøv igen.")
    return [locked[now[case_id]] for case_id in case_ids]


def check_version(case: Case, version: int | None) -> None:
    """Refuse a change that builds on an older version than the one there is."""
    if version is not None and version != case.version:
        # Each version goes with one event of ours.
        newer = case.events.for_case(case).filter(kind__startswith="cases.")[: max(case.version - version, 0)]
        raise StaleForm(
            "En anden har rettet sagen, efter at du åbnede siden. Se de nye oplysninger, og prøv igen.",
            newest=case.version,
            events=list(newer),
        )


def newest(about: EventQuerySet) -> int:
    """What a form was filled in on that changes one thing of a case: the number of the latest event about it."""
    return about.order_by("-pk").values_list("pk", flat=True).first() or 0


def check_newest(about: EventQuerySet, seen: int | None) -> None:
    """Refuse a change that builds on less than what has been done about the thing."""
    unseen = about.none() if seen is None else about.filter(pk__gt=seen)
    newer = list(unseen.select_related("by__organisation").order_by("-pk"))
    if newer:
        text = "En anden har rettet det, efter at du åbnede siden. Se, hvad der er ændret, og gem igen."
        raise StaleForm(text, newest=newer[0].pk, events=newer)


def touch(case: Case) -> None:
    """Something that belongs to the case was changed: the next version."""
    save(case, [])


def save(case: Case, fields: list[str]) -> None:
    """Save these fields as the next version. Each version goes with exactly one event of ours."""
    case.version += 1
    case.save(update_fields=[*fields, "version"])


def active_users(ids: Collection[int]) -> dict[int, User]:
    """Those of these users who are not disabled, each by their number and with their organisation, if they have one."""
    return User.objects.select_related("organisation").filter(is_active=True).in_bulk(ids) if ids else {}


def worker_among(worker: User | None, *, among: tuple[int | None, ...]) -> User:
    """The worker, an active adviser or caseworker of one of these organisations. Raises WrongParty."""
    if worker is None or worker.organisation_id is None or worker.organisation_id not in among:
        raise WrongParty("Medarbejderen arbejder ikke i en af sagens to organisationer. Vælg en anden.")
    return worker


def find_worker(worker_id: int, *, among: tuple[int | None, ...]) -> User:
    """An active adviser or caseworker of one of these organisations. Raises WrongParty."""
    return worker_among(active_users([worker_id]).get(worker_id), among=among)


def set_worker(case: Case, worker: User) -> None:
    """Let the worker have the case in their own organisation."""
    set_worker_of(worker.organisation_id, case, worker)


def set_worker_of(organisation_id: int | None, case: Case, worker: User | None) -> None:
    """Let the worker, or nobody, have the case in that organisation."""
    if organisation_id == case.fund_id:
        case.fund_adviser = worker
    else:
        case.municipality_caseworker = worker


def check_course(case: Case, *, changed: Collection[str] = MUST_BE_KNOWN) -> None:
    """Refuse, before anything is saved, what the database or the rules would refuse."""
    case.validate_constraints()
    check_law(case, Act.objects.rule_book(), changed=changed)


def check_law(case: Case, book: RuleBook, *, changed: Collection[str] = MUST_BE_KNOWN) -> None:
    """Refuse what no rule answers; an old case keeps the group and the trial that it has."""
    first_day = min((act.in_force_on for act in book.acts), default=case.placed_on)
    if case.placed_on < first_day:
        raise NoRules(
            f"Ingen regler er i kraft den {day_text(case.placed_on)}. De første gælder fra den {day_text(first_day)}. "
            "Ret indplaceringen."
        )
    if MUST_BE_KNOWN.intersection(changed):
        require_group(target_group=case.target_group, is_trial=case.is_trial, placed_on=case.placed_on, book=book)
    groups = book.in_force(TARGET_GROUPS, CaseDates(course_start=case.placed_on))
    if case.fund_id is None and case.target_group in groups.value:
        raise WrongParty(
            f"Borgere i målgruppe »{case.get_target_group_display()}« er medlem af en a-kasse. Vælg a-kassen, eller "
            "ret målgruppen."
        )


def field_of(model: type[Model], name: str) -> "Field[Any, Any]":
    """The column of that name."""
    field = model._meta.get_field(name)
    assert isinstance(field, Field)
    return field


def label_of(model: type[Model], name: str) -> str:
    """What a field is called in the history."""
    return str(field_of(model, name).verbose_name)


def shown(case: Case, field: str) -> str:
    """What the case says in the field, in Danish."""
    display = getattr(case, f"get_{field}_display", None)
    value = display() if display else getattr(case, field)
    if isinstance(value, bool):
        return "ja" if value else "nej"
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else str(value)
