"""The hidden fields of every form that is posted: its token, and for whom it was drawn."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import format_html

from cases.models import User
from cases.unsaved import writer

register = template.Library()


class FormTokenNode(CsrfTokenNode):
    """As Django's; a form that is sent after the session ended still tells whose it is."""

    def render(self, context: Any) -> str:
        # An include with `only` keeps the request on the context and not in it, crispy the other way round.
        request = getattr(context, "request", None) or context.get("request")
        user = getattr(request, "user", None)
        if not isinstance(user, User):
            return super().render(context)
        field = '{}<input type="hidden" name="{}" value="{}">'
        return format_html(field, super().render(context), writer.FIELD, writer.token(user))


@register.tag
def csrf_token(parser: Parser, token: Token) -> FormTokenNode:
    return FormTokenNode()
