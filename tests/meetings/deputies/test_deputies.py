"""Somebody stands in for a colleague on some days, sees the cases and gets the reminders."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse

from cases.models import Case, Deputy, User
from cases.notes import services as notes_services
from cases.reminders import delivery as reminders_delivery
from meetings.deputies import services
from meetings.models import StaffAbsence
from meetings.rules.spans import Span
from tests import factories
from tests.cases.pages import errors, said
from tests.test_who_is_told import a_decision

TODAY, FRIDAY = date(2026, 5, 4), date(2026, 5, 8)


@pytest.fixture
def leader(client, office):
    client.force_login(office.leader)
    return client


def stand_in(user, deputy, office, *, at, first=TODAY, last=FRIDAY):
    return services.set_deputy(
        user_id=user.pk, deputy_id=deputy.pk, first_day=first, last_day=last, by=office.leader, at=at
    )


def rows(client, user):
    client.force_login(user)
    return [row.case for row in client.get("/?scope=mine").context["rows"]]


def test_the_deputy_sees_the_cases_until_the_last_day(client, office, case, now):
    stand_in(office.adviser, office.colleague, office, at=now)
    assert rows(client, office.colleague) == [case]

    Deputy.objects.update(first_day=TODAY - timedelta(days=5), last_day=TODAY - timedelta(days=1))
    assert rows(client, office.colleague) == []


def talks_of_the_day(client, user):
    client.force_login(user)
    response = client.get("/")
    day = response.content.decode().partition('id="min-dag"')[2].partition("</section>")[0]
    return [talk.meeting.case for talk in response.context["talks"]], day


def test_the_day_of_the_deputy_has_the_talks_of_the_colleague_and_says_whose(client, office, now):
    theirs, own = factories.case(office, at=now), factories.case(office, at=now)
    factories.book(theirs, office.adviser, now + timedelta(hours=2), at=now)
    factories.book(own, office.colleague, now + timedelta(hours=3), at=now)
    assert talks_of_the_day(client, office.colleague)[0] == [own]

    stand_in(office.adviser, office.colleague, office, at=now)

    talks, day = talks_of_the_day(client, office.colleague)
    assert talks == [theirs, own]
    assert day.count(f"for {office.adviser}</span>") == 1
    assert talks_of_the_day(client, office.adviser)[0] == [theirs]
    Deputy.objects.update(first_day=TODAY - timedelta(days=5), last_day=TODAY - timedelta(days=1))
    assert talks_of_the_day(client, office.colleague)[0] == [own]
    Deputy.objects.update(first_day=TODAY + timedelta(days=1), last_day=FRIDAY)
    assert talks_of_the_day(client, office.colleague)[0] == [own]


NOTHING = ({"Opgaver": "0", "Afgjorte indstillinger": "0"}, [])


def lists_of(client, user):
    """What waits on the lists kept to one's own, by the tile that counts it, and the tasks beside the day."""
    client.force_login(user)
    page = client.get("/?scope=mine")
    tiles = {tile["label"]: tile for tile in page.context["tiles"]}
    counted = {label: tiles[label]["count"] for label in ("Opgaver", "Afgjorte indstillinger")}
    for label in counted:
        assert "kun=mine" in tiles[label]["url"]
    return counted, [task.text for task in page.context["tasks"]]


def test_the_deputy_has_the_tasks_and_the_decided_recommendations_of_the_colleague(client, office, now):
    a_decision(office, now)
    case = Case.objects.get()
    task = {"text": "Ring om kurset", "due_on": TODAY, "worker_id": office.adviser.pk}
    notes_services.write(case_id=case.pk, **task, by=office.adviser, at=now)
    assert lists_of(client, office.colleague) == NOTHING

    stand_in(office.adviser, office.colleague, office, at=now)

    assert lists_of(client, office.colleague) == lists_of(client, office.adviser)
    assert lists_of(client, office.colleague) == ({"Opgaver": "1", "Afgjorte indstillinger": "1"}, ["Ring om kurset"])
    assert f"til {office.adviser}" in client.get(reverse("cases:tasks") + "?kun=mine").content.decode()
    Deputy.objects.update(first_day=TODAY - timedelta(days=5), last_day=TODAY - timedelta(days=1))
    assert lists_of(client, office.colleague) == NOTHING


def test_a_deputy_who_works_elsewhere_sees_no_talk_of_the_colleague(client, office, case, now):
    factories.book(case, office.adviser, now + timedelta(hours=2), at=now)
    stand_in(office.adviser, office.colleague, office, at=now)
    # Somewhere where the case is known, too.
    User.objects.filter(pk=office.colleague.pk).update(
        organisation=case.municipality, role=office.caseworker.role, team=None
    )

    assert talks_of_the_day(client, User.objects.get(pk=office.colleague.pk))[0] == []


def test_the_deputy_gets_the_reminders_and_is_told_for_whom(office, now):
    # What was due before a case came here is not spoken of until the morning after.
    factories.case(office, at=now - timedelta(days=3))
    stand_in(office.adviser, office.colleague, office, at=now)

    for receiver in reminders_delivery.sweep(at=now):
        reminders_delivery.deliver(receiver, at=now)

    (told,) = [message for message in mail.outbox if "medarbejder" in message.to[0]]
    assert told.to == [office.colleague.email]
    assert f"Hej {office.colleague.first_name}" in told.body
    assert f"Du får beskeden som stedfortræder for {office.adviser}." in told.body


def test_who_has_gone_to_another_office_is_no_deputy_any_more(office, now):
    factories.case(office, at=now - timedelta(days=3))
    stand_in(office.adviser, office.colleague, office, at=now)
    User.objects.filter(pk=office.colleague.pk).update(organisation=office.other_fund)

    for receiver in reminders_delivery.sweep(at=now):
        reminders_delivery.deliver(receiver, at=now)

    (told,) = [message for message in mail.outbox if "medarbejder" in message.to[0]]
    assert told.to == [office.adviser.email]


def test_nobody_stands_in_for_a_deputy(office, now):
    other = factories.user(organisation=office.fund, role="adviser")
    stand_in(office.adviser, office.colleague, office, at=now)

    with pytest.raises(services.AlreadyCovered, match="En stedfortræder kan ikke have en stedfortræder"):
        stand_in(office.colleague, other, office, at=now)
    with pytest.raises(services.NoDeputy, match="En stedfortræder kan ikke have en stedfortræder"):
        stand_in(other, office.adviser, office, at=now)
    with pytest.raises(services.AlreadyCovered, match="har allerede"):
        stand_in(office.adviser, other, office, at=now)
    stand_in(office.colleague, other, office, at=now, first=FRIDAY + timedelta(days=1), last=FRIDAY + timedelta(days=2))
    assert Deputy.objects.count() == 2


def test_who_is_away_is_no_deputy(office, now):
    span = Span.of_days(TODAY, TODAY)
    StaffAbsence.objects.create(
        user=office.colleague,
        kind="holiday",
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        recorded_by=office.leader,
        recorded_at=now,
    )

    with pytest.raises(services.NoDeputy, match="er selv fraværende den 4. maj 2026"):
        stand_in(office.adviser, office.colleague, office, at=now)


def test_a_leader_sets_one_and_ends_it(leader, office, now):
    url = reverse("meetings:deputy_add")
    typed = {"user": office.adviser.public_id, "deputy": office.colleague.public_id, "first_day": "04-05-2026"}

    assert "Skriv den sidste dag." in errors(leader.post(url, typed))
    assert "ligge før den første" in errors(leader.post(url, {**typed, "last_day": "03-05-2026"}))
    assert "Vælg en anden end medarbejderen selv." in errors(
        leader.post(url, {**typed, "deputy": office.adviser.public_id, "last_day": "08-05-2026"})
    )
    answer = leader.post(url, {**typed, "last_day": "08-05-2026"})
    assert "er stedfortræder for" in said(answer)
    assert str(office.colleague) in leader.get(reverse("meetings:deputies")).content.decode()
    leader.post(reverse("meetings:deputy_end", args=[Deputy.objects.get().public_id]))
    assert not Deputy.objects.exists()


def test_an_absence_with_a_deputy_leaves_no_talk_unattended(leader, office, case, now):
    factories.book(case, office.adviser, now + timedelta(days=1), at=now)
    span = Span.of_days(TODAY, FRIDAY)
    StaffAbsence.objects.create(
        user=office.adviser,
        kind="holiday",
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        recorded_by=office.leader,
        recorded_at=now,
    )
    url = reverse("meetings:unattended")
    assert len(leader.get(url).context["rows"]) == 1

    stand_in(office.adviser, office.colleague, office, at=now)

    assert leader.get(url).context["rows"] == []
