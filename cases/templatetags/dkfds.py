"""The design system's parts for templates: icons, form widgets, Danish dates, and the components that need Python."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.forms.boundfield import BoundField, BoundWidget
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cases.ui import timeline_drawing

register = template.Library()

MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni",
    "juli", "august", "september", "oktober", "november", "december",
)  # fmt: skip


# Icons. The symbols stand in components/sprite.html, which base.html includes once.


@register.simple_tag
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
    return field.as_widget(attrs={"class": f"{_control_class(field.field.widget)} {own}".strip()})


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
def dansk_dato(value: date | None) -> str:
    """7. december 2026"""
    return f"{value.day}. {MONTHS[value.month - 1]} {value.year}" if value else ""


@register.filter(expects_localtime=True)
def kort_dato(value: date | None) -> str:
    """07-12-2026"""
    return f"{value:%d-%m-%Y}" if value else ""


@register.filter(expects_localtime=True)
def ugenr(value: date | None) -> str:
    """uge 50"""
    return f"uge {value.isocalendar().week}" if value else ""


@register.filter(expects_localtime=True)
def dage_i_ord(value: date | None, today: date) -> str:
    """How far a last good day is from today: om 3 dage, i morgen, i dag, 2 dage over."""
    if not value:
        return ""
    left = (_day(value) - _day(today)).days
    if left < 0:
        return "1 dag over" if left == -1 else f"{-left} dage over"
    return {0: "i dag", 1: "i morgen"}.get(left, f"om {left} dage")


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


@register.filter
def tal(value: int) -> str:
    """1.204"""
    return f"{value:,}".replace(",", ".")


# Components that need Python, or the form token that an include with `only` would lose


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


@register.inclusion_tag("components/interruption.html")
def interruption(card: Mapping[str, Any], form: forms.BaseForm) -> dict[str, Any]:
    return {"card": card, "form": form}
