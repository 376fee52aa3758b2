"""What is asked by a text that is made once: each asker's own rows, and nothing of one asker in another's text."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import F

from cases.models import Case, Citizen, Role, User
from cases.statements import Asker, Statement, midnight
from tests import factories


@pytest.fixture
def built():
    """How often the text was made."""
    return []


@pytest.fixture
def own_cases(built):
    def build(user, order="pk", *, since):
        built.append(user)
        return Case.objects.visible_to(user).filter(registered_on__gte=since).order_by(order)

    return Statement(build)


class TestOneTextForAll:
    @pytest.fixture
    def neighbours_case(self, office):
        others = factories.Parties(
            fund=office.other_fund, municipality=office.other_municipality, adviser=office.other_adviser
        )
        return factories.case(others)

    def test_two_offices_share_a_text_and_see_their_own_cases(self, own_cases, built, office, case, neighbours_case):
        asked = {user: own_cases.rows(user, since=date.min) for user in (office.adviser, office.other_adviser)}

        assert asked == {office.adviser: [case], office.other_adviser: [neighbours_case]}
        assert len(built) == 1

    def test_a_jobcenter_has_another_text_than_an_a_kasse(self, own_cases, built, office, case):
        assert own_cases.rows(office.adviser, since=date.min) == own_cases.rows(office.caseworker, since=date.min)
        assert len(built) == 2

    def test_a_value_is_no_part_of_the_text(self, own_cases, built, office, case):
        assert own_cases.rows(office.adviser, since=case.registered_on) == [case]
        assert own_cases.rows(office.adviser, since=case.registered_on + timedelta(days=1)) == []
        assert len(built) == 1

    def test_what_decides_the_shape_has_a_text_of_its_own(self, own_cases, built, office, case):
        own_cases.rows(office.adviser, "pk", since=date.min)
        own_cases.rows(office.adviser, "-pk", since=date.min)
        assert len(built) == 2

    def test_who_may_see_nothing_is_told_nothing(self, own_cases, office, case):
        assert own_cases.rows(office.administrator, since=date.min) == []

    def test_whoever_was_disabled_sees_nothing_by_the_text_of_another(self, own_cases, office, case):
        own_cases.rows(office.adviser, since=date.min)
        office.adviser.is_active = False
        assert own_cases.rows(office.adviser, since=date.min) == []


class TestAnAskerIsNobody:
    def test_it_has_no_id_of_its_user(self, office):
        asker = Asker.of(office.adviser)
        ids = {asker.pk, asker.organisation_id, asker.organisation.pk}
        assert not {office.adviser.pk, office.adviser.organisation_id} & ids

    @pytest.mark.parametrize("name", ["username", "first_name", "email", "public_id"])
    def test_what_is_of_one_person_alone_cannot_be_asked_of_it(self, office, name):
        with pytest.raises(AttributeError):
            getattr(Asker.of(office.adviser), name)

    def test_two_colleagues_are_the_same_asker(self, office):
        colleague = factories.user(organisation=office.fund, role=Role.ADVISER)
        assert Asker.of(office.adviser) == Asker.of(colleague) != Asker.of(office.leader)


class TestConstants:
    def test_signs_that_mean_something_to_a_text_stay_what_they_are(self, office, case):
        Citizen.objects.filter(pk=case.citizen_id).update(name="100 % s'Hansen %s")
        named = Statement(
            lambda user, *, name: Citizen.objects.filter(name__contains="0 % s'H").annotate(as_asked=F("name"))
        )
        assert [one.as_asked for one in named.rows(office.adviser, name="")] == ["100 % s'Hansen %s"]


class TestPrepared:
    def test_the_database_keeps_the_plan(self, own_cases, office, case):
        with connection.cursor() as cursor:
            # A test before this one may have asked the same text.
            cursor.execute("DEALLOCATE ALL")
        for _ in range(3):
            own_cases.rows(office.adviser, since=date.min)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE %s",
                ['SELECT "cases_case"%registered_on" >= ($%'],
            )
            assert cursor.fetchall() == [(3, 0)]

    def test_what_is_logged_can_be_read(self, own_cases, office, case, django_assert_num_queries):
        with django_assert_num_queries(1) as asked:
            own_cases.rows(office.adviser, since=case.registered_on)
        assert f"'{case.registered_on}'" in asked.captured_queries[0]["sql"]


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 7, 1), date(2026, 10, 25)])
def test_midnight_is_the_same_moment_of_a_day_and_of_a_parameter(db, office, day):
    begun = Statement(lambda user, *, today: User.objects.filter(pk=user.pk).annotate(begins=midnight(today)))
    assert begun.rows(office.adviser, today=day)[0].begins == midnight(day)


def test_midnight_is_denmarks():
    assert midnight(date(2026, 7, 1)) == datetime(2026, 6, 30, 22, 0, tzinfo=UTC)
