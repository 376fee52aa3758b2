"""What is written of an error names nobody: CPR numbers are masked, and rows of the database left out."""

import logging
import re
import sys
import traceback
from types import TracebackType

from cases.people import cpr

#: The database tells whole rows, over as many lines as their texts have, until something else begins.
_ROW = re.compile(
    r"(DETAIL:|Failing row contains|Key \().*?(?=\n(?:HINT|CONTEXT|LOCATION):|\n\n(?:The above|During handling)|\Z)",
    re.DOTALL,
)

#: Figures could look like a CPR number, and would be hidden.
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_FIGURES = str.maketrans("ghijklmnop", "0123456789")

_ONE_LINE = str.maketrans({"\r": r"\r", "\n": r"\n", "\u2028": r"\u2028", "\u2029": r"\u2029"})


def in_letters(key: object) -> str:
    """A key in hexadecimal figures as the logs have it: no reader of them takes it for somebody's number."""
    return str(key).translate(_LETTERS)


def in_figures(written: str) -> str:
    """The key again, also where it was written as it is."""
    return written.translate(_FIGURES)


def masked(text: str) -> str:
    return cpr.mask(_ROW.sub("(the database's details are left out)", text))


class MaskedFormatter(logging.Formatter):
    """A line of the log as it would be written, its traceback included, and then masked."""

    # Clocks go back an hour once a year: a moment says how far it lies from UTC.
    default_time_format = "%Y-%m-%dT%H:%M:%S%z"
    default_msec_format = None

    def formatMessage(self, record: logging.LogRecord) -> str:
        # What somebody sent begins no line that looks like ours.
        return super().formatMessage(record).translate(_ONE_LINE)

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record))


def print_masked(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """As Python prints an error that ends a command."""
    print(masked("".join(traceback.format_exception(kind, error, where))), end="", file=sys.stderr)
