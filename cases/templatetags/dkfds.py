"""The design system's parts for templates: icons, form widgets, Danish dates, and the components that need Python."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlencode

from django import forms, template
from django.contrib.messages.storage.base import Message
from django.forms.boundfield import BoundField, BoundWidget
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cases import clock
from cases.links import link_to
from cases.request import CAME_FROM
from cases.rules.wording import day_text, days_left_text
from cases.ui import timeline_drawing

register = template.Library()

# Icons. The symbols stand in components/sprite.html, which base.html includes once.


@register.simple_tag
@cache
def icon(name: str, label: str = "", classes: str = "") -> SafeString:
    """An icon. With a label it has meaning of its own; without it is decoration."""
    css = f"icon-svg {classes}".strip()
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}" focusable="false"><use href="#{}"></use></svg>',
            css,
            label,
            name,
        )
    return format_html('<svg class="{}" aria-hidden="true" focusable="false"><use href="#{}"></use></svg>', css, name)


# Forms


@register.simple_tag
def widget(field: BoundField) -> SafeString:
    """The field's control with the design system's class beside its own."""
    own = str(field.field.widget.attrs.get("class", ""))
    attrs: dict[str, Any] = {"class": f"{_control_class(field.field.widget)} {own}".strip()}
    if field.form.errors:
        # The summary of the errors takes the focus.
        attrs["autofocus"] = False
    return field.as_widget(attrs=attrs)


def _control_class(control: forms.Widget) -> str:
    if isinstance(control, forms.CheckboxInput):
        return "form-checkbox"
    if isinstance(control, forms.FileInput):
        return "form-file"
    if isinstance(control, forms.Select):
        return "form-select"
    return "form-input"


@register.simple_tag
def choice(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, without its label."""
    attrs = option.data["attrs"]
    attrs["class"] = "form-radio" if option.data["type"] == "radio" else "form-checkbox"
    # The group carries the error; the role of a radio button does not allow it.
    attrs.pop("aria-invalid", None)
    return option.tag()


@register.filter
def is_choice_group(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_textarea(field: BoundField) -> bool:
    return isinstance(field.field.widget, forms.Textarea)


@register.filter
def focus_id(field: BoundField) -> str:
    """The id that the error summary links to: the control, or the first choice of a group."""
    return f"{field.auto_id}_0" if is_choice_group(field) else field.id_for_label


@register.filter
def says(field: BoundField, error: str) -> str:
    """The error as a line of the summary, where it stands far from its field: it names the field, once."""
    label = str(field.label)
    if f"»{label}«" in error:
        return error
    return f"{label} {error}" if label.endswith("?") else f"{label}: {error}"


@register.filter
def error_count(form: forms.BaseForm) -> int:
    return sum(len(errors) for errors in form.errors.values())


@register.simple_tag
def active_filters(filterset: Any) -> list[dict[str, str]]:
    """The filters in use: what each says, and the query string without it."""
    form = filterset.form
    found = []
    for field in form.visible_fields():
        values = [value for value in form.data.getlist(field.html_name) if value]
        if not values:
            continue
        rest = form.data.copy()
        rest.pop(field.html_name)
        rest.pop("page", None)
        rest.pop("after", None)
        names = {str(value): str(label) for value, label in _flat_choices(field.field)}
        shown = ", ".join(names.get(value, value) for value in values)
        found.append({"label": str(field.label), "value": shown, "query": rest.urlencode()})
    return found


def _flat_choices(field: forms.Field) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for value, label in getattr(field, "choices", ()):
        flat += label if isinstance(label, list | tuple) else [(value, label)]
    return flat


# Dates and numbers, as Danes read them


@register.filter(expects_localtime=True)
def long_date(value: date | None) -> str:
    """7. december 2026"""
    return day_text(_day(value)) if value else ""


@register.filter(expects_localtime=True)
def short_date(value: date | None) -> str:
    """07-12-2026"""
    return f"{value:%d-%m-%Y}" if value else ""


@register.filter(expects_localtime=True)
def told_time(value: datetime) -> str:
    """kl. 10.14, where it was today; else 7. december 2026 kl. 10.14"""
    return f"kl. {value:%H.%M}" if value.date() == clock.today() else f"{day_text(value.date())} kl. {value:%H.%M}"


@register.filter(expects_localtime=True)
def week(value: date | None) -> str:
    """uge 50"""
    return f"uge {value.isocalendar().week}" if value else ""


@register.filter(expects_localtime=True)
def days_left(value: date | None, today: date) -> str:
    """Says how far the last good day is from today: om 3 dage, i morgen, i dag, 2 dage over."""
    return days_left_text(_day(value), today=_day(today)) if value else ""


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


#: What `url` gives, for the rows of a list: to a page whose address has nothing but the public id in it.
register.simple_tag(link_to, name="link_to")


@register.simple_tag(takes_context=True)
def and_back(context: Context, url: str, place: str = "") -> str:
    """The address, which leads back to the page that the link stands on, and to the place, where that page asks."""
    if not context.get("leads_back"):
        return url
    page = f"{context['request'].get_full_path()}{'#' if place else ''}{place}"
    return f"{url}{'&' if '?' in url else '?'}{urlencode({CAME_FROM: page})}"


@register.filter
def thousands(value: int) -> str:
    """1.204"""
    return f"{value:,}".replace(",", ".")


# Components of which a page has many, that need Python, or the form token that an include with `only` would lose


@register.simple_tag
def deadline(
    why: Mapping[str, Any],
    about: str = "",
    day: date | None = None,
    frozen_at: datetime | None = None,
    present: Any = None,
) -> SafeString:
    """Why a deadline is what it is: the frozen explanation, closed until somebody asks.

    `why` is a dict of steps (sentences), act (its title) and legal_basis; `about` says whose deadline, for the screen
    reader; the deadline itself, if it is given, is what opens. `frozen_at` and `present` say when it was said, and how
    it would be said today (due_on, why) where that is not the same.
    """
    asks = "Hvorfor denne frist?"
    if day:
        summary = format_html('{}<span class="sr-only">. {}{}</span>', short_date(day), asks, about and f" {about}")
    else:
        summary = format_html('{}<span class="sr-only"> {}</span>', asks, about) if about else format_html("{}", asks)
    text = _explained(why)
    if present:
        then = long_date(timezone.localtime(frozen_at))
        now = _explained(present.why) if present.why else _NOT_DEMANDED
        text = format_html(_THEN_AND_NOW, then, text, now)
    return format_html(_DEADLINE, summary, text)


_DEADLINE = """<details class="details deadline">
  <summary class="details-summary">{}</summary>
  <div class="details-text">{}</div>
</details>"""
_THEN_AND_NOW = """
    <p><strong>Forklaringen, som den lød den {}</strong></p>{}
    <p><strong>Forklaringen, som den ville lyde i dag</strong></p>{}"""
_NOT_DEMANDED = format_html("<p>{}</p>", "Efter loven og reglerne i dag er samtalen ikke et krav.")


def _explained(why: Mapping[str, Any]) -> SafeString:
    return _drawn(tuple(why["steps"]), why["act"], why["legal_basis"])


@lru_cache(2_000)
def _drawn(steps: tuple[str, ...], act: str, legal_basis: str) -> SafeString:
    """Courses begin on few days: the explanations of a list are few, and each is drawn once."""
    listed = format_html_join("", "<li>{}</li>", ((step,) for step in steps))
    return format_html("<ol>{}</ol><p>{}, {}.</p>", listed, act, legal_basis)


@register.inclusion_tag("components/timeline.html")
def timeline(
    events: Sequence[Mapping[str, Any]], start: date, end: date, today: date, heading: str = "Forløbet"
) -> dict[str, Any]:
    return {
        "drawing": timeline_drawing.draw(events, start=start, end=end, today=today),
        "heading": heading,
        "today": today,
    }


@register.inclusion_tag("components/identity_bar.html")
def identity_bar(identity: Mapping[str, Any]) -> dict[str, Any]:
    return {"identity": identity}


@register.inclusion_tag("components/receipt.html")
def receipt(heading: str, text: str = "", undo_url: str = "", undo_until: datetime | None = None) -> dict[str, Any]:
    return {"heading": heading, "text": text, "undo_url": undo_url, "undo_until": undo_until}


@register.inclusion_tag("components/receipt.html", takes_context=True)
def receipt_of(context: Context, message: Message) -> dict[str, Any]:
    """A message with the way back that `case_views.done` gave it."""
    until, undo_url = str(message.extra_tags).split()
    shown = receipt(str(message.message), undo_url=undo_url, undo_until=datetime.fromisoformat(until))
    return {**shown, "heading": message.message, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/interruption.html")
def interruption(card: Mapping[str, Any], form: forms.BaseForm) -> dict[str, Any]:
    return {"card": card, "form": form}
