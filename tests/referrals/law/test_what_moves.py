"""What an act does to right and duty in the live cases: seen before, done after, and done alike."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.law import services as law_services
from cases.models import Event, Role
from cases.rules.period import Period
from meetings.law.runs import batches
from meetings.law.runs import lifecycle as runs_lifecycle
from meetings.models import ChangeKind, LawChange, LawRun, RunKind
from meetings.planning.law import law_in_force
from referrals.models import Offer, OfferDuty
from referrals.offers import duty as offers_duty
from referrals.offers import services as offers_services
from referrals.offers.moves import Terms
from referrals.rules.parameters import COUNTING_OFFER_TYPES, OFFER_DEADLINE_MONTHS
from tests import factories
from tests.world import NOW

TODAY = NOW.date()
JUNE = date(2026, 6, 1)
BEFORE, ON_ITS_DAY = JUNE - timedelta(days=1), JUNE

TOLD = ("case", "organisation", "worker", "kind", "key", "about", "day_before", "day_after", "text")
OFFERS = (ChangeKind.OFFER, ChangeKind.OFFER_DEADLINE)


@pytest.fixture
def author(office):
    return factories.user(organisation=None, role=Role.ADMINISTRATOR, username="forfatter", is_staff=True)


@pytest.fixture
def draft(author):
    """Guidance counts again from June."""
    act = law_services.create_draft(
        title="Vejledning tæller igen",
        reference="Lov nr. 14",
        in_force_on=JUNE,
        corrects=COUNTING_OFFER_TYPES.key,
        by=author,
    )
    value = act.values.get()
    value.text += ", other_guidance"
    value.save()
    return act


@pytest.fixture
def moving(author):
    """The first offer begins within two months; running courses move."""
    act = law_services.create_draft(
        title="Tilbud i tide",
        reference="Lov nr. 15",
        in_force_on=JUNE,
        running_courses="move",
        corrects=OFFER_DEADLINE_MONTHS.key,
        by=author,
    )
    act.values.update(text="2")
    return act


def guidance(office, first, case=None):
    case = case or factories.case(office)
    terms = Terms(type="other_guidance", span=Period(first, first + timedelta(days=28)))
    return offers_services.grant(
        case_id=case.pk, terms=terms, granted_on=TODAY, is_confirmed=True, by=office.caseworker, at=NOW
    )


def to_the_end():
    while batches.take_next_batch(at=NOW):
        pass


def preview(act, by):
    run = runs_lifecycle.simulate(act_id=act.pk, by=by, at=NOW, today=TODAY)
    to_the_end()
    return run


def publish(act, office):
    law_services.publish(
        act_id=act.pk, reason="Læst af en jurist.", is_day_confirmed=True, by=office.administrator, at=NOW
    )


def carry_out(act, office):
    publish(act, office)
    to_the_end()
    return LawRun.objects.get(act=act, kind=RunKind.REPLAN)


def told(run):
    return sorted(LawChange.objects.filter(run=run, kind__in=OFFERS).values_list(*TOLD), key=str)


def texts(case):
    rows = Event.objects.filter(case=case, kind__startswith="referrals.").order_by("pk")
    return list(rows.values_list("text", flat=True))


def test_an_offer_that_begins_on_the_day_comes_to_count_as_it_was_seen(office, author, draft):
    after, before = guidance(office, ON_ITS_DAY), guidance(office, BEFORE)
    frozen = Offer.objects.filter(pk=before.pk).values().get()

    seen = told(preview(draft, author))
    done = carry_out(draft, office)

    assert seen == told(done)
    (change,) = done.changes.filter(kind__in=OFFERS)
    assert (change.kind, change.key, change.case, change.organisation) == (
        ChangeKind.OFFER,
        f"offer/{after.pk}",
        after.case,
        office.municipality,
    )
    days = "fra 01-06-2026 til og med 28-06-2026"
    assert change.text == f"Øvrig vejledning og opkvalificering {days} tæller nu som ret- og pligttilbud."
    after.refresh_from_db()
    assert after.counts
    assert texts(after.case)[-1] == (
        f"Vejledning tæller igen: øvrig vejledning og opkvalificering {days} tæller nu som ret- og pligttilbud."
    )
    assert OfferDuty.objects.get(case=after.case).fulfilled_by == after
    event = Event.objects.filter(case=after.case, kind="referrals.offer_judged").latest("pk")
    assert event.data["act"] == draft.slug
    assert event.data["run"] == str(done.public_id)
    # What began before the day is judged as it was.
    assert Offer.objects.filter(pk=before.pk).values().get() == frozen
    assert len(texts(before.case)) == 1


def test_seeing_it_writes_nothing(office, author, draft):
    offer = guidance(office, ON_ITS_DAY)

    preview(draft, author)

    offer.refresh_from_db()
    assert not offer.counts
    assert OfferDuty.objects.get(case=offer.case).fulfilled_by is None
    assert len(texts(offer.case)) == 1


def test_an_act_that_is_withdrawn_takes_the_offer_back(office, draft):
    offer = guidance(office, ON_ITS_DAY)
    carry_out(draft, office)

    law_services.withdraw(act_id=draft.pk, reason="Lovforslaget faldt.", by=office.administrator, at=NOW)
    to_the_end()

    offer.refresh_from_db()
    assert not offer.counts
    assert texts(offer.case)[-1].startswith("Vejledning tæller igen er trukket tilbage: ")
    assert texts(offer.case)[-1].endswith("tæller ikke længere som ret- og pligttilbud.")


def test_a_deadline_that_moves_is_a_change_and_an_event(office, author, moving):
    case = factories.case(office)
    was = OfferDuty.objects.get(case=case).due_on

    seen = told(preview(moving, author))
    done = carry_out(moving, office)

    assert seen == told(done)
    (change,) = done.changes.filter(kind__in=OFFERS)
    now_due = OfferDuty.objects.get(case=case).due_on
    assert (change.kind, change.key) == (ChangeKind.OFFER_DEADLINE, "offer_duty")
    assert (change.day_before, change.day_after) == (was, now_due)
    assert now_due == date(2026, 6, 12)
    assert texts(case)[-1] == f"Tilbud i tide: {change.text}"
    assert change.text.startswith("Fristen for et tilbud, der tæller, er flyttet fra den 12. oktober 2026 til den ")


def test_a_case_that_was_never_judged_gets_its_row_and_no_change(office, author, draft):
    case = factories.case(office, registered_on=date(2023, 1, 9))
    OfferDuty.objects.all().delete()

    seen = told(preview(draft, author))
    assert not OfferDuty.objects.exists()
    done = carry_out(draft, office)

    assert seen == told(done) == []
    assert OfferDuty.objects.get().case == case


def test_a_cancelled_offer_is_left(office, draft):
    offer = guidance(office, ON_ITS_DAY)
    offers_services.cancel(offer_id=offer.pk, reason="Aflyst.", version=offer.version, by=office.caseworker, at=NOW)

    carry_out(draft, office)

    offer.refresh_from_db()
    assert not offer.counts


@pytest.mark.parametrize("is_written", [False, True])
def test_many_cases_cost_what_two_do(office, author, draft, is_written):
    if is_written:
        publish(draft, office)

    def cost(n):
        LawRun.objects.all().delete()
        for _ in range(n):
            guidance(office, ON_ITS_DAY)
        Offer.objects.update(counts=False)
        OfferDuty.objects.update(due_on=None)
        kind = RunKind.REPLAN if is_written else RunKind.SIMULATION
        law = law_in_force(draft=None if is_written else draft.slug)
        run = LawRun.objects.create(
            kind=kind, act=draft, fingerprint=runs_lifecycle.fingerprint(law), judged_on=TODAY, started_at=NOW
        )
        with CaptureQueriesContext(connection) as queries:
            to_the_end()
        found = run.changes.filter(kind__in=OFFERS).values_list("kind", flat=True)
        assert set(found) == set(OFFERS)
        return len([query for query in queries if "referrals_" in query["sql"] or "cases_event" in query["sql"]])

    assert cost(2) == cost(8)


def test_one_case_is_the_smallest_set(office, case):
    offer = guidance(office, ON_ITS_DAY, case=case)
    Offer.objects.filter(pk=offer.pk).update(counts=True)

    offers_duty.refresh(case=case, at=NOW, by=office.caseworker)

    offer.refresh_from_db()
    assert not offer.counts
    event = Event.objects.filter(case=case, kind="referrals.offer_judged").get()
    assert (event.by, event.data) == (office.caseworker, {"offer": offer.pk, "referral": None})


def test_what_stands_is_not_written_again(case):
    OfferDuty.objects.get(case=case)

    with CaptureQueriesContext(connection) as queries:
        offers_duty.refresh(case=case, at=NOW)

    assert [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE"))] == []
