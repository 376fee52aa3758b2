"""A case opens again: what its closing stopped does not come back by itself, and that is said."""

from cases.history import events as history_events
from cases.models import Event

#: What a closing does to offers and recommendations.
_STOPS = ("referrals.withdrawn", "referrals.offer_cancelled", "referrals.offer_ended")


def on_case_reopened(event: Event) -> None:
    """Record which offers and recommendations ended with the closing, so that somebody can enter them anew."""
    closing = event.case.events.filter(kind="cases.closed", pk__lt=event.pk).order_by("pk").last()
    if closing is None:
        return
    stopped = event.case.events.filter(kind__in=_STOPS, pk__gt=closing.pk, at=closing.at).order_by("pk")
    if texts := list(stopped.values_list("text", flat=True)):
        text = f"Det kom ikke igen med sagen: {' '.join(texts)} Registrér det på ny, hvis det stadig gælder."
        history_events.record(case=event.case, kind="referrals.stays_stopped", by=event.by, at=event.at, text=text)
