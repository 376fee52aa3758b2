"""The demo: nobody in it exists, every regime and state is there, and its rows are those the services write."""

import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F

from cases.changing import check_law
from cases.models import (
    AimDecision,
    Case,
    Citizen,
    CitizenContact,
    Event,
    Handover,
    MunicipalDocument,
    Organisation,
    PlanVersion,
    Reminder,
    StandardText,
    User,
)
from cases.models.people import OrganisationKind, Role, validate_cvr
from cases.people import phones
from cases.rules.aim import Aim
from cases.rules.plan_parts import PlanPart
from meetings.models import (
    ChannelChoice,
    Exemption,
    Meeting,
    MonthPlan,
    NoShowStep,
    ProposalState,
    RequiredMeeting,
    RequirementState,
    WorklistEntry,
)
from meetings.planning import from_scratch
from meetings.planning import law as planning_law
from meetings.planning import replan as planning_replan
from meetings.planning import stored as planning_stored
from meetings.rules.contact_course import plan
from meetings.rules.lifecycle import MeetingStatus
from referrals.demo import history, office
from referrals.demo.names import Invented, is_invented
from referrals.demo.stories import STORIES
from referrals.models import Offer, OfferDuty
from referrals.rules.lifecycle import OfferStatus
from referrals.rules.offers import GRANTED_TYPES, OfferType
from referrals.rules.right_and_duty import fulfilment, offer_answer, offer_due
from tests.transactions import around_services

#: A Monday in the time of the unconfirmed act.
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = NOW.date()


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """One demo for all tests of this file."""
    around = around_services()
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False):
        around.__enter__()
        call_command("load_acts", verbosity=0)
        call_command("demo")
        yield
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def _database(demo, db):
    """Each test leaves the demo as it was."""


@pytest.fixture
def jens():
    return User.objects.get(username="jens")


@pytest.fixture
def anne():
    return User.objects.get(username="anne")


def test_it_looks_like_a_real_office():
    kinds = Counter(Organisation.objects.values_list("kind", flat=True))

    assert kinds == {OrganisationKind.FUND: 5, OrganisationKind.MUNICIPALITY: 8}
    assert 380 <= Citizen.objects.count() <= 420
    assert User.objects.filter(role=Role.ADMINISTRATOR, is_staff=True).count() == 2
    assert all(team.users.exists() for team in Organisation.objects.get(name="Fagkassen").teams.all())
    for number in Organisation.objects.values_list("cvr", flat=True):
        validate_cvr(number)


def test_its_worklists_are_what_is_counted_from_scratch():
    assert list(from_scratch.differences()) == []


def test_every_cpr_number_is_invented():
    for citizen in Citizen.objects.all():
        digits = citizen.cpr_number.replace("-", "")
        assert is_invented(digits)
        assert citizen.born_on < TODAY


def test_nobody_can_be_reached():
    addresses = [*CitizenContact.objects.values_list("email", flat=True), *User.objects.values_list("email", flat=True)]

    assert all(address == "" or address.endswith(".example") for address in addresses)


def test_the_citizens_are_as_mixed_as_real_ones():
    citizens = Citizen.objects.all()

    assert citizens.filter(has_protected_address=True).exists()
    assert citizens.filter(is_replacement_number=True).exists()
    assert citizens.exclude(contacts__interpreter_language="").exists()
    assert citizens.filter(is_exempt_from_digital_post=True, contacts__email="", contacts__phone="").exists()
    assert any(set(name) & set("æøåÆØÅ") for name in citizens.values_list("name", flat=True))
    young = Case.objects.filter(has_qualifying_education=False, citizen__born_on__gt=date(2001, 12, 1))
    assert young.exists()


def test_every_case_has_the_plan_that_the_law_demands():
    law = planning_law.law_in_force()

    for case in Case.objects.with_parties().select_related("handover").prefetch_related("pauses", "exemptions"):
        demanded = plan(course=planning_stored.course_of(case), book=law.book, table=law.table).meetings
        stored = RequiredMeeting.objects.current().filter(case=case)
        assert {(row.kind, row.responsible, row.number, row.due_on) for row in stored} == {
            (str(one.kind), str(one.responsible), one.number, one.due_on) for one in demanded
        }
        assert case.is_trial or demanded
        check_law(case, law.book)


REGIMES = pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param(date(2022, 1, 1), date(2022, 12, 31), id="before the agreement"),
        pytest.param(date(2023, 3, 22), date(2023, 11, 30), id="the first act"),
        pytest.param(date(2023, 12, 1), date(2023, 12, 31), id="across the turn of the year 2023"),
        pytest.param(date(2024, 1, 1), date(2026, 6, 30), id="the second act"),
        pytest.param(date(2026, 7, 1), date(2026, 12, 31), id="the unconfirmed act"),
    ],
)


@REGIMES
def test_every_regime_is_there(first, last):
    assert Case.objects.filter(placed_on__range=(first, last)).count() >= 10


@REGIMES
def test_every_regime_has_a_plan_with_a_past(first, last):
    """Planned when the case was opened, and anew when a pause or an exemption was registered."""
    replaced = RequiredMeeting.objects.filter(case__placed_on__range=(first, last), replaced_at__isnull=False)

    assert replaced
    for row in replaced.select_related("case"):
        assert row.case.created_at <= row.planned_at < row.replaced_at <= NOW
        caused = row.case.events.filter(at=row.replaced_at).exclude(kind="meetings.planned")
        assert caused, f"{row} was replaced by nothing"


def test_nothing_of_a_meeting_happens_in_the_wrong_order():
    for meeting in Meeting.objects.select_related("moved_from", "case"):
        # What was held without a booking is made as it is registered.
        assert meeting.booked_at < meeting.starts_at or meeting.booked_at == meeting.held_at
        if meeting.cancelled_at:
            assert meeting.booked_at <= meeting.cancelled_at
        if meeting.moved_from:
            assert meeting.moved_from.booked_at <= meeting.booked_at < meeting.moved_from.starts_at


def test_deadlines_of_the_unconfirmed_act_say_so():
    rows = RequiredMeeting.objects.current().filter(due_on__gte=date(2026, 7, 1))

    assert rows
    assert all("Reglen er ikke bekræftet" in str(row.explanation) for row in rows)


def test_every_state_is_there():
    open_cases = Case.objects.open()
    requirements = RequiredMeeting.objects.current()
    fulfilled_more = [
        case
        for case in Case.objects.prefetch_related("meetings__fulfils")
        if any(m.status == MeetingStatus.HELD and m.requirement is None for m in case.meetings.all())
    ]

    found = {
        "new": open_cases.filter(registered_on__gte=TODAY - timedelta(days=5), meetings=None),
        "booked": Meeting.objects.booked().filter(starts_at__gt=NOW),
        "held": Meeting.objects.filter(status=MeetingStatus.HELD),
        "held without a booking": Meeting.objects.filter(status=MeetingStatus.HELD, booked_at__gte=F("starts_at")),
        "missed": Meeting.objects.filter(status=MeetingStatus.MISSED),
        "step after a no-show": NoShowStep.objects.waiting(),
        "cancelled": Meeting.objects.filter(status=MeetingStatus.CANCELLED),
        "moved": Meeting.objects.filter(status=MeetingStatus.MOVED, moved_to__isnull=False),
        "outcome missing": Meeting.objects.booked().filter(ends_at__lte=NOW),
        "overdue": requirements.filter(state=RequirementState.OPEN, due_on__lt=TODAY, case__status="open"),
        "paused": open_cases.filter(pauses__span__contains=TODAY),
        "exempt": Exemption.objects.filter(span__contains=TODAY),
        "waits for receipt": Handover.objects.filter(received_at=None),
        "received": Handover.objects.exclude(received_at=None),
        "closed": Case.objects.filter(status="closed"),
        "placed anew": Case.objects.exclude(previous=None),
        "historic": requirements.filter(state=RequirementState.HISTORIC),
        "moved deadline": RequiredMeeting.objects.exclude(replaced_at=None),
        "over the minimum": fulfilled_more,
        "fund present": Meeting.objects.filter(fund_attends=True),
        "attendance demanded": Meeting.objects.exclude(channel_reason=""),
        "choice for one meeting": ChannelChoice.objects.exclude(meeting=None),
        "late": Meeting.objects.filter(fulfils__is_met_late=True),
        "standard text": StandardText.objects.filter(organisation__name="Jobcenter Solby"),
        "plan of the old law": PlanVersion.objects.filter(parts__has_key=PlanPart.STATUS),
        "plan changed": PlanVersion.objects.filter(number__gt=1),
        "aim changed": AimDecision.objects.filter(number=2, aim=Aim.JOB),
        "old document": MunicipalDocument.objects.filter(adopted_on__lt=date(2023, 3, 22)),
    }

    assert [state for state, rows in found.items() if not rows] == []


def test_nothing_is_booked_in_a_closed_case_or_held_before_it_was():
    assert not Meeting.objects.booked().filter(case__status="closed").exists()
    assert not Meeting.objects.filter(held_at__gt=NOW).exists()
    assert not Event.objects.filter(at__gt=NOW).exists()
    assert not Meeting.objects.filter(booked_at__gt=NOW).exists()


def test_meetings_are_held_in_the_real_mix_of_forms():
    free = Meeting.objects.filter(starts_at__gte=datetime(2023, 3, 22, tzinfo=UTC))
    forms = Counter(free.values_list("channel", flat=True))
    shares = {form: number / forms.total() for form, number in forms.items()}

    assert shares == pytest.approx({"attendance": 0.546, "telephone": 0.331, "video": 0.123}, abs=0.04)


def test_anne_has_something_to_do_today(anne):
    entries = WorklistEntry.objects.filter(worker=anne).active(TODAY)
    soon = TODAY + timedelta(days=14)

    assert entries.filter(due_on__lt=TODAY).count() >= 2
    assert entries.filter(due_on__range=(TODAY, soon)).count() >= 2
    assert entries.filter(unbooked_due_on__lte=soon, unbooked_from__lte=TODAY).count() >= 2
    assert entries.filter(meeting_ends_at__lte=NOW).count() >= 2
    assert entries.filter(active_until__range=(TODAY, soon)).count() >= 2


def test_jens_has_something_to_do_today():
    entries = WorklistEntry.objects.filter(worker__username="jens").active(TODAY)

    assert entries.filter(due_on__lt=TODAY).exists()
    assert entries.filter(meeting_ends_at__lte=NOW).exists()
    assert Handover.objects.filter(received_at=None, case__municipality__users__username="jens").exists()


def test_the_leader_finds_a_plan_of_the_teams_next_month(client):
    leader = User.objects.get(username="leder")
    plan = MonthPlan.objects.visible_to(leader).get()
    proposed = plan.proposals.filter(state=ProposalState.PROPOSED)

    assert (plan.first, plan.last) == (date(2026, 12, 1), date(2026, 12, 31))
    assert set(proposed.values_list("adviser__team", flat=True)) == {leader.team_id}
    assert proposed.values("adviser").distinct().count() > 1
    client.force_login(leader)
    page = client.get(plan.get_absolute_url()).content.decode()
    assert f"Book alle {proposed.count()} samtaler" in page


def test_the_worklist_is_what_a_change_would_write():
    def told(case):
        fields = ("organisation", "worker", "due_on", "requirement", "unbooked_due_on", "meeting", "active_until")
        return sorted(case.worklist_entries.values_list(*fields), key=str)

    for case in Case.objects.open().with_parties().select_related("handover").order_by("pk")[::10]:
        before = told(case)
        planning_replan.refresh(case=case)
        assert told(case) == before


def test_what_the_citizens_were_told_is_in_the_ledger():
    invited = set(Reminder.objects.filter(user=None).values_list("subject", flat=True))

    assert not Meeting.objects.booked().exclude(pk__in=invited).exists()


def test_the_courses_in_bulk_are_told_in_the_words_of_the_services():
    employers = Offer.objects.exclude(employer="").values_list("employer", flat=True).distinct()
    types = [kind.label.capitalize() for kind in OfferType]
    names = [*map(str, Organisation.objects.all()), *map(str, User.objects.all()), *employers, *types]

    def shape(text):
        for name in sorted(names, key=len, reverse=True):
            text = text.replace(name, "NAVN")
        return re.sub(r"\d+", "0", text)

    told: dict[bool, defaultdict[str, set[str]]] = {True: defaultdict(set), False: defaultdict(set)}
    for kind, text, name in Event.objects.values_list("kind", "text", "case__citizen__name"):
        told[name in STORIES][kind].add(shape(text))
    by_services, in_bulk = told[True], told[False]

    both = set(by_services) & set(in_bulk)
    assert {"cases.opened", "cases.handed_over", "meetings.booked", "meetings.moved", "meetings.held"} <= both
    # A note may follow.
    alike = {kind for kind in both for said in by_services[kind] for drawn in in_bulk[kind] if said.startswith(drawn)}
    assert both - alike == set(), [(by_services[kind], in_bulk[kind]) for kind in both - alike]


def test_running_it_again_changes_nothing():
    models = (Case, Citizen, Meeting, Event, User, MonthPlan)
    before = [model.objects.count() for model in models]

    call_command("demo")

    assert [model.objects.count() for model in models] == before


def test_a_story_that_is_missing_is_told_the_next_time(monkeypatch):
    name, story = next(iter(STORIES.items()))
    monkeypatch.setitem(STORIES, "Test Mangler", story)

    call_command("demo")

    assert Citizen.objects.filter(name="Test Mangler").count() == 1
    assert Citizen.objects.filter(name=name).count() == 1


def test_an_installation_with_cases_of_its_own_gets_none_of_it(monkeypatch):
    monkeypatch.setattr(office, "FUNDS", (("Egen", "1", "00000000"), *office.FUNDS[1:]))
    before = Case.objects.count()

    call_command("demo")

    assert Case.objects.count() == before


def test_the_log_ins_are_printed(capsys):
    call_command("demo", logins=True)

    printed = capsys.readouterr().out
    for one in office.LOG_INS:
        assert one.username in printed
        assert User.objects.get(username=one.username).check_password(office.PASSWORD)
    assert office.PASSWORD in printed


def test_no_log_ins_are_printed_where_there_is_no_demo(monkeypatch, capsys):
    monkeypatch.setattr(office, "FUNDS", (("Egen", "1", "00000000"),))

    call_command("demo", logins=True)

    assert capsys.readouterr().out == ""


def test_it_refuses_in_production_mode(settings):
    settings.IS_PRODUCTION = True

    with pytest.raises(CommandError, match="production mode"):
        call_command("demo")


def test_the_same_seed_gives_the_same_people():
    first, second = (Invented(Random(1), today=TODAY) for _ in range(2))

    assert [first.citizen(age=30) for _ in range(20)] == [second.citizen(age=30) for _ in range(20)]


def test_a_phone_of_the_demo_is_a_number_that_nobody_has():
    invented = Invented(Random(1), today=TODAY)
    numbers = {invented.citizen(age=30).phone for _ in range(200)}

    # The whole of what Sweden keeps for fiction, and nothing beside it.
    assert numbers == {f"+46701740{last}" for last in range(605, 700)}
    assert all(phones.is_readable(number) for number in numbers)


@pytest.mark.parametrize("today", [date(2024, 2, 29), date(2026, 5, 4), date(2030, 1, 1)])
def test_cohorts_never_begin_in_the_future(today):
    assert all(cohort.first <= cohort.last <= today for cohort in history.cohorts(today))


# Offers and right and duty


def test_offers_of_all_types_and_states_over_the_last_year():
    recent = Offer.objects.filter(starts_on__gt=TODAY - timedelta(days=365))

    assert set(recent.values_list("type", flat=True)) >= {str(one) for one in GRANTED_TYPES[:6]}
    assert set(Offer.objects.values_list("status", flat=True)) >= {str(one) for one in OfferStatus} - {"cancelled"}
    assert all(
        validate_cvr(number) is None for number in set(Offer.objects.values_list("employer_cvr", flat=True)) - {""}
    )


def test_the_jobcenter_of_the_log_ins_lacks_some_and_has_some_under_way(jens):
    assert OfferDuty.objects.visible_to(jens).missing(TODAY).count() >= 3
    assert Offer.objects.visible_to(jens).running().count() >= 3
    assert Offer.objects.visible_to(jens).to_register(TODAY).exists()


def test_each_case_stands_with_right_and_duty_as_the_rules_say():
    book = planning_law.law_in_force().book
    for duty in OfferDuty.objects.select_related("case__citizen", "case__handover"):
        course = planning_stored.course_of(duty.case)
        offers = list(duty.case.offers.standing())
        answers = [(offer.as_fact(), offer_answer(course=course, offer=offer.as_fact(), book=book)) for offer in offers]
        found = fulfilment(answers)
        assert duty.due_on == offer_due(course=course, book=book).due_on
        assert duty.fulfilled_by_id == (found.offer.key if found and duty.due_on else None)
        assert [offer.counts for offer in offers] == [answer.counts for _, answer in answers]
    assert OfferDuty.objects.count() == Case.objects.open().count()
