"""What holds for the plan of any course under any law."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cases.rules.facts import Course, Party
from cases.rules.responsibility import municipality_from, responsible_on, without_what_decides_nothing
from cases.rules.rule_book import RuleBook
from meetings.rules.channel import channel_on
from meetings.rules.contact_course import Plan, PlannedMeeting, plan
from meetings.rules.kinds import MeetingKind
from tests.any_law import (
    AT_THE_START,
    BASE,
    ONE_DAY,
    acts,
    any_law,
    book_with,
    courses,
    laws,
    published,
    running,
    without_notices,
)


def key(meeting: PlannedMeeting) -> tuple[str, str, int]:
    return (meeting.kind, meeting.responsible, meeting.number)


def due_before(answer: Plan, day) -> list[PlannedMeeting]:
    return [meeting for meeting in answer.meetings if meeting.due_on < day]


def before_the_day(course: Course, day: date) -> Course:
    """The course with the pauses and exemptions that had begun before a day."""

    def begun(facts):
        return tuple(fact for fact in facts if fact.span.start < day)

    return replace(course, pauses=begun(course.pauses), exemptions=begun(course.exemptions))


def is_in_order(meetings: Iterable[PlannedMeeting]) -> bool:
    order = [(meeting.due_on, meeting.window_from, meeting.number) for meeting in meetings]
    return order == sorted(order)


@any_law
@given(course=courses(), law=laws(), shuffled=st.randoms(use_true_random=False))
def test_the_order_of_publishing_does_not_matter_for_acts_of_different_days(course, law, shuffled):
    found, table = law
    order = list(range(len(found)))
    shuffled.shuffle(order)
    late = [published(one, at=datetime(2030, 1, 1 + n, tzinfo=UTC)) for one, n in zip(found, order, strict=True)]
    again = RuleBook(sorted([*BASE.acts, *late], key=lambda _: shuffled.random()))
    in_turn = book_with(found)

    assert again.fingerprint == in_turn.fingerprint
    # Asked of a book of its own, not of what was remembered for the other.
    assert plan(course=course, book=book_with(late, replace(late[0], values={})) if late else again, table=table)
    assert plan(course=course, book=again, table=table) == plan(course=course, book=in_turn, table=table)


@any_law
@given(course=courses(), law=laws(), draft=acts())
def test_a_draft_never_changes_an_answer(course, law, draft):
    found, table = law
    draft = replace(draft, is_draft=True)
    with_draft = RuleBook([*reversed(BASE.acts), *found], [draft])
    day = draft.in_force_on

    assert without_notices(plan(course=course, book=with_draft, table=table)) == without_notices(
        plan(course=course, book=book_with(found), table=table)
    )
    assert municipality_from(course, with_draft) == municipality_from(course, book_with(found))
    assert responsible_on(course, day, with_draft) == responsible_on(course, day, book_with(found))


@any_law
@given(course=courses(), law=laws(), draft=acts())
def test_a_plan_with_a_draft_is_the_plan_after_publishing_it(course, law, draft):
    found, table = law
    waiting = RuleBook([*reversed(BASE.acts), *found], [replace(draft, is_draft=True)])

    previewed = plan(course=course, book=waiting.with_draft("new"), table=table)
    assert previewed == plan(course=course, book=book_with(found, published(draft)), table=table)
    # A later correction of it that sets nothing leaves all its values standing.
    mended = published(replace(draft, slug="mended", values={}), at=datetime(2030, 1, 2, tzinfo=UTC))
    twice = municipality_from(course, book_with(found, published(draft), mended))
    assert municipality_from(course, waiting.with_draft("new")).day == twice.day


@any_law
@given(course=courses(), law=laws(), new=acts())
def test_the_acts_known_before_an_act_was_published_give_the_plan_without_it(course, law, new):
    found, table = law
    every = [*reversed(BASE.acts), *(published(one, at=datetime(2022, 1, 1, tzinfo=UTC)) for one in found)]
    every.append(published(new))

    def known(moment):
        return RuleBook(one for one in every if one.published_at is None or one.published_at <= moment)

    day_before, day = datetime(2029, 12, 31, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    assert plan(course=course, book=known(day_before), table=table) == plan(
        course=course, book=book_with(found), table=table
    )
    assert known(day) == RuleBook(every)


@any_law
@given(case=running(), law=laws())
def test_what_lies_before_the_day_of_an_act_is_as_without_it(case, law):
    course, new = case
    found, _ = law
    day = new.in_force_on
    before, after = book_with(found), book_with(found, published(new))

    for days in (1, 30, 200):
        earlier = day - timedelta(days)
        assert responsible_on(course, earlier, after).party == responsible_on(course, earlier, before).party
        if earlier >= course.registered_on:
            asked = {"course": course, "meeting_on": earlier, "kind": MeetingKind.CONTACT_INTERVIEW, "number": 1}
            new_answer, old_answer = channel_on(**asked, book=after), channel_on(**asked, book=before)
            assert (new_answer.allowed, new_answer.decided_by) == (old_answer.allowed, old_answer.decided_by)


@any_law
@given(case=running(), law=laws())
def test_a_requirement_that_fell_due_before_the_day_of_an_act_is_untouched_by_it(case, law):
    course, new = case
    found, table = law
    day = new.in_force_on
    before, after = book_with(found), book_with(found, published(new))
    known = before_the_day(course, day)
    # The plan as it stood when the day came: acts that move the course later have done nothing yet.
    stood = plan(course=known, book=before.without_moves_after(day - ONE_DAY), table=table)
    settled = due_before(stood, day)

    assert due_before(plan(course=known, book=after.without_moves_after(day - ONE_DAY), table=table), day) == settled
    final = plan(course=known, book=after, table=table).meetings
    assert [meeting for meeting in final if meeting in settled] == settled
    assert len({key(meeting) for meeting in final}) == len(final)
    assert is_in_order(final)
    # What happens from the day on is judged by the act. It may keep a window open for longer, and moves no deadline.
    due = {key(meeting): meeting.due_on for meeting in plan(course=course, book=after, table=table).meetings}
    assert {key(meeting): due[key(meeting)] for meeting in settled} == {key(one): one.due_on for one in settled}


@any_law
@given(case=running(moves=(True,)), law=laws())
def test_a_moving_act_demands_nothing_new_of_the_days_before_it_nor_of_a_fund_that_has_let_go(case, law):
    course, new = case
    found, table = law
    day = new.in_force_on
    after = book_with(found, published(new))
    stood = plan(course=course, book=after.without_moves_after(day - ONE_DAY), table=table)
    moved = plan(course=course, book=after.without_moves_after(day), table=table)
    had = {key(meeting): meeting for meeting in stood.meetings}
    begins = municipality_from(course, after).day

    for meeting in moved.meetings:
        old = had.get(key(meeting))
        if old is None:
            assert meeting.due_on >= day
            assert meeting.responsible != Party.FUND or begins is None or begins >= day
        elif old.window_from < day:
            assert meeting.window_from <= old.window_from
        if meeting != old:
            assert any(step.act == "new" or step.day == day for step in meeting.why)
    assert begins is None or begins >= day or begins == municipality_from(course, book_with(found)).day


@any_law
@given(case=running(texts=AT_THE_START, moves=(False,)), law=laws())
def test_an_act_that_keeps_running_courses_leaves_their_plan_as_it_was(case, law):
    course, new = case
    found, table = law
    before, after = book_with(found), book_with(found, published(new))
    assert plan(course=course, book=after, table=table) == plan(course=course, book=before, table=table)
    assert municipality_from(course, after) == municipality_from(course, before)


@any_law
@given(course=courses(), law=laws(), act=acts())
def test_what_decides_nothing_changes_neither_the_plan_nor_who_has_the_course(course, law, act):
    found, table = law
    book = book_with(found, published(act))
    bare = without_what_decides_nothing(course, book)

    assert plan(course=bare, book=book, table=table) == plan(course=course, book=book, table=table)
    assert municipality_from(bare, book) == municipality_from(course, book)
