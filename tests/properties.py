"""The property tests over many seeds: python -m tests.properties 50. Stops at the first that fails, with its name."""

import sys
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

ARGUMENTS = ["-q", "--no-header", "--reuse-db", "-m", "hypothesis", "--hypothesis-seed=1", "--randomly-seed=1"]


class Seeds:
    """Asks every test of the session once for each seed: set-up and collection take longer than the questions."""

    def __init__(self, seeds: int) -> None:
        self.seeds = seeds
        self.failed = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        # Each test is asked by all seeds before the next one: what the tests stand on is built once.
        for before, item, after in zip([None, *items[:-1]], items, [*items[1:], None], strict=True):
            self._ask(item, before=before, after=after)
            if session.testsfailed:
                break
        return True

    def _ask(self, item: pytest.Item, *, before: pytest.Item | None, after: pytest.Item | None) -> None:
        # Not before pytest: it looks into the asserts of hypothesis too.
        from hypothesis import core

        for seed in range(1, self.seeds + 1):
            core.global_force_seed = seed  # type: ignore[assignment]  # it is declared by its first value
            _begin_anew(item)
            # Another test comes next: what this one used is taken down, and what all share is not.
            reports = runtestprotocol(item, nextitem=(after or before) if seed < self.seeds else after)
            if any(report.failed for report in reports):
                self.failed = seed
                break


def _begin_anew(item: pytest.Item) -> None:
    """Forget what the run before left in the test: its fixtures, and what it wrote on the instance of its class."""
    assert isinstance(item, pytest.Function)
    item._initrequest()
    if isinstance(item.parent, pytest.Class):
        vars(item.instance).clear()


def main(number: int) -> int:
    # To collect the whole suite takes as long as to ask it.
    files = [str(path) for path in Path("tests").rglob("test_*.py") if "hypothesis" in path.read_text()]
    seeds = Seeds(number)
    status = pytest.main([*ARGUMENTS, *files], plugins=[seeds])
    if seeds.failed:
        again = f"pytest -m hypothesis --hypothesis-seed={seeds.failed}"
        print(
            f"Seed {seeds.failed} fails. Once more: .venv/bin/python -m config.local exec -- {again}", file=sys.stderr
        )
    return status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
