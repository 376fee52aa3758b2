"""The worked cases about meetings, channels and guidance, told as a lawyer would tell them."""

from datetime import date

import pytest

from cases.rules.facts import ExemptionReason, Party
from cases.rules.responsibility import municipality_from, responsible_on
from meetings.rules.channel import ChannelRefused, ChosenBy, DecidedBy, ReasonMissing, channel_on, resolve
from meetings.rules.exemption import may_exempt, may_exempt_by_share, resting_on
from meetings.rules.guidance import has_guidance_duty
from meetings.rules.kinds import Channel, MeetingKind
from meetings.rules.participation import may_invite_fund
from tests.law import BOOK, WITH_D, WITH_E, course, day, exemption, lines, planned, span

BY_CHOICE = (Channel.ATTENDANCE, Channel.TELEPHONE, Channel.VIDEO)
IN_PERSON = (Channel.ATTENDANCE,)
CONTACT, CV = MeetingKind.CONTACT_INTERVIEW, MeetingKind.CV_INTERVIEW


def channel(start, meeting_on, *, kind=CONTACT, number=1, book=BOOK, **facts):
    return channel_on(course=course(start, **facts), meeting_on=day(meeting_on), kind=kind, number=number, book=book)


def last_days(answer):
    return {(meeting.responsible, str(meeting.due_on)) for meeting in answer.meetings}


def test_case_1_a_course_of_2022_has_the_nine_meetings_of_the_old_table():
    assert lines(planned("2022-06-01")) == [
        ("fund", "cv_interview", 1, "2022-06-01", "2022-06-15"),
        ("fund", "availability_interview", 1, "2022-06-01", "2022-08-31"),
        ("both", "joint_interview", 1, "2022-06-01", "2022-08-31"),
        ("municipality", "contact_interview", 1, "2022-06-01", "2022-11-30"),
        ("fund", "availability_interview", 2, "2022-06-01", "2022-11-30"),
        ("municipality", "contact_interview", 2, "2022-06-01", "2022-11-30"),
        ("municipality", "contact_interview", 3, "2022-06-01", "2022-11-30"),
        ("municipality", "contact_interview", 4, "2022-06-01", "2022-11-30"),
        ("both", "joint_interview", 2, "2022-09-01", "2022-11-30"),
    ]
    assert all(meeting.is_enforced for meeting in planned("2022-06-01").meetings)


def test_case_2_a_course_of_april_2023_has_the_old_table_and_the_new_choice():
    answer = planned("2023-04-03")

    assert len(answer.meetings) == 9
    assert answer.meetings[0].kind == CV
    assert answer.meetings[0].due_on == date(2023, 4, 17)
    assert max(meeting.due_on for meeting in answer.meetings) == date(2023, 10, 2)
    for kind in MeetingKind:
        assert channel("2023-04-03", "2023-04-17", kind=kind).allowed == BY_CHOICE
        assert channel("2023-04-03", "2023-10-02", kind=kind, number=2).allowed == BY_CHOICE


def test_case_2_with_act_d_the_cv_and_the_first_jobsamtale_are_held_in_person():
    assert channel("2023-04-03", "2023-04-17", kind=CV, book=WITH_D).allowed == IN_PERSON
    assert channel("2023-04-03", "2023-04-20", book=WITH_D).allowed == IN_PERSON
    assert channel("2023-04-03", "2023-05-20", number=2, book=WITH_D).allowed == BY_CHOICE
    assert channel("2023-04-03", "2023-05-20", kind=MeetingKind.JOINT_INTERVIEW, book=WITH_D).allowed == BY_CHOICE


def test_case_3_a_course_of_2024_has_three_meetings_by_each_party():
    answer = planned("2024-01-15")

    assert answer.act == "c-anden-delaftale-2"
    assert lines(answer) == [
        ("fund", "contact_interview", 1, "2024-01-15", "2024-01-29"),
        ("fund", "contact_interview", 2, "2024-01-15", "2024-04-14"),
        ("fund", "contact_interview", 3, "2024-01-15", "2024-04-14"),
        ("municipality", "contact_interview", 1, "2024-04-15", "2024-07-14"),
        ("municipality", "contact_interview", 2, "2024-04-15", "2024-07-14"),
        ("municipality", "contact_interview", 3, "2024-04-15", "2024-07-14"),
    ]
    assert channel("2024-01-15", "2024-01-29").allowed == BY_CHOICE
    assert channel("2024-01-15", "2024-01-29", book=WITH_D).allowed == IN_PERSON


def test_case_4_a_course_begun_the_day_before_act_c_keeps_the_old_table_as_history():
    answer = planned("2023-12-31")

    assert len(answer.meetings) == 9
    assert max(meeting.due_on for meeting in answer.meetings) == date(2024, 6, 29)
    assert [m.kind for m in answer.meetings if m.is_enforced] == [CONTACT] * 4
    assert sum(not m.is_enforced for m in answer.meetings) == 5
    assert municipality_from(course("2023-12-31"), BOOK).day == date(2023, 12, 31)


def test_case_5_a_course_of_december_2023_stays_and_only_its_later_old_meetings_are_history():
    answer = planned("2023-12-15")

    enforced = {(m.kind, str(m.due_on)) for m in answer.meetings if m.is_enforced}
    assert enforced == {(CV, "2023-12-29"), (CONTACT, "2024-06-14")}
    assert sum(m.kind == CONTACT for m in answer.meetings) == 4
    historic = [m for m in answer.meetings if not m.is_enforced]
    assert {m.kind for m in historic} == {MeetingKind.AVAILABILITY_INTERVIEW, MeetingKind.JOINT_INTERVIEW}
    assert all("Historisk" in m.why[-1].text for m in historic)


def test_case_6_before_22_march_2023_video_is_refused():
    answer = channel("2023-02-01", "2023-03-21")

    assert (answer.allowed, answer.decided_by) == (IN_PERSON, DecidedBy.LAW)
    with pytest.raises(ChannelRefused, match="kun ved personligt fremmøde"):
        resolve(answer, wish=None, demanded=Channel.VIDEO)


def test_case_7_the_same_person_chooses_from_22_march_2023():
    answer = channel("2023-02-01", "2023-03-22", number=2)

    assert (answer.allowed, answer.decided_by) == (BY_CHOICE, DecidedBy.CITIZEN)


def test_case_8_the_first_fund_meeting_by_video_is_accepted():
    answer = channel("2024-05-06", "2024-05-14")

    resolved = resolve(answer, wish=Channel.VIDEO)

    assert (resolved.channel, resolved.chosen_by) == (Channel.VIDEO, ChosenBy.CITIZEN)


def test_case_8_with_act_d_the_first_is_refused_by_video_and_the_second_is_not():
    first = channel("2024-05-06", "2024-05-14", book=WITH_D)
    second = channel("2024-05-06", "2024-06-14", number=2, book=WITH_D)

    assert first.allowed == IN_PERSON
    with pytest.raises(ChannelRefused, match="første jobsamtale"):
        resolve(first, wish=None, demanded=Channel.VIDEO)
    assert resolve(second, wish=Channel.VIDEO).channel == Channel.VIDEO


def test_case_9_without_a_choice_the_channel_is_attendance_by_default():
    resolved = resolve(channel("2024-05-06", "2024-06-20", number=2), wish=None)

    assert (resolved.channel, resolved.chosen_by) == (Channel.ATTENDANCE, ChosenBy.DEFAULT)


def test_case_10_attendance_against_the_choice_needs_a_written_reason():
    answer = channel("2024-05-06", "2024-06-20", number=2)

    with pytest.raises(ReasonMissing, match="Skriv, hvorfor"):
        resolve(answer, wish=Channel.TELEPHONE, demanded=Channel.ATTENDANCE, reason="  ")
    resolved = resolve(answer, wish=Channel.TELEPHONE, demanded=Channel.ATTENDANCE, reason="Papirer skal underskrives")

    assert (resolved.channel, resolved.chosen_by) == (Channel.ATTENDANCE, ChosenBy.AUTHORITY)
    assert resolved.reason == "Papirer skal underskrives"


@pytest.mark.parametrize(
    ("party", "on", "has_duty"),
    [
        pytest.param(Party.MUNICIPALITY, "2023-03-21", True, id="case 15: the day before, the municipality guides"),
        pytest.param(Party.MUNICIPALITY, "2023-03-22", False, id="case 15: from 22 March it has no duty"),
        pytest.param(Party.FUND, "2023-03-21", True, id="case 15: the fund guides the day before"),
        pytest.param(Party.FUND, "2023-03-22", True, id="case 15: and after"),
    ],
)
def test_case_15_who_guides_when_asked_about_six_weeks_of_education(party, on, has_duty):
    duty = has_guidance_duty(party, group=1, on=day(on), book=BOOK, asked=True)

    assert duty.has_duty is has_duty
    assert len(duty.why) == 1


def test_case_15_in_act_a_the_municipality_guides_only_when_asked():
    assert not has_guidance_duty(Party.MUNICIPALITY, group=1, on=day("2023-03-21"), book=BOOK, asked=False).has_duty
    assert has_guidance_duty(Party.FUND, group=1, on=day("2023-03-21"), book=BOOK, asked=False).has_duty


@pytest.mark.parametrize(("number", "is_allowed"), [(1, True), (2, False), (3, False)])
def test_case_16_the_fund_may_come_to_the_first_municipality_meeting_only(number, is_allowed):
    answer = may_invite_fund(
        course=course("2024-01-15"), party=Party.MUNICIPALITY, number=number, on=day("2024-04-22"), book=BOOK
    )

    assert answer.is_allowed is is_allowed


def test_case_19_a_new_placement_is_a_new_course_with_six_new_meetings():
    answer = planned("2025-09-01")

    assert len(answer.meetings) == 6
    assert last_days(answer) == {("fund", "2025-09-15"), ("fund", "2025-11-30"), ("municipality", "2026-02-28")}


YOUNG = {"born_on": date(2002, 6, 1), "has_qualifying_education": False, "has_children_at_home": False}


def test_case_20_the_young_follow_the_same_table_as_all():
    answer = planned("2024-09-02", **YOUNG)

    assert lines(answer) == lines(planned("2024-09-02"))
    assert [m.due_on for m in answer.meetings if m.responsible == Party.FUND][-1] == date(2024, 12, 1)
    assert lines(answer)[-1][-2:] == ("2024-12-02", "2025-03-01")


def test_case_20_with_act_d_the_young_have_all_six_with_the_municipality():
    young = course("2024-09-02", **YOUNG)

    answer = planned("2024-09-02", book=WITH_D, **YOUNG)

    assert answer.act == "d-lovens-undtagelser"
    assert lines(answer) == [
        ("municipality", "contact_interview", number, "2024-09-02", "2025-03-01") for number in range(1, 7)
    ]
    assert responsible_on(young, day("2024-09-02"), WITH_D).party == Party.MUNICIPALITY
    assert municipality_from(young, WITH_D).day == day("2024-09-02")


def test_case_23_a_job_that_begins_within_six_weeks_exempts_and_silences_the_alarm():
    begun = course("2024-01-15")

    why = may_exempt(
        course=begun,
        reason=ExemptionReason.ORDINARY_JOB,
        span=span("2024-02-05", "2024-03-10"),
        documented_on=day("2024-02-05"),
        starts_on=day("2024-03-11"),
        book=BOOK,
    )
    exempt = course("2024-01-15", exemptions=(exemption("2024-02-05", "2024-03-10", "ordinary_job"),))

    assert "35 dage" in why[0].text
    assert resting_on(exempt, day("2024-02-20")) is not None
    assert resting_on(exempt, day("2024-03-11")) is None


def test_case_24_with_act_e_each_party_holds_two():
    answer = planned("2026-08-03", book=WITH_E)

    assert answer.act == "e-mere-fleksibelt-kontaktforloeb"
    assert lines(answer) == [
        ("fund", "contact_interview", 1, "2026-08-03", "2026-08-17"),
        ("fund", "contact_interview", 2, "2026-08-03", "2026-11-02"),
        ("municipality", "contact_interview", 1, "2026-11-03", "2027-02-02"),
        ("municipality", "contact_interview", 2, "2026-11-03", "2027-02-02"),
    ]
    assert not any("ikke bekræftet" in step.text for meeting in answer.meetings for step in meeting.why)


def test_case_24_with_act_e_the_first_meeting_is_held_with_all_and_a_quarter_may_be_exempt():
    share = exemption("2026-08-03", "2026-12-31", ExemptionReason.CONCRETE_ASSESSMENT)

    answer = planned("2026-08-03", book=WITH_E, exemptions=(share,))

    first, second, *_ = answer.meetings
    assert (first.due_on, first.is_postponed) == (date(2026, 8, 17), False)
    assert (second.due_on, second.is_postponed) == (date(2027, 1, 31), True)
    assert may_exempt_by_share(on=day("2026-08-03"), exempted=24, citizens=100, book=WITH_E)


def test_case_24_with_act_e_as_a_draft_act_c_stands_with_the_notice():
    answer = planned("2026-08-03")

    assert answer.act == "c-anden-delaftale-2"
    assert len(answer.meetings) == 6
    for meeting in answer.meetings:
        assert "Reglen er ikke bekræftet" in meeting.why[-1].text
    assert "Reglen er ikke bekræftet" in answer.notes[-1].text
    assert "Reglen er ikke bekræftet" in channel("2026-08-03", "2026-08-17").why[-1].text
