"""A letter or a plan as a sheet of paper: headings and paragraphs, set as tagged PDF."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

import typst

_TEMPLATE = Path(__file__).with_name("sheet.typ").read_bytes()


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
    """The sheet as PDF/UA-1: tagged, in Danish, with a title. It goes in as data: nothing in it is markup."""
    data: Mapping[str, object] = asdict(sheet) | {
        "parts": [{"heading": part.heading, "paragraphs": part.paragraphs} for part in sheet.parts]
    }
    made: bytes = typst.compile(
        _TEMPLATE, sys_inputs={"sheet": json.dumps(data)}, pdf_standards=["ua-1"], ignore_system_fonts=True
    )
    return made
