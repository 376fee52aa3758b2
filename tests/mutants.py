"""python -m tests.mutants [--sample 60] [--seed N]: change in one place what decides, and see whether a test notices.

The changes are mutmut's. Its own runner leaves out all that is decorated, and with it most of the services, and forks
a process that holds connections to the database; so each change is tried in a copy of the project, by plain pytest.
"""

import argparse
import difflib
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import libcst as cst
from mutmut.mutation.mutators import mutation_operators, operator_string

#: What decides and what changes. Its tables too, but not its words: the tests that read them read only a part.
TARGETS = ("rules", "services", "aim_services", "changing", "deciding", "writing", "publishing", "planning", "runs")
NO_TARGETS = ("tests", "models", "views", "migrations", "management")
OPERATORS = [(kind, operator) for kind, operator in mutation_operators if operator is not operator_string]
#: Brought by the set-up, so that the copy needs none of its own.
BROUGHT = (".venv", "node_modules", "static/vendor", "vendor")
#: The files that name most of what a module offers are asked first; nearly every change is found there.
NEAREST = 5
LONGEST = 30 * 60  # seconds, for a change that never ends
# What reads the sources asks git for them, and the copy has none.
EVERY_TEST = ("-m", "not browser and not durability", "--ignore-glob=*/test_sources.py")
PYTEST = (sys.executable, "-m", "pytest", "-x", "-q", "--reuse-db", "-p", "no:randomly", "-p", "no:cacheprovider")


class Mutant(NamedTuple):
    path: Path
    module: cst.Module
    node: cst.CSTNode
    changed: cst.CSTNode

    @property
    def before(self) -> str:
        return self.module.code

    @property
    def after(self) -> str:
        return self.module.deep_replace(self.node, self.changed).code

    def __str__(self) -> str:
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        place, *changed = list(lines)[2:]
        return "\n".join([f"{self.path}:{place.split()[1].lstrip('-').partition(',')[0]}", *changed])


def main() -> None:
    asked = _asked()
    everyone = [one for path in targets() if asked.only in str(path) for one in mutants_of(path)]
    chosen = random.Random(asked.seed).sample(everyone, min(asked.sample, len(everyone)))
    print(f"{len(chosen)} of {len(everyone)} changes, seed {asked.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        _copy_to(copy)
        survivors = list(_survivors(copy, chosen, nearest, "its nearest tests"))
        if survivors and not asked.near:
            survivors = list(_survivors(copy, survivors, lambda mutant: EVERY_TEST, "every test"))
    print(f"Killed {len(chosen) - len(survivors)} of {len(chosen)}: {1 - len(survivors) / len(chosen):.0%}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.mutants", description=__doc__)
    parser.add_argument("--sample", type=int, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000), help="makes the same changes again")
    parser.add_argument("--only", default="", help="a part of the paths of the modules to change")
    parser.add_argument("--near", action="store_true", help="the nearest tests alone: quick, and some survive wrongly")
    return parser.parse_args()


def _files() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], capture_output=True, check=True
    )
    return [name for name in listed.stdout.decode().split("\0") if name and Path(name).is_file()]


def targets() -> list[Path]:
    """The modules that decide, wherever they lie: in a folder of that name, or a file of it."""
    modules = (path for path in map(Path, _files()) if path.suffix == ".py" and set(TARGETS) & {*path.parts, path.stem})
    return sorted(path for path in modules if not set(NO_TARGETS) & set(path.parts))


def _copy_to(copy: Path) -> None:
    for name in _files():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, copy / name)
    for name in BROUGHT:
        if not (copy / name).exists():
            (copy / name).symlink_to(Path(name).resolve())


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Each change of one place of the module."""
    module = cst.parse_module(path.read_text())
    for node in _decides(module):
        for kind, operator in OPERATORS:
            for changed in operator(node) if isinstance(node, kind) else ():
                yield Mutant(path, module, node, changed)


def _decides(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    # What is said of types and brought in by a name decides nothing.
    if not isinstance(node, cst.Annotation | cst.Decorator | cst.Import | cst.ImportFrom):
        yield node
        for child in node.children:
            yield from _decides(child)


def nearest(mutant: Mutant) -> list[str]:
    """The files of tests that name most of what the module offers, and what few others name before what all do."""
    offered = re.findall(r"^(?:def|class) (\w+)|^([A-Z]\w+)(?:: .+)? = ", mutant.before, re.MULTILINE)
    words = {mutant.path.stem, *(name for pair in offered for name in pair if name)}
    named = {path: words & {*re.findall(r"\w+", text)} for path, text in _tests().items()}
    by = Counter(word for found in named.values() for word in found)
    return sorted(named, key=lambda path: (-sum(1 / by[word] for word in named[path]), path))[:NEAREST]


@cache
def _tests() -> dict[str, str]:
    files = (path for path in Path("tests").rglob("test_*.py") if not {"browser", "durability"} & {*path.parts})
    return {str(path): path.read_text() for path in files}


def _survivors(
    copy: Path, mutants: list[Mutant], tests: Callable[[Mutant], Sequence[str]], whom: str
) -> Iterator[Mutant]:
    if not _passes(copy, tests(mutants[0])):
        raise SystemExit("The tests fail without any change: mend them first.")
    for number, mutant in enumerate(mutants, start=1):
        place = copy / mutant.path
        place.write_text(mutant.after)
        survives = _passes(copy, tests(mutant))
        place.write_text(mutant.before)
        print(f"{number}/{len(mutants)} " + (f"survives {whom}: {mutant}" if survives else "is killed"), flush=True)
        if survives:
            yield mutant


def _passes(copy: Path, tests: Sequence[str]) -> bool:
    try:
        return subprocess.run([*PYTEST, *tests], cwd=copy, capture_output=True, timeout=LONGEST).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    main()
