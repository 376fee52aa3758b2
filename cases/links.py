"""Addresses of which a page has many.

Django looks each one up among all patterns, which takes longer than a row of a list; of the same page they differ in
the public id alone.
"""

from functools import cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

_ANY = UUID(int=0)


def link_to(name: str, public_id: UUID | str) -> str:
    """The address of that name, in which there is nothing but this public id."""
    return _pattern(name, get_script_prefix()).replace(str(_ANY), str(public_id))


@cache
def _pattern(name: str, prefix: str) -> str:
    return reverse(name, args=[_ANY])
