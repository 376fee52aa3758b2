"""python -m tests.supply [--sbom FILE] [--audit]: whose packages production stands on, and what is known against them.

Every package of requirements.txt and of package-lock.json with its licence, as CycloneDX 1.6 in FILE; ends with 1
where a licence is unknown or none of those below. With --audit also what the index knows of weaknesses: ends with 1
where there is one, or where a package could not be audited.
"""

import argparse
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from license_expression import ExpressionError, get_spdx_licensing
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
LIST, SCRIPTS = ROOT / "requirements.txt", ROOT / "package-lock.json"

#: What may be used by a work of which nobody is given the program. None of them is AGPL.
ALLOWED = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "LGPL-2.1-or-later", "LGPL-3.0-only",
    "LGPL-3.0-or-later", "MIT", "MIT-0", "MPL-2.0", "OFL-1.1", "PSF-2.0", "Zlib",
}  # fmt: skip

#: How packages of before SPDX name theirs.
WORDS = {
    "Apache Software License": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "BSD-0-Clause": "0BSD",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "New BSD": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
    "Python Software Foundation License": "PSF-2.0",
}

#: Read by hand where it is published, since this Python or platform installs none.
BY_HAND = {"async-timeout": "Apache-2.0"}


@dataclass(frozen=True)
class Package:
    """One of a list, as the list has it."""

    kind: str
    name: str
    version: str
    licence: str
    hashes: tuple[str, ...] = ()


def packages() -> list[Package]:
    """All that production loads: Python's packages, and what of the scripts and styles comes by npm."""
    return [*_of_python(LIST.read_text()), *_of_npm(json.loads(SCRIPTS.read_text()))]


def _of_python(text: str) -> Iterator[Package]:
    for entry in re.split(r"\n(?=\S)", text):
        if found := re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", entry):
            hashes = tuple(re.findall(r"--hash=sha256:(\w+)", entry))
            yield Package("pypi", found[1], found[2], _licence_of(found[1]), hashes)


def _licence_of(name: str) -> str:
    """The expression of its metadata, else its words; empty where it says nothing that is known."""
    try:
        said: Any = distribution(name).metadata
    except PackageNotFoundError:
        return BY_HAND.get(name, "")
    if said["License-Expression"]:
        return str(said["License-Expression"])
    classifiers = [
        one.rpartition(" :: ")[2] for one in said.get_all("Classifier") or () if one.startswith("License ::")
    ]
    # Where it names two, whoever uses it chooses.
    words = [WORDS.get(one, one) for one in classifiers or [said["License"] or ""]]
    return " OR ".join(words)


def _of_npm(lock: dict[str, Any]) -> Iterator[Package]:
    for path, entry in lock["packages"].items():
        if path and not entry.get("dev"):
            licence = str(entry.get("license", ""))
            yield Package("npm", path.removeprefix("node_modules/"), entry["version"], WORDS.get(licence, licence))


def refused(found: Sequence[Package]) -> list[str]:
    """Each package whose licence is unknown or not allowed, with why."""
    return [f"{one.name} {one.version}: {why}" for one in found if (why := _why_not(one.licence))]


def _why_not(licence: str) -> str:
    try:
        parsed = get_spdx_licensing().parse(licence, validate=True)
    except ExpressionError:
        return f"the licence »{licence}« is unknown"
    if parsed is None:
        return "it names no licence"
    others = sorted({str(symbol) for symbol in parsed.symbols} - ALLOWED)
    return f"{', '.join(others)} is not allowed" if others else ""


def bill(found: Sequence[Package]) -> str:
    """The list of materials, as CycloneDX writes it."""
    bom = Bom()
    for one in found:
        licence = LicenseExpression(one.licence) if " " in one.licence else DisjunctiveLicense(id=one.licence)
        bom.components.add(
            Component(
                type=ComponentType.LIBRARY,
                name=one.name,
                version=one.version,
                purl=PackageURL(one.kind, *_named(one.name), version=one.version),
                licenses=[licence],
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=content) for content in one.hashes],
            )
        )
    return JsonV1Dot6(bom).output_as_string(indent=2)


def _named(name: str) -> tuple[str | None, str]:
    scope, slash, rest = name.rpartition("/")
    return (scope if slash else None), rest


def weaknesses(answer: dict[str, Any]) -> tuple[list[str], list[str]]:
    """What the index knows against a package, and which packages it knows nothing of at all."""
    entries = answer["dependencies"]
    known = [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for one in entries
        for found in one.get("vulns", ())
    ]
    return known, [one["name"] for one in entries if "skip_reason" in one]


def _audit() -> bool:
    """Ask pip-audit; whether every package was audited, and none has a weakness that is known."""
    options = ("--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json")
    asked = [sys.executable, "-m", "pip_audit", "--requirement", str(LIST), *options]
    done = subprocess.run(asked, capture_output=True, text=True)
    if not done.stdout:
        print(f"Could not be audited: {(done.stderr.strip().splitlines() or ['no answer'])[-1]}")
        return False
    known, skipped = weaknesses(json.loads(done.stdout))
    for line in known:
        print(line)
    if skipped:
        print(f"{len(skipped)} packages could not be audited: the index does not answer for them.")
    else:
        print(f"All packages of {LIST.name} were audited: {len(known)} known weaknesses.")
    return not known and not skipped


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.supply", description=__doc__)
    parser.add_argument("--sbom", type=Path, help="write the list of materials to this file")
    parser.add_argument("--audit", action="store_true", help="ask the index for known weaknesses, and nothing else")
    asked = parser.parse_args()
    if asked.audit:
        sys.exit(not _audit())
    found = packages()
    if faults := refused(found):
        sys.exit("\n".join(faults))
    if asked.sbom:
        asked.sbom.write_text(bill(found))
        print(f"{asked.sbom}: {len(found)} packages.")
    for licence, count in Counter(one.licence for one in found).most_common():
        print(f"{count:4} {licence}")


if __name__ == "__main__":
    main()
