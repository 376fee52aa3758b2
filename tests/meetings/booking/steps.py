"""How somebody stands at the forms about meetings, and what stands in the case before."""

from contextlib import contextmanager

import time_machine
from django.db.models import Model
from django.urls import reverse

SUNDAY = {"slot": "own", "on": "10-05-2026", "begins": "17.00"}


@contextmanager
def standing_at(moment):
    """Time stands still at another moment than the test's own."""
    with time_machine.travel(moment, tick=False):
        yield moment


def url(name, thing):
    return reverse(f"meetings:{name}", args=[thing.public_id])


class Visitor:
    """Somebody at a form: it is posted as the page shows it, but for what is changed."""

    def __init__(self, client, user):
        self._client, self._user = client, user

    @property
    def client(self):
        # Logged in again each time: the clock may have moved past the end of the session.
        self._client.force_login(self._user)
        return self._client

    def look(self, name, thing, query="", **headers):
        return self.client.get(url(name, thing) + query, headers=headers)

    def shown(self, name, thing):
        form = self.look(name, thing).context["form"]
        values = {bound.name: bound.value() for bound in form}
        if "seen" in values:
            values["seen"] = form.seen_now
        return {
            field: str(value.public_id) if isinstance(value, Model) else value
            for field, value in values.items()
            # A browser sends a version of 0, and no box that is not ticked.
            if value not in (None, "") and value is not False
        }

    def send(self, name, thing, **changes):
        return self.client.post(url(name, thing), {**self.shown(name, thing), **changes})


def said(answer):
    """What the messages and errors on the page say."""
    return answer.content.decode()
