"""What `manage.py law` answers before and after the shipped drafts are published: what they say, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cases.law import services as law_services
from cases.models import Act, Role
from cases.rules.period import add_months
from meetings.planning.law import law_in_force
from meetings.rules.kinds import MeetingKind
from referrals.rules.offers import OfferType
from tests import factories
from tests.law import QUESTIONS, pause

NOON = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
#: The days on which the acts b and d, c, and e come into force.
B, C, E = date(2023, 3, 22), date(2024, 1, 1), date(2026, 7, 1)
NOTICE = "Reglen er ikke bekræftet"

BORDERS = [day + timedelta(days) for day in (B, C, E) for days in (-1, 0, 1)]
STARTS = sorted({*BORDERS, date(2020, 1, 1), *(date(2020, 1, 1) + timedelta(41 * n) for n in range(67))})

YOUNG = {"age": 22, "has_qualifying_education": False, "has_children_at_home": False}
PERSONS = {
    "thirty": {"age": 30},
    "young": YOUNG,
    "young, paused": {**YOUNG, "paused": True},
    "young with education": {**YOUNG, "has_qualifying_education": True},
    "young with children": {**YOUNG, "has_children_at_home": True},
    "twenty-five": {**YOUNG, "age": 25},
    "young in group 2": {**YOUNG, "target_group": 2},
    "young in group 5": {**YOUNG, "target_group": 5},
    "group 11": {"age": 50, "target_group": 11},
    "paused": {"age": 30, "paused": True},
    "age unknown": {"age": None, "has_qualifying_education": False, "has_children_at_home": False},
}
YOUNG_BY_D = {"young", "young, paused"}
OUTSIDE_THE_TABLE = {"young in group 2", "young in group 5", "group 11"}


def _plan(start, person, law):
    facts = {"target_group": 1, "has_qualifying_education": True, "has_children_at_home": True, **PERSONS[person]}
    age, paused = facts.pop("age"), facts.pop("paused", False)
    first = start + timedelta(days=20)
    return answered(
        "plan",
        law,
        registered_on=start,
        placed_on=start + timedelta(days=1) if paused else None,
        born=None if age is None else add_months(start, -12 * age),
        no_education=not facts["has_qualifying_education"],
        no_children=not facts["has_children_at_home"],
        target_group=facts["target_group"],
        pauses=[pause(str(first), str(first + timedelta(days=13)))] if paused else [],
    )


def answered(name, law, **facts):
    """The answer as the command gives it to machines."""
    question = QUESTIONS[name]
    return question.data(question.ask(facts, law))


def _channel(start, after, kind, number, law):
    return answered(
        "channel", law, placed_on=start, meeting_on=start + timedelta(after), kind=kind, number=number, pauses=[]
    )


def _offer(start, after, type_, law):
    begins = start + timedelta(after)
    return answered(
        "offer",
        law,
        placed_on=start,
        type=type_,
        starts_on=begins,
        ends_on=begins + timedelta(weeks=4),
        offered_on=begins,
        pauses=[],
    )


def _referral(start, after, law):
    sent = start + timedelta(after)
    return answered(
        "referral", law, placed_on=start, sent_on=sent, offer_starts_on=sent + timedelta(weeks=3), pauses=[]
    )


def everything():
    """Every answer of the grid under the law that counts, by its question."""
    law = law_in_force()
    found = {}
    for day in STARTS:
        found["values", day] = answered("values", law, on=day)
        for person in PERSONS:
            found["plan", day, person] = _plan(day, person, law)
        for after in (0, 30, 100, 200):
            for kind in (MeetingKind.CONTACT_INTERVIEW, MeetingKind.CV_INTERVIEW, MeetingKind.JOINT_INTERVIEW):
                for number in (1, 2):
                    found["channel", day, after, kind, number] = _channel(day, after, kind, number, law)
            for type_ in OfferType:
                found["offer", day, after, type_] = _offer(day, after, type_, law)
            found["referral", day, after] = _referral(day, after, law)
    return found


def without_notice(answer):
    """The answer without the sentence that a draft may change it."""
    if isinstance(answer, dict):
        return {key: without_notice(value) for key, value in answer.items()}
    if isinstance(answer, list):
        return [without_notice(value) for value in answer if not (isinstance(value, str) and NOTICE in value)]
    return answer


def changed(before, after):
    return {question for question in before if without_notice(before[question]) != without_notice(after[question])}


@pytest.fixture
def publish(law):
    """Publishes the shipped draft of a letter by an administrator who is not the one that vouches for it."""
    first, by = (
        factories.user(organisation=None, role=Role.ADMINISTRATOR, username=name, is_staff=True)
        for name in ("first", "anden")
    )

    def publish(letter):
        draft = Act.objects.drafts().get(slug__startswith=f"{letter}-")
        law_services.wrote(act=draft, by=first)
        law_services.publish(act_id=draft.pk, reason="Bekræftet.", is_day_confirmed=True, by=by, at=NOON)

    return publish


def short(plan):
    return [(meeting["responsible"], meeting["kind"]) for meeting in plan["meetings"]]


def test_publishing_d_and_then_e_turns_what_they_say_and_nothing_else(publish):
    before = everything()
    publish("d")
    with_d = everything()
    publish("e")
    with_e = everything()

    _only_act_d(before, with_d)
    _only_act_e(with_d, with_e)


def _only_act_d(before, after):
    # Act d is older than act c, so it silences no notice: all other answers are equal to the word.
    assert {question for question in before if before[question] != after[question]} == {
        # Three values, from the day of act b on.
        *(("values", day) for day in STARTS if day >= B),
        # The young whom the fund would have had in months 1-3: from act c on.
        *(("plan", day, person) for day in STARTS for person in YOUNG_BY_D if _start(day, person) >= C),
        # The cv-samtale, and the first jobsamtale of the course: by attendance from the day of act b, whatever the
        # month. Act b's choice is gone for them, and after the six months so is the authority's.
        *(
            question
            for question in before
            if question[0] == "channel"
            and question[1] + timedelta(question[2]) >= B
            and (question[3] == MeetingKind.CV_INTERVIEW or question[3:] == (MeetingKind.CONTACT_INTERVIEW, 1))
        ),
    }
    for question in changed(before, after):
        old, new = before[question], after[question]
        if question[0] == "values":
            assert {key: new[key]["value"] for key in new if new[key] != old[key]} == {
                "cases.young_course_by_municipality": True,
                "meetings.first_meeting_in_person": True,
                "meetings.young_meetings": 6,
            }
        elif question[0] == "plan":
            assert short(old) == [("fund", "contact_interview")] * 3 + [("municipality", "contact_interview")] * 3
            assert short(new) == [("municipality", "contact_interview")] * 6
            assert {meeting["due_on"] for meeting in new["meetings"]} == {old["meetings"][-1]["due_on"]}
            assert {meeting["window_from"] for meeting in new["meetings"]} == {old["course_start"]}
        else:
            assert (new["allowed"], new["decided_by"]) == (["attendance"], "law")
            assert (old["allowed"], old["decided_by"]) != (["attendance"], "law")


def _only_act_e(before, after):
    turned = changed(before, after)

    assert turned == {
        # Three values, from its day on.
        *(("values", day) for day in STARTS if day >= E),
        # Courses begun from its day on have 2 + 2; older ones keep theirs, and so do they who are outside the table:
        # other groups, and by act d the young.
        *(
            ("plan", day, person)
            for day in STARTS
            for person in PERSONS.keys() - YOUNG_BY_D - OUTSIDE_THE_TABLE
            if _start(day, person) >= E
        ),
        # Guidance that begins from its day on counts again; where another type does not, it is among what would.
        *(
            question
            for question in before
            if question[0] == "offer"
            and question[1] + timedelta(question[2]) >= E
            and question[3]
            in (
                OfferType.OTHER_GUIDANCE,
                OfferType.BASIC_SKILLS,
                OfferType.PRIOR_LEARNING,
                OfferType.SIX_WEEKS_COURSE,
            )
        ),
    }
    for question in turned:
        old, new = before[question], after[question]
        if question[0] == "values":
            assert {key: new[key]["value"] for key in new if new[key] != old[key]} == {
                "meetings.exempt_quota_percent": 25,
                "meetings.first_meeting_outside_quota": True,
                "referrals.counting_offer_types": sorted([*old["referrals.counting_offer_types"]["value"], GUIDANCE]),
            }
        elif question[0] == "plan":
            assert short(new) == [("fund", "contact_interview")] * 2 + [("municipality", "contact_interview")] * 2
            dates = [(meeting["window_from"], meeting["due_on"]) for meeting in new["meetings"]]
            assert dates == [(old["meetings"][n]["window_from"], old["meetings"][n]["due_on"]) for n in (0, 1, 3, 4)]
        elif question[3] == OfferType.OTHER_GUIDANCE:
            # 200 days after the start is past the deadline, as for every type.
            assert (old["counts"], new["counts"]) == (False, question[2] < 200)
            assert new["deadline"] == old["deadline"]
        else:
            assert without_notice({**new, "why": new["why"][1:]}) == without_notice({**old, "why": old["why"][1:]})
            assert "øvrig vejledning og opkvalificering" in new["why"][0]
    # With the act published, its notice is gone from all answers, and was on each that fell on its days.
    assert any(NOTICE in str(answer) for answer in before.values())
    assert not any(NOTICE in str(answer) for answer in after.values())


GUIDANCE = str(OfferType.OTHER_GUIDANCE)


def _start(day, person):
    # The paused are placed the day after they registered.
    return day + timedelta(days=1) if PERSONS[person].get("paused") else day
