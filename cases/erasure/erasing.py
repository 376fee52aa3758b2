"""Takes cases out of every table, the logs among them, and the person with the last of them."""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from cases.models import Case, Citizen, CitizenContact, CitizenJoin
from cases.operation import roles, sealing
from cases.operation.logs import in_letters
from cases.personal_data.classification import OF_PERSONS

logger = logging.getLogger(__name__)

#: Their rows go by a function of the database alone, which asks for an approval by two.
LOGS = ("cases_aimdecision", "cases_event", "cases_planversion")


def erase(cases: Sequence[int], *, at: datetime, asks_for_approval: bool = True) -> None:
    """Erase these cases, in the caller's transaction; the seals of the logs are told of it.

    The database asks for a closed case that nobody holds back and two people decided on; the owner of the tables may
    go without.
    """
    sealing.take_turn()
    ids = list(cases)
    locked = list(Case.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk"))
    broken = sealing.sealed_over(LOGS, cases=ids)
    # The farthest first: what is found by way of a talk is found no more when the talk is gone.
    for name, of in sorted(OF_PERSONS.items(), key=lambda one: -one[1].case.count("__")):
        if of.case and name not in LOGS and name != "cases_case":
            _take(name, **{f"{of.case}__in": ids})
    with connection.cursor() as cursor:
        function = "cases_erase_logs" if asks_for_approval else "cases_erase_logs_now"
        cursor.execute(f"SELECT {function}(%s)", [ids])
    Case.objects.filter(previous__in=ids).update(previous=None)
    _take("cases_case", pk__in=ids)
    _erase_people({case.citizen_id for case in locked})
    sealing.reseal(broken, at=at)
    # Outside the database, for whoever restores an older one: keys that tell no person.
    transaction.on_commit(partial(_tell, [case.public_id for case in locked]))


def _tell(keys: Sequence[UUID]) -> None:
    for key in keys:
        logger.info("erased case %s", in_letters(key))


def _erase_people(citizens: Collection[int]) -> None:
    """Those who have no case left, and the records that were joined with theirs; else what offices without one know."""
    gone = set(Citizen.objects.filter(pk__in=citizens, cases=None).values_list("pk", flat=True))
    found = gone
    while found:
        joined = CitizenJoin.objects.filter(kept__in=found).values_list("joined", flat=True)
        found = set(Citizen.objects.filter(pk__in=joined, cases=None).values_list("pk", flat=True)) - gone
        gone |= found
    of_citizen = Case.objects.filter(citizen=OuterRef("citizen"))
    is_party = Q(fund=OuterRef("organisation")) | Q(municipality=OuterRef("organisation"))
    was_party = Q(former_parties__organisation=OuterRef("organisation"))
    known = CitizenContact.objects.filter(citizen__in=set(citizens) - gone)
    known.exclude(Exists(of_citizen.filter(is_party | was_party))).delete()
    _take("cases_citizenjoin", joined__in=gone)
    for name, of in OF_PERSONS.items():
        if of.citizen and name != "cases_citizen":
            _take(name, **{f"{of.citizen}__in": gone})
    _take("cases_citizen", pk__in=gone)


def _take(table: str, **where: Any) -> None:
    """Take the rows out, and follow no relation: all that point to them go in the same transaction."""
    model = next(one for one in apps.get_models() if one._meta.db_table == table)
    rows: Any = model._base_manager.filter(pk__in=model._base_manager.filter(**where).values("pk"))
    rows._raw_delete(using=connection.alias)


def logs_of_persons() -> set[str]:
    """The tables to which is only added, and whose rows are about a person."""
    return roles.append_only() & set(OF_PERSONS)
