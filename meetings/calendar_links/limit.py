"""Ends work that takes too long: what somebody shares may be made so that it is never counted out."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class TookTooLong(BaseException):
    """The time is up. It is no ordinary Exception: the packages within would catch that."""


#: So often it is said again when something swallowed it, as Python does in whatever it calls as it clears up.
_AGAIN = 0.1


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise TookTooLong when the work within has used the processor that long. Only in the main thread of a worker."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, _AGAIN)
    try:
        try:
            yield
        finally:
            signal.signal(signal.SIGVTALRM, signal.SIG_IGN)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
