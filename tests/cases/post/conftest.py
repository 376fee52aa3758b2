"""The cases and bookings whose messages stand in the post book."""

from tests.meetings.due.conftest import _told_at_once, book, booking, open_case, post_folder

__all__ = ["_told_at_once", "book", "booking", "open_case", "post_folder"]
