"""How the demands of ASVS 5, level 2, stand: python -m tests.asvs. With --open it also names what is open."""

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "asvs.csv"
STATES = ("met", "not applicable", "open")
CHAPTERS = {
    1: "encoding",
    2: "validation and business logic",
    3: "the browser",
    4: "web services",
    5: "files",
    6: "log-in",
    7: "sessions",
    8: "who may do what",
    9: "tokens",
    10: "OAuth and OIDC",
    11: "cryptography",
    12: "TLS",
    13: "configuration",
    14: "data",
    15: "code and packages",
    16: "logs and errors",
    17: "WebRTC",
}


class Demand(NamedTuple):
    """A demand by its number in the standard, and how it stands: by what it is met, or why it is not."""

    id: str
    demand: str
    state: str
    by: str

    @property
    def chapter(self) -> int:
        return int(self.id[1:].partition(".")[0])


def demands() -> list[Demand]:
    with TABLE.open(newline="") as file:
        return [Demand(**row) for row in csv.DictReader(file)]


def summary(rows: Sequence[Demand]) -> str:
    """The table of chapters and states, as it stands in docs/security.md."""
    counts = Counter((row.chapter, row.state) for row in rows)
    lines = ["| chapter | met | not applicable | open |", "|---|---|---|---|"]
    for number, name in CHAPTERS.items():
        lines.append(f"| V{number} {name} | " + " | ".join(str(counts[number, state]) for state in STATES) + " |")
    totals = Counter(row.state for row in rows)
    lines.append(f"| all {len(rows)} | " + " | ".join(str(totals[state]) for state in STATES) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    rows = demands()
    print(summary(rows))
    if "--open" in arguments:
        print("\n".join(f"{row.id} {row.demand}: {row.by}" for row in rows if row.state == "open"))


if __name__ == "__main__":
    main(sys.argv[1:])
