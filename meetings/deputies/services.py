"""Somebody stands in for a colleague who is away, until a last day; or no longer."""

from datetime import date, datetime

from django.db import transaction

from cases.changing import WrongParty
from cases.models import Deputy, User
from cases.rules.refusal import Refused
from meetings.models import StaffAbsence
from meetings.rules.spans import Span


class NoDeputy(Refused):
    """This colleague cannot stand in on those days."""

    field = "deputy"


class AlreadyCovered(Refused):
    """Somebody stands in on those days, or is needed as a deputy themself."""

    field = "first_day"


@transaction.atomic(durable=True)
def set_deputy(*, user_id: int, deputy_id: int, first_day: date, last_day: date, by: User, at: datetime) -> Deputy:
    """Let a colleague of the same office stand in. Raises NoDeputy, AlreadyCovered and WrongParty."""
    # Both are locked, so that nobody becomes the deputy of a deputy in the same moment.
    people = {
        one.pk: one
        for one in User.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk__in=[user_id, deputy_id], organisation=by.workplace, is_active=True)
        .order_by("pk")
    }
    if len(people) < len({user_id, deputy_id}):
        raise WrongParty("Vælg to medarbejdere i din egen organisation.")
    user, deputy = people[user_id], people[deputy_id]
    if user == deputy:
        raise NoDeputy("Vælg en anden end medarbejderen selv.")
    same = Deputy.objects.filter(user=user, deputy=deputy, first_day=first_day, last_day=last_day).first()
    if same is not None:
        return same
    _check(user, deputy, first_day=first_day, last_day=last_day)
    return Deputy.objects.create(
        user=user, deputy=deputy, first_day=first_day, last_day=last_day, recorded_by=by, recorded_at=at
    )


def _check(user: User, deputy: User, *, first_day: date, last_day: date) -> None:
    then = Deputy.objects.overlapping(first_day, last_day).select_related("user", "deputy")
    if own := then.filter(user=user).first():
        raise AlreadyCovered(f"{user} har allerede {own.deputy} som stedfortræder {own.text}. Afslut det først.")
    if others := then.filter(user=deputy).first():
        raise NoDeputy(
            f"{deputy} har selv {others.deputy} som stedfortræder {others.text}. En stedfortræder kan ikke have en "
            "stedfortræder: vælg en anden."
        )
    if stands_in := then.filter(deputy=user).first():
        raise AlreadyCovered(
            f"{user} er stedfortræder for {stands_in.user} {stands_in.text}. En stedfortræder kan ikke have en "
            "stedfortræder: giv først den opgave til en anden."
        )
    days = Span.of_days(first_day, last_day)
    if absence := StaffAbsence.objects.filter(user=deputy).overlapping(days).first():
        raise NoDeputy(f"{deputy} er selv fraværende {absence.text}. Vælg en anden, eller andre dage.")


@transaction.atomic(durable=True)
def end_deputy(*, deputy_id: int) -> None:
    """Let nobody stand in any more; the cases and their reminders are the owner's again."""
    Deputy.objects.filter(pk=deputy_id).delete()
