"""The CPR number of a citizen changes, and the one before still finds the same person."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Min

from cases import wall
from cases.changing import check_version, lock_people_of, touch, with_parties
from cases.history import events as history_events
from cases.history.undo import CannotBeUndone
from cases.models import Case, Citizen, CitizenNumber, Event, User
from cases.people import cpr
from cases.rules.refusal import Refused
from cases.rules.wording import day_text


class NumberRefused(Refused):
    """The number cannot be the citizen's new one."""

    field = "cpr_number"


class NumberTaken(NumberRefused):
    """Another citizen has it: the same person twice, or a slip. It names a case of that citizen if one is given."""

    def __init__(self, case: Case | None) -> None:
        self.case = case
        super().__init__(
            f"Nummeret hører til borgeren i sag {case.label}. Kontrollér tallene. Er det den samme borger, så saml de "
            "to poster."
            if case
            else "Nummeret hører til en anden borger, som ikke er jeres. Kontrollér tallene. Er de rigtige, så spørg "
            "borgerens a-kasse eller jobcenter."
        )


class DayOfNumber(Refused):
    """The number cannot have come into force that day."""

    field = "on"


@wall.lifted()
@transaction.atomic(durable=True)
def change_number(
    *,
    case_id: int,
    version: int,
    number: cpr.Cpr,
    on: date | None,
    is_slip: bool,
    reason: str,
    by: User,
    at: datetime,
) -> Case:
    """Give the citizen a new number from a day on, or the right one instead of a slip; each case is told of it.

    A number that was the citizen's still finds the same person; one that never was finds nobody any more.
    The number in force once more changes nothing. Raises StaleForm, NumberRefused, NumberTaken and DayOfNumber.
    """
    (citizen,) = lock_people_of(case_id)
    case = with_parties(case_id)
    if citizen.has_now(number):
        raise NumberRefused("Det er det nummer, borgeren har nu. Skriv det nye nummer.")
    check_version(case, version)
    was = CitizenNumber.objects.get(citizen=citizen, cpr_index=citizen.cpr_index, withdrawn_at=None)
    known = _known(number, citizen=citizen, is_slip=is_slip, by=by)
    _require_born_before_the_cases(number, citizen)
    since = was.since if is_slip else _day(on, was=was, number=number)
    if is_slip:
        _withdraw(was, at=at)
    new = known or _write(number, citizen=citizen, since=since)
    before = _kept(was)
    put_in_force(citizen, new)
    touch(case)
    what = "er rettet" if is_slip else f"er skiftet fra den {day_text(since)}" if since else "er skiftet"
    text = f"CPR-nummeret {what}: {was} er nu {new}. Begrundelse: {reason}"
    _tell(case, text, by=by, at=at, before=before, was=was.pk, new=new.pk, is_slip=is_slip, is_known=known is not None)
    return case


def take_back_change(event: Event, case: Case, *, by: User, at: datetime) -> None:
    """Give the citizen the number before again, in the caller's transaction. Raises CannotBeUndone."""
    (citizen,), data = lock_people_of(case.pk), event.data
    new = CitizenNumber.objects.get(pk=data["new"])
    if (new.citizen_id, new.cpr_index) != (citizen.pk, citizen.cpr_index):
        raise CannotBeUndone("CPR-nummeret er skiftet igen siden. Skift det på sagen i stedet.")
    was = CitizenNumber.objects.get(pk=data["was"])
    if not data["is_known"]:
        _withdraw(new, at=at)
    if was.withdrawn_at is not None:
        if CitizenNumber.objects.standing(was.number).exists():
            raise CannotBeUndone("En anden borger har fået nummeret siden. Skift det på sagen i stedet.")
        was.withdrawn_at = None
        was.save(update_fields=["withdrawn_at"])
    before = _kept(new)
    put_in_force(citizen, was)
    touch(case)
    _tell(case, f"Skiftet af CPR-nummer er fortrudt: {was} gælder igen.", by=by, at=at, before=before, undoes=event.pk)


def _known(number: cpr.Cpr, *, citizen: Citizen, is_slip: bool, by: User) -> CitizenNumber | None:
    """The citizen's own row of the number, if there is one. Raises NumberRefused and NumberTaken."""
    row = CitizenNumber.objects.standing(number).first()
    if row is None:
        return None
    if row.citizen_id != citizen.pk:
        raise NumberTaken(_case_seen(row, by=by))
    if not is_slip:
        raise NumberRefused(
            "Borgeren har haft nummeret før. Er det nuværende nummer tastet forkert, så vælg det. Ellers kontrollér "
            "tallene."
        )
    return row


def _case_seen(row: CitizenNumber, *, by: User) -> Case | None:
    """A case of the one whose number it is, if the user sees one: the open one before the newest."""
    return Case.objects.visible_to(by).filter(citizen=row.citizen_id).order_by("-status", "-number").first()


def _require_born_before_the_cases(number: cpr.Cpr, citizen: Citizen) -> None:
    first = citizen.cases.aggregate(first=Min("registered_on"))["first"]
    if number.born_on >= first:
        raise NumberRefused(
            f"Fødselsdagen i nummeret, {number.born_on:%d-%m-%Y}, ligger ikke før tilmeldingen den "
            f"{first:%d-%m-%Y}. Kontrollér tallene."
        )


def _day(on: date | None, *, was: CitizenNumber, number: cpr.Cpr) -> date:
    if on is None:
        raise DayOfNumber("Skriv dagen, hvor det nye nummer gælder fra.")
    if on < number.born_on:
        raise DayOfNumber(f"Borgeren er født den {day_text(number.born_on)}. Nummeret kan tidligst gælde fra den dag.")
    if was.since is not None and on <= was.since:
        raise DayOfNumber(
            f"Det nuværende nummer gælder fra den {day_text(was.since)}. Det nye kan først gælde efter den dag."
        )
    return on


def _withdraw(number: CitizenNumber, *, at: datetime) -> None:
    number.withdrawn_at = at
    number.save(update_fields=["withdrawn_at"])


def _write(number: cpr.Cpr, *, citizen: Citizen, since: date | None) -> CitizenNumber:
    row = CitizenNumber(citizen=citizen, since=since)
    row.set_number(number)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        # Somebody else wrote it down between our look and our save.
        raise NumberRefused("Nummeret er netop givet til en anden borger. Kontrollér tallene, og prøv igen.") from None
    return row


def put_in_force(citizen: Citizen, number: CitizenNumber) -> None:
    citizen.cpr_encrypted, citizen.cpr_index = number.cpr_encrypted, number.cpr_index
    citizen.is_replacement_number, citizen.born_on = number.is_replacement, number.born_on
    citizen.save()


def _kept(number: CitizenNumber) -> dict[str, Any]:
    return {"number": str(number), "born_on": number.born_on.isoformat()}


def _tell(case: Case, text: str, *, by: User, at: datetime, **data: Any) -> None:
    for one in [case, *case.citizen.cases.exclude(pk=case.pk)]:
        history_events.record(case=one, kind="cases.number_changed", by=by, at=at, text=text, **data)
