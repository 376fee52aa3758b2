"""One act held against the live cases: what it would move, and what it moved. Both by the same comparison."""

from meetings.law_runs.changes import unplanned
from meetings.law_runs.reach import Consequence, Touches, register, touched
from meetings.law_runs.runs import (
    NotADraft,
    Progress,
    fingerprint,
    is_outdated,
    on_law_changed,
    progress,
    simulate,
    stop,
    summary,
    wait_for_workers,
)
from meetings.law_runs.work import take_next_batch, what_if

__all__ = [
    "Consequence",
    "NotADraft",
    "Progress",
    "Touches",
    "fingerprint",
    "is_outdated",
    "on_law_changed",
    "progress",
    "register",
    "simulate",
    "stop",
    "summary",
    "take_next_batch",
    "touched",
    "unplanned",
    "wait_for_workers",
    "what_if",
]
