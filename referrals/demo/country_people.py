"""The citizens of an invented country: as many as are asked for, and no number twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from random import Random

from cases.models import Citizen
from cases.people import cpr
from referrals.demo import names

YOUNGEST, OLDEST = 19, 64
#: Numbers of one day lie this far apart; it shares no factor with as many numbers as a day has here.
_STEP = 271


@dataclass(frozen=True, slots=True)
class Person:
    """One citizen as the application is told of them."""

    number: cpr.Cpr
    name: str
    ways: dict[str, str]

    def age(self, today: date) -> int:
        """Their age in the year of the day."""
        return today.year - self.number.born_on.year

    def as_citizen(self, pk: int) -> Citizen:
        citizen = Citizen(pk=pk)
        citizen.set_name(self.name)
        citizen.set_cpr(self.number)
        return citizen


def people(seed: str, *, today: date, portion: int = 0, of: int = 10_000) -> Iterator[Person]:
    """One after the other, of all ages that work; `of` of them at the most, and in each portion others."""
    rng = Random(f"{seed} {portion}")
    numbers = _numbers(Random(seed), today=today, portion=portion, of=of)
    for position, number in enumerate(islice(numbers, of), start=portion * of + 1):
        # A family name in the middle, as most have one: else too many would be called the same.
        name = f"{rng.choice(names.FIRST_NAMES)} {rng.choice(names.LAST_NAMES)} {rng.choice(names.LAST_NAMES)}"
        yield Person(number, name, names.ways(position, rng))


def _numbers(rng: Random, *, today: date, portion: int, of: int) -> Iterator[cpr.Cpr]:
    days = [
        # Never 1 January: on that day numbers have been given that break modulus 11.
        date(today.year - age - 1, month, day)
        for age in range(YOUNGEST, OLDEST + 1)
        for month in range(1, 13)
        for day in range(2, 29)
    ]
    rng.shuffle(days)
    # Twice as many as are asked for: one in eleven of them somebody might have.
    for number in range(2 * of * portion, 2 * of * (portion + 1)):
        turn, place = divmod(number, len(days))
        born_on, serial = days[place], (turn * _STEP + place) % 4000
        # The seventh digit tells the century.
        digits = f"{born_on:%d%m%y}{serial if born_on.year < 2000 else 4000 + serial % 1000:04d}"
        if names.is_invented(digits):
            yield cpr.Cpr(digits=digits, born_on=born_on, is_replacement=False)
