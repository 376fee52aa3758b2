"""`url`, which every template has: as Django's, but what has been looked up once is kept."""

from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import NoReverseMatch
from django.utils.html import conditional_escape

from cases.links import address

register = template.Library()


class AddressNode(URLNode):
    """Looks an address up once for all pages; one with arguments by name is looked up each time, as Django does."""

    def render(self, context: Any) -> str:
        if self.kwargs:
            return super().render(context)
        try:
            found = address(self.view_name.resolve(context), *(arg.resolve(context) for arg in self.args))
        except NoReverseMatch:
            if self.asvar is None:
                raise
            found = ""
        if self.asvar:
            context[self.asvar] = found
            return ""
        return conditional_escape(found) if context.autoescape else found


@register.tag
def url(parser: Parser, token: Token) -> AddressNode:
    node = django_url(parser, token)
    return AddressNode(node.view_name, node.args, node.kwargs, node.asvar)
