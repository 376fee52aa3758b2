"""A whole country of invented cases: 21 a-kasser, 98 jobcentres, and as many citizens as are asked for.

The same number and seed on the same day give the same people, courses and talks, in however many processes they are
drawn; only what is sealed and the numbers that no page shows differ. The rows are put in by COPY, and planned by the
functions of a re-planning.
"""

import gc
import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import accumulate, islice, product
from random import Random
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from cases.models import Case, Citizen, CitizenContact, Event, Organisation, OrganisationKind, Pause, Role, Team, User
from cases.rules.facts import PauseKind
from meetings.models import Meeting
from meetings.planning import judgement as planning_judgement
from meetings.planning import law as planning_law
from meetings.planning import stored as planning_stored
from meetings.planning import writing as planning_writing
from meetings.rules.spans import local
from referrals.demo import office
from referrals.demo.copying import copy, count_on
from referrals.demo.country_people import Person, people
from referrals.demo.country_talks import Talks
from referrals.offers import duty as offers_duty

FUNDS, MUNICIPALITIES = 21, 98
CASES_OF_A_WORKER = 80
TEAM = 12
#: So many cases are drawn in a transaction, and so many planned.
DRAWN, PLANNED = 2_000, 500
#: Who logs in with the password of the demo.
LOG_INS = {
    "anne": "adviser in the largest a-kasse",
    "jens": "caseworker in the largest jobcentre",
    "leder": "team leader in the largest a-kasse",
    "admin": "administrator of acts, organisations and users",
    "admin2": "the other administrator: one drafts an act and another publishes it",
}

_PLACES = (
    "Ask",
    "Birke",
    "Dal",
    "Eng",
    "Fjord",
    "Gran",
    "Holme",
    "Klit",
    "Lind",
    "Mose",
    "Ravn",
    "Skov",
    "Vester",
    "Øster",
)
_ENDS = ("ager", "by", "høj", "lund", "strand", "sund", "vig")
_ENDS_OF_FUNDS = ("dal", "mark", "vang")
#: Invented numbers that the demo's own offices do not use.
_FIRST_CVR, _FIRST_FUND, _FIRST_MUNICIPALITY = 99_000_200, 61, 861
_WEIGHTS_OF_CVR = (2, 7, 6, 5, 4, 3, 2, 1)

#: Is told how many of the cases are done.
Told = Callable[[int], None]


class NotEmpty(Exception):
    """There are users, organisations or cases already; the message is one sentence."""


@dataclass
class World:
    """The parties, the largest first, with the share that each has of the cases; and who works there."""

    funds: list[Organisation]
    municipalities: list[Organisation]
    workers: dict[int, list[User]]

    @classmethod
    def stored(cls) -> "World":
        """As it was written."""
        workers: dict[int, list[User]] = {}
        for user in (
            User.objects.filter(role__in=[Role.ADVISER, Role.CASEWORKER]).select_related("organisation").order_by("pk")
        ):
            workers.setdefault(user.workplace.pk, []).append(user)
        funds, municipalities = (
            list(Organisation.objects.filter(kind=kind).order_by("pk"))
            for kind in (OrganisationKind.FUND, OrganisationKind.MUNICIPALITY)
        )
        return cls(funds, municipalities, workers)


class Held(NamedTuple):
    """Who has a case: the parties, and their workers."""

    fund: Organisation | None
    adviser: User | None
    municipality: Organisation
    caseworker: User


class Portion(NamedTuple):
    """Some of the cases, as one process draws them: it depends on nothing that is drawn elsewhere."""

    place: int
    cases: int
    seed: int
    at: datetime
    #: The case number before the first case of the country.
    number_before: int
    #: By case: how many its adviser and its caseworker have before it.
    turns: list[tuple[int, int]]

    @property
    def first(self) -> int:
        return self.place * DRAWN + 1

    def rng(self, what: str) -> Random:
        return Random(f"{self.seed} {what} {self.place}")


def write(*, cases: int, at: datetime, seed: int = 1, told: Told = lambda done: None) -> None:
    """Fill the database, in which the acts alone stand: who works where, citizens, cases, pauses and talks, unplanned.

    Asked as the owner of the tables. Raises NotEmpty.
    """
    if Case.objects.exists() or Organisation.objects.exists() or User.objects.exists():
        raise NotEmpty("This database has users, organisations or cases already: a country fills an empty one.")
    with transaction.atomic(), connection.cursor() as cursor:
        _write_world(cases)
        cursor.execute("SELECT setval('cases_case_number', nextval('cases_case_number') + %s)", [cases])
        ((last,),) = cursor.fetchall()
    _in_all_processes(_draw, list(_portions(cases=cases, at=at, seed=seed, number_before=last - cases)), told)
    # Each process had counted on from what it saw.
    for model in (Citizen, CitizenContact, Case):
        count_on(model)


def _portions(*, cases: int, at: datetime, seed: int, number_before: int) -> Iterator[Portion]:
    world, had = World.stored(), Counter[int]()
    for place, first in enumerate(range(0, cases, DRAWN)):
        portion = Portion(place, min(DRAWN, cases - first), seed, at, number_before, [])
        for held in _who_has_them(portion, world):
            adviser = held.adviser.pk if held.adviser else 0
            portion.turns.append((had[adviser], had[held.caseworker.pk]))
            had.update((adviser, held.caseworker.pk))
        yield portion


def _draw(portion: Portion) -> int:
    world, rng, talks = World.stored(), portion.rng("cases"), Talks(portion.rng("talks"), at=portion.at)
    today = timezone.localtime(portion.at).date()
    drawn = list(islice(people(f"{portion.seed} people", today=today, portion=portion.place, of=DRAWN), portion.cases))
    rows = [
        _case(pk, person, held, rng, portion)
        for pk, (person, held) in enumerate(zip(drawn, _who_has_them(portion, world), strict=True), start=portion.first)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        # Looked at with each portion: else the server keeps the questions until the end.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        copy(Citizen, [person.as_citizen(pk) for pk, person in enumerate(drawn, start=portion.first)])
        copy(CitizenContact, [one for case, person in zip(rows, drawn, strict=True) for one in _contacts(case, person)])
        copy(Case, rows)
        copy(Event, [_opened(case) for case in rows])
        copy(Pause, [pause for case in rows for pause in _pauses(case, rng, portion.at)])
        copy(
            Meeting,
            [
                talk
                for case, (adviser, caseworker) in zip(rows, portion.turns, strict=True)
                for talk in talks.of(case, adviser_turn=adviser, caseworker_turn=caseworker)
            ],
        )
        # A caller's own transaction goes on as it was.
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return len(rows)


def plan_all(*, at: datetime, told: Told = lambda done: None) -> None:
    """Plan every case by the functions of a re-planning."""
    # Those that began together follow each other: what they share is planned and explained once.
    ids = list(Case.objects.order_by("placed_on", "registered_on", "pk").values_list("pk", flat=True))
    portions = [(ids[first : first + PLANNED], at) for first in range(0, len(ids), PLANNED)]
    _in_all_processes(_plan, portions, told)


def _in_all_processes(do: Callable[[Any], int], portions: Sequence[Any], told: Told) -> None:
    """Do each portion in a transaction of its own, the first one here and the others in a process for each core.

    A connection plans its checks and triggers once: those of the processes are to meet tables that are not empty.
    """
    if not portions:
        return
    done = do(portions[0])
    told(done)
    if len(portions) == 1:
        return
    # Each process opens one of its own, to the same database and as the same role.
    connection.close()
    fork = multiprocessing.get_context("fork")
    # None of them searches what is loaded for garbage, as no process of the worker does.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=fork, initializer=gc.freeze) as pool:
        for number in pool.map(do, portions[1:]):
            done += number
            told(done)


def _plan(portion: tuple[list[int], datetime]) -> int:
    ids, at = portion
    law = planning_law.law_in_force()
    acts = planning_law.row_ids(law)
    with transaction.atomic():
        judgements, courses = [], []
        for facts in planning_stored.read(planning_stored.cases_with_facts(ids)):
            course = planning_stored.course_of(facts.case)
            judgements.append(planning_judgement.judgement_of(facts=facts, course=course, law=law, acts=acts))
            courses.append((facts.case, course))
        planning_writing.write(judgements, at=at)
        offers_duty.write(offers_duty.judged_anew(courses, book=law.book), at=at)
    return len(ids)


def shares(number: int) -> list[float]:
    """How cases are spread over so many parties: the largest a-kasse has a ninth, and the others fewer and fewer."""
    weights = [1 / (place + 6) for place in range(number)]
    return [weight / sum(weights) for weight in weights]


# Who works where


def _write_world(cases: int) -> None:
    cvrs = (f"{number}" for number in range(_FIRST_CVR, 100_000_000) if _is_cvr(number))
    names = [f"A-kassen {place}{end}" for end, place in product(_ENDS_OF_FUNDS, _PLACES)][:FUNDS]
    funds = [
        office.make_organisation(OrganisationKind.FUND, name, str(_FIRST_FUND + place), next(cvrs))
        for place, name in enumerate(names)
    ]
    names = [f"Jobcenter {place}{end}" for end, place in product(_ENDS, _PLACES)]
    municipalities = [
        office.make_organisation(OrganisationKind.MUNICIPALITY, name, str(_FIRST_MUNICIPALITY + place), next(cvrs))
        for place, name in enumerate(names)
    ]
    password = make_password(office.PASSWORD)
    for parties, parts, role, name in (
        (funds, shares(FUNDS), Role.ADVISER, "anne"),
        (municipalities, shares(MUNICIPALITIES), Role.CASEWORKER, "jens"),
    ):
        for organisation, share in zip(parties, parts, strict=True):
            number = max(2, round(share * cases / CASES_OF_A_WORKER))
            names = [f"{role}-{organisation.code}-{one}" for one in range(number)]
            if organisation == parties[0]:
                names[0] = name
            _make_workers(organisation, role, names, password)
    team = funds[0].teams.order_by("pk").first()
    User.objects.create(**_user("leder", 0, password), role=str(Role.TEAM_LEADER), organisation=funds[0], team=team)
    for number, name in enumerate(("admin", "admin2"), start=1):
        User.objects.create(**_user(name, number, password), role=str(Role.ADMINISTRATOR), is_staff=True)


def _is_cvr(number: int) -> bool:
    return sum(int(digit) * weight for digit, weight in zip(str(number), _WEIGHTS_OF_CVR, strict=True)) % 11 == 0


def _make_workers(organisation: Organisation, role: Role, names: list[str], password: str) -> None:
    teams = Team.objects.bulk_create(
        Team(organisation=organisation, name=f"Team {number}") for number in range(1, len(names) // TEAM + 2)
    )
    User.objects.bulk_create(
        User(
            **_user(name, number, password),
            role=str(role),
            organisation=organisation,
            team=teams[min(number // TEAM, len(teams) - 1)],
        )
        for number, name in enumerate(names)
    )


def _user(name: str, number: int, password: str) -> dict[str, str]:
    return {
        "username": name,
        "password": password,
        "first_name": office.FIRST_NAMES[number % len(office.FIRST_NAMES)],
        "last_name": office.LAST_NAMES[number % len(office.LAST_NAMES)],
        "email": f"{name}@country.example",
    }


# The cases


def _who_has_them(portion: Portion, world: World) -> Iterator[Held]:
    """Who has each case of the portion; asked twice, it says the same."""
    rng = portion.rng("parties")
    fund_shares, municipality_shares = (
        list(accumulate(shares(len(parties)))) for parties in (world.funds, world.municipalities)
    )
    for _ in range(portion.cases):
        fund = adviser = None
        if rng.random() < 0.85:
            (fund,) = rng.choices(world.funds, cum_weights=fund_shares)
            adviser = rng.choice(world.workers[fund.pk])
        (municipality,) = rng.choices(world.municipalities, cum_weights=municipality_shares)
        yield Held(fund, adviser, municipality, rng.choice(world.workers[municipality.pk]))


def _case(pk: int, person: Person, held: Held, rng: Random, portion: Portion) -> Case:
    today = timezone.localtime(portion.at).date()
    # Most are in their first half year; one in ten began up to three years ago, under older law.
    days = rng.randrange(400, 1095) if rng.random() < 0.1 else int(rng.triangular(1, 420, 40))
    registered_on = today - timedelta(days=days)
    registered_on -= timedelta(days=max(0, registered_on.weekday() - 4))
    placed_on = min(registered_on + timedelta(days=rng.choice((0, 0, 0, 2, 7))), today)
    has_education = rng.random() < 0.75
    group = 1 if held.fund else rng.choice((2, 3))
    if not held.fund and not has_education and person.age(today) < 30:
        group = 4
    return Case(
        pk=pk,
        number=portion.number_before + pk,
        citizen_id=pk,
        fund=held.fund,
        municipality=held.municipality,
        fund_adviser=held.adviser,
        municipality_caseworker=held.caseworker,
        fund_contact_id=2 * pk if held.fund else None,
        municipality_contact_id=2 * pk - 1,
        target_group=group,
        insurance="part_time" if rng.random() < 0.08 else "full_time",
        has_qualifying_education=has_education,
        has_children_at_home=rng.random() < 0.3,
        registered_on=registered_on,
        placed_on=placed_on,
        created_at=min(local(placed_on, time(8)), portion.at),
    )


def _contacts(case: Case, person: Person) -> Iterator[CitizenContact]:
    """Both parties were told the same."""
    ways = {"citizen_id": case.citizen_id, **person.ways}
    yield CitizenContact(pk=case.municipality_contact_id, organisation_id=case.municipality_id, **ways)
    if case.fund_id is not None:
        yield CitizenContact(pk=case.fund_contact_id, organisation_id=case.fund_id, **ways)


def _opened(case: Case) -> Event:
    text = f"Sagen er oprettet. Tilmeldt {case.registered_on:%d-%m-%Y}, indplaceret {case.placed_on:%d-%m-%Y}."
    by = case.fund_adviser_id or case.municipality_caseworker_id
    return Event(case_id=case.pk, kind="cases.opened", at=case.created_at, by_id=by, text=text)


def _pauses(case: Case, rng: Random, at: datetime) -> Iterator[Pause]:
    """Three cases in ten have rested for a while, or rest now."""
    first = case.placed_on + timedelta(days=rng.randrange(5, 90))
    if rng.random() < 0.3 and local(first, time(8, 30)) < at:
        yield Pause(
            case_id=case.pk,
            kind=str(rng.choice((PauseKind.HOLIDAY, PauseKind.HOLIDAY, PauseKind.SICKNESS))),
            span=DateRange(first, first + timedelta(days=rng.choice((7, 14, 21)))),
            source="borgerens oplysning",
            recorded_by_id=case.fund_adviser_id or case.municipality_caseworker_id,
            recorded_at=local(first, time(8, 30)),
        )
