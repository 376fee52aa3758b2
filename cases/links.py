"""Addresses of which a page has many.

Django looks each one up among all patterns, which takes longer than a row of a list. One that was looked up is kept; of
the same page they differ in the public id alone.
"""

from functools import cache, lru_cache
from uuid import UUID

from django.urls import get_script_prefix, reverse

_ANY = UUID(int=0)
#: So many addresses without a public id are kept, by name and arguments: those of menus, acts and rules are fewer.
_KEPT = 2_000


def address(name: str, *args: object) -> str:
    """What Django's `reverse` gives for that name and these arguments. Raises NoReverseMatch where there is none."""
    if len(args) == 1 and isinstance(args[0], UUID):
        return link_to(name, args[0])
    if all(isinstance(one, str | int) for one in args):
        return _kept(name, args, get_script_prefix())
    return reverse(name, args=args)


@lru_cache(_KEPT)
def _kept(name: str, args: tuple[object, ...], prefix: str) -> str:
    return reverse(name, args=args)


def link_to(name: str, public_id: UUID | str) -> str:
    """The address of that name, in which there is nothing but this public id."""
    return _pattern(name, get_script_prefix()).replace(str(_ANY), str(public_id))


@cache
def _pattern(name: str, prefix: str) -> str:
    return reverse(name, args=[_ANY])
