"""The banner of an exercise: the one part of a page that asks itself what day it is."""

from typing import Any

from django import template

from cases import clock

register = template.Library()


@register.inclusion_tag("components/exercise.html")
def exercise() -> dict[str, Any]:
    """Says that this is an exercise, where the system lives on another date than everybody else."""
    return {"today": clock.today() if clock.days_moved() else None}
