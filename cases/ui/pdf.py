"""A letter or a plan as a sheet of paper: headings and paragraphs, set as tagged PDF."""

import json
import re
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typst
from django.conf import settings

_TEMPLATE = Path(__file__).with_name("sheet.typ").read_bytes()

_FONT = "Libertinus Serif"

#: Stands where the text has a sign that no font knows: the reader sees that something is missing.
MISSING_SIGN = "□"

#: So many different signs without a font are replaced in one text; with more of them it is no text.
_MOST_MISSING = 50

#: How a word processor writes its bullets, by fonts of its own.
_OWN_BULLETS = (0xF02D, 0xF06C, 0xF06E, 0xF071, 0xF075, 0xF076, 0xF0A7, 0xF0A8, 0xF0B7, 0xF0D8, 0xF0E8, 0xF0FC)

#: What shows nothing, a mark of the byte order and the control characters; and what each font shows in its own way.
_READABLE = {
    **dict.fromkeys((0xFEFF, *range(0x20), *range(0x7F, 0xA0))),
    **dict.fromkeys(range(0xE000, 0xF900), MISSING_SIGN),
    ord("\t"): " ",
    ord("\n"): "\n",
    **dict.fromkeys(_OWN_BULLETS, "•"),
}

_NOT_DISPLAYED = re.compile(r'the text `"(.*)"` could not be displayed', re.DOTALL)


class CannotBeSet(Exception):
    """The text cannot be set as a letter."""


class Part(NamedTuple):
    """A heading and what stands under it."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """One letter or plan, ready to be shown or set."""

    sender: str
    address: str
    receiver: str
    reference: str
    day: str
    title: str
    parts: tuple[Part, ...]
    signed_by: str


def paragraphs(text: str) -> tuple[str, ...]:
    """The lines of what somebody wrote, without the empty ones."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF/UA-1: tagged, in Danish, with a title. It goes in as data: nothing in it is markup.

    A sign that no font knows is replaced by MISSING_SIGN. Raises CannotBeSet.
    """
    fonts = _fonts()
    parts = [{"heading": part.heading, "paragraphs": part.paragraphs} for part in sheet.parts]
    # Backwards, so that Chinese is set in the Chinese font, which comes after the Korean one.
    names = [_FONT, *(name for name in reversed(fonts.families()) if name.startswith("Noto"))]
    text = json.dumps(_readable(asdict(sheet) | {"parts": parts, "fonts": names}), ensure_ascii=False)
    for _ in range(_MOST_MISSING):
        try:
            return _compiled(text, fonts)
        except typst.TypstError as error:
            text = _without_missing(text, error)
    raise CannotBeSet


def _compiled(text: str, fonts: typst.Fonts) -> bytes:
    made: bytes = typst.compile(_TEMPLATE, sys_inputs={"sheet": text}, pdf_standards=["ua-1"], font_paths=fonts)
    return made


@cache
def _fonts() -> typst.Fonts:
    """The typesetter's own fonts, and those of the world's scripts."""
    return typst.Fonts(include_system_fonts=False, font_paths=[settings.FONT_FOLDER])


def _readable(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_READABLE)
    if isinstance(value, dict):
        return {name: _readable(one) for name, one in value.items()}
    return [_readable(one) for one in value]


def _without_missing(text: str, error: typst.TypstError) -> str:
    """The text without the sign that the typesetter stopped at, which it names one at a time."""
    found = _NOT_DISPLAYED.search(str(error))
    missing = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    without = text.replace(missing, MISSING_SIGN) if missing else text
    if without == text:
        # A vowel or an accent that has lost its letter.
        without = re.sub(rf"{MISSING_SIGN}[^\w\s\x00-\x7f]+", MISSING_SIGN, text)
    if without == text:
        raise CannotBeSet from error
    return without
