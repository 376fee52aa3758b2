"""What a browser would send of the forms of a page, and what somebody types in them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit


@dataclass
class FilledForm:
    """One form that is posted: where to, and its fields as they are sent; the kinds of those that are typed in."""

    action: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)

    @property
    def typed(self):
        """What is kept of it, in an order of its own."""
        tokens = ("csrfmiddlewaretoken", "skrevet_af")
        return sorted(pair for pair in self.sent if pair[0] not in tokens and "password" not in pair[0])


class _Forms(HTMLParser):
    def __init__(self, address, words):
        super().__init__()
        self.forms, self._form, self._address, self._words = [], None, address, words
        self._select, self._area = None, None

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        name, kind = values.get("name"), values.get("type", "text")
        if tag == "form" and values.get("method") == "post":
            self._form = FilledForm(values.get("action") or self._address)
            self.forms.append(self._form)
        elif self._form is None or "form" in values or not name and tag != "option":
            return
        elif tag == "input" and kind in ("checkbox", "radio"):
            if self._words and kind == "radio":
                # The last one of them is chosen.
                self._form.sent = [pair for pair in self._form.sent if pair[0] != name]
            if self._words or "checked" in values:
                self._form.sent.append((name, values.get("value", "on")))
        elif tag == "input" and kind == "file":
            self._form.files.append(name)
        elif tag == "input" and kind not in ("submit", "password"):
            value = values.get("value") or ""
            is_typed = self._words and kind not in ("hidden", "number")
            self._form.sent.append((name, f"{value}{self._words}" if is_typed else value))
        elif tag == "textarea":
            self._area = [name, ""]
        elif tag == "select":
            self._select = [name, None, False]
        elif tag == "option" and self._select and (self._words or "selected" in values or self._select[1] is None):
            self._select[1] = values.get("value")

    def handle_data(self, data):
        if self._area:
            self._area[1] += data

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area:
            name, text = self._area
            self._form.sent.append((name, text.removeprefix("\r").removeprefix("\n") + self._words))
            self._form.areas.append(name)
            self._area = None
        elif tag == "select" and self._select:
            self._form.sent.append((self._select[0], self._select[1] or ""))
            self._select = None
        elif tag == "form":
            self._form = None


def forms_of(html, *, address, words=""):
    """The forms of the page that are posted; with words, as somebody who writes them everywhere sends them."""
    reader = _Forms(address, words)
    reader.feed(html)
    return reader.forms


def filled(html, *, page):
    """What a browser would send of the form of the page itself; nothing where it has none."""
    path = urlsplit(page).path
    forms = [form for form in forms_of(html, address=page) if urlsplit(form.action).path == path]
    return {name: value for name, value in forms[-1].sent if name != "csrfmiddlewaretoken"} if forms else {}


def opened(client, page):
    """The form of the page as it is when it has just been opened."""
    answer = client.get(page)
    return filled(answer.content.decode(), page=page) if answer.status_code == 200 else {}


def send(client, page, typed, **more):
    """Open the page, type this, and send it."""
    return client.post(page, {**opened(client, page), **typed}, **more)
