import pytest

from cases.rules.aim import Aim, AimNotAllowed, aims_on, check_aim, missing_grounds
from cases.rules.facts import Party
from cases.rules.parameters import JOB_FOCUS_GROUPS, JOB_FOCUS_REASONS_REQUIRED
from tests.law import BOOK, act, day, shipped_and

BOTH = (Aim.EDUCATION, Aim.JOB)


def grounds(book=BOOK, **facts):
    whole = {
        "aim": Aim.JOB,
        "decided_on": day("2024-01-02"),
        "assessment": "Trives i praktik",
        "assessed_on": day("2024-01-02"),
        "reasons": "Har prøvet to uddannelser",
        "wish": Aim.JOB,
    }
    return missing_grounds(**{**whole, **facts}, book=book)


@pytest.mark.parametrize(
    ("group", "decided_on", "allowed"),
    [
        (4, "2023-12-31", (Aim.EDUCATION,)),
        (5, "2023-12-31", (Aim.EDUCATION,)),
        (4, "2024-01-01", BOTH),
        (5, "2024-01-01", BOTH),
        (3, "2024-01-01", ()),
        (6, "2024-01-01", ()),
        (1, "2023-12-31", ()),
    ],
)
def test_the_aims_by_group_and_day_of_the_decision(group, decided_on, allowed):
    assert aims_on(target_group=group, decided_on=day(decided_on), book=BOOK).allowed == allowed


def test_a_group_without_the_job_track_has_education_alone():
    book = shipped_and(act("2024-01-01", {JOB_FOCUS_GROUPS: "4"}, slug="x"))

    aims = aims_on(target_group=5, decided_on=day("2024-01-02"), book=book)

    assert aims.allowed == (Aim.EDUCATION,)
    assert "målgruppe 5" in aims.why[0].text


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"party": Party.FUND}, "Kun kommunen"),
        ({"target_group": 1}, "I målgruppe 1 træffes der ingen afgørelse .* i målgruppe 4 og 5"),
        ({"decided_on": day("2023-12-31")}, r"kun uddannelsespålægget findes. \(Anden delaftale"),
    ],
)
def test_a_decision_outside_the_law_is_refused_with_its_rule(facts, sentence):
    whole = {"aim": Aim.JOB, "party": Party.MUNICIPALITY, "target_group": 4, "decided_on": day("2024-01-02")}

    assert check_aim(**whole, book=BOOK)
    with pytest.raises(AimNotAllowed, match=sentence):
        check_aim(**{**whole, **facts}, book=BOOK)


def test_education_needs_no_grounds_and_job_needs_all_of_them():
    assert grounds() == ()
    assert grounds(aim=Aim.EDUCATION, assessment="", assessed_on=None, reasons="", wish=None) == ()
    assert "(Anden delaftale" in grounds(reasons="")[0].text


@pytest.mark.parametrize(("assessed_on", "is_missing"), [("2024-01-02", False), ("2024-01-03", True)])
def test_the_assessment_comes_before_the_decision(assessed_on, is_missing):
    found = grounds(assessed_on=day(assessed_on))

    assert bool(found) is is_missing
    assert not found or "Ret en af de to datoer" in found[0].text


def test_the_wish_is_the_citizens_own_and_does_not_bind():
    assert grounds(wish=Aim.EDUCATION) == ()


def test_an_act_may_do_without_reasons():
    book = shipped_and(act("2024-02-01", {JOB_FOCUS_REASONS_REQUIRED: "false"}, slug="x"))

    assert grounds(book, reasons="", decided_on=day("2024-01-31"))
    assert not grounds(book, reasons="", decided_on=day("2024-02-01"))
