"""The property tests over many seeds: python -m tests.properties 50. Stops at the first that fails, with its name."""

import subprocess
import sys
from pathlib import Path

#: One database for all seeds: each test leaves it as it was.
PYTEST = [sys.executable, "-m", "pytest", "-q", "--no-header", "--reuse-db", "-m", "hypothesis"]


def main(seeds: int) -> int:
    # To collect the whole suite takes as long as to ask it.
    files = [str(path) for path in Path("tests").rglob("test_*.py") if "hypothesis" in path.read_text()]
    for seed in range(1, seeds + 1):
        chosen = [f"--hypothesis-seed={seed}", f"--randomly-seed={seed}"]
        print(f"Seed {seed} of {seeds}", flush=True)
        if status := subprocess.run([*PYTEST, *chosen, *files]).returncode:
            again = " ".join(["pytest", "-m", "hypothesis", *chosen])
            print(f"Seed {seed} fails. Once more: .venv/bin/python -m config.local exec -- {again}", file=sys.stderr)
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
