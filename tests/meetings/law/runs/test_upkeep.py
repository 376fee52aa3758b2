"""What goes wrong on the way holds up nobody else, and what nobody reads any more is thrown away."""

from datetime import date

import pytest

from meetings.law.runs import batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import LawRun, RunState
from tests import factories
from tests.meetings.law.runs.acts import EARLIER, draft_of, preview, simulate, to_the_end
from tests.world import NOW


@pytest.fixture
def three(office, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 1)
    monkeypatch.setattr(batches, "SIMULATED", 1)
    return [factories.case(office, at=EARLIER, registered_on=date(2026, 4, 13)) for _ in range(3)]


def test_cases_that_fail_let_the_others_go_first_and_are_tried_again(author, draft, three, monkeypatch, caplog):
    broken = three[0].pk
    healthy = batches._go_through

    def fail(cases, **how):
        if broken in [case.pk for case in cases]:
            raise RuntimeError("a fault of our own")
        return healthy(cases, **how)

    monkeypatch.setattr(batches, "_go_through", fail)
    run = simulate(draft, author)

    assert batches.take_next_batch(at=NOW) == 0
    to_the_end()
    run.refresh_from_db()
    assert (runs_lifecycle.progress(run).done, run.state) == (2, RunState.RUNNING)
    assert run.batches.get(done_at=None).attempts == 2
    assert "could not be gone through" in caplog.text

    monkeypatch.setattr(batches, "_go_through", healthy)
    to_the_end()
    run.refresh_from_db()
    assert (runs_lifecycle.progress(run).done, run.state) == (3, RunState.DONE)
    assert run.changes.values("case").distinct().count() == 3


def test_of_one_act_only_the_newest_simulations_are_kept(author, draft, three):
    other = preview(draft_of(author, in_force_on=date(2026, 7, 1)), author)
    runs = [preview(draft, author) for _ in range(batches.SIMULATIONS_KEPT + 2)]

    kept = set(LawRun.objects.values_list("pk", flat=True))

    # The one that begins throws away what is over: the newest finished ones before it stay.
    assert kept == {other.pk, *(run.pk for run in runs[1:])}
