"""The cases and bookings whose messages stand in the post book."""

import pytest

from tests.cases.post.causes import Desk
from tests.meetings.due.conftest import _told_at_once, book, booking, open_case, post_folder

__all__ = ["_told_at_once", "book", "booking", "open_case", "post_folder"]


@pytest.fixture
def desk(office, case, now):
    return Desk(office, case, now)
