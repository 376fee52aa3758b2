"""Invented cases by the hundred thousand, put straight into the tables of an empty database."""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone
from psycopg.types.range import DateRange

from cases.models import Case, Citizen, Organisation, Pause, User
from cases.models.people import OrganisationKind, Role
from cases.people import cpr
from cases.rules.facts import PauseKind
from meetings.models import Meeting
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning import writing as planning_writing
from referrals.offers import duty as offers_duty
from tests import factories

FUNDS, MUNICIPALITIES = 21, 98
CASES_OF_A_WORKER = 80
BATCH = 500

_FIRST = ("Anne", "Bo", "Carla", "Dan", "Eva", "Finn", "Gry", "Hans", "Ida", "Jens", "Kirsten", "Lars", "Mona", "Nils")
_MIDDLE = ("Ask", "Birk", "Dal", "Eng", "Fjord", "Gran", "Holm", "Kær", "Lund", "Mark", "Nør", "Sø", "Vang", "Øster")
_LAST = ("agersen", "bækker", "dalsen", "eskov", "fjelds", "grønby", "hedegård", "klitte", "mosen", "ravnsen", "strøm")
_BORN = date(1962, 1, 1)


class World:
    """The numbers of the organisations and of those who work there."""

    def __init__(self) -> None:
        self.funds = list(Organisation.objects.filter(kind=OrganisationKind.FUND).order_by("pk"))
        self.municipalities = list(Organisation.objects.filter(kind=OrganisationKind.MUNICIPALITY).order_by("pk"))
        self.workers: dict[int, list[int]] = {}
        for pk, organisation in (
            User.objects.exclude(organisation=None).order_by("pk").values_list("pk", "organisation_id")
        ):
            self.workers.setdefault(organisation, []).append(pk)


def load(*, cases: int, at: datetime) -> None:
    """Fill the empty database: the law, who works where, citizens, cases, pauses and meetings. No plan is made."""
    if Case.objects.exists():
        raise SystemExit("The benchmark fills an empty database, and this one has cases.")
    call_command("load_acts", verbosity=0)
    _build_organisations(cases)
    random, world = Random(1), World()
    with transaction.atomic():
        copy(Citizen, (_citizen(number, random) for number in range(1, cases + 1)))
        copy(Case, _cases(cases, random, world, at))
        copy(Pause, _pauses(random, at))
        copy(Meeting, _meetings(random, world, at))
    vacuum()


def plan_all(*, at: datetime) -> int:
    """Plan every case by the functions of a re-planning, batch after batch; gives the number of requirements."""
    law = planning_law.law_in_force()
    acts, written = planning_law.row_ids(law), 0
    for ids in in_batches(Case.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=10_000)):
        with transaction.atomic():
            judgements, courses = [], []
            for facts in planning_stored.read(planning_stored.cases_with_facts(ids)):
                course = planning_stored.course_of(facts.case)
                judgements.append(planning_judgement.judgement_of(facts=facts, course=course, law=law, acts=acts))
                courses.append((facts.case, course))
            planning_writing.write(judgements, at=at)
            offers_duty.write(offers_duty.judged_anew(courses, book=law.book), at=at)
        written += sum(len(one.requirements) for one in judgements)
    return written


def vacuum() -> None:
    """What autovacuum does in operation; the temporary server has none."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def in_batches(rows: Iterator[Any], size: int = BATCH) -> Iterator[list[Any]]:
    while some := list(islice(rows, size)):
        yield some


def copy(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """COPY the unsaved rows; those that have a number keep it."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    fields = [
        field
        for field in model._meta.concrete_fields
        if not field.generated
        and (not field.primary_key or first.pk is not None)
        and not isinstance(getattr(first, field.attname), models.expressions.DatabaseDefault)
    ]
    columns = ", ".join(f'"{field.column}"' for field in fields)
    with connection.cursor() as cursor:
        with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as into:
            into.write_row([_plain(getattr(first, field.attname)) for field in fields])
            for row in rows:
                into.write_row([_plain(getattr(row, field.attname)) for field in fields])
        if first.pk is not None:
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


def _build_organisations(cases: int) -> None:
    for kind, number, role in (
        (OrganisationKind.FUND, FUNDS, Role.ADVISER),
        (OrganisationKind.MUNICIPALITY, MUNICIPALITIES, Role.CASEWORKER),
    ):
        shares = _shares(number)
        for place in range(number):
            organisation = factories.organisation(kind=kind)
            people = max(2, int(shares[place] * cases / CASES_OF_A_WORKER))
            User.objects.bulk_create(
                User(username=f"{kind}-{place}-{one}", password="!", role=str(role), organisation=organisation)
                for one in range(people)
            )
    factories.user(organisation=None, role=Role.ADMINISTRATOR, username="writer", is_staff=True, is_superuser=True)
    factories.user(organisation=None, role=Role.ADMINISTRATOR, username="publisher", is_staff=True, is_superuser=True)


def _shares(number: int) -> list[float]:
    """The largest has about a ninth of all, as the largest a-kasse has, and the others fewer and fewer."""
    weights = [1 / (place + 6) for place in range(number)]
    return [weight / sum(weights) for weight in weights]


def _citizen(number: int, random: Random) -> Citizen:
    born_on, serial = _BORN + timedelta(days=number % 13_000), number // 13_000
    name = f"{random.choice(_FIRST)} {random.choice(_MIDDLE)}{random.choice(_LAST)}"
    read = cpr.Cpr(digits=f"{born_on:%d%m%y}{serial:04d}", born_on=born_on, is_replacement=False)
    citizen = Citizen(pk=number, born_on=born_on)
    citizen.set_name(name)
    citizen.cpr_encrypted, citizen.cpr_index = cpr.encrypt(read), cpr.index(read)
    return citizen


def _cases(number: int, random: Random, world: World, at: datetime) -> Iterator[Case]:
    today = timezone.localtime(at).date()
    funds = random.choices(world.funds, _shares(len(world.funds)), k=number)
    municipalities = random.choices(world.municipalities, _shares(len(world.municipalities)), k=number)
    for pk, fund, municipality in zip(range(1, number + 1), funds, municipalities, strict=True):
        # Most are in their first half year; one in ten began up to two years earlier, under older law.
        days = random.randrange(400, 1100) if random.random() < 0.1 else int(random.triangular(1, 420, 40))
        registered_on = today - timedelta(days=days)
        registered_on -= timedelta(days=max(0, registered_on.weekday() - 4))
        is_insured = random.random() < 0.85
        placed_on = registered_on + timedelta(days=random.choice((0, 0, 0, 2, 7)))
        yield Case(
            pk=pk,
            citizen_id=pk,
            fund_id=fund.pk if is_insured else None,
            municipality_id=municipality.pk,
            fund_adviser_id=random.choice(world.workers[fund.pk]) if is_insured else None,
            municipality_caseworker_id=random.choice(world.workers[municipality.pk]),
            target_group=1 if is_insured else random.choice((2, 3)),
            insurance="part_time" if random.random() < 0.08 else "full_time",
            has_qualifying_education=random.random() < 0.75,
            has_children_at_home=random.random() < 0.3,
            registered_on=registered_on,
            placed_on=placed_on,
            created_at=timezone.make_aware(datetime.combine(placed_on, time(9))),
        )


def _pauses(random: Random, at: datetime) -> Iterator[Pause]:
    # Read whole: while the rows are copied, the connection answers nothing else.
    for pk, placed_on in list(Case.objects.order_by("pk").values_list("pk", "placed_on")):
        if random.random() < 0.3:
            first = placed_on + timedelta(days=random.randrange(5, 90))
            last = first + timedelta(days=random.choice((7, 14, 21)))
            kind = random.choice((PauseKind.HOLIDAY, PauseKind.HOLIDAY, PauseKind.SICKNESS))
            yield Pause(case_id=pk, kind=str(kind), span=DateRange(first, last), source="borgeren", recorded_at=at)


def _meetings(random: Random, world: World, at: datetime) -> Iterator[Meeting]:
    """One case in six has been to a meeting, or is going to one."""
    slots: dict[int, int] = {}
    morning = timezone.make_aware(datetime.combine(timezone.localtime(at).date(), time(8)))
    rows = Case.objects.order_by("pk").values_list(
        "pk", "fund_id", "fund_adviser_id", "municipality_id", "municipality_caseworker_id", "placed_on"
    )
    for pk, fund, adviser, municipality, caseworker, placed_on in list(rows):
        if random.random() > 1 / 6:
            continue
        holder, worker = (fund, adviser) if fund else (municipality, caseworker)
        # Each worker has ten half hours a day, the first ones tomorrow, or yesterday and before.
        slot = slots[worker] = slots.get(worker, 0) + 1
        day, half_hour = divmod(slot, 10)
        is_held = random.random() < 0.5
        starts_at = morning + timedelta(days=-1 - day if is_held else 1 + day, minutes=30 * half_hour)
        if timezone.localtime(starts_at).date() <= placed_on:
            continue
        yield Meeting(
            case_id=pk,
            citizen_id=pk,
            organisation_id=holder,
            adviser_id=worker,
            kind="contact_interview",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            channel="attendance",
            channel_chosen_by="default",
            place="Testvej 1, 9999 Testby",
            status="held" if is_held else "booked",
            outcome="held" if is_held else "",
            held_at=starts_at + timedelta(minutes=30) if is_held else None,
            booked_at=starts_at - timedelta(days=10),
            booked_by_id=worker,
            series=uuid.uuid4(),
        )


def most_cases(organisations: Sequence[Organisation]) -> Organisation:
    """The largest of them: the first one by how the load is made."""
    return organisations[0]
