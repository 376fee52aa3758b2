"""Wherever in its calls a page is made, no memory is mapped anew for each of them."""

from resource import RUSAGE_SELF, getrusage

from cases.accounts.middleware import answer_on_one_stack

CALLS = 1_000


def called_at_depth(depth, call):
    return call() if depth == 0 else called_at_depth(depth - 1, call)


def page(request):
    for _ in range(CALLS):
        called_at_depth(20, lambda: None)


def most_mapped(answer):
    """How often memory was touched for the first time while the page was made, at the worst of all depths."""
    mapped = []
    for depth in range(0, 200, 4):
        before = getrusage(RUSAGE_SELF).ru_minflt
        called_at_depth(depth, lambda: answer(None))
        mapped.append(getrusage(RUSAGE_SELF).ru_minflt - before)
    return max(mapped)


def test_no_memory_is_mapped_for_a_call():
    assert most_mapped(answer_on_one_stack(page)) < CALLS / 4 < CALLS <= most_mapped(page)
