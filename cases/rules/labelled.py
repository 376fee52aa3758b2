"""Codes that carry the Danish word for what they stand for."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self


class Labelled(StrEnum):
    """A code with its label, and where it is counted its plural: `OPEN = "open", "åben"`.

    It is stored and compared as the code alone.
    """

    label: str
    plural: str

    # The label is always given; the default tells the type checker that a member is looked up by its code alone.
    def __new__(cls, code: str, label: str = "", plural: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        member.plural = plural
        return member

    @classmethod
    def choices(cls) -> dict[str, str]:
        """The label of each code, as the columns of the database take them."""
        return {str(member): member.label for member in cls}

    @classmethod
    def options(cls, offered: Iterable[Self] | None = None) -> list[tuple[str, str]]:
        """The codes with their labels as a form offers them, with a capital letter: all, or those offered."""
        return [
            (str(member), member.label[:1].upper() + member.label[1:])
            for member in (cls if offered is None else offered)
        ]
