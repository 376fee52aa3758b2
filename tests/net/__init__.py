"""The safety net under every test: what would be a fault on any page or in any query fails whichever test meets it."""

import pytest

from tests.net import pages, queries


def spread(patch: pytest.MonkeyPatch) -> None:
    """Put the whole net up; taking the patch back takes it down."""
    pages.spread(patch)
    queries.spread(patch)
