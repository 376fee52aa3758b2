"""How many examples a property is asked: all in the one run of the suite, and a fifth by each of many seeds."""

from hypothesis import settings

ONE_RUN, ONE_SEED = 50, 10


def asked(number: int) -> int:
    """Return how many to ask now, of a property that asks so many in the one run because each takes its time."""
    default: int = settings.default.max_examples  # type: ignore[attr-defined]  # hypothesis hides it from the types
    return max(1, number * default // ONE_RUN)
