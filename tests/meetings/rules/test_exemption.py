import pytest

from cases.rules.facts import BadFacts, ExemptionReason
from meetings.rules.exemption import NotExempt, may_exempt, may_exempt_by_share, postponed, resting_days, resting_on
from meetings.rules.parameters import AFTER_EXEMPTION_MONTHS, EXEMPT_ONGOING_REASONS
from tests.law import BOOK, WITH_E, act, course, day, exemption, pause, shipped_and, span

SHARE = ExemptionReason.CONCRETE_ASSESSMENT


def exempt(reason, *, starts_on=None, documented_on="2024-02-05", days=("2024-02-05", "2024-03-31"), **facts):
    return may_exempt(
        course=course("2024-01-15", **facts),
        reason=reason,
        span=span(*days),
        documented_on=day(documented_on),
        starts_on=day(starts_on) if starts_on else None,
        book=BOOK,
    )


@pytest.mark.parametrize(
    "reason",
    [
        "ordinary_job",
        "flex_job",
        "parental_leave",
        "efterlon",
        "fleksydelse",
        "early_pension",
        "senior_pension",
        "state_pension",
        "full_time_education",
    ],
)
def test_what_begins_on_the_last_day_of_six_weeks_exempts_and_the_day_after_does_not(reason):
    assert "42 dage" in exempt(reason, starts_on="2024-03-18")[0].text
    with pytest.raises(NotExempt, match="mere end 6 uger"):
        exempt(reason, starts_on="2024-03-19")


def test_what_has_begun_already_is_not_something_that_begins():
    assert exempt("ordinary_job", starts_on="2024-02-05")
    with pytest.raises(NotExempt, match="før dokumentationen"):
        exempt("ordinary_job", starts_on="2024-02-04")


@pytest.mark.parametrize(
    "reason", ["sent_home", "work_sharing", "parental_leave", "six_weeks_course", "pension_age", "stu", "custody"]
)
def test_what_lasts_exempts_while_it_lasts(reason):
    assert "så længe det varer" in exempt(reason)[0].text


def test_a_reason_of_the_wrong_sort_is_refused():
    with pytest.raises(NotExempt, match="Ordinært job fritager ikke i sig selv den 5. februar 2024"):
        exempt("ordinary_job")
    with pytest.raises(NotExempt, match="Hjemsendelse fritager ikke, før det begynder"):
        exempt("sent_home", starts_on="2024-02-20")
    with pytest.raises(NotExempt, match="enhedens andel"):
        exempt(SHARE)
    with pytest.raises(BadFacts, match="»ferie«"):
        exempt("ferie")


@pytest.mark.parametrize(("group", "is_exempt"), [(3, True), (4, False), (5, False), (7, True)])
def test_full_time_education_does_not_exempt_groups_4_and_5(group, is_exempt):
    if is_exempt:
        assert exempt("full_time_education", starts_on="2024-03-01", target_group=group)
    else:
        with pytest.raises(NotExempt, match=f"målgruppe {group}"):
            exempt("full_time_education", starts_on="2024-03-01", target_group=group)
        assert exempt("ordinary_job", starts_on="2024-03-01", target_group=group)


def test_a_lasting_reason_is_read_on_every_day_of_the_exemption():
    book = shipped_and(act("2024-03-01", {EXEMPT_ONGOING_REASONS: "custody"}, slug="x"))

    def sent_home_until(last):
        return may_exempt(
            course=course("2024-01-15"),
            reason="sent_home",
            span=span("2024-02-05", last),
            documented_on=day("2024-02-05"),
            starts_on=None,
            book=book,
        )

    assert sent_home_until("2024-02-29")
    with pytest.raises(NotExempt, match="1. marts 2024"):
        sent_home_until("2024-03-01")


@pytest.mark.parametrize(("exempted", "is_allowed"), [(24, True), (25, False)])
def test_a_quarter_of_a_unit_may_be_exempted_under_act_e(exempted, is_allowed):
    if is_allowed:
        assert (
            "højst 25 procent"
            in may_exempt_by_share(on=day("2026-07-01"), exempted=exempted, citizens=100, book=WITH_E)[0].text
        )
    else:
        with pytest.raises(NotExempt, match="fritaget 25 af 100"):
            may_exempt_by_share(on=day("2026-07-01"), exempted=exempted, citizens=100, book=WITH_E)


def test_nobody_is_exempted_by_share_before_act_e_or_while_it_is_a_draft():
    for book, on in ((WITH_E, "2026-06-30"), (BOOK, "2026-07-01")):
        with pytest.raises(NotExempt, match="loven giver ingen andel"):
            may_exempt_by_share(on=day(on), exempted=0, citizens=100, book=book)


@pytest.mark.parametrize(
    ("on", "rests"),
    [("2024-02-09", False), ("2024-02-10", True), ("2024-02-20", True), ("2024-02-21", False)],
)
def test_nobody_is_called_in_a_pause_or_an_exemption(on, rests):
    paused = course("2024-01-15", pauses=(pause("2024-02-10", "2024-02-20", "six_weeks_course"),))
    exempted = course("2024-01-15", exemptions=(exemption("2024-02-10", "2024-02-20"),))

    assert (resting_on(paused, day(on)) is not None) is rests
    assert (resting_on(exempted, day(on)) is not None) is rests


def test_the_days_of_rest_are_the_days_on_which_nobody_is_called():
    resting = course(
        "2024-01-15",
        # Side by side, within another, across the end of another, alone, and without an end.
        pauses=(
            pause("2024-02-01", "2024-02-03"),
            pause("2024-02-04", "2024-02-10"),
            pause("2024-02-20", "2024-02-20"),
            pause("2024-04-01", None),
        ),
        exemptions=(
            exemption("2024-02-05", "2024-02-06"),
            exemption("2024-02-08", "2024-02-12"),
            exemption("2024-03-01", "2024-03-10", duty_kept=True),
            exemption("2024-04-01", "2024-04-02"),
        ),
    )
    days = resting_days(resting)

    assert days == (span("2024-02-01", "2024-02-12"), span("2024-02-20", "2024-02-20"), span("2024-04-01", None))
    for on in span("2024-01-15", "2024-05-01").each_day():
        assert any(one.contains(on) for one in days) is (resting_on(resting, on) is not None)


def test_the_reason_for_rest_is_told():
    assert "til og med den 20. februar 2024 (hjemsendelse)" in (
        resting_on(course("2024-01-15", exemptions=(exemption("2024-02-10", "2024-02-20"),)), day("2024-02-10")).text
    )
    assert "indtil videre" in (
        resting_on(course("2024-01-15", pauses=(pause("2024-02-10", None),)), day("2024-03-01")).text
    )


def test_kept_duty_leaves_the_meetings_standing():
    kept = exemption("2024-02-10", "2024-02-20", duty_kept=True)

    assert resting_on(course("2024-01-15", exemptions=(kept,)), day("2024-02-15")) is None
    assert not postponed(due_on=day("2024-02-15"), exemptions=[kept], is_first=False, book=BOOK).is_postponed


@pytest.mark.parametrize(
    ("due_on", "moved_to"),
    [
        pytest.param("2024-02-09", "2024-02-09", id="the day before the exemption: stands"),
        pytest.param("2024-02-10", "2024-03-20", id="its first day: a month after its end"),
        pytest.param("2024-02-20", "2024-03-20", id="its last day"),
        pytest.param("2024-02-21", "2024-02-21", id="the day after: stands"),
    ],
)
def test_a_deadline_in_an_exemption_is_due_a_month_after_it(due_on, moved_to):
    found = postponed(due_on=day(due_on), exemptions=[exemption("2024-02-10", "2024-02-20")], is_first=False, book=BOOK)

    assert str(found.due_on) == moved_to
    assert found.is_postponed is (due_on != moved_to)


def test_a_postponed_deadline_that_falls_in_the_next_exemption_moves_on():
    found = postponed(
        due_on=day("2024-02-15"),
        exemptions=[exemption("2024-03-15", "2024-03-31"), exemption("2024-02-10", "2024-02-20")],
        is_first=False,
        book=BOOK,
    )

    assert str(found.due_on) == "2024-04-30"
    assert len(found.why) == 2


def test_an_exemption_without_an_end_postpones_without_a_new_day():
    found = postponed(due_on=day("2024-02-15"), exemptions=[exemption("2024-02-10", None)], is_first=False, book=BOOK)

    assert (found.due_on, found.is_postponed) == (day("2024-02-15"), True)
    assert "uden slutdato" in found.why[0].text


def test_how_long_after_is_read_on_the_last_day_of_the_exemption():
    book = shipped_and(act("2024-02-20", {AFTER_EXEMPTION_MONTHS: "2"}, slug="x"))

    def after(last):
        return str(
            postponed(
                due_on=day("2024-02-15"), exemptions=[exemption("2024-02-10", last)], is_first=False, book=book
            ).due_on
        )

    assert after("2024-02-19") == "2024-03-19"
    assert after("2024-02-20") == "2024-04-20"


@pytest.mark.parametrize(
    ("is_first", "book", "is_postponed"),
    [
        pytest.param(True, WITH_E, False, id="the first meeting is held with all under act e"),
        pytest.param(False, WITH_E, True, id="a later one is not"),
        pytest.param(True, BOOK, True, id="act e as a draft says nothing"),
    ],
)
def test_the_first_meeting_stands_outside_the_share(is_first, book, is_postponed):
    share = exemption("2026-08-01", "2026-12-31", SHARE)

    found = postponed(due_on=day("2026-08-17"), exemptions=[share], is_first=is_first, book=book)

    assert found.is_postponed is is_postponed
