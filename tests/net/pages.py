"""What no page may hold, and what no reading request may do."""

import gzip
import re
from contextlib import nullcontext
from functools import lru_cache
from html.parser import HTMLParser

import pytest
from django.db import connection
from django.template.backends.django import Template
from django.test import Client

from tests import wall

#: Written by every answer, also to a reader: who read what or was refused it, and until when the session lasts.
WRITTEN_WHEN_READ = ("cases_accesslog", "cases_doorcount", "cases_securityevent", "django_session", "axes_")
#: Whoever comes back from an organisation's own log-in is logged in by it, as the standard says.
LOGS_IN = "/log-ind/organisation/svar/"
_WRITE = re.compile(r'\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+"(\w+)"')
# A browser neither runs nor applies these.
_DATA_SCRIPTS = ("application/json", "importmap")
_CONTROLS = ("button", "fieldset", "input", "optgroup", "option", "select", "textarea")
_BLOCKS = (
    *("address", "article", "aside", "blockquote", "details", "div", "dl", "fieldset", "footer", "form", "header"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "main", "nav", "ol", "pre", "section", "table", "ul"),
)
# A browser shows nothing else in such a field, so whatever else was typed is lost.
_TYPED = {"date": r"\d{4}-\d\d-\d\d", "time": r"\d\d:\d\d(:\d\d)?", "url": r"\w+:\S+", "number": r"-?[\d.]+"}
_TOKEN_VALUE = re.compile(rb'(?<=name="csrfmiddlewaretoken" )value="\w+"')


class _Reader(HTMLParser):
    """Collects what the content security policy would block, and what the checkers of HTML and of access find."""

    def __init__(self) -> None:
        super().__init__()
        self.blocked: list[str] = []
        self.unsafe_forms: list[str] = []
        self.invalid: list[str] = []
        self._forms: dict[str, str] = {}
        self._with_button: set[str] = set()
        self._with_field: set[str] = set()
        self._form: str | None = None
        self._form_id = ""
        self._method = "get"
        self._has_token = False
        self._ids: set[str] = set()
        self._is_focused = False
        self._is_in_paragraph = False
        # Of each group that is open, whether it has said its name.
        self._groups: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        for name, value in attrs:
            # htmx runs hx-on by eval, which the policy forbids as well.
            is_script = name.startswith(("on", "hx-on", "data-hx-on")) or (value or "").strip().lower().startswith(
                "javascript:"
            )
            if name.startswith("hx-"):
                self.invalid.append(f"{name} is no attribute of HTML, data-{name} is: {self.get_starttag_text()}")
            if name == "id" and value:
                if value in self._ids:
                    self.invalid.append(f"a second #{value}: {self.get_starttag_text()}")
                self._ids.add(value)
            if is_script or name == "style":
                self.blocked.append(f'<{tag} {name}="{value}">')
        if tag == "style" or (tag == "script" and "src" not in values and values.get("type") not in _DATA_SCRIPTS):
            self.blocked.append(f"<{tag}> with its content on the page")
        if tag == "th" and "scope" not in values:
            self.invalid.append(f"a head of nothing, without scope: {self.get_starttag_text()}")
        self._check(tag, values)
        if tag == "form":
            self._form_id = values.get("id") or f"form {len(self._forms)}"
            self._forms[self._form_id] = self.get_starttag_text() or ""
        kind = values.get("type") or ("submit" if tag == "button" else "text")
        if tag in ("button", "input") and kind in ("submit", "image"):
            self._with_button.add(values.get("form") or self._form_id)
        elif tag in ("select", "textarea") or (tag == "input" and kind not in ("hidden", "button")):
            self._with_field.add(values.get("form") or self._form_id)
        if tag == "form":
            self._form, self._method, self._has_token = self.get_starttag_text(), values.get("method") or "get", False
        if tag == "input" and values.get("name") == "csrfmiddlewaretoken":
            self._has_token = True

    def _check(self, tag: str, values: dict[str, str | None]) -> None:
        """What the checkers find on pages that others' templates and forms draw."""
        start = self.get_starttag_text() or ""
        if "disabled" in values and tag not in _CONTROLS:
            self.invalid.append(f"no control, so never disabled: {start}")
        if "autofocus" in values:
            if self._is_focused:
                self.invalid.append(f"a second element takes the focus: {start}")
            self._is_focused = True
        pattern, value = _TYPED.get(values.get("type") or ""), values.get("value")
        if tag == "input" and pattern and value and not re.fullmatch(pattern, value):
            self.invalid.append(f"a value that a browser does not show: {start}")
        if tag == "fieldset":
            self._groups.append(False)
        elif tag == "legend" and self._groups:
            self._groups[-1] = True
        if tag == "p" or tag in _BLOCKS:
            self._is_in_paragraph = tag == "p"

    @property
    def without_button(self) -> list[str]:
        """Forms to fill in that can be sent by a script alone."""
        unsent = self._with_field - self._with_button
        return [f"no submit button: {start}" for name, start in self._forms.items() if name in unsent]

    def handle_endtag(self, tag: str) -> None:
        if tag == "fieldset" and self._groups and not self._groups.pop():
            self.invalid.append("a fieldset without a legend")
        if tag == "p":
            if not self._is_in_paragraph:
                self.invalid.append("a paragraph that a block within it had ended")
            self._is_in_paragraph = False
        if tag != "form" or self._form is None:
            return
        is_post = self._method.lower() == "post"
        if is_post and not self._has_token:
            self.unsafe_forms.append(f"no CSRF token: {self._form}")
        if not is_post and self._has_token:
            self.unsafe_forms.append(f"a CSRF token that ends up in an address: {self._form}")
        self._form = None


def _read(html: str) -> _Reader:
    return _read_once(_TOKEN_VALUE.sub(b"", html.encode()))


@lru_cache(maxsize=128)
def _read_once(html: bytes) -> _Reader:
    # What a template rendered is read as it is, and mostly once more as the whole answer; many answers are alike but
    # for their tokens. By its bytes: to a cache, a text that is marked as safe is another key than the same text.
    reader = _Reader()
    reader.feed(html.decode())
    return reader


def blocked_by_policy(html: str) -> list[str]:
    """Inline scripts, styles and handlers: a browser ignores them under our policy, so the page is broken."""
    return _read(html).blocked


def faults(html: str) -> list[str]:
    """All that is wrong with a whole page."""
    reader = _read(html)
    return reader.blocked + reader.unsafe_forms + reader.invalid + reader.without_button


def spread(patch: pytest.MonkeyPatch) -> None:
    request_before, render_before = Client.request, Template.render

    def request(self, **environ):
        method = environ.get("REQUEST_METHOD", "GET")
        written: list[str] = []

        def note_writes(execute, sql, params, many, context):
            written.extend(table for table in _WRITE.findall(sql) if not table.startswith(WRITTEN_WHEN_READ))
            return execute(sql, params, many, context)

        is_reading = method in ("GET", "HEAD", "OPTIONS") and environ.get("PATH_INFO") != LOGS_IN
        with connection.execute_wrapper(note_writes) if is_reading else nullcontext(), wall.left_as_it_was():
            response = request_before(self, **environ)
            if response.streaming:
                # In operation it is read before the next request says what is seen.
                response.streaming_content = [b"".join(response)]
        path = environ.get("PATH_INFO", "/")
        assert not written, f"{method} {path} wrote to {', '.join(sorted(set(written)))}: a reading changes nothing."
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            is_packed = response.has_header("Content-Encoding")
            found = faults((gzip.decompress(response.content) if is_packed else response.content).decode())
            assert not found, f"{method} {path}: " + "; ".join(found)
        return response

    def render(self, context=None, request=None):
        text = render_before(self, context, request)
        # What is rendered outside a request: a part, a component. Mails carry their styles within.
        if str(self.origin).endswith(".html") and "/emails/" not in str(self.origin):
            found = blocked_by_policy(text)
            assert not found, f"{self.origin}: " + "; ".join(found)
        return text

    patch.setattr(Client, "request", request)
    patch.setattr(Template, "render", render)
