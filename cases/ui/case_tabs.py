"""The tabs of the page of a case, in their order. Each is a page of its own, with its own address."""

from django.urls import reverse

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

    def url_of(self, public_id: object) -> str:
        """The address of the tab for the case with that public id."""
        route = "meetings:course" if self is Tab.OVERVIEW else f"meetings:course_{self}"
        return reverse(route, args=[public_id])
