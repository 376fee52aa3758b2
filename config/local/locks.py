"""Check that the locked lists of packages are closed: whatever a locked package asks for is locked as it asks.

python -m config.local.locks [LIST ...]

An installer that reads a list in its own way then has nothing to look for outside it. Only installed packages tell what
they ask for; those of another platform or Python are checked where they are installed.
"""

import itertools
import re
import sys
import tomllib
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from config.local import CHECKOUT
from config.local.setup import LOCKS

#: The machines that the lists are for: each Python with each platform.
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = (("linux", "Linux", "posix"), ("darwin", "Darwin", "posix"))
MACHINES = [
    {
        "python_version": python,
        "python_full_version": f"{python}.{release}",
        "sys_platform": name,
        "platform_system": system,
        "os_name": family,
        "platform_machine": processor,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for python, release, (name, system, family), processor in itertools.product(
        PYTHONS, ("0", "9"), PLATFORMS, ("x86_64", "arm64")
    )
]


def main(lists: Sequence[str]) -> int:
    """Return 1, and name each gap on a line, when a list is not closed; the product's list is closed by itself."""
    pyproject = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    product = [Requirement(text) for text in pyproject["project"]["dependencies"]]
    development = [Requirement(text) for text in pyproject["dependency-groups"]["dev"]]
    if lists:
        gaps = set(gaps_in([Path(name) for name in lists]))
    else:
        gaps = {*gaps_in([CHECKOUT / LOCKS[0]], product), *gaps_in([CHECKOUT / name for name in LOCKS], development)}
    for gap in sorted(gaps):
        print(gap, file=sys.stderr)
    return 1 if gaps else 0


def gaps_in(lists: Sequence[Path], asked_by_us: Sequence[Requirement] = ()) -> Iterator[str]:
    """Yield a sentence for each requirement, ours or a locked package's, that the lists do not lock as it is stated."""
    locked = [requirement for path in lists for requirement in locked_in(path.read_text())]
    asked: list[tuple[str, Requirement | None, Requirement]]
    asked = [("pyproject.toml", None, requirement) for requirement in asked_by_us]
    asked += [(package.name, package, requirement) for package in locked for requirement in _asked_by(package)]
    for name, package, requirement in asked:
        for machine in MACHINES:
            if package and not (_holds(package, machine) and _holds(requirement, machine, extras=package.extras)):
                continue
            if not any(_answers(other, requirement) and _holds(other, machine) for other in locked):
                wanted = f"{requirement.name}{_extras(requirement)}{requirement.specifier}"
                yield f"{name} asks for {wanted}, and the list has nothing that answers: run `make lock`."


def locked_in(text: str) -> list[Requirement]:
    """Return the pinned packages of a list, with their extras and markers."""
    lines = re.findall(r"^([A-Za-z0-9].*?)\s*(?:\\)?$", text, re.MULTILINE)
    return [Requirement(line) for line in lines]


def _asked_by(package: Requirement) -> list[Requirement]:
    try:
        installed = distribution(package.name)
    except PackageNotFoundError:
        return []
    # Another version may ask for something else.
    return [Requirement(text) for text in installed.requires or ()] if _pins(package, installed.version) else []


def _holds(requirement: Requirement, machine: dict[str, str], *, extras: set[str] | None = None) -> bool:
    if requirement.marker is None:
        return True
    return any(requirement.marker.evaluate(machine | {"extra": extra}) for extra in extras or {""})


def _answers(locked: Requirement, asked: Requirement) -> bool:
    version = next(iter(locked.specifier)).version
    return (
        canonicalize_name(locked.name) == canonicalize_name(asked.name)
        and asked.extras <= locked.extras
        and asked.specifier.contains(version, prereleases=True)
    )


def _pins(locked: Requirement, version: str) -> bool:
    return locked.specifier.contains(version, prereleases=True)


def _extras(requirement: Requirement) -> str:
    return f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
