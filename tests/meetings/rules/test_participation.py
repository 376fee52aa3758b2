import pytest

from cases.rules.facts import Party
from meetings.rules.parameters import JOINT_FUND_MAY_BE_DECLINED
from meetings.rules.participation import joint_fund_may_be_declined, may_invite_fund
from tests.law import BOOK, act, course, day, shipped_and


def invite(on="2024-04-22", *, number=1, party=Party.MUNICIPALITY, start="2024-01-15", **facts):
    return may_invite_fund(course=course(start, **facts), party=party, number=number, on=day(on), book=BOOK)


@pytest.mark.parametrize(("on", "is_allowed"), [("2023-12-31", False), ("2024-01-01", True)])
def test_the_day_of_the_meeting_decides(on, is_allowed):
    assert invite(on, start="2023-11-01").is_allowed is is_allowed


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"number": 2}, "kun deltage i den første"),
        ({"party": Party.FUND}, "holder selv"),
        ({"target_group": 2}, "Målgruppe 2"),
    ],
)
def test_when_the_fund_cannot_come_the_reason_is_told(facts, sentence):
    answer = invite(**facts)

    assert not answer.is_allowed
    assert sentence in answer.why[0].text


def test_the_fund_may_be_declined_in_a_joint_interview():
    book = shipped_and(act("2024-01-01", {JOINT_FUND_MAY_BE_DECLINED: "false"}, slug="x"))

    assert joint_fund_may_be_declined(on=day("2022-06-01"), book=BOOK).is_allowed
    assert not joint_fund_may_be_declined(on=day("2024-01-01"), book=book).is_allowed
    assert joint_fund_may_be_declined(on=day("2023-12-31"), book=book).is_allowed
