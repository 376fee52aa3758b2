"""The tabs of the page of a case, in their order. Each is a page of its own, with its own address."""

from uuid import UUID

from cases.links import link_to
from cases.rules.labelled import Labelled


class Tab(Labelled):
    OVERVIEW = "overview", "Overblik"
    TALKS = "talks", "Samtaler og frister"
    PLAN = "plan", "Plan og tilbud"
    ABSENCE = "absence", "Fravær"
    HISTORY = "history", "Historik og post"
    FACTS = "facts", "Oplysninger"
    #: All of them beneath each other, to be printed and searched.
    WHOLE = "whole", "Hele sagen"

    def url_of(self, public_id: UUID) -> str:
        """The address of the tab for the case with that public id."""
        route = "meetings:course" if self is Tab.OVERVIEW else f"meetings:course_{self}"
        return link_to(route, public_id)
