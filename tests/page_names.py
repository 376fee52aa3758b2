"""The name of every page there is, read from the addresses."""

from collections.abc import Iterable, Iterator

from django.urls import URLPattern, URLResolver


def page_names(patterns: Iterable[URLPattern | URLResolver], namespace: str = "") -> Iterator[str]:
    """The names of these addresses and of all below them, with their namespaces; of the administration none."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or pattern.pattern}"
        elif pattern.namespace != "admin":
            below = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from page_names(pattern.url_patterns, below)
