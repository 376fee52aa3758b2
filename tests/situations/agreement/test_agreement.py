"""The agreement itself and its table 1, sentence by sentence. The table is docs/agreement.md."""

import re
from datetime import date
from pathlib import Path

from django.conf import settings

from cases.rules.parameters import FUND_RESPONSIBLE_MONTHS
from meetings.rules.parameters import CITIZEN_CHOOSES_MONTHS
from tests import factories
from tests.law import SHIPPED
from tests.situations.agreement import test_first_bill as first_bill
from tests.situations.agreement import test_second_bill as second_bill
from tests.situations.agreement.steps import (
    BEFORE_B,
    BEFORE_C,
    FROM_B,
    FROM_C,
    MIDDLE,
    NEW,
    OLD,
    demanded,
    opened,
    page_of,
    table_1,
    told,
    value_on,
)

FIRST, SECOND = (next(one.act.slug for one in SHIPPED if one.act.letter == letter) for letter in "bc")


def demanded_of_course_from(start, client, office):
    return demanded(client, factories.case(office, registered_on=start))


def titles(demands, kind):
    """The meetings of a kind, without their days."""
    return sorted(one.partition(":")[0] for one in demands if f". {kind} " in one)


# The agreement and its two bills


def test_s1_the_rule_pages_name_the_agreement_as_the_source(log_in, office):
    client = log_in(office.adviser)

    for slug in (FIRST, SECOND):
        assert "Aftale Anden delaftale" in told(opened(client, "law:act", slug))
    assert "Anden delaftale" in told(opened(client, "law:in_force"))


def test_s2_two_bills_are_two_acts_with_their_own_day_and_values(log_in, office):
    client = log_in(office.adviser)

    def values(slug):
        subjects = opened(client, "law:act", slug).context["subjects"]
        return {value.parameter for _, values in subjects for value in values}

    acts = told(opened(client, "law:acts"))
    assert "Anden delaftale, første lovforslag 22. marts 2023" in acts
    assert "Anden delaftale, andet lovforslag 1. januar 2024" in acts
    assert values(FIRST)
    assert values(SECOND)
    assert not values(FIRST) & values(SECOND)


def test_s3_the_first_bill_holds_from_22_march_2023_that_day_included(log_in, office):
    client = log_in(office.adviser)

    assert value_on(client, CITIZEN_CHOOSES_MONTHS, BEFORE_B) == "0 måneder"
    assert value_on(client, CITIZEN_CHOOSES_MONTHS, FROM_B) == "6 måneder"


def test_s4_the_second_bill_holds_from_1_january_2024_that_day_included(log_in, office):
    client = log_in(office.adviser)

    assert value_on(client, FUND_RESPONSIBLE_MONTHS, BEFORE_C) == "0 måneder"
    assert value_on(client, FUND_RESPONSIBLE_MONTHS, FROM_C) == "3 måneder"


def test_s5_an_old_case_is_still_judged_by_the_rules_before_both_bills(log_in, office):
    client = log_in(office.caseworker)
    before, after = "Efter »Reglerne før anden delaftale«", "Efter »Anden delaftale, andet lovforslag«"
    old, new = (page_of(client, factories.case(office, registered_on=start)) for start in (OLD, NEW))

    assert (before in old, after in old) == (True, False)
    assert (before in new, after in new) == (False, True)


# Table 1


def test_s45_before_one_cv_samtale_in_the_a_kasse(log_in, office):
    client = log_in(office.adviser)

    assert titles(demanded_of_course_from(OLD, client, office), "cv-samtale") == ["1. cv-samtale (a-kassen)"]
    before, after = table_1(client)["A-kasser"]
    assert "1 cv-samtale" in before
    assert after == ("3 jobsamtaler",)


def test_s46_before_two_raadighedssamtaler_in_the_a_kasse(log_in, office):
    client = log_in(office.adviser)

    assert titles(demanded_of_course_from(OLD, client, office), "rådighedssamtale") == [
        "1. rådighedssamtale (a-kassen)",
        "2. rådighedssamtale (a-kassen)",
    ]
    before, after = table_1(client)["A-kasser"]
    assert "2 rådighedssamtaler" in before
    assert after == ("3 jobsamtaler",)


def test_s47_before_four_jobsamtaler_in_the_jobcenter(log_in, office):
    client = log_in(office.caseworker)

    assert titles(demanded_of_course_from(OLD, client, office), "jobsamtale") == [
        f"{number}. jobsamtale (jobcentret)" for number in (1, 2, 3, 4)
    ]
    assert table_1(client)["Jobcenter"][0] == ("4 jobsamtaler",)


def test_s48_before_two_faellessamtaler_by_both(log_in, office):
    client = log_in(office.caseworker)

    assert titles(demanded_of_course_from(OLD, client, office), "fællessamtale") == [
        f"{number}. fællessamtale (jobcentret og a-kassen)" for number in (1, 2)
    ]
    assert table_1(client)["Jobcenter og a-kasser"][0] == ("2 fællessamtaler",)


def test_s49_no_faellessamtale_is_demanded_but_the_a_kasse_may_attend(log_in, office):
    client = log_in(office.caseworker)

    assert titles(demanded_of_course_from(MIDDLE, client, office), "fællessamtale")
    assert not titles(demanded_of_course_from(NEW, client, office), "fællessamtale")
    assert table_1(client)["Jobcenter og a-kasser"][1] == (
        "Ingen krav til fællessamtaler",
        "A-kassen kan deltage i 1. samtale i jobcentret",
    )


def test_s50_the_table_covers_six_months_and_after_that_no_number_is_demanded(log_in, office):
    client = log_in(office.caseworker)
    ends_today, ended = (factories.case(office, registered_on=date(2025, 11, day)) for day in (5, 4))
    text = "Loven kræver ikke et fast antal samtaler nu"

    assert [text in page_of(client, case) for case in (ends_today, ended)] == [False, True]
    assert demanded(client, ends_today)[-1].endswith("..04-05-2026")


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
