"""Put what was typed back into the form of a page, whoever wrote the page and whatever its fields are."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser
from itertools import accumulate

from cases.unsaved.services import Typed

#: Kept by nobody and put back nowhere.
_BUTTONS = ("submit", "button", "image", "reset")
_NOT_TYPED = ("file", "password", *_BUTTONS)
#: How many rows a formset has on the page says the page.
_ROW_COUNTS = "_FORMS"
#: An id or the code of a choice is so long; what is longer somebody wrote.
LONGEST_CODE = 40
_MAIN = re.compile("<main[^>]*>")

Attributes = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Filled:
    """The page with what was typed, where in it that is told, and the texts for which there is no field."""

    page: str
    notice_at: int
    rest: Sequence[str]
    has_form: bool = True
    has_fields: bool = True


def fill(page: str, *, address: str, action: str, typed: Typed) -> Filled | None:
    """The page of that address with its form to that action filled in; nothing where it has no such form."""
    reader = _FormReader(page, address=address, action=action, fields=typed.fields)
    reader.feed(page)
    reader.close()
    form = reader.chosen()
    if form is None:
        return None
    for start, end, text in reversed(form.edits):
        page = f"{page[:start]}{text}{page[end:]}"
    told = texts(typed, without=form.names - form.unseen)
    return Filled(page, form.starts_at, told, has_fields=form.has_fields)


def without_form(page: str, typed: Typed) -> Filled:
    """The page as it is, with a place at its beginning for the words that nobody asks for there any more."""
    main = _MAIN.search(page)
    return Filled(page, main.end() if main else 0, texts(typed) if main else (), has_form=False)


def texts(typed: Typed, *, without: Collection[str] = ()) -> list[str]:
    """What was written in words, and is no choice among a few, in the fields that are not named."""
    values = [value.strip() for name, values in typed.fields.items() if name not in without for value in values]
    return [value for value in values if " " in value or len(value) > LONGEST_CODE]


@dataclass
class _Form:
    """A form to the action, what must be changed to fill it in, and whether all its hidden fields are those sent."""

    starts_at: int
    edits: list[tuple[int, int, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    #: Hidden fields with words in them, from an answer that showed them as a field to write in.
    unseen: set[str] = field(default_factory=set)
    has_fields: bool = False
    is_the_one_sent: bool = True
    met: Counter[str] = field(default_factory=Counter)


class _FormReader(HTMLParser):
    """Finds the form, and what must be changed within it. All else stays as it is, byte for byte."""

    def __init__(self, page: str, *, address: str, action: str, fields: Mapping[str, Sequence[str]]) -> None:
        super().__init__(convert_charrefs=False)
        self._forms: list[_Form] = []
        self._address, self._action, self._fields = address, action, fields
        self._form: _Form | None = None
        self._select = ""
        self._area: tuple[str, int] | None = None
        self._lines = list(accumulate((len(line) + 1 for line in page.split("\n")), initial=0))

    def chosen(self) -> _Form | None:
        """The only one; of many to the same action, as on the rows of a list, the one that was sent."""
        if len(self._forms) == 1:
            return self._forms[0]
        return next((form for form in self._forms if form.is_the_one_sent), None)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        self.handle_starttag(tag, attrs)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._begin(values)
        elif self._form is None or "form" in values:
            return
        elif tag == "input":
            self._input(self._form, attrs, values)
        elif tag == "textarea":
            self._area = (values.get("name", ""), self._here() + len(self.get_starttag_text() or ""))
        elif tag == "select":
            self._select = values.get("name", "")
            self._meet(self._form, self._select)
        elif tag == "option" and self._select in self._fields and "value" in values:
            self._tick(self._form, tag, attrs, "selected", values["value"] in self._fields[self._select])
        elif tag == "button":
            self._form.names.add(values.get("name", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._form and self._area:
            (name, start), self._area = self._area, None
            self._meet(self._form, name)
            if (text := self._next(self._form, name)) is not None:
                # A browser leaves out the first line break.
                self._form.edits.append((start, self._here(), "\n" + escape(text)))

    def _here(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _begin(self, values: Mapping[str, str]) -> None:
        is_post = values.get("method", "").lower() == "post"
        if is_post and (values.get("action") or self._address) == self._action:
            self._form = _Form(self._here())
            self._forms.append(self._form)

    def _input(self, form: _Form, attrs: Attributes, values: Mapping[str, str]) -> None:
        name, kind = values.get("name", ""), values.get("type", "text").lower()
        form.names.add(name)
        form.has_fields |= kind not in ("hidden", *_BUTTONS)
        if kind in _NOT_TYPED or name.endswith(_ROW_COUNTS):
            return
        if kind == "checkbox" or (kind == "radio" and name in self._fields):
            self._tick(form, "input", attrs, "checked", values.get("value", "on") in self._fields.get(name, ()))
        elif kind != "radio" and (text := self._next(form, name)) is not None:
            is_new = kind == "hidden" and text != values.get("value", "")
            form.is_the_one_sent &= not is_new
            form.unseen |= {name} if is_new and " " in text.strip() else set()
            self._replace(form, "input", [*((key, value) for key, value in attrs if key != "value"), ("value", text)])

    def _meet(self, form: _Form, name: str) -> None:
        form.has_fields = True
        form.names.add(name)

    def _next(self, form: _Form, name: str) -> str | None:
        """What was typed in the next field of that name."""
        texts = self._fields.get(name, ())
        form.met[name] += 1
        return texts[form.met[name] - 1] if form.met[name] <= len(texts) else None

    def _tick(self, form: _Form, tag: str, attrs: Attributes, attribute: str, is_chosen: bool) -> None:
        kept: Attributes = [(name, value) for name, value in attrs if name != attribute]
        self._replace(form, tag, [*kept, (attribute, None)] if is_chosen else kept)

    def _replace(self, form: _Form, tag: str, attrs: Attributes) -> None:
        written = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attrs)
        start = self._here()
        form.edits.append((start, start + len(self.get_starttag_text() or ""), f"<{tag}{written}>"))
