"""The administration of the acts: a second person publishes what one has drafted; what is law is only read."""

from cases.admin_law.acts import ActAdmin
from cases.admin_law.comparison import TABLES, Side
from cases.admin_law.pages import ActPage, Panel
from cases.admin_law.published import PublishedRows
from cases.admin_law.values import SELECTIONS, Selection

__all__ = ["SELECTIONS", "TABLES", "ActAdmin", "ActPage", "Panel", "PublishedRows", "Selection", "Side"]
