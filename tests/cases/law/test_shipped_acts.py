import shutil
from datetime import UTC, datetime

import pytest

from cases.law.shipped_acts import ACTS, BadLawFile, read_acts, rule_book
from cases.rules.declaring import REGISTRY, CaseDates
from cases.rules.rule_book import NotInForce
from referrals.rules.offers import GRANTED_TYPES
from tests.law import BOOK, SHIPPED, TABLE, day

C = "2024-01-01-c-anden-delaftale-2.toml"


@pytest.fixture
def folder(tmp_path):
    """A copy of the shipped acts, to be spoilt."""
    return shutil.copytree(ACTS, tmp_path / "acts")


def spoil(folder, name, old, new):
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_eleven_acts_that_are_shipped():
    assert [(one.act.letter, str(one.act.in_force_on), one.act.is_draft, len(one.rows)) for one in SHIPPED] == [
        ("a", "2020-01-01", False, 6),
        ("f", "2020-01-01", False, 0),
        ("g", "2020-01-01", False, 0),
        ("h", "2020-01-01", False, 0),
        ("i", "2020-01-01", False, 0),
        ("j", "2020-01-01", False, 0),
        ("k", "2020-01-01", False, 0),
        ("b", "2023-03-22", False, 0),
        ("d", "2023-03-22", True, 0),
        ("c", "2024-01-01", False, 2),
        ("e", "2026-07-01", True, 2),
    ]
    assert not any(one.act.moves_running_courses for one in SHIPPED)


def test_an_act_that_is_shipped_was_known_from_the_day_its_statute_was_published():
    known_from = {one.act.letter: one.act.published_at for one in SHIPPED}

    assert known_from == {
        # Midnight in Copenhagen.
        "a": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "f": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "g": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "h": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "i": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "j": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "k": datetime(2019, 5, 6, 22, tzinfo=UTC),
        "b": datetime(2023, 3, 19, 23, tzinfo=UTC),
        "c": datetime(2023, 6, 12, 22, tzinfo=UTC),
        "d": None,
        "e": None,
    }


def test_a_file_may_say_that_its_act_moves_running_courses(folder):
    spoil(folder, C, 'running_courses = "keep"', 'running_courses = "move"')

    assert [one.act.letter for one in read_acts(folder) if one.act.moves_running_courses] == ["c"]


@pytest.mark.parametrize(
    ("letter", "meetings"), [("a", 9), ("c", 6), ("e", 4)], ids=["act a: 9", "act c: 6", "act e: 4"]
)
def test_the_sums_of_the_tables(letter, meetings):
    (one,) = [one for one in SHIPPED if one.act.letter == letter]

    assert sum(row.number for row in TABLE.rows_by_act[one.act.slug]) == meetings


def test_the_acts_of_the_first_day_set_every_key_once_and_no_file_sets_any_other():
    keys = [key for one in SHIPPED[:7] for key in one.act.values]
    assert sorted(keys) == sorted(REGISTRY)
    assert all(set(one.act.values) <= set(REGISTRY) for one in SHIPPED)


def test_every_value_and_row_has_its_legal_basis_and_certainty():
    for one in SHIPPED:
        assert all(value.legal_basis and value.certainty for value in one.act.values.values())
        assert all(row["legal_basis"] and row["certainty"] for row in one.rows)
        assert one.act.title
        assert one.act.reference
        assert one.act.source_url.startswith("https://")


@pytest.mark.parametrize("key", sorted(REGISTRY))
def test_every_parameter_has_a_value_from_the_first_day_and_none_before(key):
    def dates(text):
        return CaseDates(course_start=day(text), event=day(text), decision=day(text), payout=day(text))

    for text in ("2020-01-01", "2023-03-22", "2024-01-01", "2026-07-01", "2060-01-01"):
        BOOK.in_force(REGISTRY[key], dates(text))
    with pytest.raises(NotInForce):
        BOOK.in_force(REGISTRY[key], dates("2019-12-31"))


VALUES_BY_ACT = {
    # key: the text of an act of the first day, of b, c and of the drafts d, e; None where an act does not set it
    "cases.target_groups": ("1", None, None, None, None),
    "cases.fund_responsible_months": ("0", None, "3", None, None),
    "cases.handover_hours_full_time": ("", None, "410", None, None),
    "cases.handover_hours_part_time": ("", None, "333", None, None),
    "cases.young_course_by_municipality": ("false", None, None, "true", None),
    "cases.young_age_limit": ("25", None, None, None, None),
    "cases.clock_stopping_pauses": ("employment, holiday, parental_leave, sickness", None, None, None, None),
    "cases.sickness_days_before_pause": ("14", None, None, None, None),
    "cases.restart_after_years": ("5", None, None, None, None),
    "cases.plan_first_version_by": ("fund", None, None, None, None),
    "cases.plan_first_version_at": ("cv_interview", None, "contact_interview", None, None),
    "cases.plan_required_items": (
        "education_goal, job_goal, job_search, offers, other_efforts",
        None,
        None,
        None,
        None,
    ),
    "cases.plan_requires_status": ("true", "false", None, None, None),
    "cases.plan_stabilising_groups": ("3, 5, 6, 7, 8, 9, 11", None, None, None, None),
    "cases.employment_plan_required": ("true", "false", None, None, None),
    "cases.result_audit_required": ("true", "false", None, None, None),
    "cases.aim_groups": ("4, 5", None, None, None, None),
    "cases.job_focus_allowed": ("false", None, "true", None, None),
    "cases.job_focus_groups": ("", None, "4, 5", None, None),
    "cases.job_focus_reasons_required": ("true", None, None, None, None),
    "cases.complaint_weeks": ("4", None, None, None, None),
    "cases.complaint_reassess_workdays": ("5", None, None, None, None),
    "cases.fund_access_days": ("120", None, None, None, None),
    "cases.retention_years_with_fund": ("5", None, None, None, None),
    "cases.retention_years_without_fund": ("5", None, None, None, None),
    "cases.access_log_years": ("5", None, None, None, None),
    "cases.security_log_years": ("2", None, None, None, None),
    "meetings.in_person_months": ("6", "0", None, None, None),
    "meetings.citizen_chooses_months": ("0", "6", None, None, None),
    "meetings.channels": ("attendance, telephone, video", None, None, None, None),
    "meetings.default_channel": ("attendance", None, None, None, None),
    "meetings.channel_choice_notice_days": ("", None, None, None, None),
    "meetings.attendance_override_allowed": ("false", "true", None, None, None),
    "meetings.first_meeting_in_person": ("false", None, None, "true", None),
    "meetings.six_weeks_guidance_fund_groups": ("1", None, None, None, None),
    "cases.unbroken_period_groups": ("2, 3, 4, 5, 7, 8, 9, 10", None, None, None, None),
    "meetings.kinds_called_by_fund": ("availability_interview, cv_interview", None, None, None, None),
    "meetings.kinds_called_by_municipality": ("joint_interview", None, None, None, None),
    "meetings.in_person_kinds": ("cv_interview", None, None, None, None),
    "meetings.in_person_first_of_kinds": ("contact_interview", None, None, None, None),
    "meetings.bookable_kinds": (
        "availability_interview, contact_interview, cv_interview, joint_interview",
        None,
        "availability_interview, contact_interview",
        None,
        None,
    ),
    "meetings.old_kinds_enforced": ("true", None, "false", None, None),
    "meetings.joint_fund_may_be_declined": ("true", None, None, None, None),
    "meetings.fund_may_attend_first_municipality_meeting": ("false", None, "true", None, None),
    "meetings.six_weeks_guidance_by": ("fund, municipality", "fund", None, None, None),
    "meetings.request_right_after_months": ("6", None, None, None, None),
    "meetings.long_term_joint_month": ("16", None, None, None, None),
    "meetings.young_meetings": ("", None, None, "6", None),
    "meetings.other_groups": ("2, 3, 4, 5, 7, 8, 9, 10", None, None, None, None),
    "meetings.other_groups_meetings": ("4", None, None, None, None),
    "meetings.other_groups_first_days": ("7", None, None, None, None),
    "meetings.first_contact_groups": ("2, 3, 4, 5", None, None, None, None),
    "meetings.exempt_start_within_weeks": ("6", None, None, None, None),
    "meetings.exempt_start_reasons": (
        "early_pension, efterlon, fleksydelse, flex_job, full_time_education, ordinary_job, parental_leave, "
        "senior_pension, state_pension",
        None,
        None,
        None,
        None,
    ),
    "meetings.exempt_ongoing_reasons": (
        "custody, parental_leave, pension_age, sent_home, six_weeks_course, stu, work_sharing",
        None,
        None,
        None,
        None,
    ),
    "meetings.education_not_exempting_groups": ("4, 5", None, None, None, None),
    "meetings.after_exemption_months": ("1", None, None, None, None),
    "meetings.exempt_quota_percent": ("0", None, None, None, "25"),
    "meetings.first_meeting_outside_quota": ("false", None, None, None, "true"),
    "referrals.enabled": ("false", None, "true", None, None),
    "referrals.offer_start_within_months": ("", None, "3", None, None),
    "referrals.continuation_days": ("", None, "28", None, None),
    "referrals.joint_assessment_required": ("false", None, "true", None, None),
    "referrals.citizen_contact_allowed": ("false", None, "true", None, None),
    "referrals.decision_days": ("", None, "", None, None),
    "referrals.reasons_required_on_rejection": ("false", None, "true", None, None),
    "referrals.rejection_recipients": ("", None, "citizen, fund", None, None),
    **{f"referrals.grants_{type_}": ("true", None, None, None, None) for type_ in GRANTED_TYPES},
    "referrals.counting_offer_types": (
        "community_work, internship, ordinary_education, ordinary_wage_hours, other_guidance, wage_subsidy",
        "community_work, internship, ordinary_education, ordinary_wage_hours, wage_subsidy",
        None,
        None,
        "community_work, internship, ordinary_education, ordinary_wage_hours, other_guidance, wage_subsidy",
    ),
    "referrals.offer_groups": ("1, 2, 3", None, None, None, None),
    "referrals.offer_deadline_months": ("6", None, None, None, None),
    "referrals.min_offer_weeks": ("2", None, None, None, None),
    "referrals.wage_subsidy_grace_days": ("21", None, None, None, None),
    "referrals.offer_after_exemption_months": ("1", None, None, None, None),
    "referrals.six_weeks_groups": ("1, 9", None, None, None, None),
    "referrals.six_weeks_max_weeks": ("6", None, None, None, None),
    "referrals.six_weeks_earliest_weeks": ("5", None, None, None, None),
    "referrals.six_weeks_finish_months_under_25": ("6", None, None, None, None),
    "referrals.six_weeks_finish_months_from_25": ("9", None, None, None, None),
    "referrals.six_weeks_age_limit": ("25", None, None, None, None),
    "referrals.six_weeks_all_ages_groups": ("9", None, None, None, None),
}

#: How early we remind is ours to choose, not the law's.
OUR_LEAD_TIMES = {
    "meetings.reminder_book_by_days",
    "meetings.reminder_deadline_near_days",
    "meetings.reminder_meeting_hours",
    "meetings.reminder_meeting_min_hours",
    "meetings.reminder_outcome_days",
    "meetings.reminder_handover_days",
    "meetings.due_soon_days",
    "referrals.reminder_waiting_days",
    "referrals.reminder_not_sent_days",
    "referrals.offer_due_soon_days",
}


def test_every_value_of_law_is_held_to_the_law():
    assert set(REGISTRY) == set(VALUES_BY_ACT) | OUR_LEAD_TIMES


@pytest.mark.parametrize(("key", "texts"), VALUES_BY_ACT.items())
def test_what_each_act_says(key, texts):
    values = {one.act.letter: one.act.values for one in SHIPPED}
    columns = [
        {key: value for letter in "afghijk" for key, value in values[letter].items()},
        *(values[letter] for letter in "bcde"),
    ]

    found = tuple((column[key].text or "") if key in column else None for column in columns)

    assert found == texts


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('[values."cases.fund_responsible_months"]', '[values."cases.fund_months"]', "cases.fund_months: ingen regel"),
        ("value = 410", 'value = "mange"', "cases.handover_hours_full_time: »mange« er ikke et helt tal"),
        ("value = 3\n", 'value = ""\n', "cases.fund_responsible_months: »cases.fund_responsible_months« kræver"),
        ("value = 3\n", "", "cases.fund_responsible_months: value mangler"),
        ('certainty = "svag"', 'certainty = ""', "cases.handover_hours_full_time: certainty mangler"),
        ('certainty = "svag"', 'sikkerhed = "svag"', "cases.handover_hours_full_time: ukendt felt sikkerhed"),
        ('status = "published"', 'status = "klar"', "status er klar, men skal være draft eller published"),
        ('running_courses = "keep"', 'running_courses = "x"', "running_courses er x, men skal være keep eller move"),
        ("in_force_on = 2024-01-01", 'in_force_on = "2024-01-01"', "in_force_on er ikke en dato"),
        ("in_force_on = 2024-01-01", "in_force_on = 2024-01-01T00:00:00", "in_force_on er ikke en dato"),
        ("published_on = 2023-06-13\n", "", "published_on mangler eller er ikke en dato"),
        ("published_on = 2023-06-13", 'published_on = "2023-06-13"', "published_on mangler eller er ikke en dato"),
        ("published_on = 2023-06-13", "published_on = 2023-06-13T08:00:00", "published_on mangler eller er ikke"),
        ('status = "published"', 'status = "draft"', "published_on står i et udkast"),
        ('slug = "c-anden-delaftale-2"\n', "", "slug mangler"),
        ('slug = "c-anden-delaftale-2"\n', 'slug = "c"\nfarve = "blå"\n', "ukendt felt farve"),
        ("from_month = 4", "fra_month = 4", "række 2: ukendt felt fra_month"),
        ('kind = "contact_interview"\n', "", "række 1: kind mangler"),
        ("in_force_on = 2024-01-01", "in_force_on = 2024-13-01", "kan ikke læses"),
    ],
)
def test_a_mistake_in_a_file_names_the_file_and_the_key(folder, old, new, sentence):
    spoil(folder, C, old, new)

    with pytest.raises(BadLawFile) as raised:
        read_acts(folder)

    assert C in str(raised.value)
    assert sentence in str(raised.value)


def test_two_files_with_one_slug_are_refused(folder):
    spoil(folder, C, 'slug = "c-anden-delaftale-2"', 'slug = "b-anden-delaftale-1"')

    with pytest.raises(BadLawFile, match="samme slug: b-anden-delaftale-1"):
        read_acts(folder)


def test_a_folder_without_acts_is_refused(tmp_path):
    with pytest.raises(BadLawFile, match="har ingen love"):
        read_acts(tmp_path)


def test_the_book_of_the_files_has_the_drafts_apart():
    book = rule_book(SHIPPED)

    assert [act.letter for act in book.acts] == ["c", "b", "k", "j", "i", "h", "g", "f", "a"]
    assert [act.letter for act in book.drafts] == ["e", "d"]
