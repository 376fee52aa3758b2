"""Invented citizens: their names, addresses, contact ways and CPR numbers, the same in every demo."""

from datetime import date
from random import Random
from typing import Any

from cases.citizen.services import CitizenDetails
from cases.people import cpr

FIRST_NAMES = (
    "Agnes", "Aksel", "Alma", "Amir", "Anders", "Asger", "Asta", "Aylin", "Birgit", "Bjørn", "Bodil", "Carla",
    "Dagny", "Ebbe", "Edith", "Elif", "Emil", "Erik", "Esther", "Fatima", "Finn", "Freja", "Gerda", "Gorm",
    "Hassan", "Helga", "Henning", "Ida", "Ingrid", "Jamal", "Jytte", "Kåre", "Karla", "Kirsten", "Knud", "Lærke",
    "Leif", "Liva", "Maja", "Malik", "Merete", "Mikkel", "Nadia", "Niels", "Oda", "Ole", "Oskar",
    "Palle", "Pernille", "Poul", "Ragnhild", "Rasmus", "Runa", "Signe", "Søren", "Svend", "Thøger", "Tove",
    "Ulla", "Vagn", "Vibeke", "Viggo", "Yasmin", "Yrsa", "Zahra", "Øjvind", "Åge", "Åse",
)  # fmt: skip
LAST_NAMES = (
    "Bakkely", "Birkemose", "Blåvang", "Bøgestrøm", "Dalhøj", "Egeskær", "Engsø", "Fjordmark", "Granlund",
    "Grøndahl-Ager", "Havbæk", "Hedeå", "Højager", "Kildesø", "Klitlund", "Kornager", "Krogmark", "Lærkedal",
    "Lindebæk", "Lyngå", "Løvhøj", "Markvænge", "Mosebæk", "Møllebro", "Nordhede", "Nørager", "Odderby", "Pilegård-Sø",
    "Ravnsø", "Rosenhave", "Rugmark", "Rørbæk", "Sandå", "Sivkær", "Skovæng", "Solbjørn", "Stenmose", "Strandager",
    "Sønderå", "Søvang", "Tangå", "Tjørnelund", "Toftehøj", "Tværdal", "Ulvemose", "Vestermark", "Vindinghøj",
    "Ærtemark", "Østerhav", "Ådalsbo", "Åbrink", "Aagesø",
)  # fmt: skip
STREETS = ("Bøgealle", "Fjordvej", "Gartnervænget", "Kirkestræde", "Lærkevej", "Mølleåvej", "Skolegade", "Søndergade")
LANGUAGES = ("arabisk", "polsk", "tyrkisk", "ukrainsk")
#: Sweden's authority keeps +46 70 174 06 05 to 06 99 for films and books: they are numbers, and nobody has them.
#: Denmark keeps none, so a Danish number would be nobody's by luck, or would be no number.
_FICTION = range(605, 700)
#: Modulus 11 of a CPR number; a number that breaks it was never given to anybody born on these days.
WEIGHTS = (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)


def invented_cpr(rng: Random, *, born_on: date, today: date, is_replacement: bool = False) -> cpr.Cpr:
    """A number with a right date that belongs to nobody: modulus 11 does not hold for it."""
    day = born_on.day + (60 if is_replacement else 0)
    while True:
        # The seventh digit tells the century.
        serial = rng.randrange(0, 4000) if born_on.year < 2000 else rng.randrange(4000, 5000)
        digits = f"{day:02d}{born_on:%m%y}{serial:04d}"
        if is_invented(digits):
            return cpr.read(digits, today=today)


def is_invented(digits: str) -> bool:
    """Whether the ten digits break modulus 11, as every number of the demo does."""
    return sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11 != 0


def ways(position: int, rng: Random) -> dict[str, str]:
    """How the citizen of that position is reached, where nobody is."""
    return {
        "email": f"borger{position}@borger.example",
        "phone": f"+4670174{_FICTION[position % len(_FICTION)]:04d}",
        "address": f"{rng.choice(STREETS)} {rng.randrange(1, 90)}, Solby",
    }


class Invented:
    """Citizens one after the other; no name and no number comes twice."""

    def __init__(self, rng: Random, *, today: date, first: int = 1) -> None:
        self._rng = rng
        self._today = today
        self._names = [f"{first} {last}" for first in FIRST_NAMES for last in LAST_NAMES]
        rng.shuffle(self._names)
        self._numbers: set[str] = set()
        self._count = first - 1

    def citizen(self, *, age: int, name: str = "", **changes: Any) -> CitizenDetails:
        """One citizen of that age; `changes` are fields of CitizenDetails, and `is_replacement`."""
        is_replacement = bool(changes.pop("is_replacement", False))
        self._count += 1
        name = name or self._names.pop()
        while True:
            born_on = self._birthday(age)
            number = invented_cpr(self._rng, born_on=born_on, today=self._today, is_replacement=is_replacement)
            if number.digits not in self._numbers:
                break
        self._numbers.add(number.digits)
        details: dict[str, Any] = {
            "number": number,
            "name": name,
            **ways(self._count, self._rng),
        }
        return CitizenDetails(**(details | changes))

    def _birthday(self, age: int) -> date:
        # Never 1 January: on that day numbers have been given that break modulus 11.
        return date(self._today.year - age - 1, self._rng.randrange(1, 13), self._rng.randrange(2, 29))
