"""A case is put right or given to a colleague: allowed, refused, sent twice, and on an old version."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from cases.changing import AlreadyClosed, NoRules, StaleForm, WrongParty
from cases.corrections import services as corrections_services
from cases.models import Case
from tests.cases.steps import close, correct, last_event


def test_a_correction_moves_the_deadlines_and_says_so(case, office, now):
    corrected = correct(case, office, now, registered_on=date(2026, 4, 20), placed_on=date(2026, 4, 20))

    assert corrected.version == case.version + 1
    assert last_event(case).text == (
        "Rettet: tilmeldt: 13-04-2026 er rettet til 20-04-2026; indplaceret: 13-04-2026 er rettet til 20-04-2026. "
        "Begrundelse: Skrevet forkert."
    )
    assert "Fristen for 1. jobsamtale" in case.events.filter(kind="meetings.planned").order_by("-pk").first().text


def test_a_correction_names_choices_and_yes_and_no(case, office, now):
    correct(case, office, now, insurance="part_time", has_children_at_home=True)

    assert "fuldtid er rettet til deltid" in last_event(case).text
    assert "nej er rettet til ja" in last_event(case).text


def test_the_same_correction_twice_changes_nothing_twice(case, office, now):
    correct(case, office, now, placed_on=date(2026, 4, 20))
    again = correct(case, office, now, placed_on=date(2026, 4, 20))

    assert again.version == case.version + 1
    assert case.events.filter(kind="cases.corrected").count() == 1


def test_a_correction_of_an_old_version_is_refused(case, office, now):
    correct(case, office, now, placed_on=date(2026, 4, 20))

    with pytest.raises(StaleForm):
        correct(case, office, now, placed_on=date(2026, 4, 21))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"placed_on": date(2026, 4, 1)}, ValidationError),
        ({"registered_on": date(2019, 1, 1), "placed_on": date(2019, 1, 1)}, NoRules),
        ({"status": "closed"}, ValueError),
    ],
)
def test_a_correction_that_cannot_be_changes_nothing(case, office, now, changes, error):
    with pytest.raises(error):
        correct(case, office, now, **changes)

    assert Case.objects.get(pk=case.pk).version == case.version


def test_nothing_is_kept_when_the_history_of_a_correction_fails(case, office, now, broken_history):
    with pytest.raises(RuntimeError):
        correct(case, office, now, placed_on=date(2026, 4, 20))

    assert Case.objects.get(pk=case.pk).placed_on == case.placed_on


def test_a_case_is_given_to_a_colleague_once(case, office, now):
    for _ in range(2):
        corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)

    assert Case.objects.get(pk=case.pk).fund_adviser == office.colleague
    assert case.events.filter(kind="cases.assigned").count() == 1


def test_a_case_is_not_given_to_another_organisation(case, office, now):
    with pytest.raises(WrongParty):
        corrections_services.assign(case_id=case.pk, worker_id=office.caseworker.pk, by=office.adviser, at=now)


def test_a_closed_case_is_not_changed(case, office, now):
    close(case, office, now)

    with pytest.raises(AlreadyClosed):
        close(case, office, now)
    with pytest.raises(AlreadyClosed):
        corrections_services.assign(case_id=case.pk, worker_id=office.colleague.pk, by=office.adviser, at=now)
