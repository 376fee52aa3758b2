from cases.rules.municipal_duties import PARAMETERS, YearlyDuty, duties_on
from tests.law import BOOK, act, day, shipped_and


def test_a_duty_is_a_task_of_the_year_and_lifted_the_explanation_says_since_when():
    plan, audit = duties_on(day("2022-12-31"), BOOK)
    lifted, _ = duties_on(day("2024-01-01"), BOOK)

    assert (plan.duty, audit.duty) == (YearlyDuty.EMPLOYMENT_PLAN, YearlyDuty.RESULT_AUDIT)
    assert (plan.year, plan.is_required) == (2022, True)
    assert (
        plan.why[0].text
        == "Den 31. december 2022 skal kommunen hvert år have en beskæftigelsesplan; denne er for 2022."
    )
    assert lifted.why[0].text == (
        "Kommunen skal ikke have en beskæftigelsesplan: kravet er væk fra den 22. marts 2023. Ældre dokumenter kan "
        "stadig læses."
    )


def test_each_duty_is_lifted_by_itself():
    book = shipped_and(act("2025-01-01", {PARAMETERS[YearlyDuty.RESULT_AUDIT]: "true"}, slug="x"))

    assert [duty.is_required for duty in duties_on(day("2025-01-01"), book)] == [False, True]


def test_every_duty_has_a_parameter():
    assert set(PARAMETERS) == set(YearlyDuty)
