from pathlib import Path

import holidays
import pytest

from cases.rules.workdays import HolidaysUnknown, closed_day, deadline_warning, is_holiday, known_years, workdays_after
from tests.law import day

# Frozen: a new release of the package must not move a holiday unseen.
EASTER_AND_ITS_DAYS = {
    2023: ("04-06", "04-07", "04-09", "04-10", "05-05", "05-18", "05-28", "05-29"),
    2024: ("03-28", "03-29", "03-31", "04-01", "05-09", "05-19", "05-20"),
    2025: ("04-17", "04-18", "04-20", "04-21", "05-29", "06-08", "06-09"),
    2026: ("04-02", "04-03", "04-05", "04-06", "05-14", "05-24", "05-25"),
    2027: ("03-25", "03-26", "03-28", "03-29", "05-06", "05-16", "05-17"),
    2028: ("04-13", "04-14", "04-16", "04-17", "05-25", "06-04", "06-05"),
    2029: ("03-29", "03-30", "04-01", "04-02", "05-10", "05-20", "05-21"),
    2030: ("04-18", "04-19", "04-21", "04-22", "05-30", "06-09", "06-10"),
}


@pytest.mark.parametrize(("year", "moving"), EASTER_AND_ITS_DAYS.items())
def test_the_holidays_of_a_year(year, moving):
    expected = {day(f"{year}-{text}") for text in ("01-01", *moving, "12-25", "12-26")}
    first = day(f"{year}-01-01").toordinal()

    found = {
        one for n in range(366) if (one := day("2020-01-01").fromordinal(first + n)).year == year and is_holiday(one)
    }

    assert found == expected


def test_store_bededag_is_a_holiday_until_2023():
    assert is_holiday(day("2023-05-05")) == "Store bededag"
    assert is_holiday(day("2024-04-26")) is None


def test_years_beyond_the_calendar_fail_loudly():
    last = known_years()[-1]

    assert is_holiday(day(f"{last}-12-25"))
    for year in (last + 1, known_years()[0] - 1):
        with pytest.raises(HolidaysUnknown, match=str(year)):
            is_holiday(day(f"{year}-12-25"))


@pytest.mark.parametrize(
    ("on", "name"),
    [
        ("2024-04-12", None),
        ("2024-04-13", "en lørdag"),
        ("2024-04-14", "en søndag"),
        ("2024-03-29", "en helligdag (langfredag)"),
        ("2024-03-31", "en helligdag (påskedag)"),
    ],
)
def test_what_closes_a_day(on, name):
    warning = deadline_warning(day(on))

    assert closed_day(day(on)) == name
    assert (warning is None) is (name is None)
    if name:
        assert name in warning
        assert "flyttes ikke" in warning


@pytest.mark.parametrize(
    ("start", "last"),
    [
        pytest.param("2024-02-26", "2024-03-04", id="a Monday: a week"),
        pytest.param("2024-03-24", "2024-04-03", id="a Sunday before Easter"),
        pytest.param("2024-12-23", "2025-01-02", id="over Christmas and New Year"),
    ],
)
def test_five_working_days_leave_out_what_is_closed(start, last):
    assert str(workdays_after(day(start), 5)) == last


def test_the_file_that_is_read_alone_is_the_packages_own_calendar():
    file = Path(holidays.__file__).with_name("countries") / "denmark.py"
    # Where the package has moved it, or an import brings Denmark alone: let `workdays._denmark` import it as below.
    assert file.is_file(), f"There is no {file}; see cases/rules/workdays.py."

    from holidays.countries.denmark import Denmark

    years = known_years()
    assert (years[0], years[-1]) == (Denmark.start_year, Denmark.end_year)
    for year in (2023, 2024, 2026):
        for on, name in Denmark(years=year, language="da").items():
            assert is_holiday(on) == name
