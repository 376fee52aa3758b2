"""A cell of a file that tells of several things, with a semicolon, a comma or a new line between them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import ValidationError

from cases.rules.refusal import Refused


def parts(text: str) -> list[str]:
    """What the cell tells of, one thing each, without those that are empty."""
    return [part for part in map(str.strip, re.split(r"[;,\n]", text)) if part]


@contextmanager
def named(column: str) -> Iterator[None]:
    """Name the column in what is refused within, by a field or by a rule. Raises Refused."""
    try:
        yield
    except ValidationError as error:
        raise Refused(f"»{column}«: {error.messages[0]}") from None
    except Refused as refused:
        raise Refused(f"»{column}«: {refused}") from None
