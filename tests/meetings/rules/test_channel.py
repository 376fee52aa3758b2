from datetime import date

import pytest

from cases.rules.facts import BadFacts
from meetings.rules.channel import ChannelRefused, ChosenBy, DecidedBy, against_held, channel_on, resolve, wish_allowed
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.parameters import (
    ATTENDANCE_OVERRIDE_ALLOWED,
    CHANNEL_CHOICE_NOTICE_DAYS,
    CHANNELS,
    CITIZEN_CHOOSES_MONTHS,
    DEFAULT_CHANNEL,
    FIRST_MEETING_IN_PERSON,
    IN_PERSON_FIRST_OF_KINDS,
    IN_PERSON_KINDS,
)
from tests.law import BOOK, WITH_D, act, course, day, pause, shipped_and

ATTENDANCE, TELEPHONE, VIDEO = Channel
CONTACT = MeetingKind.CONTACT_INTERVIEW


def answer(start, meeting_on, *, kind=CONTACT, number=2, book=BOOK, **facts):
    return channel_on(course=course(start, **facts), meeting_on=day(meeting_on), kind=kind, number=number, book=book)


@pytest.mark.parametrize(
    ("start", "meeting_on", "decided_by", "allowed"),
    [
        pytest.param("2023-02-01", "2023-03-21", DecidedBy.LAW, 1, id="the day before act b: attendance"),
        pytest.param("2023-02-01", "2023-03-22", DecidedBy.CITIZEN, 3, id="the day act b comes into force: choice"),
        pytest.param("2022-01-31", "2022-07-30", DecidedBy.LAW, 1, id="act a, last day of month 6"),
        pytest.param("2022-01-31", "2022-07-31", DecidedBy.AUTHORITY, 3, id="act a, first day of month 7"),
        pytest.param("2024-01-15", "2024-07-14", DecidedBy.CITIZEN, 3, id="last day of month 6: choice"),
        pytest.param("2024-01-15", "2024-07-15", DecidedBy.AUTHORITY, 3, id="first day of month 7: the authority"),
    ],
)
def test_who_decides_on_which_day(start, meeting_on, decided_by, allowed):
    found = answer(start, meeting_on)

    assert (found.decided_by, len(found.allowed)) == (decided_by, allowed)
    assert found.because in {step.text for step in found.why}


def test_channels_come_in_their_order():
    assert answer("2024-01-15", "2024-02-15").allowed == (ATTENDANCE, TELEPHONE, VIDEO)


def test_a_pause_lengthens_the_months_of_choice():
    paused = {"pauses": (pause("2024-03-01", "2024-03-10"),)}

    assert answer("2024-01-15", "2024-07-24", **paused).decided_by == DecidedBy.CITIZEN
    assert answer("2024-01-15", "2024-07-25", **paused).decided_by == DecidedBy.AUTHORITY
    assert answer("2024-01-15", "2024-07-24", **paused).citizen_chooses_until == date(2024, 7, 24)


def test_until_when_the_citizen_chooses():
    assert answer("2024-01-15", "2024-02-15").citizen_chooses_until == date(2024, 7, 14)
    assert answer("2023-02-01", "2023-03-21").citizen_chooses_until is None


def test_a_meeting_between_registration_and_start_is_by_choice():
    waiting = answer("2024-01-15", "2024-01-05", registered_on=date(2024, 1, 2))

    assert waiting.decided_by == DecidedBy.CITIZEN


@pytest.mark.parametrize("group", [2, 5, 9])
def test_the_choice_is_open_to_other_target_groups(group):
    assert answer("2024-01-15", "2024-02-15", target_group=group).decided_by == DecidedBy.CITIZEN


def test_a_meeting_before_the_registration_is_refused():
    with pytest.raises(BadFacts, match="14. januar 2024 ligger før tilmeldingen"):
        answer("2024-01-15", "2024-01-14")


def test_a_number_below_one_is_refused():
    with pytest.raises(BadFacts, match="nummer er 0"):
        answer("2024-01-15", "2024-02-15", number=0)


@pytest.mark.parametrize(
    ("kind", "number", "in_person"),
    [
        (MeetingKind.CV_INTERVIEW, 2, True),
        (CONTACT, 1, True),
        (CONTACT, 2, False),
        (MeetingKind.AVAILABILITY_INTERVIEW, 1, False),
        (MeetingKind.JOINT_INTERVIEW, 1, False),
    ],
)
def test_which_meetings_act_d_wants_in_person(kind, number, in_person):
    found = answer("2023-04-03", "2023-05-01", kind=kind, number=number, book=WITH_D)

    assert (found.decided_by == DecidedBy.LAW) is in_person
    assert len(answer("2023-04-03", "2023-05-01", kind=kind, number=number).allowed) == 3


def test_an_act_says_which_meetings_the_first_one_in_person_is():
    says = {FIRST_MEETING_IN_PERSON: "true", IN_PERSON_KINDS: "", IN_PERSON_FIRST_OF_KINDS: "joint_interview"}
    book = shipped_and(act("2023-03-22", says, slug="x"))

    def found(kind, number):
        return answer("2023-04-03", "2023-05-01", kind=kind, number=number, book=book)

    first = found(MeetingKind.JOINT_INTERVIEW, 1)
    assert first.because == "Forløbets første fællessamtale holdes ved personligt fremmøde."
    others = [(MeetingKind.JOINT_INTERVIEW, 2), (MeetingKind.CV_INTERVIEW, 1), (CONTACT, 1)]
    assert {found(*one).decided_by for one in others} == {DecidedBy.CITIZEN}


def test_without_any_months_the_authority_decides_from_the_first_day():
    book = shipped_and(act("2024-01-01", {CITIZEN_CHOOSES_MONTHS: "0"}, slug="x"))

    found = answer("2024-01-15", "2024-01-15", book=book)

    assert found.decided_by == DecidedBy.AUTHORITY
    assert len(found.why) == 1


def test_only_existing_channels_are_offered():
    book = shipped_and(act("2024-01-01", {CHANNELS: "video, attendance", DEFAULT_CHANNEL: "video"}, slug="x"))

    found = answer("2024-01-15", "2024-02-15", book=book)

    assert found.allowed == (ATTENDANCE, VIDEO)
    assert resolve(found, wish=None).channel == VIDEO
    with pytest.raises(ChannelRefused, match="Telefon kan ikke bruges"):
        resolve(found, wish=TELEPHONE)
    with pytest.raises(ChannelRefused, match="Vælg personligt fremmøde eller video"):
        wish_allowed(found, TELEPHONE)
    wish_allowed(found, VIDEO)


WITH_NOTICE = shipped_and(act("2024-01-01", {CHANNEL_CHOICE_NOTICE_DAYS: "3"}, slug="x"))


def test_a_deadline_for_the_choice_is_shown_and_holds():
    found = answer("2024-01-15", "2024-02-15", book=WITH_NOTICE)

    assert found.choice_by == date(2024, 2, 12)
    assert "senest den 12. februar 2024" in found.why[-1].text
    assert resolve(found, wish=VIDEO, wished_on=date(2024, 2, 12)).channel == VIDEO
    assert resolve(found, wish=VIDEO, wished_on=date(2024, 2, 13)).chosen_by == ChosenBy.DEFAULT
    assert resolve(found, wish=VIDEO).channel == VIDEO


def test_the_deadline_for_the_choice_is_not_shown_where_nobody_chooses():
    assert answer("2024-01-15", "2024-08-15", book=WITH_NOTICE).choice_by is None
    assert answer("2024-01-15", "2024-02-15").choice_by is None


def test_where_the_law_decides_the_wish_changes_nothing():
    found = answer("2023-02-01", "2023-03-21")

    assert resolve(found, wish=VIDEO).chosen_by == ChosenBy.LAW
    assert resolve(found, wish=None, demanded=ATTENDANCE).channel == ATTENDANCE


def test_where_the_authority_decides_the_wish_is_only_shown():
    found = answer("2024-01-15", "2024-08-15")

    assert resolve(found, wish=VIDEO) == (resolve(found, wish=None))
    assert resolve(found, wish=VIDEO).chosen_by == ChosenBy.DEFAULT
    assert resolve(found, wish=VIDEO, demanded=TELEPHONE).channel == TELEPHONE
    assert resolve(found, wish=VIDEO, demanded=TELEPHONE).chosen_by == ChosenBy.AUTHORITY


def test_the_citizens_choice_stands_against_all_but_attendance():
    found = answer("2024-01-15", "2024-02-15")

    assert resolve(found, wish=VIDEO, demanded=VIDEO).chosen_by == ChosenBy.CITIZEN
    with pytest.raises(ChannelRefused, match="den er video"):
        resolve(found, wish=VIDEO, demanded=TELEPHONE, reason="travlt")
    with pytest.raises(ChannelRefused, match="den er personligt fremmøde"):
        resolve(found, wish=None, demanded=VIDEO)


def test_attendance_cannot_be_demanded_where_the_act_gives_no_right_to():
    book = shipped_and(act("2024-01-01", {ATTENDANCE_OVERRIDE_ALLOWED: "false"}, slug="x"))
    found = answer("2024-01-15", "2024-02-15", book=book)

    assert not found.override_allowed
    with pytest.raises(ChannelRefused):
        resolve(found, wish=VIDEO, demanded=ATTENDANCE, reason="en god grund")


def test_override_is_offered_only_where_the_citizen_decides():
    assert answer("2024-01-15", "2024-02-15").override_allowed
    assert not answer("2024-01-15", "2024-08-15").override_allowed
    assert not answer("2024-01-15", "2024-02-15", number=1, book=WITH_D).override_allowed


@pytest.mark.parametrize(
    ("start", "held", "wish", "objection"),
    [
        pytest.param("2026-01-05", TELEPHONE, None, None, id="the citizen may choose, and nobody asked"),
        pytest.param("2026-01-05", TELEPHONE, TELEPHONE, None, id="as the citizen chose"),
        pytest.param("2026-01-05", ATTENDANCE, TELEPHONE, "borgeren havde valgt telefon", id="against the choice"),
        pytest.param("2025-01-05", ATTENDANCE, TELEPHONE, None, id="after month 6 the wish does not bind"),
    ],
)
def test_what_the_law_has_against_the_channel_in_which_a_meeting_was_held(start, held, wish, objection):
    found = against_held(answer(start, "2026-02-02"), held=held, wish=wish)

    assert found is None if objection is None else objection in found


def test_a_channel_that_the_law_did_not_give_that_day():
    found = against_held(answer("2023-02-01", "2023-03-21"), held=TELEPHONE, wish=None)

    assert found.startswith("Telefon var ikke tilladt til samtalen.")
    assert against_held(answer("2023-02-01", "2023-03-22"), held=TELEPHONE, wish=None) is None
