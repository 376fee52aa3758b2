"""The administration of the acts: a second person publishes what one has drafted; what is law is only read."""

from cases.law.admin.acts import ActAdmin
from cases.law.admin.comparison import Side
from cases.law.admin.pages import ActPage, Panel
from cases.law.admin.published import PublishedRows
from cases.law.admin.values import Selection

__all__ = ["ActAdmin", "ActPage", "Panel", "PublishedRows", "Selection", "Side"]
