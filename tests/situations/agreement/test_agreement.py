"""The agreement itself and its table 1, sentence by sentence. The table is docs/agreement.md."""

import re
from datetime import date
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from cases.rules.case_parameters import FUND_RESPONSIBLE_MONTHS
from cases.rules.facts import Party
from cases.rules.parameters import CaseDates
from meetings.rules.after_six_months import right_on_request
from meetings.rules.kinds import MeetingKind
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from meetings.rules.participation import may_invite_fund
from tests import factories
from tests.law import BOOK, course, day, planned
from tests.situations.agreement import test_first_bill as first_bill
from tests.situations.agreement import test_second_bill as second_bill
from tests.situations.agreement.conftest import BEFORE_B, BEFORE_C, CONTACT, FROM_B, FROM_C, MIDDLE, NEW, OLD, act


def value_on(parameter, on):
    return BOOK.in_force(parameter, CaseDates(course_start=day(on), event=day(on), decision=day(on))).value


def of_kind(start, kind):
    return [meeting for meeting in planned(start).meetings if meeting.kind == kind]


# The agreement and its two bills


def test_s1_the_rule_pages_name_the_agreement_as_the_source(log_in, office):
    client = log_in(office.adviser)

    for letter in ("b", "c"):
        answer = client.get(reverse("referrals:act", args=[act(letter).act.slug]))
        assert "<dt>Aftale</dt><dd>Anden delaftale" in answer.content.decode()
    assert "Anden delaftale" in client.get(reverse("referrals:rules")).content.decode()


def test_s2_two_bills_are_two_acts_with_their_own_day_and_values():
    first, second = act("b").act, act("c").act

    assert (first.in_force_on, second.in_force_on) == (date(2023, 3, 22), date(2024, 1, 1))
    assert first.values
    assert second.values
    assert not set(first.values) & set(second.values)


def test_s3_the_first_bill_holds_from_22_march_2023_that_day_included():
    assert (value_on(CITIZEN_CHOOSES_MONTHS, BEFORE_B), value_on(CITIZEN_CHOOSES_MONTHS, FROM_B)) == (0, 6)


def test_s4_the_second_bill_holds_from_1_january_2024_that_day_included():
    assert (value_on(FUND_RESPONSIBLE_MONTHS, BEFORE_C), value_on(FUND_RESPONSIBLE_MONTHS, FROM_C)) == (0, 3)


def test_s5_an_old_case_is_still_judged_by_the_rules_before_both_bills(office):
    case = factories.case(office, registered_on=day(OLD))

    assert set(case.required_meetings.values_list("act__slug", flat=True)) == {act("a").act.slug}
    assert planned(NEW).act == act("c").act.slug


# Table 1


def test_s45_before_one_cv_samtale_in_the_a_kasse():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.CV_INTERVIEW)] == [(Party.FUND, 1)]
    assert of_kind(NEW, MeetingKind.CV_INTERVIEW) == []


def test_s46_before_two_raadighedssamtaler_in_the_a_kasse():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.AVAILABILITY_INTERVIEW)] == [
        (Party.FUND, 1),
        (Party.FUND, 2),
    ]
    assert of_kind(NEW, MeetingKind.AVAILABILITY_INTERVIEW) == []


def test_s47_before_four_jobsamtaler_in_the_jobcenter():
    assert [(one.responsible, one.number) for one in of_kind(OLD, CONTACT)] == [
        (Party.MUNICIPALITY, number) for number in (1, 2, 3, 4)
    ]


def test_s48_before_two_faellessamtaler_by_both():
    assert [(one.responsible, one.number) for one in of_kind(OLD, MeetingKind.JOINT_INTERVIEW)] == [
        (Party.BOTH, 1),
        (Party.BOTH, 2),
    ]


def test_s49_no_faellessamtale_is_demanded_but_the_a_kasse_may_attend():
    assert of_kind(MIDDLE, MeetingKind.JOINT_INTERVIEW)
    assert of_kind(NEW, MeetingKind.JOINT_INTERVIEW) == []

    def may_attend(text):
        return may_invite_fund(
            course=course(NEW), party=Party.MUNICIPALITY, number=1, on=day(text), book=BOOK
        ).is_allowed

    assert (may_attend(BEFORE_C), may_attend("2024-04-22")) == (False, True)


def test_s50_the_table_covers_six_months_and_after_that_no_number_is_demanded(log_in, office):
    last_day = right_on_request(course=course(NEW), on=day("2024-07-14"), book=BOOK)
    after = right_on_request(course=course(NEW), on=day("2024-07-15"), book=BOOK)
    text = "Loven kræver ikke et fast antal samtaler nu"
    client = log_in(office.caseworker)

    def says(begun):
        case = factories.case(office, registered_on=begun)
        return text in client.get(case.get_absolute_url()).content.decode()

    assert max(str(meeting.due_on) for meeting in planned(NEW).meetings) == "2024-07-14"
    assert (last_day.has_right, after.has_right) == (False, True)
    assert (says(date(2025, 11, 5)), says(date(2025, 11, 4))) == (False, True)


# The table


def numbers(text):
    return [int(number) for number in re.findall(r"_s(\d+)(?=_)", text)]


def test_the_table_and_the_tests_name_the_same_sentences_of_the_agreement():
    table = (Path(settings.BASE_DIR) / "docs" / "agreement.md").read_text()
    rows = re.findall(r"^\| S(\d+) \|.*\| `(test_\w+)` \|$", table, re.MULTILINE)
    names = [*globals(), *vars(first_bill), *vars(second_bill)]
    tests = [name for name in names if name.startswith("test_s")]
    every = list(range(1, 51))

    assert [int(number) for number, _ in rows] == every
    assert {name for _, name in rows} == set(tests)
    assert all(f"_s{number}_" in name for number, name in rows)
    assert sorted(number for name in tests for number in numbers(name)) == every
