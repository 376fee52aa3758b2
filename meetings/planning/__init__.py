"""Writes what the law demands of cases, and what each party has to do next, in the caller's transaction."""

from meetings.planning.facts import Demand, Facts, cases_with_facts, course_of, read
from meetings.planning.judgement import NO_LINK, Judgement, judge, judge_as_planned
from meetings.planning.law import Law, law_in_force, of_book, row_ids
from meetings.planning.one_case import (
    REPLANNED_BY,
    on_case_changed,
    on_worker_changed,
    refresh,
    replan,
)
from meetings.planning.rows import update_rows, upsert_rows
from meetings.planning.writing import write

__all__ = [
    "Demand",
    "Facts",
    "Judgement",
    "Law",
    "NO_LINK",
    "REPLANNED_BY",
    "cases_with_facts",
    "course_of",
    "judge",
    "judge_as_planned",
    "law_in_force",
    "of_book",
    "on_case_changed",
    "on_worker_changed",
    "read",
    "refresh",
    "replan",
    "row_ids",
    "update_rows",
    "upsert_rows",
    "write",
]
